"""From answers to a verdict: which cases are right, and which known mistake explains the others.

Used by `check` for the public cases and by the grader for hidden ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course.calling import Answer
from course.cases import FrozenCase
from course.comparing import Mismatch, mismatch, same_answer

REASONS = {
    "raised": "raised an exception",
    "missing": "was not answered",
    "timed_out": "took too long",
    "crashed": "ended the kernel",
}


@dataclass(frozen=True)
class CaseVerdict:
    """One case: right, or why not. `summary` gives no numbers away, `numbers` does."""

    case: FrozenCase
    answer: Answer
    passed: bool
    summary: str = ""
    numbers: str = ""


def judge_cases(cases: Sequence[FrozenCase], answers: Sequence[Answer]) -> list[CaseVerdict]:
    """Compares each answer with what its case expects."""
    return [_judge_case(case, answer) for case, answer in zip(cases, answers, strict=True)]


def diagnose(cases: Sequence[FrozenCase], answers: Sequence[Answer]) -> str | None:
    """The name of the first known mistake that gives exactly these answers, or None."""
    names = dict.fromkeys(name for case in cases for name in case.mistakes)
    for name in names:
        if all(_is_mistake(case, name, answer) for case, answer in zip(cases, answers, strict=True)):
            return name
    return None


def _judge_case(case: FrozenCase, answer: Answer) -> CaseVerdict:
    wanted = case.expected.get("exception")
    if wanted and answer.outcome == "returned":
        return CaseVerdict(case, answer, False, f"it returned something; a {wanted} is wanted")
    if wanted and answer.outputs.get("exception") not in (wanted, None):
        return CaseVerdict(case, answer, False, f"it raised something else than a {wanted}", answer.message)
    if answer.outcome != ("raised" if wanted else "returned"):
        return CaseVerdict(case, answer, False, f"it {REASONS[answer.outcome]}", answer.message)
    found = outputs_mismatch(case.expected, answer.outputs, case.tolerance)
    if found:
        return CaseVerdict(case, answer, False, found.sentence, found.numbers)
    return CaseVerdict(case, answer, True)


def outputs_mismatch(expected: dict[str, Any], outputs: dict[str, Any], tolerance: float) -> Mismatch | None:
    """The first output that is not as expected."""
    for name, wanted in expected.items():
        output = outputs.get(name)
        if output is None and wanted is not None:
            return _missing(name)
        found = mismatch(wanted, output, tolerance)
        if found and wanted is True:
            return Mismatch(f"is not so that {name}")
        if found:
            return found if name == "value" else found.at(f"the {name.removeprefix('the ')}")
    return None


def _missing(name: str) -> Mismatch:
    if name.startswith("gradient"):
        return Mismatch("is missing: the value was computed outside TensorFlow", subject=f"the {name}")
    return Mismatch("returned nothing" if name == "value" else f"gave no {name.removeprefix('the ')}")


def _is_mistake(case: FrozenCase, name: str, answer: Answer) -> bool:
    if name not in case.mistakes:
        return _judge_case(case, answer).passed
    wrong = case.mistakes[name]
    if wrong is not None and "exception" in wrong:
        return answer.outcome == "raised" and answer.outputs.get("exception") == wrong["exception"]
    if wrong is None or answer.outcome != "returned":
        return wrong is None and answer.outcome == "raised"
    return all(same_answer(value, answer.outputs.get(key), case.tolerance) for key, value in wrong.items())
