"""An uploaded file in, a clean notebook out, or a clear refusal.

Of a submission only the kind, text, id and grade id of its cells are read; everything else comes from the release.
"""

import copy
import json
import re
from dataclasses import dataclass
from itertools import count
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.sandbox.limits import Limits
from autograder.template import Slot, Template

MAX_SOURCE = 1_000_000
MAX_VALUES = 10_000_000  # in the JSON text; a parsed one takes some seventy bytes
CELL_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
GRADERS_CELL = "said-by-the-grader"
LOOKS_LIKE = {b"%PDF": "a PDF", b"PK": "a zip archive", b"\x1f\x8b": "a gzip archive", b"<": "a web page"}


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


def clean(data: bytes, template: Template, limits: Limits = Limits()) -> CleanNotebook:  # noqa: B008 (frozen)
    """Reads and repairs an uploaded notebook.

    Args:
        data: the file's bytes, whatever they are.
        template: the assignment it should be.
        limits: how large it may be.

    Raises:
        UnreadableError: it is no notebook, too large, or holds none of the assignment's exercises.
    """
    raw = read_cells(data, limits)
    repairs: list[str] = []
    body = _without_tests(raw, template)
    chosen = {name: _choose(slot, body, repairs) for name, slot in template.slots.items()}
    if all(cell is None for cell in chosen.values()):
        raise UnreadableError(
            f"The notebook holds none of the exercises of {template.assignment}: is it another assignment's?"
        )
    repairs += _test_repairs(template, raw)
    if any(len(cell.source) == MAX_SOURCE for cell in raw):
        repairs.append(f"A cell was too long; what comes after {MAX_SOURCE:,} characters was cut off.")
    return CleanNotebook(_assemble(template, body, chosen), tuple(repairs))


def read_cells(data: bytes, limits: Limits) -> list[Raw]:
    """The cells of a notebook file of any format version.

    Raises:
        UnreadableError: see `clean`.
    """
    if len(data) > limits.notebook_bytes:
        raise UnreadableError(
            f"The file is too large; of its bytes at most {limits.notebook_bytes:,} are read."
        )
    if not data.strip():
        raise UnreadableError("The file is empty.")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise UnreadableError(f"The file holds more than {MAX_VALUES:,} values.")
    cells = _cells(_document(data))
    if len(cells) > limits.notebook_cells:
        raise UnreadableError(
            f"The notebook has {len(cells):,} cells; at most {limits.notebook_cells:,} are read."
        )
    return [_raw(cell) for cell in cells if isinstance(cell, dict)]


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        kind = next((kind for start, kind in LOOKS_LIKE.items() if data.lstrip().startswith(start)), None)
        raise UnreadableError(
            f"The file is not a Jupyter notebook: it is {kind or 'not JSON text'}."
        ) from None
    if not isinstance(document, dict):
        raise UnreadableError("The file is JSON, but no Jupyter notebook.")
    return document


def _cells(document: dict[str, Any]) -> list[Any]:
    """The cells; until format version 3 they lie in worksheets."""
    sheets = document.get("worksheets")
    groups = [document, *(sheets if isinstance(sheets, list) else [])]
    lists = [group.get("cells") for group in groups if isinstance(group, dict)]
    found = [cells for cells in lists if isinstance(cells, list)]
    if not found:
        raise UnreadableError("The file is JSON, but no Jupyter notebook: it has no list of cells.")
    return [cell for cells in found for cell in cells]


def _raw(cell: dict[str, Any]) -> Raw:
    source = cell.get("source", cell.get("input"))  # "input" until format version 3
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    cell_id = cell.get("id")
    return Raw(
        kind="code" if cell.get("cell_type") == "code" else "markdown",
        source=_printable(source)[:MAX_SOURCE] if isinstance(source, str) else "",
        id=cell_id if isinstance(cell_id, str) and CELL_ID.fullmatch(cell_id) else "",
        grade_id=grade_id if isinstance(grade_id, str) else None,
    )


