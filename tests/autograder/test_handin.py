"""Every folder below submitted/ gets an answer; nothing is followed out of it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.handin import HandIn, read_hand_in, students
from autograder.paths import COURSE

ASSIGNMENT = "00_powers"
WANTED = f"{ASSIGNMENT}.ipynb"
SECRET = b"an instructor's file"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ann's folder for the assignment, empty; beside the class lies a secret."""
    (tmp_path / "secret.ipynb").write_bytes(SECRET)
    path = tmp_path / "class" / "submitted" / "ann" / ASSIGNMENT
    path.mkdir(parents=True)
    return path


def read(folder: Path) -> HandIn:
    return read_hand_in(folder.parents[2], "ann", ASSIGNMENT)


def secret(folder: Path) -> Path:
    return folder.parents[3] / "secret.ipynb"


def named(*names: str) -> Callable[[Path], None]:
    """Puts files of these names into the folder, each holding its name."""

    def fill(folder: Path) -> None:
        for name in names:
            (folder / name).write_bytes(name.encode("utf-8", "surrogateescape"))

    return fill


def become(target: Callable[[Path], Path]) -> Callable[[Path], None]:
    """Makes the assignment's folder a link."""

    def fill(folder: Path) -> None:
        folder.rmdir()
        folder.symlink_to(target(folder))

    return fill


def link_student(folder: Path) -> None:
    named(WANTED)(folder)
    folder.parent.rename(folder.parents[2] / "elsewhere")
    folder.parent.symlink_to(folder.parents[2] / "elsewhere")


def file_for_folder(folder: Path) -> None:
    folder.rmdir()
    folder.write_bytes(SECRET)


READ: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "its right name": (named(WANTED), WANTED, ""),
    "its right name beside others": (named(WANTED, "old.ipynb", "numpy.py"), WANTED, ""),
    "another name": (
        named("homework (1).ipynb"),
        "homework (1).ipynb",
        "was called homework (1).ipynb instead",
    ),
    "upper case": (named("00_POWERS.IPYNB"), "00_POWERS.IPYNB", "was called 00_POWERS.IPYNB"),
    "spaces, Unicode, a leading dash": (
        named("-домашка 人 .ipynb"),
        "-домашка 人 .ipynb",
        "-домашка 人 .ipynb",
    ),
    "a line break and an escape sequence": (named("a\n\x1b[2J.ipynb"), "a\n\x1b[2J.ipynb", "a??[2J.ipynb"),
    "bytes that are no Unicode": (named("a\udcff.ipynb"), "a\udcff.ipynb", "was called a?.ipynb"),
    "a Mac's shadow file beside it": (
        named("a.ipynb", "._a.ipynb", ".DS_Store"),
        "a.ipynb",
        "was called a.ipynb",
    ),
    "Jupyter's copies beside it": (
        lambda folder: (named("a.ipynb")(folder), (folder / ".ipynb_checkpoints").mkdir())[0],  # type: ignore[func-returns-value]
        "a.ipynb",
        "was called a.ipynb",
    ),
}
REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "nothing": (lambda folder: None, "No notebook was handed in"),
    "another kind of file": (
        named("00_powers.py", "ipynb", "00_powers.ipynb.zip"),
        "No notebook was handed in",
    ),
    "two notebooks": (named("a.ipynb", "b.ipynb"), "Several notebooks were handed in (a.ipynb, b.ipynb)"),
    "a thousand notebooks": (named(*[f"{n}.ipynb" for n in range(1000)]), "Several notebooks"),
    "a link to a file": (
        lambda folder: (folder / WANTED).symlink_to(secret(folder)),
        "links are not followed",
    ),
    "a link of another name": (
        lambda folder: (folder / "a.ipynb").symlink_to(secret(folder)),
        "links are not followed",
    ),
    "a link to nothing": (lambda folder: (folder / WANTED).symlink_to("nowhere"), "links are not followed"),
    "a link to itself": (lambda folder: (folder / WANTED).symlink_to(WANTED), "links are not followed"),
    "a link to a device": (
        lambda folder: (folder / WANTED).symlink_to("/dev/zero"),
        "links are not followed",
    ),
    "a pipe": (lambda folder: os.mkfifo(folder / WANTED), "not an ordinary file"),
    "a folder": (lambda folder: (folder / WANTED).mkdir(), "not an ordinary file"),
    "a folder of another name": (lambda folder: (folder / "X.ipynb").mkdir(), "not an ordinary file"),
    "a folder that is a link": (become(lambda folder: folder.parents[3]), "is a link"),
    "a folder that is a link to itself": (become(lambda folder: folder), "is a link"),
    "a student's folder that is a link": (link_student, "is a link"),
    "a file instead of the folder": (file_for_folder, "could not be read (Not a directory)"),
}


