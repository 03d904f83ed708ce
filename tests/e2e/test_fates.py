"""What a class really hands in, and what must come of it. Graded through the command line, in the sandbox."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbgrader import nbgraderformat
from nbgrader.api import Gradebook

from autograder.grade import hidden_cases
from autograder.paths import COURSE
from autograder.rows import Row
from tests.e2e.conftest import ODD_NAME, SEED, Autograder
from tests.submissions import ASSIGNMENT, cell_of, hand_in, solved
from tests.submissions.fates import FATES, FULL, broken_promise, exercise_of
from tests.submissions.mistaken import MISTAKEN

Class = tuple[Path, dict[str, Row]]

BY_NBGRADER = ("right_as_in_the_source", "forgot_max", "dead_kernel", "without_test_cell", "blank")


def test_everybody_got_a_row(graded_class: Class) -> None:
    _, rows = graded_class
    assert len(rows) == len(MISTAKEN) + len(FATES) + 1


@pytest.mark.parametrize("name", FATES)
def test_every_fate_is_as_promised(graded_class: Class, name: str) -> None:
    assert broken_promise(FATES[name], graded_class[1][name]) == ""


@pytest.fixture(scope="module")
def hidden_numbers() -> set[str]:
    """What goes into the hidden cases and what should come out, as a table would show it."""
    found: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, Mapping):
            collect(list(value.values()))
        elif isinstance(value, list | tuple):
            for item in value:
                collect(item)
        elif isinstance(value, np.ndarray | float) and np.asarray(value).dtype.kind == "f":
            found.update(f"{number:{how}}" for number in np.ravel(value) for how in (".6g", ".4f"))

    for cases in hidden_cases(ASSIGNMENT, SEED).values():
        for case in cases:
            collect([case.inputs, case.expected])
    return {number for number in found if len(number.lstrip("-")) >= 6 and not number.endswith("000")}


@pytest.mark.parametrize("name", FATES)
def test_feedback_says_what_became_of_every_exercise_and_no_hidden_number(
    graded_class: Class, name: str, hidden_numbers: set[str]
) -> None:
    root, rows = graded_class
    page = (root / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    for found in rows[name]["exercises"]:
        title = f"{found['name']}: {found['outcome']}, {found['score']:g} of {found['max_score']:g} points."
        assert escape(f"{title} {found['message']}") in page
    path = root / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    tests = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]
    said = " ".join(output.get("data", {}).get("text/plain", "") for cell in tests for output in cell.outputs)
    assert not hidden_numbers & set(re.findall(r"-?\d+\.\d+", said))


def test_hidden_numbers_are_many(hidden_numbers: set[str]) -> None:
    assert len(hidden_numbers) > 100


def test_an_odd_name_is_no_hindrance(graded_class: Class) -> None:
    assert graded_class[1][ODD_NAME]["score"] == FULL


@pytest.mark.parametrize("mistake", MISTAKEN)
def test_a_mistake_loses_points_and_is_named(graded_class: Class, mistake: str) -> None:
    found = exercise_of(graded_class[1][MISTAKEN[mistake][0]], "triplet_loss")
    assert found["outcome"] == "wrong"
    assert found["mistake"] == mistake
    assert found["score"] < found["max_score"]


def test_a_limit_is_named(graded_class: Class) -> None:
    message = exercise_of(graded_class[1]["allocates_100_gb"], "triplet_loss")["message"]
    assert message == "Used more than 1.4 GB of memory."


def test_blank_was_not_attempted(graded_class: Class) -> None:
    row = graded_class[1]["blank"]
    assert (row["status"], row["score"]) == ("graded", 0)
    assert {found["message"] for found in row["exercises"]} == {"Not attempted."}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("without_test_cell", "missing"),
        ("duplicated_cells", "2 times"),
        ("test_cell_as_markdown", "restored"),
        ("test_cell_edited", "restored"),
        ("solutions_as_raw_cells", "turned into text"),
        ("wrong_file_name", "copy.ipynb instead of"),
        ("two_notebooks", "Several notebooks"),
        ("a_link", "links are not followed"),
        ("half_a_gigabyte", "at most 100,000,000 are read"),
    ],
)
def test_repairs_are_told(graded_class: Class, name: str, said: str) -> None:
    assert said in graded_class[1][name]["message"]


def test_a_function_that_calls_a_wrong_one_is_told_so(graded_class: Class) -> None:
    found = exercise_of(graded_class[1]["forged_verdict"], "triplet_cost")
    assert "It calls triplet_loss, which is not right yet." in found["message"]


def test_the_gradebook_holds_the_same_scores(graded_class: Class) -> None:
    root, rows = graded_class
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        scores = {found.student.id: found.score for found in gradebook.assignment_submissions(ASSIGNMENT)}
    assert scores == pytest.approx({student: row["score"] for student, row in rows.items()})


def test_feedback_names_the_mistake_and_shows_no_hidden_number(graded_class: Class) -> None:
    root, _ = graded_class
    page = (root / "feedback" / "forgot_max" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "the maximum with zero is missing" in page
    graded = nbformat.read(
        root / "autograded" / "forgot_max" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4
    )
    table, points = cell_of(graded, "test_triplet_loss").outputs
    assert "has the wrong value in" in table.data["text/plain"]
    assert "expected" not in table.data["text/plain"] + table.data["text/html"]
    assert points.data == {"text/plain": "0.0"}


def test_a_forged_verdict_is_not_in_the_feedback(graded_class: Class) -> None:
    page = (graded_class[0] / "feedback" / "forged_verdict" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "<b>triplet_loss: passed" not in page


def test_nothing_of_a_students_runs_in_the_browser(graded_class: Class) -> None:
    folder = graded_class[0] / "feedback" / "scripts_in_markdown" / ASSIGNMENT
    page = (folder / f"{ASSIGNMENT}.html").read_text()
    assert "Dear grader" in page
    assert harms(page) == []


def test_nothing_in_a_students_picture_does(graded_class: Class) -> None:
    folder = graded_class[0] / "feedback" / "scripts_in_pictures" / ASSIGNMENT
    assert harms((folder / f"{ASSIGNMENT}.html").read_text()) == []


class Harms(HTMLParser):
    """Collects what would run `forged()`, as a browser reads a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.in_script = tag == "script"
        for name, value in attributes:
            if "forged()" in (value or "") and (
                name.startswith("on") or (value or "").startswith("javascript")
            ):
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self.in_script and "forged()" in data:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False


