"""From source notebooks to what students get: notebooks without solutions, and the public cases.

The notebooks go through nbgrader's own generate_assignment, as formgrader's button does.
"""

import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from autograder.exercise import Exercise
from autograder.exercises import exercises_of
from autograder.files import write_atomically
from autograder.nbgrader import converter
from course import cases
from course.packing import unpack

ROUNDING = 1e-5
"""Some cases hold encodings in float32, whose last digits differ from one processor to the next. A file is kept where
its numbers differ by no more than this, of the largest in their array."""
TINY = 1e-12
"""What is smaller may as well be zero."""


def release(assignment: str, root: Path, folder: Path = cases.FOLDER) -> None:
    """Writes `root/release/<assignment>` and the case files of its exercises into `folder`.

    Raises:
        LookupError: there is no such assignment.
        RuntimeError: nbgrader refuses the source notebook; its log says why.
    """
    for exercise in exercises_of(assignment).values():
        write_cases(exercise, folder)
    converter("GenerateAssignment", root, assignment).start()


def public_generator(exercise: str) -> np.random.Generator:
    """The generator of the public cases: everybody may know it."""
    return np.random.default_rng(zlib.crc32(exercise.encode()))


def write_cases(exercise: Exercise, folder: Path) -> None:
    """Freezes an exercise's public cases; a file that already says the same, to rounding, is left alone."""
    path = folder / f"{exercise.name}.json"
    text = cases.dump(exercise.name, exercise.frozen(public_generator(exercise.name)))
    if not path.is_file() or not _says_the_same(path.read_bytes(), text):
        write_atomically(path, text.encode())


def _says_the_same(old: bytes, new: str) -> bool:
    try:
        return same_document(json.loads(old), json.loads(new))
    except ValueError:  # half a merge, say
        return False


def same_document(old: Any, new: Any) -> bool:
    """Whether two JSON trees are equal, numbers with a fraction and packed arrays to rounding."""
    if isinstance(old, dict) and isinstance(new, dict):
        if "array" in old and "array" in new:
            return _same_array(old, new)
        return old.keys() == new.keys() and all(same_document(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same_document, old, new))
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=ROUNDING, abs_tol=TINY)
    return type(old) is type(new) and bool(old == new)


def _same_array(old: dict[str, Any], new: dict[str, Any]) -> bool:
    first, second = (unpack(json.dumps(tree)) for tree in (old, new))
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype.kind not in "fc":
        return np.array_equal(first, second)
    largest = np.max(np.abs(first), initial=0.0, where=np.isfinite(first))
    return bool(np.allclose(first, second, rtol=0.0, atol=ROUNDING * largest + TINY, equal_nan=True))
