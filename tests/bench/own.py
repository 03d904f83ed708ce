"""What students' own cells and functions cost in a warm process, with nothing of the grader around them.

Run as a program (`python -m tests.bench.own ROOT ASSIGNMENT`) it warms up as the sandbox does, runs each submission of a
class in a forked child, and prints the wall and CPU seconds of each as JSON.
"""

import contextlib
import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from autograder.batch import grade_class
from autograder.grade import Cases, hidden_cases
from autograder.handin import read_hand_in, students
from autograder.intake import clean
from autograder.local import local_graders
from autograder.order import Order
from autograder.sandbox import Limits
from autograder.sandbox.environment import FIXED
from autograder.sandbox.inside.fork_server import import_all
from autograder.store import Store
from autograder.template import Template, load_template
from course.calling import call
from tests.bench.processes import Cost

SEED = 1


def own_costs(root: Path, assignment: str) -> list[Cost]:
    """Of each submission of the class in `root`."""
    command = [sys.executable, "-m", "tests.bench.own", str(root), assignment]
    run = subprocess.run(command, env={**os.environ, **FIXED}, check=True, capture_output=True)
    return [Cost(*cost) for cost in json.loads(run.stdout)]


def steady_seconds(root: Path, assignment: str) -> float:
    """Seconds a submission with one worker, once it is warm: all that grading does, from hand-in to feedback."""
    template = load_template(assignment)
    store, order = Store(root / "steady", template), Order(template, SEED, "bwrap", Limits())
    (root / "steady").mkdir()
    (root / "steady" / "submitted").symlink_to(root / "submitted")
    moments = [
        time.perf_counter()
        for _ in grade_class(store, students(root, assignment), local_graders([], 1), order)
    ]
    return (moments[-1] - moments[0]) / (len(moments) - 1)


def main(root: Path, assignment: str) -> None:
    template, cases = load_template(assignment), hidden_cases(assignment, SEED)
    import_all()
    gc.freeze()
    found = []
    for student in students(root, assignment):
        data = read_hand_in(root, student, assignment).data
        cells = [cell for cell in clean(data, template).notebook.cells if cell.cell_type == "code"]
        codes = [cell.source for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]
        found.append(in_a_child(codes, template, cases))
    print(json.dumps(found))


def in_a_child(codes: list[str], template: Template, cases: Cases) -> tuple[float, float]:
    """Wall and CPU seconds of the cells and of the functions' calls on the cases."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        start, cpu = time.perf_counter(), time.process_time()
        run(codes, template, cases)
        spent = time.perf_counter() - start, time.process_time() - cpu
        os.write(writer, json.dumps(spent).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        seconds, cpu = json.loads(pipe.read())
    os.wait()
    return seconds, cpu


def run(codes: list[str], template: Template, cases: Cases) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for code in codes:
        with contextlib.suppress(Exception):
            exec(compile(code, "<cell>", "exec"), namespace)
    for name in template.slots:
        for case in cases[name]:
            call(namespace[name], case.question())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
