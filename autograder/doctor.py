"""What this machine can do, in plain words."""

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed`: grading does not work without it."""

    what: str
    good: bool
    says: str
    needed: bool = True


def findings() -> list[Finding]:
    """Everything that matters to students and graders of this course."""
    return [*_versions(), _tensorflow(), _sandbox(), _extension(), _data()]


def _versions() -> Iterator[Finding]:
    yield Finding("Python", (3, 11) <= sys.version_info[:2] <= (3, 13), platform.python_version())
    for package in ("nbgrader", "jupyterlab"):
        try:
            yield Finding(package, True, version(package))
        except PackageNotFoundError:
            yield Finding(package, False, "not installed: run `make setup`")


def _tensorflow() -> Finding:
    """Asked in a process of its own, so that a broken driver cannot take this one with it."""
    code = (
        "import tensorflow as tf, json;"
        "print(json.dumps([tf.__version__, [d.name for d in tf.config.list_physical_devices('GPU')]]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if run.returncode:
        return Finding("TensorFlow", False, f"does not import: {run.stderr.strip().splitlines()[-1:]}")
    number, gpus = json.loads(run.stdout.splitlines()[-1])
    where = f"on {', '.join(gpus)}" if gpus else "on the CPU (no GPU is visible)"
    return Finding("TensorFlow", True, f"{number} {where}")


def _sandbox() -> Finding:
    from autograder.sandbox import refusal

    reason = refusal("bwrap")
    return Finding("sandbox", reason is None, reason or "bubblewrap works: students' code is shut in")


def _extension() -> Finding:
    run = subprocess.run(
        [sys.executable, "-m", "jupyter", "labextension", "list"], capture_output=True, text=True, check=False
    )
    there = "nbgrader" in run.stdout + run.stderr
    says = "in JupyterLab: Validate and formgrader" if there else "not in JupyterLab: run `make setup`"
    return Finding("nbgrader's extension", there, says, needed=False)


def _data() -> Finding:
    from course.data.carriers import cache_folder, missing

    absent = missing()
    says = f"all in {cache_folder()}" if not absent else f"not fetched: {', '.join(absent)}; run `make data`"
    return Finding("data", not absent, says, needed=False)
