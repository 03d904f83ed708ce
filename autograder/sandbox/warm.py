"""The warm sandbox: one fork server, one kernel at a time."""

import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal

from autograder.sandbox.bubblewrap import refusal
from autograder.sandbox.channels import Channels
from autograder.sandbox.client import Kernel
from autograder.sandbox.errors import SandboxError
from autograder.sandbox.kernel_process import KernelProcess
from autograder.sandbox.limits import Limits
from autograder.sandbox.server import ForkServer, ServerGoneError
from autograder.sandbox.watcher import Watcher
from course.data import cache_folder

READY_SECONDS = 20.0  # for the fork server to clean up and fork, and then for the kernel to answer
ATTEMPTS = 2
WARNING = (
    "WARNING: isolation is off. Students' code can read and change every file of yours, use the network, and "
    "disturb other submissions. Their grades are still judged outside their processes.\n"
)

Isolation = Literal["bwrap", "none"]


class WarmSandbox:
    """A sandbox in which everything is imported already; one a worker process, one kernel at a time.

    Args:
        isolation: "bwrap", or "none" for a plain child process (with a warning).
        limits: what one notebook may use.
        environment: environment variables inside, besides those of environment.py.
        readonly: files and folders, besides the course's data, that students' code may read, at the same place;
            if root grades, they must be readable for all.

    Start it in a thread that lives as long as the sandbox: it ends with the thread that started it.
    """

    def __init__(
        self,
        isolation: Isolation = "bwrap",
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        environment: Mapping[str, str] | None = None,
        readonly: Sequence[Path] = (),
    ) -> None:
        self.isolation, self.limits = isolation, limits
        self.accidents = 0  # so often this machine ended the sandbox in the middle of a notebook
        self._environment = {"COURSE_DATA_DIR": str(cache_folder()), **(environment or {})}
        self._readonly = [cache_folder(), *readonly]
        self._server: ForkServer | None = None

    def start(self) -> None:
        """Warm up, unless it is warm.

        Raises:
            SandboxError: this machine cannot do it.
        """
        if self._server is None:
            if why := refusal(self.isolation):
                raise SandboxError(why)
            if self.isolation == "none":
                sys.stderr.write(WARNING)
        if self._server is not None and self._server.dead:
            self.close()
        if self._server is None:
            self._server = ForkServer(self.isolation, self.limits, self._environment, self._readonly)

    @contextmanager
    def kernel(self) -> Iterator[Kernel]:
        """A fresh kernel; at the end everything in the sandbox is killed and every writable place wiped."""
        kernel = Kernel(self)
        try:
            yield kernel
        finally:
            kernel.close()
            self.clean()

    def fork(self) -> KernelProcess:
        """Fork a kernel, in a new sandbox if the old one does not answer. What ran before is killed and wiped."""
        for _ in range(ATTEMPTS):
            self.start()
            assert self._server is not None
            key = secrets.token_hex(16)
            try:
                self._server.ask("fork", key=key)
                self._server.wait_for("ready", READY_SECONDS)
            except ServerGoneError:
                continue
            return KernelProcess(self._server, key, Watcher(self._server, self.limits))
        raise SandboxError("No kernel became ready in the sandbox: see whether memory is short here.")

    def open_kernel(self) -> tuple[KernelProcess, Channels]:
        """Fork a kernel and connect to it, in a new sandbox if it does not answer."""
        for _ in range(ATTEMPTS):
            process = self.fork()
            channels = Channels(process.server.ipc, process.key, self.limits)
            try:
                channels.handshake(READY_SECONDS)
            except ServerGoneError:
                process.watcher.stop()
                channels.close()
                process.server.close()
                continue
            return process, channels
        raise SandboxError("A new kernel does not answer: see whether this machine is overloaded.")

    def clean(self) -> None:
        """End everything a notebook left; where that fails, the sandbox: the next kernel gets a new one."""
        if self._server is None or self._server.dead:
            return
        try:
            self._server.ask("clean")
            self._server.wait_for("clean", READY_SECONDS)
        except ServerGoneError:
            self._server.close()

    def close(self) -> None:
        """End the sandbox and everything in it."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> "WarmSandbox":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
