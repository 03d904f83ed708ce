"""A class: many notebooks over several warm sandboxes. One submission never stops the others."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue

from autograder.grade import Cases, Graded, grade, hidden_cases
from autograder.handin import HandIn, read_hand_in
from autograder.rows import Row
from autograder.sandbox import SandboxError, WarmSandbox
from autograder.store import Store
from autograder.template import Template

MakeSandbox = Callable[[], WarmSandbox]
GradeStudent = Callable[[str], tuple[HandIn, Graded]]


def grade_class(
    store: Store,
    students: Sequence[str],
    make_sandbox: MakeSandbox,
    workers: int,
    seed: int,
    force: bool = False,
) -> Iterator[Row]:
    """Grades the submissions of `students`, records them, and gives each one's row as it is done.

    Submissions that were graded already, from the same bytes and with the same seed, are kept unless `force`. One that
    no sandbox could run gets no row, but a warning; it is no fault of the student's.
    """
    assignment = store.template.assignment
    waiting = []
    for student in students:
        kept = None if force else store.done(student, read_hand_in(store.root, student, assignment), seed)
        if kept:
            yield kept
        else:
            waiting.append(student)
    if not waiting:
        return
    cases = hidden_cases(assignment, seed)
    with _sandboxes(make_sandbox, min(workers, len(waiting))) as sandboxes:

        def grade_student(student: str) -> tuple[HandIn, Graded]:
            hand_in = read_hand_in(store.root, student, assignment)
            sandbox = sandboxes.get()
            try:
                return hand_in, _graded(hand_in, store.template, cases, sandbox)
            finally:
                sandboxes.put(sandbox)

        for student, result in _in_parallel(grade_student, waiting, workers):
            if isinstance(result, SandboxError):
                warnings.warn(f"{student} was not graded: {result}", stacklevel=2)
            else:
                yield store.save(student, result[0], seed, result[1])


def _graded(hand_in: HandIn, template: Template, cases: Cases, sandbox: WarmSandbox) -> Graded:
    """The graded hand-in; a sandbox that fails is started anew, once."""
    try:
        return grade(hand_in, template, cases, sandbox)
    except SandboxError:
        sandbox.close()
        return grade(hand_in, template, cases, sandbox)


def _in_parallel(
    grade_student: GradeStudent, students: Sequence[str], workers: int
) -> Iterator[tuple[str, tuple[HandIn, Graded] | SandboxError]]:
    """Results as they come in. The threads mostly wait for the sandboxes, which do the work."""
    with ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(grade_student, student): student for student in students}
        try:
            for future in as_completed(list(futures)):
                error = future.exception()
                yield futures.pop(future), error if isinstance(error, SandboxError) else future.result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _sandboxes(make_sandbox: MakeSandbox, number: int) -> Iterator["SimpleQueue[WarmSandbox]"]:
    """Started sandboxes, to take from and put back."""
    free: SimpleQueue[WarmSandbox] = SimpleQueue()
    with ExitStack() as stack, ThreadPoolExecutor(number) as pool:
        started = [stack.enter_context(make_sandbox()) for _ in range(number)]
        for sandbox, _ in zip(started, pool.map(WarmSandbox.start, started), strict=True):
            free.put(sandbox)
        yield free
