"""`make bench`: the same submissions through `nbgrader autograde` as it ships and through `autograder grade`, in turns.

Both run the same cells: the demo cells, which our grader skips, are taken out of every notebook beforehand. Numbers are
wall times of whole commands on this machine; what counts is their ratio within one run.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain, cycle, islice
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import nbformat
from nbformat import NotebookNode

from autograder.batch import grade_class
from autograder.local import local_graders
from autograder.order import Order
from autograder.paths import notebook_in
from autograder.sandbox import Execution, Kernel, Limits
from autograder.store import Store
from autograder.template import load_template
from tests.submissions import ASSIGNMENT, filled, hand_in, solved
from tests.submissions.mistaken import MISTAKEN
from tests.submissions.right import RIGHT

BIN = Path(sys.executable).parent
PLAIN_CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
"""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        prepare(root, options.submissions)
        seconds: dict[str, list[float]] = {"nbgrader autograde": [], "autograder grade": []}
        for _ in range(options.rounds):
            seconds["nbgrader autograde"].append(timed(nbgrader_autograde, root))
            seconds["autograder grade"].append(timed(autograder_grade, root, options.workers))
        ratio = median(a / b for a, b in zip(*seconds.values(), strict=True))
        print(
            f"\n{platform.machine()}, {os.cpu_count()} cores; {options.submissions} submissions of {ASSIGNMENT}"
        )
        for name, found in seconds.items():
            print(f"{name:20} {median(found) / options.submissions:6.2f} s a submission")
        print(f"{'ratio':20} {ratio:6.1f} ({options.rounds} rounds in turns, workers: {options.workers})")
        print(
            f"{'students own code':20} {100 * share_of_students_code(root):5.0f} % of a submission's time in a worker"
        )


def prepare(root: Path, number: int) -> None:
    """A course for plain nbgrader in `root`, with `number` submissions that are right or make a listed mistake."""
    source = without_demo(solved())
    path = notebook_in(root / "source", ASSIGNMENT)
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(source))
    (root / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(root)))
    run(root, "generate_assignment", ASSIGNMENT)
    for index, notebook in enumerate(islice(cycle(submissions()), number)):
        hand_in(root, f"student{index:03}", without_demo(notebook))


def submissions() -> list[NotebookNode]:
    """Right ones in every style, and every listed mistake of `triplet_loss`."""
    wrong = (filled({"triplet_loss": code}, solved()) for _, code in MISTAKEN.values())
    return list(chain((make() for make in RIGHT.values()), wrong))


def without_demo(notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if "demo" not in cell.metadata.get("tags", [])]
    return notebook


def nbgrader_autograde(root: Path) -> None:
    """nbgrader as it ships: its own Execute, a cold kernel a submission."""
    run(root, "autograde", ASSIGNMENT, "--force")


def autograder_grade(root: Path, workers: int) -> None:
    """Into a folder of its own, so that nothing is kept from before."""
    folder = root / "ours"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "submitted", folder / "submitted")
    command = [BIN / "autograder", "grade", ASSIGNMENT, "--root", folder, "--workers", str(workers)]
    subprocess.run(command, check=True, capture_output=True)


def share_of_students_code(root: Path) -> float:
    """Time in which cells ran and functions were called, as a share of the time from taking to giving back."""
    inside = 0.0
    execute = Kernel.execute

    def counting(kernel: Kernel, code: str, seconds: float | None = None) -> Execution:
        nonlocal inside
        start = time.perf_counter()
        try:
            return execute(kernel, code, seconds)
        finally:
            inside += time.perf_counter() - start

    shutil.copytree(root / "submitted", root / "share" / "submitted")
    template = load_template(ASSIGNMENT)
    store, order = Store(root / "share", template), Order(template, 1, "bwrap", Limits())
    students = sorted(path.name for path in (root / "submitted").iterdir())
    with patch.object(Kernel, "execute", counting):
        rows = list(grade_class(store, students, local_graders([], workers=1), order))
    return inside / sum(row["seconds"] for row in rows)


def run(root: Path, *arguments: str) -> None:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BIN / "nbgrader", *arguments], cwd=root, env=environment, check=True, capture_output=True)


def timed(function: Callable[..., None], *arguments: Any) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
