"""What an instructor sees while a class is graded, and the table at the end."""

import argparse
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.batch import Graders, grade_class, kept_and_waiting
from autograder.grade import bound
from autograder.local import local_graders
from autograder.lock import only_grader
from autograder.order import Order
from autograder.rows import Row
from autograder.sandbox import Limits, visible_gpus
from autograder.seeds import class_seed
from autograder.store import Store
from autograder.template import load_template

COLORS = {"passed": "green", "wrong": "red", "missing": "yellow"}
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


class Remaining(ProgressColumn):
    """What remains, from the mean pace of this run since its first submission was done.

    Warming up and what was kept from earlier runs say nothing of the pace; so there is no estimate before the second.
    """

    def __init__(self, kept: int) -> None:
        super().__init__()
        self._kept, self._first = kept, 0.0

    def render(self, task: Task) -> Text:
        """An estimate in minutes and seconds, which grows while nothing gets done."""
        done, now = int(task.completed) - self._kept, task.get_time()
        if done > 0 and not self._first:
            self._first = now
        if done < 2 or task.total is None:
            return Text("")
        left = (now - self._first) / (done - 1) * (task.total - task.completed)
        return Text(f"about {left // 60:.0f}:{left % 60:02.0f} left", style="progress.remaining")


def graded_with_progress(
    root: Path, assignment: str, students: Sequence[str], options: argparse.Namespace
) -> tuple[int, list[Row]]:
    """Grades `students` with a progress bar, then prints the table. Gives the seed and the rows."""
    console = Console()
    template = load_template(assignment)
    with only_grader(root):
        return _graded(console, Store(root, template), students, options)


def _graded(
    console: Console, store: Store, students: Sequence[str], options: argparse.Namespace
) -> tuple[int, list[Row]]:
    root, assignment = store.root, store.template.assignment
    seed = class_seed(root, assignment, options.seed)
    limits = Limits(**{field.name: getattr(options, field.name) for field in fields(Limits)})
    order = Order(store.template, seed, options.isolation, limits, options.show_numbers)
    graders = _graders(options)
    console.print(
        f"{len(students)} submissions, each at most {bound(limits) / 60:.0f} minutes", highlight=False
    )
    kept, waiting = kept_and_waiting(store, students, order, options.force)
    rows = {row["student"]: row for row in kept}
    with Progress(*COLUMNS, Remaining(len(kept)), console=console) as progress:
        task = progress.add_task("warming up", total=len(students), completed=len(kept))
        for row in grade_class(store, waiting, graders, order):
            rows[row["student"]] = row
            progress.update(task, advance=1, description="grading")
    from autograder.report import write_report  # at the end, as it imports Matplotlib

    ordered = [rows[student] for student in students if student in rows]
    console.print(_table(assignment, ordered))
    for what, where in (
        ("gradebook", "gradebook.db"),
        ("feedback", "feedback"),
        ("graded notebooks", "autograded"),
    ):
        console.print(f"{what}: {root / where}", soft_wrap=True)
    console.print(f"class report: {write_report(root, assignment, ordered)}", soft_wrap=True)
    return seed, ordered


def _graders(options: argparse.Namespace) -> Graders:
    if options.scheduler:
        from autograder.cluster import cluster_graders

        return cluster_graders(options.scheduler)
    return local_graders(visible_gpus(), options.workers)


def _table(assignment: str, rows: Sequence[Row]) -> Table:
    table = Table(title=assignment, show_lines=True)
    for heading in ("student", "points", "what was not right"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            escape(row["student"]), f"{row['score']:g} / {row['max_score']:g}", "\n".join(_remarks(row))
        )
    return table


def _remarks(row: Row) -> list[str]:
    """What was not right in a submission; exercises with the same remark share a line."""
    if row["status"] == "unreadable":
        return [f"[yellow]unreadable[/]: {escape(row['message'])}"]
    names: dict[tuple[str, str], list[str]] = {}
    for exercise in row["exercises"]:
        if exercise["outcome"] != "passed":
            names.setdefault((exercise["outcome"], exercise["message"]), []).append(exercise["name"])
    return [
        f"[{COLORS.get(outcome, 'magenta')}]{outcome}[/] {', '.join(group)}: {escape(message)}"
        for (outcome, message), group in names.items()
    ]
