"""A class of submissions graded once, with the sandbox on; the tests look at what came of each."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.rows import Row
from tests.submissions import ASSIGNMENT, filled, hand_in, solved
from tests.submissions.fates import FATES
from tests.submissions.mistaken import MISTAKEN

Autograder = Callable[..., subprocess.CompletedProcess[str]]
CELL_TIMEOUT = "8"
SEED = 7
MEMORY = "1500000000"
ODD_NAME = "-rf Zoë of the  ..$(odd) names"


@pytest.fixture(scope="session")
def autograder() -> Autograder:
    """Runs the command line as an instructor does."""

    def run(*arguments: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "autograder.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)

    return run


@pytest.fixture(scope="session")
def graded_class(
    tmp_path_factory: pytest.TempPathFactory, autograder: Autograder
) -> tuple[Path, dict[str, Row]]:
    """The folder of the class, and each student's row."""
    root = tmp_path_factory.mktemp("class")
    for name, code in MISTAKEN.values():
        hand_in(root, name, filled({"triplet_loss": code}, solved()))
    for name, fate in FATES.items():
        fate.hand_in(root, name)
    hand_in(root, ODD_NAME, solved())
    options = [
        "--workers",
        2,
        "--seed",
        SEED,
        "--cell-timeout",
        CELL_TIMEOUT,
        "--memory-bytes",
        MEMORY,
        "--json",
        root / "out.json",
    ]
    run = autograder("grade", ASSIGNMENT, "--root", root, *options)
    assert run.returncode == 0, run.stderr
    rows = json.loads((root / "out.json").read_text())["submissions"]
    return root, {row["student"]: row for row in rows}
