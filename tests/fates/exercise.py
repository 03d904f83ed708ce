"""The tests of `triplet_loss` as an instructor writes them for nbgrader and otter-grader: two public, two hidden."""

ROWS = "([[0., 1.], [1., 0.]], [[0., 2.], [1., 1.]], [[1., 1.], [0., 0.]])"
OTHERS = "([[0., 3.], [2., 0.], [1., 1.]], [[0., 2.], [2., 1.], [3., 1.]], [[1., 3.], [2., 2.], [1., 1.]])"
SETUP = "a, p, n = (np.array(rows, np.float32) for rows in {rows})"
PUBLIC = (
    (ROWS, "triplet_loss(a, p, n)", "[0.2, 0.2]"),
    (ROWS, "triplet_loss(a, p, n, 0.5)", "[0.5, 0.5]"),
)
HIDDEN = (
    (OTHERS, "triplet_loss(a, p, n, 1.5)", "[1.5, 0.0, 5.5]"),
    (OTHERS, "triplet_loss(2 * a, p, n, 0.1)", "[6.1, 0.0, 0.1]"),
)


def for_nbgrader() -> str:
    """A test cell with hidden tests."""

    def asserted(case: tuple[str, str, str]) -> str:
        rows, call, expected = case
        return (
            f"{SETUP.format(rows=rows)}\nnp.testing.assert_allclose({call}, {expected}, rtol=1e-4, atol=1e-6)"
        )

    public, hidden = ("\n".join(map(asserted, cases)) for cases in (PUBLIC, HIDDEN))
    return f"{public}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"


def for_otter() -> str:
    """A test file of otter-grader's."""

    def case(case: tuple[str, str, str], hidden: bool) -> dict[str, object]:
        rows, call, expected = case
        compared = f"bool(np.allclose({call}, {expected}, rtol=1e-4, atol=1e-6))"
        return {
            "code": f">>> {SETUP.format(rows=rows)}\n>>> {compared}\nTrue",
            "hidden": hidden,
            "locked": False,
        }

    cases = [*(case(c, False) for c in PUBLIC), *(case(c, True) for c in HIDDEN)]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    test = {"name": "triplet_loss", "points": [0.5] * 4, "suites": [suite]}
    return f"OK_FORMAT = True\ntest = {test!r}\n"
