"""nbgrader as it ships, one submission at a time, so that one which aborts costs no other its marks."""

import shutil
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from autograder.paths import notebook_in
from tests.fates.exercise import for_nbgrader
from tests.fates.limits import run
from tests.submissions import ASSIGNMENT, filled, solved
from tests.submissions.fates import Fate

PROGRAMS = Path(sys.executable).parent
CONFIG = "c = get_config()\nc.ExecutePreprocessor.timeout = 8\n"


class Nbgrader:
    """`result` grades a submission."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        source = notebook_in(folder / "source", ASSIGNMENT)
        source.parent.mkdir(parents=True)
        (folder / "nbgrader_config.py").write_text(CONFIG)
        nbformat.write(without_demos(filled({"test_triplet_loss": for_nbgrader()}, solved())), source)
        if why := run([PROGRAMS / "nbgrader", "generate_assignment", ASSIGNMENT], folder, PROGRAMS):
            raise RuntimeError(f"nbgrader generate_assignment {why}")

    def result(self, name: str, fate: Fate) -> str:
        """Points of triplet_loss and of all, or why there are none."""
        fate.hand_in(self._folder, name)
        shorten(notebook_in(self._folder / "submitted" / name, ASSIGNMENT))
        command = [PROGRAMS / "nbgrader", "autograde", ASSIGNMENT, "--student", name]
        why = run(command, self._folder, PROGRAMS)
        shutil.rmtree(self._folder / "submitted" / name)
        return why or self._points(name)

    def _points(self, name: str) -> str:
        with Gradebook(f"sqlite:///{self._folder}/gradebook.db") as gradebook:
            try:
                submission = gradebook.find_submission(ASSIGNMENT, name)
                (notebook,) = submission.notebooks
            except (MissingEntry, ValueError):
                return "no score"
            points = {grade.name: grade.auto_score for grade in notebook.grades}
            return f"{points['test_triplet_loss'] or 0:g} ({submission.score:g})"


def without_demos(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without the cells that are long and of no exercise, which `autograder grade` skips."""
    notebook.cells = [cell for cell in notebook.cells if "demo" not in cell.metadata.get("tags", [])]
    return notebook


def shorten(path: Path) -> None:
    """Takes the demo cells out of a file, if it is a notebook of today's format."""
    if not path.is_file() or path.is_symlink():
        return
    try:
        notebook = nbformat.reads(path.read_text(), as_version=nbformat.NO_CONVERT)
        if notebook.nbformat == 4:
            path.write_text(nbformat.writes(without_demos(notebook)))
    except (ValueError, AttributeError, nbformat.ValidationError, RecursionError):
        return
