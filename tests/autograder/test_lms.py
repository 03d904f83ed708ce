"""Marks for Canvas and Moodle: written, read back, the same; and nothing in them that a spreadsheet would run."""

import csv
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.lms import SYSTEMS, harmless, marks, merged, number, table
from autograder.nbgrader import converter

ASSIGNMENT = "03_triplet_loss"
EVIL = '=HYPERLINK("http://evil.example","click")'
POINTS = {"zoë": 10.0, 'o\'brien, "max"': 3.25, "李雷": 10 / 3, EVIL: 0.0, "-1+1": 5.5, "anna;b": 7.0}

CANVAS_EXPORT = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,02_siamese_encodings (11),03_triplet_loss (12)
    Points Possible,,,,,10,10
"Zoë, Möller",71,s-1,ZOË,A,9,
"Li, Lei",72,s-2,李雷,A,,1
"Absent, Ann",73,s-3,ann,B,4,2
"""
MOODLE_EXPORT = """First name;Last name;ID number;Email address;Quiz (Real)
Zoe\u0308;Möller;1;zoë;3
Lei;Li;李雷;lei@example.org;4
"""


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, strict=True))


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(CANVAS_EXPORT, encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "login"), [("canvas", "SIS Login ID"), ("moodle", "Username")])
def test_marks_come_back_as_they_were_written(name: str, login: str, tmp_path: Path) -> None:
    table(SYSTEMS[name], ASSIGNMENT, POINTS).write(tmp_path / "out.csv")
    lines = read(tmp_path / "out.csv")
    assert {line[login].removeprefix("'"): float(line[ASSIGNMENT]) for line in lines} == pytest.approx(
        POINTS, abs=5e-5
    )
    assert set(SYSTEMS[name].columns) < lines[0].keys()


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_no_cell_is_a_formula(name: str, tmp_path: Path) -> None:
    table(SYSTEMS[name], ASSIGNMENT, POINTS).write(tmp_path / "out.csv")
    cells = [cell for line in read(tmp_path / "out.csv") for cell in line.values()]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")] == []


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1", "'=1"),
        ("@a", "'@a"),
        ("+a", "'+a"),
        ("\t=1", "'\t=1"),
        ("-5.5", "-5.5"),
        ("Ann", "Ann"),
        ("", ""),
    ],
)
def test_formulas_become_text_and_numbers_stay(cell: str, written: str) -> None:
    assert harmless(cell) == written


@pytest.mark.parametrize(
    ("mark", "text"), [(10.0, "10"), (0.0, "0"), (10 / 3, "3.3333"), (0.1 + 0.2, "0.3"), (1e-9, "0")]
)
def test_a_mark_has_no_more_decimals_than_it_needs(mark: float, text: str) -> None:
    assert number(mark) == text


def test_canvas_gets_its_own_lines_back_with_the_marks_in_them(roster: Path, tmp_path: Path) -> None:
    found = merged(SYSTEMS["canvas"], ASSIGNMENT, {"zoë": 9.5, "李雷": 8.0, "nobody": 1.0}, roster)
    found.write(tmp_path / "out.csv")
    lines = read(tmp_path / "out.csv")
    assert list(lines[0]) == [*SYSTEMS["canvas"].columns, "03_triplet_loss (12)"]
    assert [line["03_triplet_loss (12)"] for line in lines] == ["10", "9.5", "8", ""]
    assert [line["ID"] for line in lines] == ["", "71", "72", "73"]
    assert lines[1]["Student"] == "Zoë, Möller"
    assert found.strangers == ["nobody"]


def test_moodle_is_matched_by_mail_or_number_and_keeps_its_delimiter(roster: Path, tmp_path: Path) -> None:
    roster.write_text(MOODLE_EXPORT, encoding="utf-8")
    merged(SYSTEMS["moodle"], ASSIGNMENT, {"Zoe\u0308": 9.5, "李雷": 8.0}, roster).write(tmp_path / "out.csv")
    lines = read(tmp_path / "out.csv", ";")
    assert [line[ASSIGNMENT] for line in lines] == ["9.5", "8"]
    assert list(lines[0]) == ["First name", "Last name", "ID number", "Email address", ASSIGNMENT]


def test_another_column_may_be_named(roster: Path) -> None:
    found = merged(SYSTEMS["canvas"], ASSIGNMENT, {"zoë": 9.5}, roster, "02_siamese_encodings (11)")
    assert [line["02_siamese_encodings (11)"] for line in found.lines] == ["10", "9.5", "", ""]


def test_two_lines_for_one_student_are_refused(roster: Path) -> None:
    roster.write_text(CANVAS_EXPORT + '"Other, Zoë",zoë,s-9,other,B,1,1\n', encoding="utf-8")
    with pytest.raises(LookupError, match="more than one line may be the student zoë"):
        merged(SYSTEMS["canvas"], ASSIGNMENT, {"zoë": 1.0}, roster)


def test_a_file_of_another_system_is_refused(roster: Path) -> None:
    with pytest.raises(LookupError, match="none of the columns Username, ID number, Email address"):
        merged(SYSTEMS["moodle"], ASSIGNMENT, {"zoë": 1.0}, roster)


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
def test_marks_are_those_of_the_gradebook_with_changes_and_penalties(tmp_path: Path) -> None:
    url = converter("GenerateFeedback", tmp_path, ASSIGNMENT).coursedir.db_url
    with Gradebook(url, "convnets") as gradebook:
        gradebook.add_assignment(ASSIGNMENT)
        gradebook.add_notebook(ASSIGNMENT, ASSIGNMENT)
        gradebook.add_grade_cell("test_a", ASSIGNMENT, ASSIGNMENT, max_score=4, cell_type="code")
        for student, auto, manual, penalty in (("ann", 1.5, 2.25, 0.5), ("bob", 1.0, None, 9.0)):
            gradebook.add_student(student)
            submission = gradebook.add_submission(ASSIGNMENT, student)
            grade = gradebook.find_grade("test_a", ASSIGNMENT, ASSIGNMENT, student)
            grade.auto_score, grade.manual_score = auto, manual
            submission.notebooks[0].late_submission_penalty = penalty
            gradebook.db.commit()
    assert marks(tmp_path, ASSIGNMENT) == {"ann": 1.75, "bob": 0.0}
    with pytest.raises(LookupError, match="Nothing of 05_x is graded"):
        marks(tmp_path, "05_x")


def test_without_a_gradebook_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["grades", ASSIGNMENT, "--root", str(tmp_path), "--format", "canvas", "--out", str(out)]) == 1
    assert f"run `autograder grade {ASSIGNMENT}` first" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
