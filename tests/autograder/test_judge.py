"""Points come from arrays alone, whatever a student's process sends."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.judge import MAX_MESSAGE, judge, parse_answer
from course.calling import Answer
from course.cases import FrozenCase
from course.packing import pack, unpack
from course.stand_ins import Generator

LOSS = np.array([0.0, 0.5, 2.0])
GRADIENT = np.array([[1.0, -1.0]])
CASES = (
    FrozenCase(
        "ordinary",
        "three losses",
        {},
        {"value": LOSS, "gradient of x": GRADIENT},
        mistakes={
            "the maximum is missing": {"value": LOSS - 1, "gradient of x": GRADIENT},
            "it stops": None,
            "NumPy is used": {"value": LOSS, "gradient of x": None},
        },
        weight=2.0,
    ),
    FrozenCase("edge", "no loss", {}, {"value": 0.0}, edge=True),
    FrozenCase("text", "a name", {}, {"value": ("kian", None, True)}),
)
RIGHT = [
    Answer("returned", {"value": LOSS, "gradient of x": GRADIENT}),
    Answer("returned", {"value": 0.0}),
    Answer("returned", {"value": ("kian", None, True)}),
]
REPLY = {"case": 1, "outcome": "returned", "outputs": {"value": LOSS}, "message": ""}
FORGED: dict[str, Any] = {
    "not a text": 7,
    "nothing": None,
    "bytes": b"{}",
    "not JSON": "passed",
    "a list": pack([1, "returned", {}, ""]),
    "an array": pack(np.arange(4)),
    "a text": pack("returned"),
    "a kind": pack(Generator(1)),
    "an output that is a kind": pack(REPLY | {"outputs": {"value": Generator(1)}}),
    "no case": pack({"outcome": "returned", "outputs": {}, "message": ""}),
    "a case that is a text": pack(REPLY | {"case": "1"}),
    "a case that is True": pack(REPLY | {"case": True}),
    "a case that is a fraction": pack(REPLY | {"case": 1.0}),
    "a case that is an array": pack(REPLY | {"case": np.array(1)}),
    "an outcome of its own": pack(REPLY | {"outcome": "passed"}),
    "an outcome only the grader gives": pack(REPLY | {"outcome": "timed_out"}),
    "an outcome that is a list": pack(REPLY | {"outcome": ["returned"]}),
    "outputs that are a list": pack(REPLY | {"outputs": [LOSS]}),
    "outputs that are none": pack(REPLY | {"outputs": None}),
    "a message that is a number": pack(REPLY | {"message": 1}),
    "NaN among the outputs": json.dumps({"dict": [["case", 0], ["outputs", float("nan")]]}),
    "deep nesting": '{"dict":[["case",' * 10_000,
}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
ARRAYS = arrays.arrays(
    st.sampled_from(["?", "i8", "u1", "f2", "f4", "f8", "c16"]),
    arrays.array_shapes(min_dims=0, min_side=0, max_side=3),
)
OUTPUTS = st.recursive(
    SCALARS | ARRAYS | st.sampled_from([LOSS, LOSS[:, None], GRADIENT, "kian"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["value", "gradient of x", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)
REPLIES = st.fixed_dictionaries(
    {
        "case": st.integers(-2, 4) | SCALARS,
        "outcome": st.sampled_from(["returned", "raised", "missing", "passed", "crashed"]) | SCALARS,
        "outputs": st.dictionaries(st.sampled_from(["value", "gradient of x", "a"]), OUTPUTS, max_size=3)
        | OUTPUTS,
        "message": st.text(max_size=8) | SCALARS,
    }
)


def without(index: int, answer: Answer) -> list[Answer]:
    """The right answers but for one."""
    return [answer if i == index else right for i, right in enumerate(RIGHT)]


def returned(value: Any, **named: Any) -> Answer:
    return Answer("returned", {"value": value, **named})


def test_right_answers_get_all_points() -> None:
    verdict = judge("f", CASES, RIGHT, 2.0)
    assert (verdict.outcome, verdict.score, verdict.mistake) == ("passed", 2.0, None)
    assert verdict.message == "All cases are right."


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("outcome", ["raised", "missing", "timed_out", "crashed"])
def test_a_case_without_an_answer_costs_its_share(index: int, outcome: Any) -> None:
    verdict = judge("f", CASES, without(index, Answer(outcome)), 4.0)
    assert verdict.outcome == outcome
    assert verdict.score == [2.0, 3.0, 3.0][index]


@pytest.mark.parametrize(
    "wrong",
    [
        returned(LOSS),
        returned(LOSS, **{"gradient of x": None}),
        returned(LOSS, **{"gradient of x": GRADIENT.T}),
        returned(LOSS + 0.1, **{"gradient of x": GRADIENT}),
        returned(LOSS[None], **{"gradient of x": GRADIENT}),
        returned(LOSS.astype(complex), **{"gradient of x": GRADIENT}),
        returned(np.full(3, np.nan), **{"gradient of x": np.full((1, 2), np.nan)}),
        returned({"value": LOSS}, **{"gradient of x": GRADIENT}),
        Answer("returned", {"Value": LOSS, "gradient of x": GRADIENT}),
        Answer("returned", {}),
        Answer("raised", {"value": LOSS, "gradient of x": GRADIENT}),
    ],
)
def test_a_wrong_answer_to_one_case_is_not_passed(wrong: Answer) -> None:
    verdict = judge("f", CASES, without(0, wrong), 1.0)
    assert verdict.outcome != "passed"
    assert verdict.score == 0.5
    assert not verdict.cases[0].passed


def test_edge_cases_alone_earn_nothing() -> None:
    verdict = judge("f", CASES, [Answer("raised"), RIGHT[1], Answer("raised")], 1.0)
    assert verdict.cases[1].passed
    assert verdict.score == 0.0


def test_the_graver_outcome_is_told() -> None:
    answers = [Answer("raised", message="oops"), Answer("timed_out", message="Stopped after 60 s."), RIGHT[2]]
    verdict = judge("f", CASES, answers, 1.0)
    assert (verdict.outcome, verdict.message) == ("timed_out", "Stopped after 60 s.")


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (returned(LOSS - 1, **{"gradient of x": GRADIENT}), "the maximum is missing"),
        (returned(LOSS, **{"gradient of x": None}), "NumPy is used"),
        (Answer("raised"), "it stops"),
        (returned(LOSS - 2, **{"gradient of x": GRADIENT}), None),
        (Answer("timed_out"), None),
    ],
)
def test_a_known_mistake_is_named(answer: Answer, mistake: str | None) -> None:
    verdict = judge("f", CASES, without(0, answer), 1.0)
    assert verdict.mistake == mistake
    assert (verdict.message == f"It looks as if {mistake}.") == (mistake is not None)


def test_a_mistake_is_not_named_when_another_case_contradicts_it() -> None:
    mistaken = returned(LOSS - 1, **{"gradient of x": GRADIENT})
    assert judge("f", CASES, [mistaken, returned(7.0), RIGHT[2]], 1.0).mistake is None


def test_a_message_gives_no_expected_number_away() -> None:
    verdict = judge("f", CASES, without(1, returned(0.123)), 1.0)
    assert verdict.message == "In the case “edge” it has the wrong value."


def test_an_exceptions_text_is_told() -> None:
    verdict = judge("f", CASES, without(1, Answer("raised", message="ValueError: oops.")), 1.0)
    assert verdict.message == "In the case “edge” it raised an exception: ValueError: oops."


def test_an_answer_is_parsed() -> None:
    found = parse_answer(pack(REPLY))
    assert found is not None
    index, answer = found
    assert (index, answer.outcome, answer.message) == (1, "returned", "")
    assert np.array_equal(answer.outputs["value"], LOSS)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer_is_none(name: str) -> None:
    assert parse_answer(FORGED[name]) is None


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("one\n\n two\t", "one two"),
        ("\x1b]0;title\x07\x1b[31mred", "]0;title [31mred"),
        ("a\u202egnp.exe", "a gnp.exe"),
        ("\x00", ""),
        ("x" * 10_000, "x" * MAX_MESSAGE),
        ("d(A, P) ≤ τ² 人", "d(A, P) ≤ τ² 人"),
        ("\ud800", "?"),
    ],
)
def test_a_message_is_one_line_that_steers_no_terminal(sent: str, shown: str) -> None:
    found = parse_answer(pack(REPLY | {"message": sent}))
    assert found is not None
    assert found[1].message == shown


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(REPLIES, max_size=4))
def test_no_reply_breaks_the_judge_or_earns_what_it_should_not(replies: list[dict[str, Any]]) -> None:
    found = dict(filter(None, (parse_answer(pack(reply)) for reply in replies)))
    answers = [found.get(index, Answer("raised")) for index in range(len(CASES))]
    verdict = judge("f", CASES, answers, 4.0)
    right = [honest(case, answer) for case, answer in zip(CASES, answers, strict=True)]
    assert [found.passed for found in verdict.cases] == right
    assert (verdict.score == 4.0) == all(right)
    assert verdict.message


def honest(case: FrozenCase, answer: Answer) -> bool:
    """Whether an answer is right, decided in another way than the judge's: through plain Python objects."""

    def same(wanted: Any, value: Any) -> bool:
        if isinstance(wanted, tuple):
            items = value if isinstance(value, list | tuple) else []
            return len(items) == len(wanted) and all(map(same, wanted, items))
        if wanted is None or isinstance(wanted, str):
            return type(value) is type(wanted) and value == wanted
        numbers, scale = np.array(wanted, float).tolist(), float(np.abs(wanted).max())
        try:
            return np.shape(value) == np.shape(wanted) and close(numbers, plain(value), scale)
        except (TypeError, ValueError, OverflowError):
            return False

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        found = value.tolist() if isinstance(value, np.ndarray) else value
        if isinstance(found, list):
            return [plain(item) for item in found]
        if not isinstance(found, bool | int | float):
            raise TypeError
        return float(found)

    def close(wanted: Any, value: Any, scale: float) -> bool:
        if isinstance(wanted, list):
            return all(close(*pair, scale) for pair in zip(wanted, value, strict=True))
        return bool(abs(wanted - value) <= 2e-3 * (abs(wanted) + scale) + 1e-12)

    outputs = answer.outputs if answer.outcome == "returned" else {}
    return all(name in outputs and same(wanted, outputs[name]) for name, wanted in case.expected.items())


def test_cases_themselves_travel() -> None:
    again = unpack(pack(CASES[0]))
    assert again.expected.keys() == CASES[0].expected.keys()
    assert again.mistakes["it stops"] is None


def test_judging_imports_neither_tensorflow_nor_jupyter() -> None:
    code = (
        "import sys, autograder.judge, autograder.exercises as e; e.assignments();"
        "print(*{m.split('.')[0] for m in sys.modules} & set(sys.argv[1:]))"
    )
    heavy = ["tensorflow", "keras", "IPython", "nbformat", "jupyter_client", "ipykernel", "nbgrader"]
    run = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
