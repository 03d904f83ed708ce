"""What must be the same wherever one class is graded, so that it gets the same marks everywhere."""

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("tensorflow", "keras", "numpy", "nbformat")
OWN = ("autograder", "course")


class VersionError(RuntimeError):
    """Another machine has other versions; the message says which."""


@cache
def versions() -> dict[str, str]:
    """This machine's: Python, the libraries that compute, and a digest of the course's own files."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"Python": platform.python_version(), **libraries, **{name: _digest(name) for name in OWN}}


def require(wanted: Mapping[str, str]) -> None:
    """VersionError unless this machine's versions are those of the machine that asks."""
    mine = versions()
    other = [name for name in wanted if mine.get(name) != wanted[name]]
    if other:
        differs = ", ".join(f"{name} {mine.get(name, 'missing')} instead of {wanted[name]}" for name in other)
        raise VersionError(
            f"The worker on {platform.node()} has {differs}: install the same versions there and start it anew."
        )


def _digest(package: str) -> str:
    """Of all files of a package, in twelve hexadecimal digits."""
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    folder = Path(next(iter(spec.submodule_search_locations)))
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    found = hashlib.sha256()
    for path in files:
        found.update(f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:12]
