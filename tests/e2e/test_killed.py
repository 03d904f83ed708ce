"""Losing nothing: the grader is killed at random moments, and in the end everything is as if it had not been."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.e2e.conftest import Autograder
from tests.submissions import ASSIGNMENT, filled, hand_in, released, solved
from tests.submissions.mistaken import MISTAKEN

KILLS = 20
SECONDS = (1.0, 9.0)
MARK = "511000123"
"""A size of the sandbox's disk that no other test uses: by it the processes of this test are recognised."""


def submissions(root: Path) -> None:
    for number in range(3):
        hand_in(root, f"right{number}", solved())
        hand_in(root, f"blank{number}", released())
    for name, code in MISTAKEN.values():
        hand_in(root, name, filled({"triplet_loss": code}, solved()))


def options(root: Path) -> list[str]:
    found = ["grade", ASSIGNMENT, "--root", root, "--workers", 2, "--seed", 11, "--disk-bytes", MARK]
    return [*map(str, found), "--json", str(root / "out.json")]


def marks(root: Path) -> dict[str, object]:
    rows = json.loads((root / "out.json").read_text())["submissions"]
    return {row["student"]: (row["status"], row["score"], row["exercises"]) for row in rows}


def grades(root: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(root / "gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        query = (
            "SELECT student_id, cell.name, auto_score FROM grade JOIN base_cell AS cell ON cell.id = cell_id "
            "JOIN submitted_notebook AS notebook ON notebook.id = grade.notebook_id "
            "JOIN submitted_assignment AS submission ON submission.id = notebook.assignment_id ORDER BY 1, 2"
        )
        return database.execute(query).fetchall()


def left_processes() -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if MARK in words and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


def test_killed_again_and_again_the_class_gets_the_same_marks(tmp_path: Path, autograder: Autograder) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for root in (undisturbed, killed):
        submissions(root)
    run = autograder(*options(undisturbed))
    assert run.returncode == 0, run.stderr
    moments = random.Random(5)
    for _ in range(KILLS):
        command = [sys.executable, "-m", "autograder.cli", *options(killed)]
        grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(*SECONDS))
        grader.kill()
        grader.wait()
        for path in killed.glob("autograded/*/*/*.ipynb"):
            json.loads(path.read_text())
    run = autograder(*options(killed))
    assert run.returncode == 0, run.stderr
    assert marks(killed) == marks(undisturbed)
    assert grades(killed) == grades(undisturbed)
    assert not list(killed.rglob("*.partial"))
    time.sleep(1)
    assert not left_processes()
