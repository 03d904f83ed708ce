"""The secret seed of a class's hidden cases: drawn once, recorded, so that a regrade repeats exactly."""

import json
import secrets
from pathlib import Path

from autograder.files import write_atomically


def class_seed(root: Path, assignment: str, wanted: int | None = None) -> int:
    """`wanted`, else the seed recorded below `root/grading`, else a new one. It is recorded.

    Raises:
        LookupError: `wanted` is negative, so no seed of NumPy's generators.
    """
    if wanted is not None and wanted < 0:
        raise LookupError(f"A seed is 0 or more; got {wanted}.")
    path = root / "grading" / f"{assignment}.json"
    recorded = json.loads(path.read_text())["seed"] if path.is_file() else None
    seed = next(value for value in (wanted, recorded, secrets.randbits(32)) if value is not None)
    if seed != recorded:
        write_atomically(path, json.dumps({"seed": seed}).encode())
    return seed
