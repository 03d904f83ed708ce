"""Models that students' functions built, asked in a kernel of their own, in which no student's code has run.

Whatever a student's process says about a model may be forged. So it sends the model, as a graph of TensorFlow operations,
and everything that is judged of it is found here (see `course.exams`).
"""

from collections.abc import Mapping, Sequence

from autograder.judge import parse_answer
from autograder.sandbox import Execution, Kernel, WarmSandbox
from course.calling import Answer
from course.cases import FrozenCase
from course.exams import EXAMS
from course.packing import PackingError, pack

MAX_MODEL = 4_000_000
"""Characters of a packed model; an honest one has about ten thousand."""

EXERCISES_AT_MOST = 2
"""So many exercises of one assignment build models."""

Answers = dict[str, list[Answer]]


def examine(
    sandbox: WarmSandbox, cases: Mapping[str, Sequence[FrozenCase]], answers: Mapping[str, list[Answer]]
) -> Answers:
    """The answers, those that hold models replaced by what an exam found of them."""
    built = [name for name in answers if _holds_models(cases[name], answers[name])]
    if not built:
        return dict(answers)
    with sandbox.kernel() as kernel:
        return {**answers, **{name: _examined(kernel, cases[name], answers[name], sandbox) for name in built}}


def no_answer(execution: Execution) -> Answer:
    """Why a case has no answer."""
    if execution.status == "timed_out":
        return Answer("timed_out", message=sentence(execution.reason))
    if execution.status in ("died", "limit"):
        return Answer("crashed", message=sentence(execution.reason))
    return Answer("raised", message="No answer came back.")


def _holds_models(cases: Sequence[FrozenCase], answers: Sequence[Answer]) -> bool:
    return cases[0].probe in EXAMS and any(answer.outcome == "returned" for answer in answers)


def _examined(
    kernel: Kernel, cases: Sequence[FrozenCase], answers: Sequence[Answer], sandbox: WarmSandbox
) -> list[Answer]:
    """One exercise. A model that ends or stalls the kernel takes the exercise's other models with it."""
    if not kernel.alive:
        kernel.restart()
    found: list[Answer] = []
    for case, answer in zip(cases, answers, strict=True):
        stopped = found and found[-1].outcome in ("timed_out", "crashed")
        ask = answer.outcome == "returned" and not stopped
        found.append(_asked(kernel, case, answer, sandbox) if ask else (found[-1] if stopped else answer))
    return found


def _asked(kernel: Kernel, case: FrozenCase, answer: Answer, sandbox: WarmSandbox) -> Answer:
    try:
        examination = pack([case.examination(), answer.outputs])
    except PackingError as error:
        return Answer("raised", message=f"The model cannot be sent: {error}.")
    if len(examination) > MAX_MODEL:
        return Answer("raised", message=f"The model takes more than {MAX_MODEL:,} characters.")
    code = "__import__('course.exams').exams.examine_in_kernel()"
    execution = kernel.execute(code, sandbox.limits.exercise_seconds, examination)
    parsed = [found for found in map(parse_answer, execution.answers) if found]
    return parsed[-1][1] if parsed else no_answer(execution)


def sentence(reason: str) -> str:
    """A reason as a sentence; nothing stays nothing."""
    return reason[:1].upper() + reason[1:].rstrip(".") + "." if reason else ""
