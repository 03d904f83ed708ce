"""Plain `nbgrader autograde`, and so formgrader's button, give the same marks through the bridge."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.paths import COURSE
from autograder.rows import Row
from tests.submissions import ASSIGNMENT

pytestmark = pytest.mark.xdist_group("graded_class")
STUDENTS = ("as_in_the_source", "forgot_max", "dead_kernel", "without_test_cell", "blank")


def test_nbgrader_gives_the_same_marks(graded_class: tuple[Path, dict[str, Row]], tmp_path: Path) -> None:
    root, rows = graded_class
    for folder in ("source", "release"):
        shutil.copytree(COURSE / folder / ASSIGNMENT, tmp_path / folder / ASSIGNMENT)
    for student in STUDENTS:
        shutil.copytree(root / "submitted" / student, tmp_path / "submitted" / student)
    shutil.copytree(root / "grading", tmp_path / "grading")
    config = (COURSE / "nbgrader_config.py").read_text()
    (tmp_path / "nbgrader_config.py").write_text(config)
    for command in (["generate_assignment", ASSIGNMENT, "--force"], ["autograde", ASSIGNMENT]):
        nbgrader(tmp_path, *command)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        scores = {found.student.id: found.score for found in gradebook.assignment_submissions(ASSIGNMENT)}
    assert scores == pytest.approx({student: rows[student]["score"] for student in STUDENTS})


def nbgrader(root: Path, *arguments: str) -> None:
    programs = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = [programs / "nbgrader", *arguments]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
