"""A class: many notebooks, graded here or on a cluster, recorded one by one. One submission never stops the others."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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


def kept_and_waiting(
    store: Store, students: Sequence[str], order: Order, force: bool = False
) -> tuple[list[Row], list[str]]:
    """The rows of the submissions that were graded already, and the students whose have to be graded.

    Kept is what was graded from the same bytes and with the same seed; with `force` nothing is.
    """
    found = {student: None if force else _kept(store, student, order) for student in students}
    return [row for row in found.values() if row], [student for student, row in found.items() if not row]


def grade_class(store: Store, students: Sequence[str], graders: Graders, order: Order) -> Iterator[Row]:
    """Grades the submissions of `students`, records them, and gives each one's row as it is done.

    One that no sandbox could run gets no row, but a warning; it is no fault of the student's. The gradebook is opened
    while the graders warm up, and all that concerns it is done in one thread.
    """
    if not students:
        return
    with ThreadPoolExecutor(1) as recorder:
        opened = recorder.submit(store.open)
        for student, hand_in, graded in graders(order, students, partial(_read, store, order)):
            if isinstance(graded, SandboxError):
                warnings.warn(f"{student} was not graded: {graded}", stacklevel=2)
            else:
                opened.result()
                yield recorder.submit(store.save, student, hand_in, order.seed, graded).result()
        opened.result()


def _kept(store: Store, student: str, order: Order) -> Row | None:
    return store.done(student, _read(store, order, student), order.seed)


def _read(store: Store, order: Order, student: str) -> HandIn:
    return read_hand_in(store.root, student, store.template.assignment, order.limits.notebook_bytes)
