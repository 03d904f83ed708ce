"""What a class really hands in, and what must come of it. Graded through the command line, in the sandbox."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader import nbgraderformat
from nbgrader.api import Gradebook

from autograder.paths import COURSE
from autograder.rows import ExerciseRow, Row
from tests.e2e.conftest import ODD_NAME, Autograder
from tests.submissions import ASSIGNMENT, cell_of, hand_in, solved
from tests.submissions.fates import FATES
from tests.submissions.mistaken import MISTAKEN
from tests.submissions.right import RIGHT

Class = tuple[Path, dict[str, Row]]

LOST_WITH_TRIPLET_LOSS = {"triplet_loss": 2, "triplet_cost": 1, "train_step": 2}
FULL = 10
FULL_MARKS = (
    "infinite_loop_at_top_level",
    "dead_kernel_at_top_level",
    "noise_on_stderr",
    "without_test_cell",
    "duplicated_cells",
    "test_cell_as_markdown",
    "metadata_stripped",
    "leaves_things_behind",
    "leaves_things_behind_too",
    "nbformat_3",
    "run_out_of_order",
    "scripts_in_markdown",
)
NOTHING_FOR_TRIPLET_LOSS = {
    "one_raises": "raised",
    "syntax_error": "missing",
    "infinite_loop": "timed_out",
    "dead_kernel": "crashed",
    "equal_to_everything": "wrong",
    "reads_source": "raised",
    "forged_verdict": "wrong",
    "allocates_100_gb": "crashed",
    "forks_without_end": "crashed, timed_out or raised",
    "fills_the_disk": "raised",
    "prints_without_end": "crashed",
    "returns_2_gb": "crashed",
    "patches_everything": "raised or missing",
    "opens_a_socket": "raised",
    "resolves_a_name": "raised",
    "returns_a_pickle_bomb": "raised",
    "returns_an_object_array": "raised",
}
BY_NBGRADER = ("as_in_the_source", "forgot_max", "dead_kernel", "without_test_cell", "blank")
UNREADABLE = ("not_json", "empty", "another_assignment")


def exercise(row: Row, name: str) -> ExerciseRow:
    return next(found for found in row["exercises"] if found["name"] == name)


def test_everybody_got_a_row(graded_class: Class) -> None:
    _, rows = graded_class
    assert len(rows) == len(RIGHT) + len(MISTAKEN) + len(FATES) + 1


@pytest.mark.parametrize("name", [*RIGHT, *FULL_MARKS, ODD_NAME])
def test_what_is_right_gets_full_marks(graded_class: Class, name: str) -> None:
    row = graded_class[1][name]
    assert (row["status"], row["score"]) == ("graded", FULL), row


@pytest.mark.parametrize("mistake", MISTAKEN)
def test_a_mistake_loses_points_and_is_named(graded_class: Class, mistake: str) -> None:
    found = exercise(graded_class[1][MISTAKEN[mistake][0]], "triplet_loss")
    assert found["outcome"] == "wrong"
    assert found["mistake"] == mistake
    assert found["score"] < found["max_score"]


@pytest.mark.parametrize(("name", "outcome"), NOTHING_FOR_TRIPLET_LOSS.items())
def test_a_bad_function_earns_nothing_and_the_others_all_of_theirs(
    graded_class: Class, name: str, outcome: str
) -> None:
    row = graded_class[1][name]
    found = exercise(row, "triplet_loss")
    assert found["score"] == 0
    assert found["outcome"] in re.split(", | or ", outcome), found
    for other in row["exercises"]:
        if other["name"] not in LOST_WITH_TRIPLET_LOSS:
            assert other["outcome"] == "passed", other


def test_a_limit_is_named(graded_class: Class) -> None:
    message = exercise(graded_class[1]["allocates_100_gb"], "triplet_loss")["message"]
    assert message == "Used more than 1.4 GB of memory."


def test_blank_was_not_attempted(graded_class: Class) -> None:
    row = graded_class[1]["blank"]
    assert (row["status"], row["score"]) == ("graded", 0)
    assert {found["message"] for found in row["exercises"]} == {"Not attempted."}


def test_half_done_gets_half(graded_class: Class) -> None:
    assert graded_class[1]["half_done"]["score"] == 5


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_gets_a_sentence(graded_class: Class, name: str) -> None:
    row = graded_class[1][name]
    assert (row["status"], row["score"]) == ("unreadable", 0)
    assert row["message"].endswith((".", "?"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("without_test_cell", "missing"),
        ("duplicated_cells", "2 times"),
        ("test_cell_as_markdown", "restored"),
    ],
)
def test_repairs_are_told(graded_class: Class, name: str, said: str) -> None:
    assert said in graded_class[1][name]["message"]


def test_a_function_that_calls_a_wrong_one_is_told_so(graded_class: Class) -> None:
    found = exercise(graded_class[1]["forged_verdict"], "triplet_cost")
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
    for harm in ("<script>forged()", "onerror=", 'href="javascript:'):
        assert harm not in page


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
