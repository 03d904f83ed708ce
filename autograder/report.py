"""What a class got right and what it misunderstood, as one self-contained HTML page."""

import base64
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.files import write_atomically
from autograder.rows import Row
from course.plots.style import BLUE, course_style

UNNAMED = {
    "wrong": "wrong in a way that has no name",
    "raised": "raised an exception",
    "timed_out": "took too long",
    "crashed": "ended the kernel",
    "missing": "not attempted",
}


def write_report(root: Path, assignment: str, rows: Sequence[Row]) -> Path:
    """Writes `root/reports/<assignment>.html` and gives its path."""
    path = root / "reports" / f"{assignment}.html"
    page = (
        _environment()
        .get_template("report.html")
        .render(
            assignment=assignment,
            rows=sorted(rows, key=lambda row: row["score"]),
            mistakes=mistakes(rows),
            slowest=sorted(rows, key=lambda row: -row["seconds"])[:5],
            scores=_png(score_figure(rows)),
            exercises=_png(exercise_figure(rows)),
        )
    )
    write_atomically(path, page.encode())
    return path


def mistakes(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """(exercise, what was not right, how many students): named mistakes before others, the most frequent first."""
    found = Counter(
        (exercise["name"], exercise["mistake"] or UNNAMED[exercise["outcome"]])
        for row in rows
        if row["status"] == "graded"
        for exercise in row["exercises"]
        if exercise["outcome"] != "passed"
    )
    named_first = sorted(found.items(), key=lambda item: (item[0][1] in UNNAMED.values(), -item[1]))
    return [(name, mistake, count) for (name, mistake), count in named_first]


def score_figure(rows: Sequence[Row]) -> Figure:
    """How many students reached which score."""
    with course_style():
        figure = Figure(figsize=(6, 2.6))
        axes = figure.subplots()
        top = max((row["max_score"] for row in rows), default=10.0)
        axes.hist(
            [row["score"] for row in rows], bins=[top * i / 10 for i in range(11)], color=BLUE, rwidth=0.9
        )
        axes.set(xlabel="points", ylabel="students", xlim=(0, top))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def exercise_figure(rows: Sequence[Row]) -> Figure:
    """The class's mean share of the points of each exercise."""
    shares: dict[str, list[float]] = {}
    for row in rows:
        for exercise in row["exercises"]:
            shares.setdefault(exercise["name"], []).append(exercise["score"] / exercise["max_score"])
    names = list(shares)[::-1]
    with course_style():
        figure = Figure(figsize=(6, 0.6 + 0.35 * len(names)))
        axes = figure.subplots()
        means = [100 * sum(shares[name]) / len(shares[name]) for name in names]
        bars = axes.barh(names, means, color=BLUE)
        axes.bar_label(bars, fmt="%.0f %%", padding=3)
        axes.set(xlabel="mean share of the points, %", xlim=(0, 112))
    return figure


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=150)
    return base64.b64encode(buffer.getvalue()).decode()


def _environment() -> Environment:
    return Environment(loader=PackageLoader("autograder"), autoescape=select_autoescape())
