"""An answer is right in any honest form, and in no dishonest one."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from course.comparing import (
    MAX_DESCRIPTION,
    TOLERANCE,
    AnyOrder,
    BalancedPairs,
    Between,
    DrawnBy,
    EvenlyBetween,
    Expectation,
    Finite,
    NotBelow,
    RowsAmong,
    Says,
    as_numbers,
    describe,
    mismatch,
    same_answer,
)

LOSSES = np.array([0.0, 0.5, 2.0])
RIGHT: dict[str, tuple[Any, Any]] = {
    "float64": (LOSSES, LOSSES),
    "float32": (LOSSES, LOSSES.astype(np.float32)),
    "float16": (LOSSES, LOSSES.astype(np.float16)),
    "a list": (LOSSES, [0.0, 0.5, 2.0]),
    "a list of arrays": (LOSSES, [np.array(0.0), np.array(0.5), np.array(2.0)]),
    "a tuple": (LOSSES, (0, 0.5, 2)),
    "within the tolerance": (LOSSES, LOSSES * (1 + 0.9 * TOLERANCE)),
    "a Python float for a 0-d array": (np.array(0.5), 0.5),
    "a 0-d array for a Python float": (0.5, np.float32(0.5)),
    "an integer for a float": (2.0, 2),
    "a float for an integer": (2, 2.0),
    "unsigned for signed": (np.array([1, 2]), np.array([1, 2], np.uint8)),
    "0 and 1 for booleans": (np.array([False, True]), np.array([0, 1])),
    "text": ("kian", "kian"),
    "None": (None, None),
    "a list for a tuple": ((0.5, True), [0.5, True]),
    "an array for a tuple": ((0.5, 1.0), np.array([0.5, 1.0])),
    "a dict": ({"a": LOSSES, "b": None}, {"b": None, "a": [0, 0.5, 2]}),
    "a ragged list": ([LOSSES, np.array([1])], [LOSSES, np.array([1])]),
    "nothing in the right shape": (np.zeros((0, 3)), np.zeros((0, 3), int)),
}
WRONG: dict[str, tuple[Any, Any]] = {
    "beyond the tolerance": (LOSSES, LOSSES * (1 + 2.1 * TOLERANCE)),
    "one percent off": (LOSSES, LOSSES * 1.01),
    "NaN": (LOSSES, np.array([0.0, 0.5, np.nan])),
    "all NaN": (LOSSES, np.full(3, np.nan)),
    "infinity": (LOSSES, np.array([0.0, 0.5, np.inf])),
    "the largest number there is": (LOSSES, np.full(3, np.finfo(float).max)),
    "complex without imaginary part": (LOSSES, LOSSES.astype(complex)),
    "numbers as text": (LOSSES, ["0.0", "0.5", "2.0"]),
    "one text among numbers": (LOSSES, [0.0, 0.5, "2.0"]),
    "text for a number": (0.5, "0.5"),
    "None for a number": (0.5, None),
    "None among numbers": (LOSSES, [0.0, 0.5, None]),
    "a dict for numbers": (LOSSES, {"0": 0.0}),
    "a ragged list for numbers": (LOSSES, [[0.0], [0.5, 2.0]]),
    "shape that broadcasts, a row": (LOSSES, LOSSES[None]),
    "shape that broadcasts, a column": (LOSSES, LOSSES[:, None]),
    "shape that broadcasts, one number": (np.zeros(3), 0.0),
    "shape that broadcasts, one row": (np.zeros((3, 2)), np.zeros((1, 2))),
    "nested more than an array can be": (0.5, [[[[[[[[[[0.5]]]]]]]]]]),
    "nothing": (LOSSES, np.zeros(0)),
    "nothing in another shape": (np.zeros((0, 3)), np.zeros((3, 0))),
    "an integer of a hundred digits": (2, 10**100),
    "off by one, huge integers": (2**60, 2**60 + 1),
    "a bool is no text": ("True", True),
    "an array for a text": ("kian", np.array([1.0, 2.0])),
    "an array for None": (None, np.array([1.0, 2.0])),
    "text is not None": (None, "None"),
    "zero is not None": (None, 0),
    "a subclass of the text": ("kian", "kian "),
    "too few values": ((0.5, True), (0.5,)),
    "too many values": ((0.5, True), (0.5, True, True)),
    "one value is wrong": ((0.5, True), (0.5, False)),
    "a number for a tuple": ((0.5, True), 0.5),
    "a 0-d array for a tuple": ((0.5,), np.array(0.5)),
    "text for a tuple of texts": (("a", "b"), "ab"),
    "a key is missing": ({"a": 1, "b": 2}, {"a": 1}),
    "one key too many": ({"a": 1}, {"a": 1, "b": 2}),
    "an entry is wrong": ({"a": 1}, {"a": 2}),
    "a list for a dict": ({"a": 1}, ["a"]),
}
ROWS = np.array([[0, 1, 2], [3, 4, 5]])
MASK = np.array([[True, False, True], [False, True, False]])
LABELS = np.array([0, 0, 1, 1])
PAIRS = np.array([[0, 1], [2, 3], [0, 2], [3, 1]])
DRAWN = (np.arange(400).reshape(20, 20) * 0.618034) % 1.0
EXPECTED: dict[str, tuple[Expectation, Any, dict[str, Any]]] = {
    "AnyOrder": (
        AnyOrder(ROWS),
        ROWS[::-1].astype(float),
        {
            "a row twice": ROWS[[0, 0]],
            "columns exchanged": ROWS[:, ::-1],
            "flat": ROWS.ravel(),
            "NaN": np.full((2, 3), np.nan),
            "one row too many": ROWS[[0, 1, 1]],
            "text": "rows",
            "nothing": np.zeros((0, 3)),
        },
    ),
    "AnyOrder of no rows": (AnyOrder(ROWS[:0]), [], {"a row": ROWS[:1], "None": None}),
    "RowsAmong": (
        RowsAmong(MASK, 3, cover=True),
        [[0, 0], [0, 2], [1, 1]],
        {
            "a place that is False": [[0, 0], [0, 1], [1, 1]],
            "outside": [[0, 0], [0, 2], [1, 5]],
            "from the end": [[0, 0], [0, 2], [-1, -2]],
            "between two places": [[0, 0], [0, 2], [1, 1.5]],
            "NaN": np.full((3, 2), np.nan),
            "infinity": np.full((3, 2), np.inf),
            "beyond 64 bits": np.full((3, 2), 1e300),
            "always the same": [[0, 0]] * 3,
            "too few": [[0, 0], [0, 2]],
            "flat": [0, 0, 0, 2, 1, 1],
            "None": None,
        },
    ),
    "Finite": (
        Finite((2, 3)),
        np.ones((2, 3)),
        {
            "NaN": np.full((2, 3), np.nan),
            "infinity": np.full((2, 3), np.inf),
            "shape": np.ones((3, 2)),
            "None": None,
        },
    ),
    "Between": (
        Between((2,), -1.0, 1.0),
        [-1, 1],
        {"above": [0, 1.1], "below": [-1.1, 0], "NaN": [0, np.nan], "shape": [0], "text": "between"},
    ),
    "BalancedPairs": (
        BalancedPairs(LABELS, 4),
        (PAIRS, [1, 1, 0, 0]),
        {
            "y inverted": (PAIRS, [0, 0, 1, 1]),
            "y all 1": (PAIRS, [1, 1, 1, 1]),
            "with itself": (np.array([[0, 0], [2, 3], [0, 2], [3, 1]]), [1, 1, 0, 0]),
            "not balanced": (np.array([[0, 1], [2, 3], [1, 0], [3, 1]]), [1, 1, 1, 0]),
            "outside": (np.array([[0, 1], [2, 3], [0, 2], [4, 1]]), [1, 1, 0, 0]),
            "from the end": (np.array([[0, 1], [2, 3], [0, 2], [-1, 1]]), [1, 1, 0, 0]),
            "NaN": (np.full((4, 2), np.nan), [1, 1, 0, 0]),
            "pairs alone": PAIRS,
            "y of another shape": (PAIRS, [[1, 1, 0, 0]]),
            "None": (None, None),
        },
    ),
    "BalancedPairs that cover": (
        BalancedPairs(LABELS, 8, cover=True),
        (np.array([[0, 1], [1, 0], [2, 3], [3, 2], [0, 2], [0, 3], [1, 2], [1, 3]]), [1] * 4 + [0] * 4),
        {"few pairs": (np.concatenate([PAIRS, PAIRS]), [1, 1, 0, 0] * 2)},
    ),
    "EvenlyBetween": (
        EvenlyBetween(np.zeros((20, 20)), np.ones((20, 20))),
        DRAWN,
        {
            "one number": np.full((20, 20), 0.5),
            "the middle": 0.4 + 0.2 * DRAWN,
            "the lower half": 0.5 * DRAWN,
            "outside": DRAWN + 0.5,
            "NaN": np.full((20, 20), np.nan),
            "flat": DRAWN.ravel(),
            "None": None,
        },
    ),
    "DrawnBy": (
        DrawnBy((3, 5, 3), Finite((2,))),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.array([1.0, 2.0])),
        {
            "another draw for the same seed": (np.ones(2), np.zeros(2), np.full(2, 0.5)),
            "one draw for all seeds": (np.ones(2),) * 3,
            "the same for the wrong ones": (np.ones(2), np.ones(2), np.zeros(2)),
            "a bad one among them": (np.ones(2), np.full(2, np.nan), np.ones(2)),
            "one is missing": (np.ones(2), np.zeros(2)),
            "as an array": np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 2.0]]),
            "a claim": True,
            "None": None,
        },
    ),
    "DrawnBy of tuples": (
        DrawnBy((1, 1, 2), BalancedPairs(LABELS, 4)),
        ((PAIRS, [1, 1, 0, 0]), (PAIRS, [1, 1, 0, 0]), (PAIRS[:, ::-1], [1, 1, 0, 0])),
        {"all the same": ((PAIRS, [1, 1, 0, 0]),) * 3},
    ),
    "NotBelow": (
        NotBelow(np.array([0.0, 1.0]), 0.0),
        [1e-6, 1.001],
        {
            "below by rounding": [-1e-9, 1.0],
            "another number": [0.0, 2.0],
            "NaN": [np.nan, 1.0],
            "shape": [[0.0, 1.0]],
            "None": None,
        },
    ),
    "Says": (
        Says("Kian"),
        "no Kian here",
        {"another": "no Noor here", "nothing": "", "None": None, "a list": ["Kian"]},
    ),
    "Says anything": (Says(), "x", {"blanks": " \n", "a number": 1.0}),
}
WRONG_BY_KIND = [(kind, name) for kind, (_, _, wrong) in EXPECTED.items() for name in wrong]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_is_right_as(name: str) -> None:
    expected, output = RIGHT[name]
    assert mismatch(expected, output) is None


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_wrong(name: str) -> None:
    expected, output = WRONG[name]
    found = mismatch(expected, output)
    assert found is not None
    assert found.summary
    assert not same_answer(expected, output)


@pytest.mark.parametrize("kind", EXPECTED)
def test_an_expectation_is_met_by_a_right_answer(kind: str) -> None:
    expectation, right, _ = EXPECTED[kind]
    assert mismatch(expectation, right) is None


@pytest.mark.parametrize(("kind", "name"), WRONG_BY_KIND)
def test_an_expectation_is_not_met_by(kind: str, name: str) -> None:
    expectation, _, wrong = EXPECTED[kind]
    assert mismatch(expectation, wrong[name]) is not None


def test_a_mistakes_nan_is_recognised_as_the_same_answer() -> None:
    mistaken = np.array([1.0, np.nan, np.inf])
    assert same_answer(mistaken, mistaken.astype(np.float32))
    assert not same_answer(mistaken, np.array([1.0, 2.0, np.inf]))


def test_the_summary_says_nothing_about_the_expected_numbers() -> None:
    found = mismatch(np.array([0.12345, 1.0]), np.array([0.5, 1.0]))
    assert found is not None
    assert found.sentence == "it has the wrong value in 1 of 2 places"
    assert "0.12345" in found.numbers
    assert f"{TOLERANCE:g}" in found.numbers


def test_a_mismatch_says_where_it_is() -> None:
    found = mismatch({"d": (0.5, True)}, {"d": (0.5, False)})
    assert found is not None
    assert found.sentence == "an entry: value 2 of 2 has the wrong value"


def test_small_numbers_beside_large_ones_have_the_large_ones_tolerance() -> None:
    assert mismatch(np.array([1000.0, 1.0]), np.array([1000.0, 2.0])) is None
    assert mismatch(np.array([1.0, 1.0]), np.array([1.0, 2.0])) is not None


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ((1.0, 2.0), np.empty((10**12, 0))),
        (LOSSES, ["x" * 1_000_000] + ["y"] * 1000),
        (LOSSES, [np.empty((10**12, 0)), 1.0]),
        ({"a": 1}, {"k" * 1_000_000: 1}),
        (LOSSES, [[["x" * 100_000] * 4] * 4] * 4),
    ],
    ids=[
        "an endless array of nothing",
        "long and short texts",
        "nothing and a number",
        "a long key",
        "nested texts",
    ],
)
def test_an_answer_cannot_make_comparing_take_room(expected: Any, output: Any) -> None:
    tracemalloc.start()
    found = mismatch(expected, output)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is not None
    assert len(found.numbers) < 3 * MAX_DESCRIPTION
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.123456789, "0.123457"),
        (1234567, "1234567"),
        (True, "True"),
        (None, "None"),
        ("kian", "'kian'"),
        ("a\x1b[2Jb\n", "'a\\x1b[2Jb\\n'"),
        (10**40, "a very large integer"),
        (np.zeros((4, 5)), "array of shape (4, 5)"),
        (np.zeros((3, 0)), "array of shape (3, 0)"),
        (np.array([1.0, 0.5]), "[1. , 0.5]"),
        ((0.5, None), "(0.5, None)"),
        ({"a": 1, "b": "x"}, "{'a': 1, 'b': 'x'}"),
        (["a"] * 9, "('a', 'a', 'a', 'a', …)"),
    ],
)
def test_a_value_is_described_in_a_few_words(value: Any, words: str) -> None:
    assert describe(value) == words


def test_a_long_item_leaves_room_for_the_next() -> None:
    assert describe(("x" * 500, 1)).endswith("…, 1)")


def test_only_numbers_are_numbers() -> None:
    assert as_numbers([1, [2.0], True]) is None
    assert as_numbers("1") is None
    assert as_numbers(np.array(["1"])) is None
    assert as_numbers(np.array([None])) is None
    assert as_numbers([1, 2.5, True]).tolist() == [1.0, 2.5, 1.0]  # type: ignore[union-attr]