@pytest.mark.parametrize("name", READ)
def test_a_notebook_is_found_with(folder: Path, name: str) -> None:
    fill, content, note = READ[name]
    fill(folder)
    found = read(folder)
    assert found.data == content.encode("utf-8", "surrogateescape")
    assert note in found.note if note else found.note == ""
    assert found.refusal == ""
    found.note.encode()


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_sentence_and_unread(folder: Path, name: str) -> None:
    fill, sentence = REFUSED[name]
    fill(folder)
    found = read(folder)
    assert sentence in found.refusal
    assert found.refusal.endswith(".")
    assert len(found.refusal) < 300
    assert found.data == b""
    assert students(folder.parents[2], ASSIGNMENT) == ["ann"]


def test_of_a_huge_file_no_more_is_read_than_shows_that_it_is(folder: Path) -> None:
    with (folder / WANTED).open("wb") as file:
        file.truncate(10**12)
    assert len(read_hand_in(folder.parents[2], "ann", ASSIGNMENT, 1000).data) == 1001


def test_the_digest_changes_with_the_hand_in(folder: Path) -> None:
    digests = {read(folder).digest}
    for content in (b"", b"1", b"2"):
        (folder / WANTED).write_bytes(content)
        digests.add(read(folder).digest)
    assert len(digests) == 4


def test_students_are_those_who_handed_this_assignment_in(folder: Path) -> None:
    submitted = folder.parents[1]
    for student in ("b b", "-rf", "...", "Жанна", "نیما\u200cک", "a,b", "~", "$(id)", "'", "x" * 200):
        (submitted / student / ASSIGNMENT).mkdir(parents=True)
    (submitted / "late" / "01_other").mkdir(parents=True)
    (submitted / "notes.txt").write_text("for myself")
    (submitted / ".git").mkdir()
    found = students(folder.parents[2], ASSIGNMENT)
    assert found == sorted(
        ["ann", "b b", "-rf", "...", "Жанна", "نیما\u200cک", "a,b", "~", "$(id)", "'", "x" * 200]
    )


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2J", "a\udcff"])
def test_a_folder_whose_name_cannot_be_recorded_is_named(folder: Path, name: str) -> None:
    (folder.parents[1] / name / ASSIGNMENT).mkdir(parents=True)
    with pytest.raises(LookupError, match="Rename the folder") as error:
        students(folder.parents[2], ASSIGNMENT)
    assert str(error.value).isprintable()


def test_an_empty_class_is_said(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"Nobody handed in 00_powers"):
        students(tmp_path, ASSIGNMENT)
    (tmp_path / "submitted" / "ann").mkdir(parents=True)
    with pytest.raises(LookupError, match=r"Nobody handed in 00_powers"):
        students(tmp_path, ASSIGNMENT)


@pytest.mark.parametrize("student", ["bob", "..", ".", "", "../submitted/ann", "ann/", "/etc"])
def test_a_student_who_is_none_is_an_error(folder: Path, student: str) -> None:
    (folder.parents[2] / ASSIGNMENT).mkdir()
    (folder.parents[1] / ASSIGNMENT).mkdir()
    with pytest.raises(LookupError, match="There is no folder"):
        read_hand_in(folder.parents[2], student, ASSIGNMENT)


def test_what_may_not_be_read_is_refused_with_a_sentence(folder: Path) -> None:
    """Asked by a process without root's rights, which starts in the class's folder."""
    submitted = folder.parents[1]
    for student in ("file", "folder", "student"):
        named(WANTED)(make_folder(submitted / student))
    locked = [
        submitted / "file" / ASSIGNMENT / WANTED,
        submitted / "folder" / ASSIGNMENT,
        submitted / "student",
    ]
    code = (
        f"import os, sys; sys.path.insert(0, {str(COURSE)!r})\n"
        "from pathlib import Path\n"
        "from autograder.handin import read_hand_in, students\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        f"for name in students(Path(), {ASSIGNMENT!r}): print(name, read_hand_in(Path(), name, {ASSIGNMENT!r}))"
    )
    for path in locked:
        path.chmod(0)
    try:
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=folder.parents[2], capture_output=True, text=True, check=True
        )
    finally:
        for path in reversed(locked):
            path.chmod(0o755)
    *rows, student = run.stdout.splitlines()
    assert [row.split()[0] for row in rows] == ["ann", "file", "folder"]
    assert student.startswith("student HandIn(data=b''")
    assert all("(Permission denied)" in row for row in [*rows[1:], student])


def make_folder(student: Path) -> Path:
    (student / ASSIGNMENT).mkdir(parents=True)
    return student / ASSIGNMENT
