"""The same marks whatever the order, the number of workers, the neighbours and the accidents of a run."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder.sandbox.bubblewrap import FORK_SERVER, find_bwrap
from tests.e2e.conftest import Autograder
from tests.e2e.test_killed import grades, marks
from tests.submissions import ASSIGNMENT, cell_of, filled, hand_in, released, solved
from tests.submissions.fates import FATES
from tests.submissions.mistaken import MISTAKEN

HOSTILE = (
    "dead_kernel_at_top_level",
    "leaves_things_behind",
    "patches_everything",
    "forges_messages",
    "segfault",
)
MARK = "511000321"
"""A size of the sandbox's disk that no other test uses: by it the processes of this test are recognised."""


def submissions(root: Path) -> None:
    hand_in(root, "right", solved())
    hand_in(root, "blank", released())
    for name, code in list(MISTAKEN.values())[:3]:
        hand_in(root, name, filled({"triplet_loss": code}, solved()))


def run(autograder: Autograder, root: Path, *more: object) -> dict[str, object]:
    options = ["--root", root, "--seed", 11, "--json", root / "out.json", *more]
    done = autograder("grade", ASSIGNMENT, *options)
    assert done.returncode == 0, done.stderr
    return marks(root)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, autograder: Autograder) -> dict[str, object]:
    """The marks of the class, graded by one worker, in order."""
    root = tmp_path_factory.mktemp("undisturbed")
    submissions(root)
    return run(autograder, root, "--workers", 1)


def test_in_another_order_with_more_workers_and_hostile_neighbours(
    tmp_path: Path, autograder: Autograder, undisturbed: dict[str, object]
) -> None:
    submissions(tmp_path)
    for name in HOSTILE:
        FATES[name].hand_in(tmp_path, name)
    order = [*HOSTILE, *undisturbed]
    random.Random(3).shuffle(order)
    found = run(autograder, tmp_path, "--workers", 3, "--students", ",".join(order))
    assert {student: found[student] for student in undisturbed} == undisturbed


def test_when_a_sandbox_dies_in_the_middle(
    tmp_path: Path, autograder: Autograder, undisturbed: dict[str, object]
) -> None:
    submissions(tmp_path)
    ended, killed = threading.Event(), []

    def kill() -> None:
        before: set[psutil.Process] = set()
        while not killed and not ended.wait(0.05):
            kernels = running_kernels()
            for kernel in kernels & before:
                kernel.parent().send_signal(signal.SIGKILL)
                killed.append(kernel.pid)
            before = kernels

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        assert run(autograder, tmp_path, "--workers", 1, "--disk-bytes", MARK) == undisturbed
    finally:
        ended.set()
        thread.join()
    assert killed


def running_kernels() -> set[psutil.Process]:
    """The kernels of this test; for a moment also what a fork server starts while it warms up, seen once only."""
    found: set[psutil.Process] = set()
    for process in psutil.process_iter(["cmdline"]):
        if MARK in (process.info["cmdline"] or []) and "bwrap" in process.info["cmdline"][0]:
            with contextlib.suppress(psutil.Error):
                inside = process.children(recursive=True)
                servers = {child for child in inside if FORK_SERVER in child.cmdline()[1:2]}
                found |= {child for child in servers if child.parent() in servers}
    return found


def test_a_full_disk_is_told_and_a_rerun_completes(tmp_path: Path, undisturbed: dict[str, object]) -> None:
    """The class lies on a file system of 40 MB that is full, and then is not."""
    bwrap = find_bwrap()
    assert bwrap
    submissions(tmp_path)
    script = f"""
import json, subprocess, sys
from pathlib import Path
root = Path("/mnt/class")
ballast = Path("/mnt/ballast")
with ballast.open("wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)) == 4096:
            pass
    except OSError:
        pass
with ballast.open("r+b") as file:
    file.truncate(ballast.stat().st_size - int(sys.argv[1]))
grade = [sys.executable, "-m", "autograder.cli", "grade", "{ASSIGNMENT}", "--root", str(root), "--seed", "11"]
full = subprocess.run(grade, capture_output=True, text=True)
ballast.unlink()
again = subprocess.run([*grade, "--json", "/mnt/class/out.json"], capture_output=True, text=True)
out = root / "out.json"
print(json.dumps([full.returncode, full.stderr, again.returncode, again.stderr, out.read_text() if out.exists() else ""]))
"""
    inside = ["--dev-bind", "/", "/", "--size", "40000000", "--tmpfs", "/mnt", "--dir", "/mnt/class"]
    copied = ["sh", "-c", f'cp -r "{tmp_path}/submitted" /mnt/class && exec "$@"', "sh"]
    for left in (0, 400_000):
        command = [bwrap, *inside, "--", *copied, sys.executable, "-c", script, str(left)]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
        assert done.returncode == 0, done.stderr
        code, said, again, error, rows = json.loads(done.stdout.splitlines()[-1])
        assert code == 1
        assert "Traceback" not in said
        assert "What is graded is kept" in said
        assert again == 0, error
        (tmp_path / "out.json").write_text(rows)
        assert marks(tmp_path) == undisturbed


def test_a_gradebook_that_another_program_holds_is_told_and_a_rerun_completes(
    tmp_path: Path, autograder: Autograder, undisturbed: dict[str, object]
) -> None:
    submissions(tmp_path)
    run(autograder, tmp_path, "--students", "blank")
    with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        held = autograder("grade", ASSIGNMENT, "--root", tmp_path, "--seed", 11)
    assert held.returncode == 1
    assert "see whether another program holds it" in held.stderr
    assert "Traceback" not in held.stderr
    assert run(autograder, tmp_path) == undisturbed


def test_a_second_grader_refuses_and_the_first_is_undisturbed(
    tmp_path: Path, autograder: Autograder, undisturbed: dict[str, object]
) -> None:
    submissions(tmp_path)
    options = ["--root", str(tmp_path), "--seed", "11", "--json", str(tmp_path / "out.json")]
    first = subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", "grade", ASSIGNMENT, *options], stdout=subprocess.DEVNULL
    )
    while not (tmp_path / "grading" / "lock").is_file() or not (tmp_path / "grading" / "lock").read_text():
        time.sleep(0.05)
    second = autograder("grade", ASSIGNMENT, "--root", tmp_path)
    assert second.returncode == 1
    assert f"Another grader (process {first.pid}) is at work" in second.stderr
    assert first.wait() == 0
    assert marks(tmp_path) == undisturbed
    assert len(grades(tmp_path)) == 8 * len(undisturbed)


@pytest.mark.parametrize("shown", [False, True])
def test_numbers_of_hidden_cases_are_shown_only_on_demand(
    tmp_path: Path, autograder: Autograder, shown: bool
) -> None:
    name, code = next(iter(MISTAKEN.values()))
    hand_in(tmp_path, name, filled({"triplet_loss": code}, solved()))
    run(autograder, tmp_path, *(["--show-numbers"] if shown else []))
    path = tmp_path / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    table = cell_of(nbformat.read(path, as_version=4), "test_triplet_loss").outputs[0].data
    page = (tmp_path / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    for text in (table["text/plain"], table["text/html"], page):
        assert ("expected 0 at [" in text or ("expected " in text and ", got " in text)) == shown
