"""An uploaded file in, a clean notebook out, or a clear refusal.

Of a submission only the kind, text, id and grade id of its cells are read; everything else comes from the release.
"""

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.template import Slot, Template

MAX_BYTES = 100_000_000
MAX_CELLS = 2_000
MAX_SOURCE = 1_000_000
CELL_ID = re.compile(r"^[a-zA-Z0-9-_]{1,64}$")


class UnreadableError(ValueError):
    """The file cannot be graded; the message is a sentence for the student."""


@dataclass(frozen=True)
class Raw:
    """What is read of one submitted cell."""

    kind: str
    source: str
    id: str
    grade_id: str | None


@dataclass(frozen=True)
class CleanNotebook:
    """A notebook with each exercise's cells once and in place, and what had to be repaired, as sentences."""

    notebook: NotebookNode
    repairs: tuple[str, ...]


def clean(data: bytes, template: Template) -> CleanNotebook:
    """Reads and repairs an uploaded notebook.

    Args:
        data: the file's bytes, whatever they are.
        template: the assignment it should be.

    Raises:
        UnreadableError: it is no notebook, too large, or holds none of the assignment's exercises.
    """
    raw = read_cells(data)
    repairs: list[str] = []
    tests = {slot.test.source.strip() for slot in template.slots.values()}
    test_ids = {f"test_{name}" for name in template.slots}
    body = [cell for cell in raw if cell.grade_id not in test_ids and cell.source.strip() not in tests]
    chosen = {name: _choose(slot, body, repairs) for name, slot in template.slots.items()}
    if all(cell is None for cell in chosen.values()):
        raise UnreadableError(
            f"The notebook holds none of the exercises of {template.assignment}: is it another assignment's?"
        )
    repairs += _test_repairs(template, raw)
    return CleanNotebook(_assemble(template, body, chosen), tuple(repairs))


def read_cells(data: bytes) -> list[Raw]:
    """The cells of a notebook file of any format version.

    Raises:
        UnreadableError: see `clean`.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    if not data.strip():
        raise UnreadableError("The file is empty.")
    document = _document(data)
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError("The file is JSON, but no Jupyter notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise UnreadableError(f"The notebook has {len(cells):,} cells; at most {MAX_CELLS:,} are read.")
    return [_raw(cell) for cell in cells if isinstance(cell, dict)]


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableError("The file is not a Jupyter notebook: it is not JSON text.") from None
    if not isinstance(document, dict):
        raise UnreadableError("The file is JSON, but no Jupyter notebook.")
    if "worksheets" not in document:
        return document
    try:
        return nbformat.convert(nbformat.from_dict(document), 4)
    except Exception:
        raise UnreadableError("The notebook is of an old format and could not be read.") from None


def _raw(cell: dict[str, Any]) -> Raw:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    cell_id = cell.get("id")
    return Raw(
        kind="code" if cell.get("cell_type") == "code" else "markdown",
        source=_printable(source)[:MAX_SOURCE] if isinstance(source, str) else "",
        id=cell_id if isinstance(cell_id, str) and CELL_ID.match(cell_id) else "",
        grade_id=grade_id if isinstance(grade_id, str) else None,
    )


def _printable(text: str) -> str:
    """Lone surrogates are legal in JSON, but not in any file that is written."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _choose(slot: Slot, body: list[Raw], repairs: list[str]) -> Raw | None:
    """The submitted cell that answers an exercise: the last one that was changed."""
    stub = slot.solution.source.strip()
    marked = [cell for cell in body if cell.grade_id == slot.name]
    found = marked or [cell for cell in body if cell.kind == "code" and _defines(cell.source, slot.name)]
    if not found:
        repairs.append(f"The cell of {slot.name} was missing.")
        return None
    if not marked:
        repairs.append(f"The cell of {slot.name} had lost its mark and was found by its function.")
    if len(marked) > 1:
        repairs.append(
            f"The cell of {slot.name} was there {len(marked)} times; the last one that was changed counts."
        )
    changed = [cell for cell in found if cell.source.strip() != stub]
    chosen = changed[-1] if changed else found[0]
    if chosen.kind != "code":
        repairs.append(f"The cell of {slot.name} had been turned into text and was turned back into code.")
    return chosen


def _defines(source: str, name: str) -> bool:
    """Whether a cell defines `name` at its top level. A cell that does not parse is searched as text."""
    try:
        return any(getattr(node, "name", None) == name for node in ast.parse(source).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return re.search(rf"^def {name}\(", source, re.MULTILINE) is not None


def _test_repairs(template: Template, raw: list[Raw]) -> list[str]:
    repairs = []
    for name, slot in template.slots.items():
        found = [cell for cell in raw if cell.grade_id == f"test_{name}"]
        sound = [
            cell for cell in found if cell.source.strip() == slot.test.source.strip() and cell.kind == "code"
        ]
        if not found:
            repairs.append(f"The test cell of {name} was missing and was put back.")
        elif len(found) > 1:
            repairs.append(f"The test cell of {name} was there {len(found)} times; one was kept.")
        elif not sound:
            repairs.append(f"The test cell of {name} had been changed and was restored.")
    return repairs


def _assemble(template: Template, body: list[Raw], chosen: dict[str, Raw | None]) -> NotebookNode:
    slot_of = {id(cell): name for name, cell in chosen.items() if cell is not None}
    stubs = {slot.solution.source.strip() for slot in template.slots.values()}
    cells: list[NotebookNode] = []
    for raw in body:
        name = slot_of.get(id(raw))
        if name:
            cells += _slot_cells(template.slots[name], raw.source)
        elif raw.source.strip() not in stubs:
            cells.append(_plain_cell(raw))
    for name, cell in chosen.items():
        if cell is None:
            cells += _slot_cells(template.slots[name], template.slots[name].solution.source)
    notebook = nbformat.from_dict({**template.notebook, "cells": cells})
    _make_ids_unique(notebook)
    return notebook


def _slot_cells(slot: Slot, source: str) -> list[NotebookNode]:
    """The solution cell with the submission's text, and the released test cell below it."""
    solution, test = (nbformat.from_dict(json.loads(json.dumps(cell))) for cell in (slot.solution, slot.test))
    solution.source = source
    return [solution, test]


def _plain_cell(raw: Raw) -> NotebookNode:
    make = new_code_cell if raw.kind == "code" else new_markdown_cell
    return make(raw.source, id=raw.id or "cell")


def _make_ids_unique(notebook: NotebookNode) -> None:
    """Graded cells keep their ids; of the others, the first of a name does."""
    taken = {cell.id for cell in notebook.cells if "nbgrader" in cell.metadata}
    for index, cell in enumerate(notebook.cells):
        if "nbgrader" in cell.metadata:
            continue
        if cell.id in taken:
            cell.id = f"cell-{index}"[:64]
        while cell.id in taken:
            cell.id = f"{cell.id}-x"[-64:]
        taken.add(cell.id)
