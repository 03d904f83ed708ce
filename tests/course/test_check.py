"""What a student sees below an exercise: a table, and one line for what is not right."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course import check as checking
from course.calling import call
from course.cases import FrozenCase, dump, load, parse
from course.check import check

EVIL = "<script>alert('x')</script>"
CASES = [
    FrozenCase(
        "two <numbers>",
        "a < b & c",
        {"x": np.array([1.0, 4.0]), "name": EVIL},
        {"value": np.array([1.0, 2.0])},
        mistakes={"the root <b>is</b> missing": {"value": np.array([1.0, 4.0])}},
    ),
    FrozenCase("zero", "nothing at all", {"x": np.zeros(3), "name": "z"}, {"value": np.zeros(3)}, edge=True),
]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `check` displays for an exercise called `root`."""
    tables: list[Any] = []
    monkeypatch.setattr(checking, "load", lambda name: CASES if name == "root" else load(name))
    monkeypatch.setattr("IPython.display.display", tables.append)
    return tables


def root(x: Any, name: str) -> Any:
    return np.sqrt(x)


def named_root(function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = "root"
    return function


def test_a_right_answer_gets_a_table_and_no_error(shown: list[Any]) -> None:
    check(root)
    assert repr(shown[0]) == "✓ all 2 cases are right\n✓ two <numbers>: a < b & c\n✓ zero: nothing at all"


def test_of_a_right_answer_the_table_is_folded_away(shown: list[Any]) -> None:
    check(root)
    html = shown[0]._repr_html_()
    assert re.match(
        r"<details><summary><code>root</code>: .*✓ all 2 cases are right.*</summary><table>", html
    )


def test_a_known_mistake_is_named(shown: list[Any]) -> None:
    with pytest.raises(AssertionError) as error:
        check(named_root(lambda x, name: x))
    assert str(error.value) == (
        "root: 1 of 2 cases are not right yet. It looks as if the root <b>is</b> missing."
    )
    assert "It looks as if the root &lt;b&gt;is&lt;/b&gt; missing." in shown[0]._repr_html_()
    html = shown[0]._repr_html_()
    assert html.index("It looks as if") < html.index("<table>"), "read first, without scrolling"
    assert repr(shown[0]).splitlines()[:2] == [
        "✗ 1 of 2 cases are right",
        "✗ two <numbers>: it has the wrong value in 1 of 2 places: expected 2 at [1], got 4 (tolerance 0.002)",
    ]


def test_an_unknown_mistake_is_not_named(shown: list[Any]) -> None:
    with pytest.raises(AssertionError, match=r"^root: 2 of 2 cases are not right yet\.$"):
        check(named_root(lambda x, name: x + 1))


def test_an_exception_is_shown_with_its_text(shown: list[Any]) -> None:
    def fails(x: Any, name: str) -> Any:
        raise ValueError(EVIL)

    with pytest.raises(AssertionError, match="2 of 2"):
        check(named_root(fails))
    assert f"it raised an exception: ValueError: {EVIL}" in repr(shown[0])


@pytest.mark.parametrize(
    "output",
    [EVIL, {EVIL: EVIL}, [EVIL], (EVIL,), EVIL * 100, 10**5000, {"a": {EVIL: [EVIL]}}, float("nan"), None],
    ids=lambda output: type(output).__name__,
)
def test_no_text_of_a_students_becomes_markup(shown: list[Any], output: Any) -> None:
    with pytest.raises(AssertionError, match="2 of 2"):
        check(named_root(lambda x, name: output))
    html = shown[0]._repr_html_()
    tags = set(re.findall(r"<\s*/?\s*([^\s>]+)", html))
    assert tags <= {
        "p",
        "code",
        "b",
        "span",
        "table",
        "tr",
        "th",
        "td",
        "br",
        "/p",
        "/code",
        "/b",
        "/span",
        "/table",
        "/tr",
        "/th",
        "/td",
    }
    assert "&lt;numbers&gt;" in html
    assert len(html) < 4000


def test_the_table_shows_what_went_in_and_what_it_shows(shown: list[Any]) -> None:
    check(root)
    html = shown[0]._repr_html_()
    assert "x = [1., 4.]" in html
    assert "nothing at all" in html
    assert html.count("<tr>") == 3


def test_an_untouched_exercise_is_one_line(shown: list[Any]) -> None:
    def stub(x: Any, name: str) -> Any:
        raise NotImplementedError("This exercise is not written yet")

    with pytest.raises(NotImplementedError) as error:
        check(named_root(stub))
    assert str(error.value) == "root is not written yet: replace the last line of the exercise by your code."
    assert error.value._render_traceback_() == [f"NotImplementedError: {error.value}"]  # type: ignore[attr-defined]
    assert shown == []


def test_a_wrong_answer_is_one_line_in_jupyter(shown: list[Any]) -> None:
    with pytest.raises(AssertionError) as error:
        check(named_root(lambda x, name: None))
    assert error.value._render_traceback_() == [f"AssertionError: {error.value}"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("function", [lambda x: x, len, named_root])
def test_a_function_of_no_exercise_is_said(function: Any) -> None:
    with pytest.raises(
        LookupError, match=r"There is no exercise called .* The exercises are: .*triplet_loss"
    ):
        check(function)


@pytest.mark.parametrize("thing", [3, "triplet_loss", None, np.zeros(3)])
def test_something_that_is_no_function_is_said(thing: Any) -> None:
    with pytest.raises(LookupError, match="check expects the function you wrote, got a"):
        check(thing)


@pytest.mark.parametrize("name", ["../cases/valid_triplets", "/etc/passwd", "valid_triplets/", "..", ""])
def test_an_exercise_is_a_name_and_no_path(name: str) -> None:
    with pytest.raises(LookupError, match="There is no exercise called"):
        load(name)


def test_a_students_changes_to_inputs_do_not_change_the_cases(shown: list[Any]) -> None:
    def spoils(x: Any, name: str) -> Any:
        x *= 0
        return x

    for _ in range(2):
        with pytest.raises(AssertionError, match="1 of 2"):
            check(named_root(spoils))
    assert CASES[0].inputs["x"].tolist() == [1.0, 4.0]


def test_a_case_file_reads_as_it_was_written() -> None:
    again = parse(dump("root", CASES))
    assert [case.name for case in again] == ["two <numbers>", "zero"]
    assert call(root, again[0].question()).outputs["value"].tolist() == [1.0, 2.0]
    assert dump("root", again) == dump("root", CASES)


def test_the_public_cases_of_an_exercise_are_there() -> None:
    check(written_is_semi_hard())


def written_is_semi_hard() -> Callable[..., Any]:
    def is_semi_hard(d_ap: Any, d_an: Any, alpha: float = 0.2) -> Any:
        return (np.asarray(d_ap) < d_an) & (np.asarray(d_an) < np.asarray(d_ap) + alpha)

    return is_semi_hard


def test_a_plain_terminal_gets_text() -> None:
    code = (
        "from course.check import check\n"
        "def is_semi_hard(d_ap, d_an, alpha=0.2): return d_ap < d_an\n"
        "check(is_semi_hard)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "cases are right" in run.stdout.splitlines()[0]
    assert "<" not in run.stdout.replace("d_ap < d_an", "")
    assert run.stderr.splitlines()[-1].startswith("course.check.CheckError: is_semi_hard: ")


def test_a_tf_function_is_checked_under_its_own_name(shown: list[Any]) -> None:
    import tensorflow as tf

    check(tf.function(root_in_tensorflow()))
    assert repr(shown[0]).startswith("✓ all 2 cases are right")


def root_in_tensorflow() -> Callable[..., Any]:
    import tensorflow as tf

    def root(x: Any, name: str) -> Any:
        return tf.sqrt(x)

    return root
