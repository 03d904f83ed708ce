"""Submissions to 03_triplet_loss as a class hands them in, each named for what must come of it.

`python -m tests.submissions DIR` writes the demo class into DIR/submitted.
"""

import copy
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.paths import COURSE, notebook_in

ASSIGNMENT = "03_triplet_loss"


def solved(assignment: str = ASSIGNMENT) -> NotebookNode:
    """The source notebook: every exercise right."""
    return nbformat.read(notebook_in(COURSE / "source", assignment), as_version=4)


def released(assignment: str = ASSIGNMENT) -> NotebookNode:
    """The notebook as students get it."""
    return nbformat.read(notebook_in(COURSE / "release", assignment), as_version=4)


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The cell with nbgrader's name `grade_id`."""
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def filled(answers: Mapping[str, str], notebook: NotebookNode | None = None) -> NotebookNode:
    """The released notebook, or a copy of the given one, with the code of `answers` in its exercises."""
    notebook = copy.deepcopy(notebook) if notebook else released()
    for name, code in answers.items():
        cell_of(notebook, name).source = code
    return notebook


def with_cell(notebook: NotebookNode, code: str, place: int | None = None) -> NotebookNode:
    """The notebook with one more code cell, at the end or at `place`."""
    notebook = copy.deepcopy(notebook)
    notebook.cells.insert(
        len(notebook.cells) if place is None else place,
        new_code_cell(code, id=f"added-{len(notebook.cells)}"),
    )
    return notebook


def hand_in(root: Path, student: str, notebook: NotebookNode | bytes, assignment: str = ASSIGNMENT) -> Path:
    """Writes a submission where the grader looks for it, and gives its path."""
    path = notebook_in(root / "submitted" / student, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode())
    return path
