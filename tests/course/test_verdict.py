"""From answers to a verdict: what is wrong, in a student's words, and which known mistake explains it."""

from typing import Any

import numpy as np
import pytest

from course.calling import Answer
from course.cases import FrozenCase
from course.verdict import diagnose, judge_cases, outputs_mismatch

ANSWER = {"value": np.array([1.0, 2.0]), "gradient of x": np.array([0.5]), "the two towers are shared": True}
SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "value": ({"value": np.array([1.0, 3.0])}, "it has the wrong value in 1 of 2 places"),
    "shape": ({"value": np.array([[1.0, 2.0]])}, "it has the wrong shape"),
    "NaN": ({"value": np.array([1.0, np.nan])}, "it contains NaN (not a number)"),
    "no value": ({"value": None}, "it returned nothing"),
    "no gradient": (
        {"gradient of x": None},
        "the gradient of x is missing: the value was computed outside TensorFlow",
    ),
    "gradient": ({"gradient of x": np.array([0.6])}, "the gradient of x has the wrong value"),
    "property": ({"the two towers are shared": False}, "it is not so that the two towers are shared"),
    "no property": ({"the two towers are shared": None}, "it gave no two towers are shared"),
}


def case(name: str, value: float, **mistakes: float | None) -> FrozenCase:
    wrong = {mistake: None if found is None else {"value": found} for mistake, found in mistakes.items()}
    return FrozenCase(name, "shows", {}, {"value": value}, mistakes=wrong)


def returned(*values: float) -> list[Answer]:
    return [Answer("returned", {"value": value}) for value in values]


def test_a_right_answer_has_no_mismatch() -> None:
    assert outputs_mismatch(ANSWER, {**ANSWER, "something else": "is not looked at"}, 1e-3) is None


@pytest.mark.parametrize("name", SENTENCES)
def test_a_mismatch_is_a_sentence(name: str) -> None:
    changed, sentence = SENTENCES[name]
    found = outputs_mismatch(ANSWER, {**ANSWER, **changed}, 1e-3)
    assert found is not None
    assert found.sentence == sentence


@pytest.mark.parametrize("name", ANSWER)
def test_a_missing_output_is_a_mismatch(name: str) -> None:
    outputs = {key: value for key, value in ANSWER.items() if key != name}
    assert outputs_mismatch(ANSWER, outputs, 1e-3) is not None


def test_an_expected_none_must_be_none() -> None:
    assert outputs_mismatch({"value": None}, {"value": None}, 1e-3) is None
    assert outputs_mismatch({"value": None}, {"value": 0.0}, 1e-3) is not None


@pytest.mark.parametrize(
    ("outcome", "summary"),
    [
        ("raised", "it raised an exception"),
        ("missing", "it was not answered"),
        ("timed_out", "it took too long"),
        ("crashed", "it ended the kernel"),
    ],
)
def test_without_an_answer_the_reason_is_said(outcome: Any, summary: str) -> None:
    (verdict,) = judge_cases([case("a", 1.0)], [Answer(outcome, {"value": 1.0}, "because")])
    assert (verdict.passed, verdict.summary, verdict.numbers) == (False, summary, "because")


def test_a_case_has_its_own_tolerance() -> None:
    strict = FrozenCase("strict", "", {}, {"value": 1.0}, tolerance=1e-6)
    assert [v.passed for v in judge_cases([case("a", 1.0), strict], returned(1.001, 1.001))] == [True, False]


def test_cases_and_answers_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        judge_cases([case("a", 1.0), case("b", 2.0)], returned(1.0))


CASES = [case("first", 1.0, swapped=2.0, halved=0.5), case("second", 4.0, halved=2.0, stops=None)]


@pytest.mark.parametrize(
    ("answers", "mistake"),
    [
        (returned(2.0, 4.0), "swapped"),
        (returned(0.5, 2.0), "halved"),
        ([*returned(1.0), Answer("raised")], "stops"),
        (returned(2.0, 2.0), None),
        (returned(0.5, 4.0), None),
        (returned(7.0, 4.0), None),
        ([*returned(2.0), Answer("raised")], None),
        ([*returned(1.0), Answer("timed_out")], None),
        ([Answer("missing"), Answer("missing")], None),
    ],
)
def test_a_mistake_is_named_when_it_explains_every_case(answers: list[Answer], mistake: str | None) -> None:
    assert diagnose(CASES, answers) == mistake


def test_a_mistake_that_gives_nan_or_a_ragged_list_is_recognised() -> None:
    wrong = {"value": np.array([np.nan, 1.0]), "rows": [np.zeros(1), np.zeros(2)]}
    frozen = FrozenCase(
        "a", "", {}, {"value": np.ones(2), "rows": [np.ones(1), np.ones(2)]}, mistakes={"m": wrong}
    )
    assert diagnose([frozen], [Answer("returned", wrong)]) == "m"
    assert diagnose([frozen], [Answer("returned", {**wrong, "rows": "?"})]) is None
