"""Finds what students handed in. Nothing is followed out of a submission's folder, and nothing in it is run."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from autograder.intake import MAX_BYTES


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
    """Who handed in `assignment` below `root/submitted`, sorted.

    Raises:
        LookupError: nobody did, or there is no such folder.
    """
    submitted = root / "submitted"
    found = sorted(
        entry.name
        for entry in (submitted.iterdir() if submitted.is_dir() else ())
        if _is_folder(entry) and _is_folder(entry / assignment)
    )
    if not found:
        raise LookupError(f"Nobody handed in {assignment}: {submitted}/<student>/{assignment}/ is expected.")
    return found


def read_hand_in(root: Path, student: str, assignment: str) -> HandIn:
    """Reads a student's notebook: the one with the assignment's name, else the only one there is."""
    folder = root / "submitted" / student / assignment
    named = folder / f"{assignment}.ipynb"
    if os.path.lexists(named):
        return _read(named, note="")
    others = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() == ".ipynb")
    if not others:
        return HandIn(refusal=f"No notebook was handed in; {named.name} is expected.")
    if len(others) > 1:
        names = ", ".join(entry.name for entry in others)
        return HandIn(
            refusal=f"Several notebooks were handed in ({names}); one called {named.name} is expected."
        )
    return _read(others[0], note=f"The notebook was called {others[0].name} instead of {named.name}.")


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _read(path: Path, note: str) -> HandIn:
    """The bytes of an ordinary file; a link, a pipe or a device is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return HandIn(refusal=f"{path.name} could not be opened ({error.strerror}); links are not followed.")
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return HandIn(refusal=f"{path.name} is not an ordinary file.")
        return HandIn(file.read(MAX_BYTES + 1), note)
