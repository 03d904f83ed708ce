"""A scheduler and workers on this machine, as processes of their own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

START_SECONDS = 60.0
StartWorker = Callable[..., subprocess.Popen[bytes]]


@contextmanager
def process(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with all its children."""
    with log.open("wb") as file:
        started = subprocess.Popen([*command], stdout=file, stderr=file)
    try:
        yield started
    finally:
        end(started)


def end(started: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process and its children, as when a machine goes down."""
    if started.poll() is None:
        family = [*psutil.Process(started.pid).children(recursive=True), psutil.Process(started.pid)]
        for member in reversed(family):
            if member.is_running():
                member.kill()
    started.wait()


def said(log: Path, words: str) -> str:
    """The line of a log with `words` in it, waited for."""
    end_of_patience = time.monotonic() + START_SECONDS
    while time.monotonic() < end_of_patience:
        for line in log.read_text().splitlines():
            if words in line:
                return line
        time.sleep(0.1)
    raise AssertionError(f"{log} does not say {words!r}:\n{log.read_text()}")


@contextmanager
def scheduler_at(folder: Path, host: str = "127.0.0.1") -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler's address and its process."""
    options = ["--host", host, "--port", "0", "--no-dashboard"]
    log = folder / "scheduler.log"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    with process(*command, log=log) as started:
        yield said(log, "Scheduler at:").split()[-1], started


@contextmanager
def worker_of(address: str, log: Path, *, within: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """One worker of a scheduler, started as its instructor does; `within` may put it into a network namespace."""
    command = [*within, sys.executable, "-m", "autograder.cli", "worker", address, "--workers", "1"]
    with process(*command, log=log) as started:
        said(log, "1 workers of")
        yield started


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler."""
    with scheduler_at(tmp_path_factory.mktemp("scheduler")) as (address, _):
        yield address
