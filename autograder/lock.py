"""One grader at a time on one class."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BusyError(RuntimeError):
    """Another grader is at work on this class."""


@contextmanager
def only_grader(root: Path) -> Iterator[None]:
    """Holds the class in `root`; the system lets go of it whenever this process ends, however it ends.

    Raises:
        BusyError: another grader holds it.
    """
    path = root / "grading" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            other = file.read().strip() or "unknown"
            raise BusyError(
                f"Another grader (process {other}) is at work on {root}: wait for it, or stop it, and run again."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
