"""Marks as the CSV files that Canvas and Moodle import, from the gradebook, and so with an instructor's changes.

With a roster, the gradebook that the system itself exports, each student's row goes back as it came, with the mark in
it; that is the safe way, because the system then finds its students by its own numbers.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.files import write_atomically
from autograder.nbgrader import converter

Line = dict[str, str]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet, whoever wrote it."""


@dataclass(frozen=True)
class System:
    """A learning management system's columns: all that it wants back, and by which of them a student may be known."""

    columns: Sequence[str]
    known_by: Sequence[str]
    total: str = ""


SYSTEMS = {
    "canvas": System(
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
        ["SIS Login ID", "SIS User ID", "ID", "Student"],
        total="Points Possible",
    ),
    "moodle": System(
        ["Username", "ID number", "Email address", "First name", "Last name", "Surname"],
        ["Username", "ID number", "Email address"],
    ),
}


@dataclass(frozen=True)
class Table:
    """What is to be imported: one line a student, in the roster's order, and who of the class is not in the roster."""

    columns: list[str]
    lines: list[Line]
    strangers: list[str] = field(default_factory=list)
    delimiter: str = ","

    def write(self, path: Path) -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: harmless(cell) for name, cell in line.items()} for line in self.lines)
        write_atomically(path, text.getvalue().encode())


def marks(root: Path, assignment: str) -> dict[str, float]:
    """Student -> points, with penalties for lateness taken off.

    Raises:
        LookupError: nothing of this assignment is graded.
    """
    url = converter("GenerateFeedback", root, assignment).coursedir.db_url
    if not Path(url.removeprefix("sqlite:///")).is_file():
        raise LookupError(f"There is no gradebook in {root}: run `autograder grade {assignment}` first.")
    with Gradebook(url) as gradebook:
        found = gradebook.assignment_submissions(assignment)
        if not found:
            raise LookupError(f"Nothing of {assignment} is graded in {root}.")
        return {each.student.id: max(0.0, each.score - each.late_submission_penalty) for each in found}


def table(system: System, assignment: str, points: Mapping[str, float], column: str = "") -> Table:
    """The marks without a roster: the student's folder name stands where a login name belongs."""
    column = column or assignment
    login = system.known_by[0]
    lines = [
        {**dict.fromkeys(system.columns, ""), login: student, column: number(mark)}
        for student, mark in sorted(points.items())
    ]
    if "Student" in system.columns:
        lines = [{**line, "Student": line[login]} for line in lines]
    return Table([*system.columns, column], lines)


def merged(
    system: System, assignment: str, points: Mapping[str, float], roster: Path, column: str = ""
) -> Table:
    """The marks in the lines of a gradebook that the system exported.

    Args:
        system: one of `SYSTEMS`.
        assignment: its column is the one that begins so, as in "03_triplet_loss (1234)"; else there will be one.
        points: student -> mark; a student is found by any column of `system.known_by`, in whatever case.
        roster: the exported file.
        column: the column's whole name, where it is another.

    Raises:
        LookupError: the file has none of the columns by which a student is known, or two lines are one student.
    """
    columns, lines, delimiter = _read(roster)
    keys = [name for name in system.known_by if name in columns]
    if not keys:
        raise LookupError(
            f"{roster} has none of the columns {', '.join(system.known_by)}: is it the right export?"
        )
    column = column or next((name for name in columns if name.split(" (")[0] == assignment), assignment)
    kept = [name for name in columns if name in system.columns]
    places = _places(lines, keys, points, roster)
    found: list[Line] = []
    for place, line in enumerate(lines):
        student = places.get(place)
        mark = line.get(column, "") if _is_total(line, system) else ""
        found.append(
            {**{name: line[name] for name in kept}, column: number(points[student]) if student else mark}
        )
    return Table([*kept, column], found, sorted(points.keys() - places.values()), delimiter)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def number(mark: float) -> str:
    """A mark with at most four decimals, and no more of them than it needs."""
    return f"{round(mark, 4):.10g}"


def _read(path: Path) -> tuple[list[str], list[Line], str]:
    """Columns, lines and delimiter of a CSV file, with or without the mark that Excel puts in front."""
    text = path.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="")
    lines = [{name: cell or "" for name, cell in line.items() if name is not None} for line in reader]
    return list(reader.fieldnames or []), lines, delimiter


def _places(
    lines: Sequence[Line], keys: Sequence[str], points: Mapping[str, float], roster: Path
) -> dict[int, str]:
    """Place in the roster -> student. A login name is looked for in all lines before a number or a name is."""
    students = {_folded(student): student for student in points}
    places: dict[int, str] = {}
    for key in keys:
        for place, line in enumerate(lines):
            student = students.get(_folded(line[key]))
            if student is None or places.get(place) == student:
                continue
            if place in places or student in places.values():
                raise LookupError(
                    f"{roster}: more than one line may be the student {student}; mend the roster."
                )
            places[place] = student
    return places


def _folded(name: str) -> str:
    """As names are compared: without regard to case, and to how an accent is composed."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _is_total(line: Line, system: System) -> bool:
    """Whether this is the line in which Canvas says how many points there are."""
    return bool(system.total) and system.total in line.get(system.columns[0], "")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