def _printable(text: str) -> str:
    """One kind of line break; and no lone surrogates, which are legal in JSON, but not in any file that is written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.encode("utf-8", "replace").decode("utf-8")


def _without_tests(raw: list[Raw], template: Template) -> list[Raw]:
    """The student's own cells. A test cell with other text in it is one: students paste into copies of them."""
    tests = {slot.test.source.strip() for slot in template.slots.values()}
    test_ids = {f"test_{name}" for name in template.slots}
    return [
        cell
        for cell in raw
        if cell.source.strip() not in tests and (cell.source.strip() or cell.grade_id not in test_ids)
    ]


def _choose(slot: Slot, body: list[Raw], repairs: list[str]) -> Raw | None:
    """The submitted cell that answers an exercise: of the marked ones, else of all that define the function, the last
    one that was changed.
    """
    untouched = ("", slot.solution.source.strip())
    marked = [cell for cell in body if cell.grade_id == slot.name]
    written = [cell for cell in marked if cell.source.strip() not in untouched]
    elsewhere = [cell for cell in body if _defines(cell, slot.name) and cell.source.strip() not in untouched]
    unmarked = [cell for cell in body if cell.source.strip() == untouched[1]]
    found = written or elsewhere or marked or unmarked
    if not found:
        repairs.append(f"The cell of {slot.name} was missing.")
        return None
    chosen = found[-1]
    if not marked:
        repairs.append(f"The cell of {slot.name} had lost its mark and was found by its function.")
    elif chosen not in marked:
        repairs.append(
            f"The cell of {slot.name} was untouched; another one that defines the function counts."
        )
    if len(marked) > 1:
        repairs.append(
            f"The cell of {slot.name} was there {len(marked)} times; the last one that was changed counts."
        )
    if chosen.kind != "code":
        repairs.append(f"The cell of {slot.name} had been turned into text and was turned back into code.")
    return chosen


def _defines(cell: Raw, name: str) -> bool:
    """Whether a code cell defines `name` at its top level. It may hold a megabyte of anything, so it is not parsed."""
    pattern = rf"^(?:(?:async +)?def +{name}\b|{name} *=[^=])"
    return cell.kind == "code" and re.search(pattern, cell.source, re.MULTILINE) is not None


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
    stubs = {slot.solution.source.strip() for slot in template.slots.values()}
    cells: list[NotebookNode] = []
    for raw in body:
        slots = [slot for name, slot in template.slots.items() if chosen[name] is raw]
        if slots:
            cells += _slot_cells(slots[0], raw.source)
        elif raw.source.strip() not in stubs:
            cells.append(_plain_cell(raw))
        for slot in slots[1:]:
            cells += _slot_cells(slot, f"# {slot.name} is in the cell of {slots[0].name}.")
    for name, slot in template.slots.items():
        if chosen[name] is None:
            cells += _slot_cells(slot, f"# The cell of {name} was missing.")
    notebook = nbformat.from_dict({**template.notebook, "cells": cells})
    _make_ids_unique(notebook)
    return notebook


def _slot_cells(slot: Slot, source: str) -> list[NotebookNode]:
    """The solution cell with the submission's text, and the released test cell below it."""
    solution, test = copy.deepcopy(slot.solution), copy.deepcopy(slot.test)
    solution.source = source
    return [solution, test]


def _plain_cell(raw: Raw) -> NotebookNode:
    make = new_code_cell if raw.kind == "code" else new_markdown_cell
    return make(raw.source, id=raw.id or "cell")


def _make_ids_unique(notebook: NotebookNode) -> None:
    """Graded cells and the grader's own keep their ids; of the others, the first of a name does."""
    taken = {GRADERS_CELL} | {cell.id for cell in notebook.cells if "nbgrader" in cell.metadata}
    unused = (f"cell-{number}" for number in count())
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            continue
        if cell.id in taken:
            cell.id = next(name for name in unused if name not in taken)
        taken.add(cell.id)
