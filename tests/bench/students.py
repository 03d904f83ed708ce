"""`make bench`: what a student waits for. Every source notebook from top to bottom, and each `check` in it.

The seconds are those of this machine with nothing else running; compare them with each other.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.paths import COURSE

MARK = "checked in"
CLOCK = f"""
def _clocked(function, _check=check):
    import time

    start = time.perf_counter()
    _check(function)
    print(function.__name__, {MARK!r}, time.perf_counter() - start)

check = _clocked
"""


def main() -> None:
    whole = 0.0
    print(f"{'notebook':28}{'whole':>9}{'imports':>9}   slowest check (all in seconds)")
    for path in sorted((COURSE / "source").glob("*/*.ipynb")):
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        seconds, imports, checks = measured(path)
        slowest = max(checks, key=checks.__getitem__)
        print(f"{path.stem:28}{seconds:9.1f}{imports:9.1f}   {slowest} {checks[slowest]:.2f}", flush=True)
        whole += seconds
    print(f"{'together':28}{whole:9.1f}")


def measured(path: Path) -> tuple[float, float, dict[str, float]]:
    """Seconds of the whole notebook in a cold kernel, of its imports, and of each exercise's check."""
    notebook = nbformat.read(path, as_version=4)
    imports = next(index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(imports + 1, new_code_cell(CLOCK))
    start = time.perf_counter()
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    checks = dict(_check_in(line) for line in _printed(notebook) if MARK in line)
    return time.perf_counter() - start, _seconds(notebook.cells[imports]), checks


def _seconds(cell: NotebookNode) -> float:
    """How long a cell ran, from what its kernel reported."""
    times = cell.metadata.execution
    begin, end = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def _printed(notebook: NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [line for output in outputs for line in output.get("text", "").splitlines()]


def _check_in(line: str) -> tuple[str, float]:
    name, *_, seconds = line.split()
    return name, float(seconds)


if __name__ == "__main__":
    main()
