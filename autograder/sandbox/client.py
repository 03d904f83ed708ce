"""One notebook's kernel as the trusted side sees it: send a cell, get back what it did."""

import time
from typing import TYPE_CHECKING

from autograder.sandbox.cell import DIED, Cell, Execution

if TYPE_CHECKING:
    from autograder.sandbox.warm import WarmSandbox


class Kernel:
    """A kernel in the warm sandbox. Nothing that student code does makes these methods raise.

    `alive` says whether it can run another cell; if not, restart() gives a fresh one.
    """

    def __init__(self, sandbox: "WarmSandbox") -> None:
        self._sandbox, self._limits = sandbox, sandbox.limits
        self._seconds_left = sandbox.limits.notebook_seconds
        self._start()

    def _start(self) -> None:
        self._process, self._channels = self._sandbox.open_kernel()
        self.alive = True

    def restart(self) -> None:
        """A fresh kernel, everything of this one killed and wiped before; the notebook's time goes on."""
        self.close()
        self._start()

    def close(self) -> None:
        """End the watch and the channels; the sandbox ends the kernel itself."""
        self._process.watcher.stop()
        self._channels.close()
        self.alive = False

    def execute(self, code: str, seconds: float | None = None, sent: str = "") -> Execution:
        """Run a cell, at most `seconds` long (default: Limits.cell_seconds), and wait until it is done.

        `sent` is a text that the code takes with `course.calling.sent()`: a long one in the code itself would have to
        be parsed and hashed as a program.
        """
        if not self.alive:
            return Execution("died", [], None, [], DIED)
        wished = self._limits.cell_seconds if seconds is None else seconds
        if wished <= self._seconds_left:
            return self._run(code, sent, wished, f"ran longer than {wished:g} seconds")
        too_slow = f"the notebook ran longer than {self._limits.notebook_seconds:g} seconds in all"
        if self._seconds_left <= 0:
            return Execution("timed_out", [], None, [], too_slow)
        return self._run(code, sent, self._seconds_left, too_slow)

    def _run(self, code: str, sent: str, seconds: float, too_slow: str) -> Execution:
        cell, begun = Cell(self._process, self._channels, self._limits), time.monotonic()
        execution = cell.run(code, sent, seconds, too_slow)
        self.alive = not self._process.ended
        self._sandbox.accidents += self._process.server_gone
        self._seconds_left -= time.monotonic() - begun
        return execution
