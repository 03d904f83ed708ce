"""`make bench`: one class through `nbgrader autograde`, through as many of it as there are cores, and through our grader.

All run the same cells: the demo cells, which our grader skips, are taken out of every notebook beforehand. Wall and CPU
seconds are those of whole commands on this machine; what counts is their ratio within one run.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean, median

import nbformat
from nbformat import NotebookNode

from autograder.paths import notebook_in
from tests.bench.own import Cost, own_costs, steady_seconds
from tests.bench.processes import adopt_orphans, measured
from tests.submissions import ASSIGNMENT, cell_of, filled, hand_in, released, solved
from tests.submissions.mistaken import MISTAKEN
from tests.submissions.right import RIGHT

BIN = Path(sys.executable).parent
PLAIN_CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
"""
CORES = os.cpu_count() or 1


def main() -> None:
    options = _options()
    adopt_orphans()
    print(
        f"{platform.machine()}, {CORES} cores; {options.submissions} submissions each, {options.workers} workers"
    )
    for assignment in options.assignments:
        with tempfile.TemporaryDirectory() as folder:
            bench(Path(folder), assignment, options)


def bench(root: Path, assignment: str, options: argparse.Namespace) -> None:
    """Prints the figures of one assignment."""
    prepare(root, assignment, options.submissions)
    ways: dict[str, Callable[[], None]] = {
        "nbgrader autograde": lambda: nbgrader(root, "autograde", assignment, "--force"),
        f"nbgrader, {CORES} course copies": lambda: nbgrader_in_copies(root, assignment),
        "autograder grade": lambda: autograder(root, assignment, options.workers),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            costs[name].append(measured(way).per(options.submissions))
    *others, ours = costs
    print(f"\n{assignment:28} s a submission   CPU s   ratio", flush=True)
    for name, found in costs.items():
        ratio = median(cost.seconds / own.seconds for cost, own in zip(found, costs[ours], strict=True))
        wall, cpu = (median(getattr(cost, field) for cost in found) for field in ("seconds", "cpu"))
        print(f"{name:28}{wall:15.2f}{cpu:8.2f}" + (f"{ratio:8.1f}" if name in others else ""), flush=True)
    own = fmean(cost.seconds for cost in own_costs(root, assignment))
    steady = steady_seconds(root, assignment)
    print(
        f"{'students own cells, warm':28}{own:15.2f}   cells and calls on the cases, each in a forked process"
    )
    print(f"{'one worker, warm':28}{steady:15.2f}   with sandbox, judging, gradebook, feedback", end=": ")
    print(f"{100 * (steady / own - 1):.0f} % more", flush=True)


def prepare(root: Path, assignment: str, number: int) -> None:
    """A course for plain nbgrader in `root`, with `number` submissions."""
    write_course(root, assignment)
    nbgrader(root, "generate_assignment", assignment)
    for index, notebook in enumerate(islice(cycle(submissions(assignment)), number)):
        hand_in(root, f"student{index:03}", without_demo(notebook), assignment)


def write_course(root: Path, assignment: str) -> None:
    path = notebook_in(root / "source", assignment)
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(without_demo(solved(assignment))))
    (root / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(root)))


def submissions(assignment: str) -> list[NotebookNode]:
    """Right ones and wrong ones; of 03_triplet_loss in every style, and with every listed mistake of `triplet_loss`."""
    if assignment == ASSIGNMENT:
        wrong = [filled({"triplet_loss": code}, solved()) for _, code in MISTAKEN.values()]
        return [*(make() for make in RIGHT.values()), *wrong]
    stubs = [cell for cell in released(assignment).cells if cell.metadata.get("nbgrader", {}).get("solution")]
    names = [cell.metadata.nbgrader.grade_id for cell in stubs]
    forgotten = [{name: cell_of(released(assignment), name).source} for name in names]
    right = solved(assignment)
    return [notebook for answers in forgotten for notebook in (right, filled(answers, right))]


def without_demo(notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if "demo" not in cell.metadata.get("tags", [])]
    return notebook


def nbgrader_in_copies(root: Path, assignment: str) -> None:
    """What nbgrader's users do to use all cores: a copy of the course for each, with its part of the class."""
    shutil.rmtree(root / "copies", ignore_errors=True)
    students = sorted((root / "submitted").iterdir())
    copies = [root / "copies" / str(number) for number in range(CORES)]
    for number, copy in enumerate(copies):
        shutil.copytree(root / "source", copy / "source")
        (copy / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(copy)))
        for student in students[number::CORES]:
            shutil.copytree(student, copy / "submitted" / student.name)

    def autograde(copy: Path) -> None:
        nbgrader(copy, "generate_assignment", assignment)
        nbgrader(copy, "autograde", assignment)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(autograde, copies))


def autograder(root: Path, assignment: str, workers: int) -> None:
    """Into a folder of its own, so that nothing is kept from before."""
    folder = root / "ours"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "submitted", folder / "submitted")
    command = [BIN / "autograder", "grade", assignment, "--root", folder, "--workers", str(workers)]
    subprocess.run(command, check=True, capture_output=True)


def nbgrader(root: Path, *arguments: str) -> None:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BIN / "nbgrader", *arguments], cwd=root, env=environment, check=True, capture_output=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignments", nargs="*", default=[ASSIGNMENT, "06_content_style_costs"])
    parser.add_argument("--submissions", type=int, default=16, help="of each assignment")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=CORES)
    return parser.parse_args()


if __name__ == "__main__":
    main()
