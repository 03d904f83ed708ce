"""Grades on this machine: warm sandboxes, one a worker, each with one notebook at a time."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Any

from autograder.batch import Graders, Result
from autograder.grade import Cases, Graded, grade, hidden_cases
from autograder.handin import HandIn
from autograder.order import Order
from autograder.sandbox import SandboxError, WarmSandbox, gpu_environment

ATTEMPTS = 2


def local_graders(gpus: Sequence[str], workers: int | None = None) -> Graders:
    """Sandboxes on this machine, by default one a GPU, without a GPU one a core; `gpus` are dealt round robin."""
    slots = workers or len(gpus) or os.cpu_count() or 1

    def graders(order: Order, students: Sequence[str], read: Callable[[str], HandIn]) -> Iterator[Result]:
        places = [gpu_environment(slot, gpus) for slot in range(min(slots, len(students)))]
        sandboxes = [WarmSandbox(order.isolation, order.limits, place) for place in places]
        free: SimpleQueue[WarmSandbox] = SimpleQueue()

        def warm_up(sandbox: WarmSandbox) -> None:
            try:
                sandbox.start()
            finally:
                free.put(sandbox)

        def result(student: str) -> Result:
            hand_in = read(student)
            sandbox = free.get()
            try:
                return student, hand_in, graded_or_error(hand_in, order, cases, sandbox)
            finally:
                free.put(sandbox)

        with ExitStack() as stack, ThreadPoolExecutor(len(sandboxes)) as pool:
            for sandbox in sandboxes:
                stack.callback(sandbox.close)
            warming = {pool.submit(warm_up, sandbox) for sandbox in sandboxes}
            cases = hidden_cases(order.template.assignment, order.seed)
            yield from _as_they_come(pool, warming, {pool.submit(result, student) for student in students})

    return graders


def graded_or_error(
    hand_in: HandIn, order: Order, cases: Cases, sandbox: WarmSandbox
) -> Graded | SandboxError:
    """The graded hand-in. Where the sandbox fails, or is ended by something else than the notebook, once more."""
    for _ in range(ATTEMPTS):
        accidents = sandbox.accidents
        try:
            graded = grade(hand_in, order.template, cases, sandbox, order.show_numbers)
            if sandbox.accidents == accidents:
                return graded
            failure = SandboxError(
                "This machine ended the sandbox in the middle: see whether memory is short."
            )
        except SandboxError as error:
            failure = error
            sandbox.close()
    return failure


def _as_they_come(
    pool: ThreadPoolExecutor, warming: set["Future[Any]"], results: set["Future[Any]"]
) -> Iterator[Result]:
    """Results as they come in, each let go of at once; SandboxError if a sandbox does not start."""
    try:
        for future in as_completed(warming | results):
            if future in results:
                results.remove(future)
                yield future.result()
            else:
                future.result()
    finally:
        pool.shutdown(cancel_futures=True)
