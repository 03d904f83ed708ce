"""The proof that the grader grades truly: for every exercise of every assignment, with ten seeds."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.exercise import Case, Exercise, answered
from autograder.exercises import assignments, exercises_of
from autograder.judge import Verdict, judge, parse_answer
from course.calling import Answer, call, plain
from course.cases import FrozenCase
from course.exams import EXAMS, examined
from course.packing import pack
from tests.exercises.right_answers import every_right_answer, right_answers

SEEDS = range(10)
EXERCISES = [(assignment, name) for assignment, group in assignments().items() for name in group]
MISTAKES = [
    (assignment, name, mistake)
    for assignment, group in assignments().items()
    for name, exercise in group.items()
    for mistake in exercise.mistakes
]
CONSTANTS: dict[str, Callable[..., Any]] = {
    "nothing": lambda *inputs: None,
    "zero": lambda *inputs: 0.0,
    "True": lambda *inputs: True,
    "its first input": lambda *inputs: inputs[0],
    "its last input": lambda *inputs: inputs[-1],
    "an empty array": lambda *inputs: np.zeros((0, 3)),
    "zeros like its first input": lambda *inputs: np.zeros_like(inputs[0]),
    "a pair of nothing": lambda *inputs: (np.inf, None),
}


@cache
def drawn(assignment: str, name: str, seed: int) -> tuple[Exercise, list[Case], list[FrozenCase]]:
    exercise = exercises_of(assignment)[name]
    cases, frozen = (make(np.random.default_rng(seed)) for make in (exercise.cases, exercise.frozen))
    return exercise, list(cases), frozen


def given(cases: Sequence[Case], implementation: Callable[..., Any]) -> list[Answer]:
    """Answers as `implementation`, a reference or a mistake, would give them."""

    return [answered(case, implementation) for case in cases]


def called(frozen: Sequence[FrozenCase], function: Callable[..., Any]) -> list[Answer]:
    """Answers as they come out of a student's process, through the wire format."""

    def answer(case: FrozenCase) -> Answer:
        found = call(function, case.question())
        reply = {"case": 0, "outcome": found.outcome, "outputs": found.outputs, "message": found.message}
        parsed = parse_answer(pack(reply))
        assert parsed is not None
        return examined(case.examination(), parsed[1]) if case.probe in EXAMS else parsed[1]

    return [answer(case) for case in frozen]


def failures(verdict: Verdict) -> list[str]:
    return [f"{v.case.name}: {v.summary} {v.numbers}" for v in verdict.cases if not v.passed]


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_the_reference_gets_full_marks(assignment: str, name: str) -> None:
    for seed in SEEDS:
        exercise, cases, frozen = drawn(assignment, name, seed)
        verdict = judge(name, frozen, given(cases, exercise.reference), 1.0)
        assert verdict.outcome == "passed", failures(verdict)


@pytest.mark.parametrize(("assignment", "name", "mistake"), MISTAKES)
def test_a_mistake_loses_points_and_gets_its_name(assignment: str, name: str, mistake: str) -> None:
    for seed in SEEDS:
        exercise, cases, frozen = drawn(assignment, name, seed)
        verdict = judge(name, frozen, given(cases, exercise.mistakes[mistake]), 1.0)
        assert verdict.score < 1.0
        if mistake not in exercise.unnamed:
            assert verdict.mistake == mistake


def told_in_advance(assignment: str, name: str) -> set[tuple[str, str]]:
    """(probe, output) of what is expected of every case of a probe, whatever goes in: any process could claim it."""
    seen: dict[tuple[str, str], set[str]] = {}
    for seed in SEEDS:
        for case in drawn(assignment, name, seed)[2]:
            for output, value in case.expected.items():
                seen.setdefault((case.probe, output), set()).add(pack(value))
    return {key for key, values in seen.items() if len(values) == 1}


def claimed(case: FrozenCase, answer: Answer, known: set[tuple[str, str]]) -> Answer:
    """A mistake's answer, with what is known in advance, or is an input given back, put right."""
    inputs = {pack(plain(value)) for value in case.inputs.values() if not hasattr(value, "build")}
    free = {
        output: value
        for output, value in case.expected.items()
        if (case.probe, output) in known or pack(value) in inputs
    }
    return Answer("returned", answer.outputs | free) if answer.outcome == "returned" else answer


@pytest.mark.parametrize(("assignment", "name", "mistake"), MISTAKES)
def test_no_claim_of_a_students_process_hides_a_mistake(assignment: str, name: str, mistake: str) -> None:
    """What is judged depends on the inputs, so it has to be computed. Models are asked elsewhere (see test_exams)."""
    exercise, cases, frozen = drawn(assignment, name, 0)
    if frozen[0].probe in EXAMS:
        return
    known = told_in_advance(assignment, name)
    answers = given(cases, exercise.mistakes[mistake])
    forged = [claimed(case, answer, known) for case, answer in zip(frozen, answers, strict=True)]
    assert judge(name, frozen, forged, 1.0).score < 1.0


@pytest.mark.parametrize(("assignment", "name", "style"), every_right_answer())
def test_a_right_answer_gets_full_marks(assignment: str, name: str, style: str) -> None:
    function = right_answers(assignment)[name][style]
    for seed in SEEDS:
        _, _, frozen = drawn(assignment, name, seed)
        verdict = judge(name, frozen, called(frozen, function), 1.0)
        assert verdict.outcome == "passed", failures(verdict)


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_every_exercise_has_five_right_answers(assignment: str, name: str) -> None:
    assert len(right_answers(assignment)[name]) >= 5


@pytest.mark.parametrize("constant", CONSTANTS)
@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_a_constant_earns_nothing(assignment: str, name: str, constant: str) -> None:
    _, _, frozen = drawn(assignment, name, 0)
    assert judge(name, frozen, called(frozen, CONSTANTS[constant]), 1.0).score == 0.0


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_answers_to_one_seed_earn_nothing_on_another(assignment: str, name: str) -> None:
    """Whoever hard-codes the public outputs gets none of the points for hidden ones."""
    exercise, cases, _ = drawn(assignment, name, 0)
    _, _, hidden = drawn(assignment, name, 1)
    assert judge(name, hidden, given(cases, exercise.reference), 1.0).score == 0.0


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_case_names_are_unique_and_say_what_they_show(assignment: str, name: str) -> None:
    _, cases, _ = drawn(assignment, name, 0)
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.shows for case in cases)
