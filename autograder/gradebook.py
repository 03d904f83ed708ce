"""The class's gradebook, nbgrader's own database: opened once, one look and one change a submission."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Base,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    SubmittedNotebook,
)
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import compute_checksum
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from autograder.files import write_atomically
from autograder.grade import Graded
from autograder.template import Template

SQLITE = "sqlite:///"


class GradebookError(RuntimeError):
    """The gradebook cannot be read or written; the message is a sentence."""


@dataclass(frozen=True)
class Marks:
    """What the gradebook says of a submission, an instructor's changes included.

    `cells`: grade id -> what nbgrader writes into that cell's metadata before it makes a feedback page.
    """

    score: float
    max_score: float
    late_penalty: float
    cells: dict[str, dict[str, Any]]


class Marksbook:
    """The gradebook's part of one assignment."""

    def __init__(self, url: str, course: str, template: Template) -> None:
        self._url, self._assignment = url, template.assignment
        with self._told():
            create(url)
            self._book = Gradebook(url, course)
            self._book.update_or_create_assignment(self._assignment)
            names = {"assignment": self._assignment, "notebook": self._assignment}
            SaveCells().preprocess(template.notebook.copy(), {"nbgrader": {**names, "db_url": url}})
            self._names: dict[str, str] = {cell.id: cell.name for cell in self._book.db.query(BaseCell)}

    def record(self, student: str, graded: Graded) -> Marks:
        """Keeps the scores of a graded submission, as nbgrader's SaveAutoGrades does: what an instructor gave stays."""
        scores = {f"test_{verdict.name}": float(verdict.score) for verdict in graded.verdicts}
        with self._told():
            notebook = self._notebook(student)
            untouched = _untouched(graded.notebook)
            for grade in self._of(Grade, notebook):
                grade.auto_score = scores[self._names[grade.cell_id]]
                grade.needs_manual_grade = grade.manual_score is not None
            for comment in self._of(Comment, notebook):
                comment.auto_comment = "No response." if self._names[comment.cell_id] in untouched else None
            self._book.db.commit()
            return self._marks(notebook)

    def close(self) -> None:
        """Lets go of the database."""
        self._book.close()

    def _notebook(self, student: str) -> SubmittedNotebook:
        names = (self._assignment, self._assignment, student)
        try:
            return self._book.find_submission_notebook(*names)
        except MissingEntry:
            self._book.update_or_create_student(student)
            self._book.update_or_create_submission(self._assignment, student)
            return self._book.find_submission_notebook(*names)

    def _of(self, kind: type, notebook: SubmittedNotebook) -> list[Any]:
        return self._book.db.query(kind).filter_by(notebook_id=notebook.id).populate_existing().all()

    def _marks(self, notebook: SubmittedNotebook) -> Marks:
        cells: dict[str, dict[str, Any]] = {}
        for grade in self._of(Grade, notebook):
            cells[self._names[grade.cell_id]] = {"score": grade.score, "points": grade.max_score}
        for comment in self._of(Comment, notebook):
            cells.setdefault(self._names[comment.cell_id], {})["comment"] = comment.comment
        late = notebook.late_submission_penalty or 0.0
        return Marks(notebook.score - late, notebook.max_score, late, cells)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database refuses becomes a sentence."""
        try:
            yield
        except (OperationalError, InvalidEntry) as error:
            why = str(error.args[0]) if error.args else "no reason given"
            raise GradebookError(
                f"The gradebook {self._url.removeprefix(SQLITE)} cannot be written ({why}): see whether another "
                "program holds it and whether the disk is full. What is graded is kept; run the command again."
            ) from error


def create(url: str) -> None:
    """Makes a gradebook where there is none: the tables and the version that nbgrader's would have, all or nothing.

    nbgrader's own way starts the program `alembic` to hear the version, which takes seconds.
    """
    path = Path(url.removeprefix(SQLITE))
    if not url.startswith(SQLITE) or path.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder, "gradebook.db")
        _fill(create_engine(f"{SQLITE}{new}"))
        write_atomically(path, new.read_bytes())


def _fill(engine: Engine) -> None:
    from alembic.script import ScriptDirectory

    version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    engine.dispose()


def _untouched(notebook: NotebookNode) -> set[str]:
    """Grade ids of the cells that are as they were released."""
    marked = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    return {
        cell.metadata.nbgrader.grade_id
        for cell in marked
        if cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    }
