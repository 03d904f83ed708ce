"""Finds what students handed in. Nothing is followed out of a submission's folder, and nothing in it is run."""

import hashlib
import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.limits import Limits


@dataclass(frozen=True)
class HandIn:
    """A student's uploaded file, and what is to be said about how it was found. With a `refusal`, there is no file."""

    data: bytes = b""
    note: str = ""
    refusal: str = ""

    @property
    def digest(self) -> str:
        """Changes when the hand-in does."""
        return hashlib.sha256(self.data + self.refusal.encode()).hexdigest()


def students(root: Path, assignment: str) -> list[str]:
    """Who handed in `assignment` below `root/submitted`, sorted. What is there instead of a folder counts as well.

    Raises:
        LookupError: nobody did, there is no such folder, or a student's folder has a name that cannot be recorded.
    """
    submitted = root / "submitted"
    folders = sorted(submitted.iterdir()) if submitted.is_dir() else []
    found = [folder.name for folder in folders if _handed_in(folder, assignment)]
    if not found:
        raise LookupError(f"Nobody handed in {assignment}: {submitted}/<student>/{assignment}/ is expected.")
    odd = [name for name in found if not _recordable(name)]
    if odd:
        raise LookupError(
            f"Rename the folder {odd[0]!r} in {submitted}: its name is not Unicode text of one line."
        )
    return found


def read_hand_in(root: Path, student: str, assignment: str, most: int = Limits.notebook_bytes) -> HandIn:
    """Reads a student's notebook: the one with the assignment's name, else the only one there is.

    Of a file of more than `most` bytes, one more is read: enough to see that it is too large.

    Raises:
        LookupError: there is no such student's folder.
    """
    folder = root / "submitted" / student / assignment
    if (
        student in ("", ".", "..")
        or Path(student).name != student
        or not _handed_in(folder.parent, assignment)
    ):
        raise LookupError(f"There is no folder {folder}.")
    try:
        return _read_folder(folder, f"{assignment}.ipynb", most)
    except OSError as error:
        return HandIn(refusal=f"The folder {assignment} could not be read ({error.strerror}).")


def printable(name: str) -> str:
    """A file's name as it can be shown: Unix allows any bytes in it."""
    return "".join(character if character.isprintable() else "?" for character in name)


def _recordable(name: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def _handed_in(student: Path, assignment: str) -> bool:
    """Whether there is anything of that name in a student's folder, or no way to tell."""
    try:
        (student / assignment).lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _read_folder(folder: Path, wanted: str, most: int) -> HandIn:
    if folder.is_symlink() or folder.parent.is_symlink():
        return HandIn(refusal="The submission's folder is a link; links are not followed.")
    if os.path.lexists(folder / wanted):
        return _read(folder / wanted, most, note="")
    visible = (entry for entry in folder.iterdir() if not entry.name.startswith("."))
    others = sorted(entry for entry in visible if entry.suffix.lower() == ".ipynb")
    if not others:
        return HandIn(refusal=f"No notebook was handed in; {wanted} is expected.")
    if len(others) > 1:
        names = ", ".join(printable(entry.name) for entry in others[:5])
        return HandIn(refusal=f"Several notebooks were handed in ({names}); one called {wanted} is expected.")
    note = f"The notebook was called {printable(others[0].name)} instead of {wanted}."
    return _read(others[0], most, note)


def _read(path: Path, most: int, note: str) -> HandIn:
    """The bytes of an ordinary file; a link, a pipe or a device is refused."""
    name = printable(path.name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return HandIn(refusal=f"{name} could not be opened ({error.strerror}); links are not followed.")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return HandIn(refusal=f"{name} is not an ordinary file.")
    with os.fdopen(descriptor, "rb") as file:
        return HandIn(file.read(most + 1), note)
