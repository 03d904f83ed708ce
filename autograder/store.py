"""Where a class's results are kept, all in nbgrader's formats: gradebook, autograded notebooks, feedback pages.

The autograded notebook is written last and remembers its row; so a submission is done exactly when it is there.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import nbformat

from autograder.files import write_atomically
from autograder.grade import Graded
from autograder.handin import HandIn
from autograder.rows import Row, row_of
from autograder.template import Template


class Store:
    """The results of one assignment for the class in `root`; `open` it before anything is saved, in the same thread."""

    def __init__(self, root: Path, template: Template) -> None:
        self.root = root
        self.template = template
        self._assignment = template.assignment
        self._release = nbformat.writes(template.notebook).encode()

    def open(self) -> None:
        """Imports nbgrader, which takes a second or two, and opens the gradebook.

        Raises:
            GradebookError: it cannot be opened.
        """
        from autograder.feedback import FeedbackPages
        from autograder.gradebook import Marksbook
        from autograder.nbgrader import converter

        nbgrader = converter("GenerateFeedback", self.root, self._assignment)
        self._feedback = FeedbackPages(nbgrader, self.template)
        self._gradebook = Marksbook(nbgrader.coursedir.db_url, nbgrader.coursedir.course_id, self.template)

    def done(self, student: str, hand_in: HandIn, seed: int) -> Row | None:
        """The row of a submission that was graded already, from this very hand-in and with this seed."""
        remembered = _remembered(self._path("autograded", student, "ipynb"))
        return remembered["row"] if remembered.get("key") == self._key(hand_in, seed) else None

    def save(self, student: str, hand_in: HandIn, seed: int, graded: Graded) -> Row:
        """Records the grades, writes the feedback page and then the autograded notebook."""
        notebook, row = graded.notebook, row_of(student, graded)
        page = self._feedback.page(notebook, self._gradebook.record(student, graded))
        write_atomically(self._path("feedback", student, "html"), page.encode())
        notebook.metadata["autograder"] = {"key": self._key(hand_in, seed), "row": row}
        write_atomically(self._path("autograded", student, "ipynb"), nbformat.writes(notebook).encode())
        return row

    def _path(self, folder: str, student: str, ending: str) -> Path:
        return self.root / folder / student / self._assignment / f"{self._assignment}.{ending}"

    def _key(self, hand_in: HandIn, seed: int) -> str:
        """Changes when the submission, the seed or the released notebook does."""
        return hashlib.sha256(f"{seed} {hand_in.digest} ".encode() + self._release).hexdigest()


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
