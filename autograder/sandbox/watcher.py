"""Watches one notebook's processes from outside and ends them when they use too much."""

import contextlib
import os
import threading

import psutil

from autograder.sandbox.limits import GIB, Limits
from autograder.sandbox.server import ForkServer

PERIOD = 0.1  # seconds
# A message can consist of any number of parts, and ZeroMQ takes in all of them before it hands out the first.
GRADER_BYTES = GIB
FILE_BYTES = 1024  # of the kernel's memory for a file, were it empty


class Watcher:
    """A thread that looks every tenth of a second. `breach` is the sentence for the student, or empty."""

    def __init__(self, server: ForkServer, limits: Limits) -> None:
        self.breach = ""
        self._server, self._limits = server, limits
        self._stop = threading.Event()
        self._grader = psutil.Process()
        self._grader_bytes = resident_bytes(self._grader) + GRADER_BYTES
        self._thread = threading.Thread(target=self._watch, name="sandbox watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(PERIOD):
            with contextlib.suppress(psutil.NoSuchProcess):
                self.breach = self.breach or self._look()
            if self.breach:
                self._server.kill_notebook()

    def _look(self) -> str:
        """The limit that is broken right now, as a sentence, or an empty string."""
        if resident_bytes(self._grader) > self._grader_bytes:
            return "sent more than the grader can take"
        self._server.seen = processes = self._server.process.children(recursive=True)
        if len(processes) > self._limits.processes or sum(map(threads, processes)) > self._limits.processes:
            return f"started more than {self._limits.processes} processes and threads"
        files = sum(map(used_bytes, self._server.places))
        if files + sum(map(resident_bytes, processes)) <= self._limits.memory_bytes:
            return ""
        if files + sum(map(proportional_bytes, processes)) <= self._limits.memory_bytes:
            return ""
        return f"used more than {self._limits.memory_bytes / GIB:.1f} GB of memory"


def threads(process: psutil.Process) -> int:
    """Number of threads; 0 when the process is gone."""
    with contextlib.suppress(psutil.Error):
        return process.num_threads()
    return 0


def resident_bytes(process: psutil.Process) -> int:
    """Resident memory, pages shared with other processes counted in full; 0 when the process is gone."""
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def proportional_bytes(process: psutil.Process) -> int:
    """Resident memory, shared pages divided among their users; in full where that cannot be read."""
    with contextlib.suppress(psutil.Error, AttributeError):
        return int(process.memory_full_info().pss)
    return resident_bytes(process)


def used_bytes(place: str) -> int:
    """What the files in a writable place take, empty ones too."""
    with contextlib.suppress(OSError):
        room = os.statvfs(place)
        return (room.f_blocks - room.f_bfree) * room.f_frsize + (room.f_files - room.f_ffree) * FILE_BYTES
    return 0
