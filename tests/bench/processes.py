"""What a command costs: wall seconds, and CPU seconds of all its processes, those it leaves behind included."""

import contextlib
import ctypes
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds."""

    seconds: float
    cpu: float

    def per(self, number: int) -> "Cost":
        return Cost(self.seconds / number, self.cpu / number)


def adopt_orphans() -> None:
    """From now on, processes whose parent ends become this process's, so that their CPU time is counted."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measured(function: Callable[[], None]) -> Cost:
    """The cost of the processes that `function` starts and waits for; call `adopt_orphans` once before."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    function()
    seconds = time.perf_counter() - start
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
