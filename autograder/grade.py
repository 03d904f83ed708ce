"""One notebook: run its cells, put the cases to its functions, judge. Bytes in, graded notebook out.

Nothing is written here and nothing is kept, so a class is a map over submissions.
"""

import copy
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.examine import EXERCISES_AT_MOST, examine, no_answer, sentence
from autograder.exercises import exercises_of
from autograder.handin import HandIn
from autograder.intake import CleanNotebook, UnreadableError, clean
from autograder.judge import Verdict, judge, parse_answer
from autograder.record import record
from autograder.sandbox import Kernel, Limits, WarmSandbox
from autograder.template import Template
from course.calling import Answer
from course.cases import FrozenCase
from course.packing import pack

MAX_RESTARTS = 3
"""So often a notebook's kernel is started anew, without what ended it, before the rest is given up."""

RESTART_SECONDS = 60.0
"""What ending a notebook's processes and warming up a new sandbox can take, seconds."""

Status = Literal["graded", "unreadable", "crashed"]
Cases = Mapping[str, Sequence[FrozenCase]]


@dataclass(frozen=True)
class Graded:
    """What comes of one submission."""

    status: Status
    verdicts: tuple[Verdict, ...]
    message: str
    seconds: float
    notebook: NotebookNode

    @property
    def score(self) -> float:
        return round(sum(verdict.score for verdict in self.verdicts), 2)


def bound(limits: Limits) -> float:
    """Seconds that grading one notebook takes at most, whatever is in it."""
    exams = EXERCISES_AT_MOST * (limits.exercise_seconds + RESTART_SECONDS)
    return limits.notebook_seconds + (MAX_RESTARTS + 1) * RESTART_SECONDS + exams


def hidden_cases(assignment: str, seed: int) -> Cases:
    """The cases of a grading run; the same for every student of one seed."""
    return {
        name: exercise.frozen(np.random.default_rng([seed, index]))
        for index, (name, exercise) in enumerate(exercises_of(assignment).items())
    }


def grade(
    hand_in: HandIn, template: Template, cases: Cases, sandbox: WarmSandbox, show_numbers: bool = False
) -> Graded:
    """Grades one hand-in.

    Args:
        hand_in: the uploaded file's bytes.
        template: the assignment.
        cases: `hidden_cases` of the run.
        sandbox: a started sandbox; it runs one notebook at a time.
        show_numbers: whether the student sees expected and received numbers.
    """
    start = time.monotonic()
    if hand_in.refusal:
        return refused(template, hand_in.refusal)
    try:
        cleaned = clean(hand_in.data, template, sandbox.limits)
    except UnreadableError as error:
        return refused(template, str(error))
    with sandbox.kernel() as kernel:
        run = Run(kernel, cleaned, template, sandbox.limits.exercise_seconds)
        run.cells()
        answers = {name: run.ask(name, cases[name]) for name in template.slots}
    answers = examine(sandbox, cases, answers)
    verdicts = _verdicts(template, cases, answers, cleaned.notebook)
    told = tuple(filter(None, [hand_in.note, *cleaned.repairs, *run.told()]))
    status: Status = "crashed" if all(verdict.outcome == "crashed" for verdict in verdicts) else "graded"
    notebook = record(cleaned.notebook, verdicts, told, show_numbers)
    return Graded(status, verdicts, " ".join(told), time.monotonic() - start, notebook)


def refused(template: Template, message: str) -> Graded:
    """No points for what could not be read: the released notebook, with the reason on top."""
    verdicts = tuple(
        Verdict(name, "missing", 0.0, slot.points, None, message) for name, slot in template.slots.items()
    )
    notebook = record(copy.deepcopy(template.notebook), verdicts, (message,))
    return Graded("unreadable", verdicts, message, 0.0, notebook)


def _verdicts(
    template: Template, cases: Cases, answers: Mapping[str, Sequence[Answer]], notebook: NotebookNode
) -> tuple[Verdict, ...]:
    """One an exercise; where a wrong function calls another one that is wrong, its message says so."""
    codes = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells}
    verdicts = {
        name: judge(name, cases[name], answers[name], slot.points) for name, slot in template.slots.items()
    }
    wrong = [name for name, verdict in verdicts.items() if verdict.outcome not in ("passed", "missing")]
    for name in wrong:
        called = [other for other in wrong if other != name and re.search(rf"\b{other}\(", codes[name])]
        if called:
            told = f"It calls {called[0]}, which is not right yet. {verdicts[name].message}"
            verdicts[name] = replace(verdicts[name], message=told)
    return tuple(verdicts.values())


class Run:
    """One notebook in its kernel. A cell or function that ends the kernel is left out when it starts anew."""

    def __init__(
        self, kernel: Kernel, cleaned: CleanNotebook, template: Template, exercise_seconds: float
    ) -> None:
        self._kernel = kernel
        self._exercise_seconds = exercise_seconds
        self._template = template
        self._restarts = 0
        self._cells = [
            cell
            for cell in cleaned.notebook.cells
            if cell.cell_type == "code" and not template.is_demo(cell) and not _is_test(cell)
        ]

    def cells(self) -> None:
        """Runs the cells in order; when one ends the kernel, all others again in a new one."""
        self._kernel.execute(self._template.imports)
        for index, cell in enumerate(self._cells):
            execution = self._kernel.execute(cell.source)
            cell.outputs = execution.outputs + _note(execution.reason)
            if not self._kernel.alive:
                del self._cells[index]
                self._revive()
                return

    def ask(self, name: str, cases: Sequence[FrozenCase]) -> list[Answer]:
        """The function's answers to all cases; where it ends or stalls the kernel, the rest of its cases go with it."""
        if not self._kernel.alive:
            self._revive()
        if not self._kernel.alive:
            return [Answer("crashed", message="The notebook's kernel had ended too often before.")] * len(
                cases
            )
        code = f"__import__('course.calling').calling.answer_in_kernel({name!r}, globals())"
        questions = pack([case.question() for case in cases])
        execution = self._kernel.execute(code, self._exercise_seconds, questions)
        found = dict(filter(None, map(parse_answer, execution.answers)))
        return [found.get(index, no_answer(execution)) for index in range(len(cases))]

    def told(self) -> list[str]:
        """What the student should be told besides the verdicts."""
        if not self._restarts:
            return []
        return [
            f"The kernel ended and was started anew (restarts: {self._restarts}), without what had ended it."
        ]

    def _revive(self) -> None:
        """A new kernel with the cells run in it, unless the notebook has used up its restarts."""
        if self._restarts < MAX_RESTARTS:
            self._restarts += 1
            self._kernel.restart()
            self.cells()


def _is_test(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade", False))


def _note(reason: str) -> list[NotebookNode]:
    """An output that says why a cell was stopped."""
    return (
        [new_output("error", ename="Stopped", evalue=reason, traceback=[sentence(reason)])] if reason else []
    )
