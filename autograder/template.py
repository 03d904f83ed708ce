"""What the grader knows of an assignment, read from its released notebook: the submission decides none of it."""

from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.paths import COURSE, notebook_in


@dataclass(frozen=True)
class Slot:
    """One exercise in the notebook: the cell to fill in, the cell that holds the verdict, the points."""

    name: str
    solution: NotebookNode
    test: NotebookNode
    points: float


@dataclass(frozen=True)
class Template:
    """An assignment's released notebook, taken apart.

    Attributes:
        slots: function name -> slot, in notebook order.
        imports: source of the first code cell.
        demo_ids, demo_sources: how the cells that grading skips are recognised.
    """

    assignment: str
    notebook: NotebookNode
    slots: dict[str, Slot]
    imports: str
    demo_ids: frozenset[str] = field(repr=False)
    demo_sources: frozenset[str] = field(repr=False)

    @property
    def max_score(self) -> float:
        return sum(slot.points for slot in self.slots.values())

    def is_demo(self, cell: NotebookNode) -> bool:
        """Whether a submission's cell is one that grading skips: unchanged, or changed in its old place."""
        return cell.id in self.demo_ids or cell.source.strip() in self.demo_sources


def load_template(assignment: str, release: Path = COURSE / "release") -> Template:
    """The template of an assignment.

    Raises:
        LookupError: the assignment has not been released.
    """
    path = notebook_in(release, assignment)
    if not path.is_file():
        raise LookupError(f"There is no {path}: run `autograder release {assignment}` first.")
    return template_of(assignment, nbformat.read(path, as_version=4))


def template_of(assignment: str, notebook: NotebookNode) -> Template:
    """Takes a released notebook apart."""
    graded = {
        str(cell.metadata.nbgrader.grade_id): cell for cell in notebook.cells if "nbgrader" in cell.metadata
    }
    slots = {
        name: Slot(name, cell, graded[f"test_{name}"], float(graded[f"test_{name}"].metadata.nbgrader.points))
        for name, cell in graded.items()
        if cell.metadata.nbgrader.solution
    }
    demo = [cell for cell in notebook.cells if "demo" in cell.metadata.get("tags", [])]
    return Template(
        assignment=assignment,
        notebook=notebook,
        slots=slots,
        imports=next(cell.source for cell in notebook.cells if cell.cell_type == "code"),
        demo_ids=frozenset(cell.id for cell in demo),
        demo_sources=frozenset(cell.source.strip() for cell in demo),
    )
