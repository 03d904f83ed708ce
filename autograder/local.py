"""Grades on this machine: warm sandboxes, one a worker, each with one notebook at a time."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue

from autograder.batch import Graders, Result
from autograder.grade import Cases, Graded, grade, hidden_cases
from autograder.handin import HandIn
from autograder.order import Order
from autograder.sandbox import SandboxError, WarmSandbox, gpu_environment
from autograder.template import Template


def local_graders(gpus: Sequence[str], workers: int | None = None) -> Graders:
    """Sandboxes on this machine, by default one a GPU, without a GPU one a core; `gpus` are dealt round robin."""
    slots = workers or len(gpus) or os.cpu_count() or 1

    def graders(order: Order, students: Sequence[str], read: Callable[[str], HandIn]) -> Iterator[Result]:
        cases = hidden_cases(order.template.assignment, order.seed)
        with _sandboxes(order, min(slots, len(students)), gpus) as sandboxes:

            def result(student: str) -> Result:
                hand_in = read(student)
                sandbox = sandboxes.get()
                try:
                    return student, hand_in, graded_or_error(hand_in, order.template, cases, sandbox)
                finally:
                    sandboxes.put(sandbox)

            yield from _in_parallel(result, students, slots)

    return graders


def graded_or_error(
    hand_in: HandIn, template: Template, cases: Cases, sandbox: WarmSandbox
) -> Graded | SandboxError:
    """The graded hand-in; a sandbox that fails is started anew, once."""
    try:
        return grade(hand_in, template, cases, sandbox)
    except SandboxError:
        sandbox.close()
    try:
        return grade(hand_in, template, cases, sandbox)
    except SandboxError as error:
        return error


def _in_parallel(result: Callable[[str], Result], students: Sequence[str], workers: int) -> Iterator[Result]:
    """Results as they come in. The threads mostly wait for the sandboxes, which do the work."""
    with ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(result, student) for student in students}
        try:
            for future in as_completed(list(futures)):
                futures.remove(future)
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _sandboxes(order: Order, number: int, gpus: Sequence[str]) -> Iterator["SimpleQueue[WarmSandbox]"]:
    """Started sandboxes, to take from and put back."""
    free: SimpleQueue[WarmSandbox] = SimpleQueue()
    with ExitStack() as stack:
        for slot in range(number):
            sandbox = WarmSandbox(order.isolation, order.limits, gpu_environment(slot, gpus))
            free.put(stack.enter_context(sandbox))
        yield free
