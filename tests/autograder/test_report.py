"""One page that an instructor can open: what the class got right, and what it misunderstood."""

import re
from pathlib import Path
from typing import Any

import pytest

from autograder.report import exercise_figure, mistakes, score_figure, write_report
from autograder.rows import Row

EVIL = "<script>alert('x')</script>"


def row(student: str, score: float, outcome: str = "wrong", mistake: str | None = None, **more: Any) -> Row:
    exercise: Any = {"name": "square", "outcome": outcome, "score": score, "max_score": 2.0}
    exercise |= {"mistake": mistake, "message": ""}
    found: Any = {"student": student, "status": "graded", "score": score, "max_score": 2.0, "seconds": 1.0}
    return found | {"message": "", "exercises": [exercise]} | more


ROWS = [
    row("ann", 2.0, "passed"),
    row("bob", 0.0, mistake="it is doubled"),
    row("cid", 1.0, mistake="it is doubled", seconds=99.0),
    row("dan", 0.0, "timed_out"),
    row("eve", 0.0, "missing", status="unreadable", message="The file is empty."),
]


def page(root: Path, rows: list[Row]) -> str:
    path = write_report(root, "00_powers", rows)
    assert path == root / "reports" / "00_powers.html"
    return path.read_text()


def test_mistakes_are_counted_the_most_frequent_first() -> None:
    assert mistakes(ROWS) == [("square", "it is doubled", 2), ("square", "took too long", 1)]


def test_the_page_names_students_mistakes_and_the_slowest(tmp_path: Path) -> None:
    text = page(tmp_path, ROWS)
    for words in ("5 submissions", "it is doubled", "unreadable: The file is empty.", "2 / 2", "99.0"):
        assert words in text
    assert text.index("<td>bob</td>") < text.index("<td>ann</td>")
    slowest = text[text.index("<h2>Slowest") :]
    assert slowest.index("cid") < slowest.index("ann")


def test_the_page_stands_alone(tmp_path: Path) -> None:
    text = page(tmp_path, ROWS)
    assert text.count("data:image/png;base64,") == 2
    assert not re.search(r'(src|href)="https?:', text)
    assert "<script" not in text


def test_no_text_of_a_students_becomes_markup(tmp_path: Path) -> None:
    rows = [row(EVIL, 0.0, mistake=EVIL, message=EVIL), row('" onclick="x', 1.0)]
    text = page(tmp_path, rows)
    assert "<script" not in text
    assert 'href="../feedback/%22%20onclick%3D%22x/00_powers/' in text


@pytest.mark.parametrize("student", ["a b", "Жанна", "100%", "a#b?c", "..."])
def test_links_lead_to_any_students_feedback(tmp_path: Path, student: str) -> None:
    from urllib.parse import unquote

    (link,) = re.findall(r'href="(\.\./feedback/[^"]+)"', page(tmp_path, [row(student, 1.0)]))
    assert unquote(link) == f"../feedback/{student}/00_powers/00_powers.html"


@pytest.mark.parametrize("rows", [[], [row("ann", 2.0, "passed")]])
def test_a_small_class_has_a_page(tmp_path: Path, rows: list[Row]) -> None:
    assert "Nothing: everybody was right." in page(tmp_path, rows)


def test_the_histogram_counts_every_student() -> None:
    (axes,) = score_figure(ROWS).axes
    assert sum(bar.get_height() for bar in axes.patches) == len(ROWS)  # type: ignore[attr-defined]


def test_the_bars_are_mean_shares() -> None:
    (axes,) = exercise_figure(ROWS).axes
    assert [bar.get_width() for bar in axes.patches] == [30.0]  # type: ignore[attr-defined]
