"""Outputs and cases in, verdict and points out. Pure NumPy: no kernel, no notebook, no TensorFlow.

The answers come from a student's process; they are parsed here as if an attacker had written them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from course.calling import Answer
from course.cases import FrozenCase
from course.packing import PackingError, unpack
from course.verdict import CaseVerdict, diagnose, judge_cases

ExerciseOutcome = Literal["passed", "wrong", "raised", "timed_out", "crashed", "missing"]
MAX_MESSAGE = 400

SENTENCES: dict[str, str] = {
    "passed": "All cases are right.",
    "missing": "Not attempted.",
    "timed_out": "Took too long.",
    "crashed": "Ended the kernel.",
}


@dataclass(frozen=True)
class Verdict:
    """What a submission gets for one exercise. `mistake` is the name of the known mistake that explains it."""

    name: str
    outcome: ExerciseOutcome
    score: float
    max_score: float
    mistake: str | None
    message: str
    cases: tuple[CaseVerdict, ...] = ()


def judge(name: str, cases: Sequence[FrozenCase], answers: Sequence[Answer], max_score: float) -> Verdict:
    """The verdict on one exercise from its cases and one answer each."""
    verdicts = judge_cases(cases, answers)
    outcome = _outcome(verdicts)
    mistake = None if outcome == "passed" else diagnose(cases, answers)
    score = round(max_score * _share(verdicts), 2)
    message = _message(outcome, mistake, verdicts)
    return Verdict(name, outcome, score, max_score, mistake, message, tuple(verdicts))


def parse_answer(text: Any) -> tuple[int, Answer] | None:
    """The case's index and the answer in a text that a student's process sent, or None when it is neither."""
    try:
        reply = unpack(text, kinds=False)
        index, outcome, outputs, message = (reply[key] for key in ("case", "outcome", "outputs", "message"))
    except (PackingError, KeyError, TypeError, IndexError):
        return None
    sound = type(index) is int and type(outcome) is str and type(outputs) is dict and type(message) is str
    if not sound or outcome not in ("returned", "raised", "missing"):
        return None
    return index, Answer(outcome, outputs, _one_line(message))


def _one_line(text: str) -> str:
    """A student's text as it may be shown anywhere: no line breaks, nothing that steers a terminal."""
    shown = "".join(c if c.isprintable() else " " for c in text[:MAX_MESSAGE])
    return " ".join(shown.split())


def _outcome(verdicts: Sequence[CaseVerdict]) -> ExerciseOutcome:
    """The outcome of the first case that is not right, the graver ones first."""
    if all(verdict.passed for verdict in verdicts):
        return "passed"
    failed: list[ExerciseOutcome] = [
        "wrong" if verdict.answer.outcome == "returned" else verdict.answer.outcome
        for verdict in verdicts
        if not verdict.passed
    ]
    order: list[ExerciseOutcome] = ["crashed", "timed_out", "missing", "raised", "wrong"]
    return min(failed, key=order.index)


def _share(verdicts: Sequence[CaseVerdict]) -> float:
    """The share of the weights that is earned. Edge cases earn only when some ordinary case is right."""
    if not any(verdict.passed and not verdict.case.edge for verdict in verdicts):
        return 0.0
    total = sum(verdict.case.weight for verdict in verdicts)
    return sum(verdict.case.weight for verdict in verdicts if verdict.passed) / total


def _message(outcome: ExerciseOutcome, mistake: str | None, verdicts: Sequence[CaseVerdict]) -> str:
    if outcome in ("passed", "missing"):
        return SENTENCES[outcome]
    if mistake:
        return f"It looks as if {mistake}."
    first = next(verdict for verdict in verdicts if not verdict.passed and _outcome([verdict]) == outcome)
    if outcome in ("timed_out", "crashed"):
        return first.answer.message or SENTENCES[outcome]
    detail = f": {first.answer.message.rstrip('.')}" if outcome == "raised" else ""
    return f"In the case “{first.case.name}” {first.summary}{detail}."
