"""The secret seed of a class's hidden cases: drawn once, recorded, so that a regrade repeats exactly."""

import json
import secrets
from pathlib import Path

from autograder.files import write_atomically


def class_seed(root: Path, assignment: str, wanted: int | None = None) -> int:
    """`wanted`, else the seed recorded below `root/grading`, else a new one. It is recorded."""
    path = root / "grading" / f"{assignment}.json"
    recorded = json.loads(path.read_text())["seed"] if path.is_file() else None
    seed = next(value for value in (wanted, recorded, secrets.randbits(32)) if value is not None)
    if seed != recorded:
        write_atomically(path, json.dumps({"seed": seed}).encode())
    return seed