def harms(page: str) -> list[str]:
    parser = Harms()
    parser.feed(page)
    return parser.found


def test_harm_would_be_found() -> None:
    for page in (
        "<script>forged()</script>",
        '<img src="x" onerror="forged()">',
        '<a href="javascript:forged()">',
    ):
        assert harms(page)


def test_a_second_run_grades_only_what_is_new(graded_class: Class, autograder: Autograder) -> None:
    root, rows = graded_class
    before = {path: path.stat().st_mtime_ns for path in root.glob(f"autograded/*/{ASSIGNMENT}/*.ipynb")}
    hand_in(root, "late", solved())
    run = autograder("grade", ASSIGNMENT, "--root", root, "--workers", 1, "--cell-timeout", 8)
    assert run.returncode == 0, run.stderr
    after = {path: path.stat().st_mtime_ns for path in root.glob(f"autograded/*/{ASSIGNMENT}/*.ipynb")}
    assert len(after) == len(rows) + 1
    assert before.items() <= after.items()


def test_the_report_counts_the_mistakes(graded_class: Class, autograder: Autograder) -> None:
    root, _ = graded_class
    run = autograder("report", ASSIGNMENT, "--root", root)
    assert run.returncode == 0, run.stderr
    assert "the maximum with zero is missing" in (root / "reports" / f"{ASSIGNMENT}.html").read_text()


def test_autograded_notebooks_are_nbgraders(graded_class: Class) -> None:
    for path in graded_class[0].glob(f"autograded/*/{ASSIGNMENT}/*.ipynb"):
        nbformat.validate(nbgraderformat.read(str(path), as_version=4))


def test_plain_nbgrader_autograde_gives_the_same_marks(graded_class: Class, tmp_path: Path) -> None:
    root, rows = graded_class
    for folder in ("source", "release"):
        shutil.copytree(COURSE / folder / ASSIGNMENT, tmp_path / folder / ASSIGNMENT)
    for student in BY_NBGRADER:
        shutil.copytree(root / "submitted" / student, tmp_path / "submitted" / student)
    shutil.copytree(root / "grading", tmp_path / "grading")
    config = (COURSE / "nbgrader_config.py").read_text()
    (tmp_path / "nbgrader_config.py").write_text(config)
    for command in (["generate_assignment", ASSIGNMENT, "--force"], ["autograde", ASSIGNMENT]):
        nbgrader(tmp_path, *command)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        scores = {found.student.id: found.score for found in gradebook.assignment_submissions(ASSIGNMENT)}
    assert scores == pytest.approx({student: rows[student]["score"] for student in BY_NBGRADER})


def nbgrader(root: Path, *arguments: str) -> None:
    programs = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = [programs / "nbgrader", *arguments]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("flag", ["--notebook-bytes", "--notebook-cells"])
def test_what_is_too_large_for_the_flags_is_refused_with_a_sentence(
    tmp_path: Path, autograder: Autograder, flag: str
) -> None:
    hand_in(tmp_path, "ann", solved())
    out = tmp_path / "out.json"
    run = autograder("grade", ASSIGNMENT, "--root", tmp_path, "--json", out, flag, 3)
    assert run.returncode == 0, run.stderr
    (row,) = json.loads(out.read_text())["submissions"]
    assert (row["status"], row["score"]) == ("unreadable", 0)
    assert "at most 3 are read" in row["message"]
