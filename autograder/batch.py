"""A class: many notebooks, graded here or on a cluster, recorded one by one. One submission never stops the others."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from autograder.grade import Graded
from autograder.handin import HandIn, read_hand_in
from autograder.order import Order
from autograder.rows import Row
from autograder.sandbox import SandboxError
from autograder.store import Store

Result: TypeAlias = tuple[str, HandIn, Graded | SandboxError]
"""A student, what was handed in, and what came of it; an error where no sandbox could run it."""

Graders: TypeAlias = Callable[[Order, Sequence[str], Callable[[str], HandIn]], Iterator[Result]]
"""Whoever does the work (`autograder.local`, `autograder.cluster`): asked for some students' submissions, in the order's
terms and with a way to read them, they give the results as they come in."""


def grade_class(
    store: Store, students: Sequence[str], graders: Graders, order: Order, force: bool = False
) -> Iterator[Row]:
    """Grades the submissions of `students`, records them, and gives each one's row as it is done.

    Submissions that were graded already, from the same bytes and with the same seed, are kept unless `force`. One that
    no sandbox could run gets no row, but a warning; it is no fault of the student's.
    """

    def read(student: str) -> HandIn:
        return read_hand_in(store.root, student, store.template.assignment)

    waiting = []
    for student in students:
        kept = None if force else store.done(student, read(student), order.seed)
        if kept:
            yield kept
        else:
            waiting.append(student)
    if not waiting:
        return
    with ThreadPoolExecutor(1) as recorder:
        opened = recorder.submit(store.open)
        for student, hand_in, graded in graders(order, waiting, read):
            if isinstance(graded, SandboxError):
                warnings.warn(f"{student} was not graded: {graded}", stacklevel=2)
            else:
                opened.result()
                yield recorder.submit(store.save, student, hand_in, order.seed, graded).result()
        opened.result()
