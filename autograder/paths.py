"""Where the course lies. The grader grades this course and is used from its folder."""

from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]


def notebook_in(folder: Path, assignment: str) -> Path:
    """The assignment's notebook in one of nbgrader's folders (source, release, or a student's submission)."""
    return folder / assignment / f"{assignment}.ipynb"
