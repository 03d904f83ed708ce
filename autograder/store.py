"""Where a class's results are kept, all in nbgrader's formats: gradebook, autograded notebooks, feedback pages.

The autograded notebook is written last and remembers its row; so a submission is done exactly when it is there.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from sqlalchemy.exc import OperationalError

from autograder.files import write_atomically
from autograder.grade import Graded
from autograder.handin import HandIn
from autograder.nbgrader import converter
from autograder.rows import Row, row_of
from autograder.template import Template


class GradebookError(RuntimeError):
    """The gradebook cannot be read or written; the message is a sentence."""


class Store:
    """The results of one assignment for the class in `root`."""

    def __init__(self, root: Path, template: Template) -> None:
        self.root = root
        self.template = template
        self._assignment = template.assignment
        self._feedback = converter("GenerateFeedback", root, self._assignment)
        self._url = self._feedback.coursedir.db_url
        self._html = HTMLExporter(parent=self._feedback, config=self._feedback.config)
        for preprocessor in self._feedback.preprocessors:
            self._html.register_preprocessor(preprocessor)
        self._release = nbformat.writes(template.notebook).encode()
        self._save_assignment()

    def done(self, student: str, hand_in: HandIn, seed: int) -> Row | None:
        """The row of a submission that was graded already, from this very hand-in and with this seed."""
        remembered = _remembered(self._path("autograded", student, "ipynb"))
        return remembered["row"] if remembered.get("key") == self._key(hand_in, seed) else None

    def save(self, student: str, hand_in: HandIn, seed: int, graded: Graded) -> Row:
        """Records the grades, writes the feedback page and then the autograded notebook."""
        notebook, row = graded.notebook, row_of(student, graded)
        with _told_of_the_gradebook(self._url):
            with Gradebook(self._url) as gradebook:
                gradebook.update_or_create_student(student)
                gradebook.update_or_create_submission(self._assignment, student)
            SaveAutoGrades().preprocess(notebook, self._resources(student))
            self._write_feedback(student, notebook)
        notebook.metadata["autograder"] = {"key": self._key(hand_in, seed), "row": row}
        write_atomically(self._path("autograded", student, "ipynb"), nbformat.writes(notebook).encode())
        return row

    def _write_feedback(self, student: str, notebook: NotebookNode) -> None:
        page, _ = self._html.from_notebook_node(notebook, self._resources(student))
        write_atomically(self._path("feedback", student, "html"), page.encode())

    def _path(self, folder: str, student: str, ending: str) -> Path:
        return self.root / folder / student / self._assignment / f"{self._assignment}.{ending}"

    def _key(self, hand_in: HandIn, seed: int) -> str:
        """Changes when the submission, the seed or the released notebook does."""
        return hashlib.sha256(f"{seed} {hand_in.digest} ".encode() + self._release).hexdigest()

    def _resources(self, student: str) -> dict[str, Any]:
        names = {"student": student, "assignment": self._assignment, "notebook": self._assignment}
        return {"unique_key": self._assignment, "nbgrader": {**names, "db_url": self._url}}

    def _save_assignment(self) -> None:
        """Makes sure that the gradebook knows the assignment and its cells."""
        course = self._feedback.coursedir.course_id
        with _told_of_the_gradebook(self._url):
            with Gradebook(self._url, course) as gradebook:
                gradebook.update_or_create_assignment(self._assignment)
            SaveCells().preprocess(self.template.notebook.copy(), self._resources(""))


@contextmanager
def _told_of_the_gradebook(url: str) -> Iterator[None]:
    """What the database refuses becomes a sentence."""
    try:
        yield
    except OperationalError as error:
        raise GradebookError(
            f"The gradebook {url.removeprefix('sqlite:///')} cannot be written ({error.orig}): see whether another "
            "program holds it and whether the disk is full. What is graded is kept; run the command again."
        ) from error


def recorded_rows(root: Path, assignment: str) -> list[Row]:
    """The rows of all submissions that are graded.

    Raises:
        LookupError: there are none.
    """
    found = [_remembered(path) for path in sorted(root.glob(f"autograded/*/{assignment}/{assignment}.ipynb"))]
    rows = [remembered["row"] for remembered in found if remembered]
    if not rows:
        raise LookupError(f"Nothing is graded yet: run `autograder grade {assignment} --root {root}` first.")
    return rows


def _remembered(path: Path) -> dict[str, Any]:
    """What an autograded notebook remembers; empty where there is none or nbgrader itself wrote it."""
    return json.loads(path.read_text())["metadata"].get("autograder", {}) if path.is_file() else {}
