"""The trusted end of one fork server: start it, ask it, notice when it is gone."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import psutil

from autograder.sandbox import bubblewrap, environment, seccomp
from autograder.sandbox.errors import SandboxError
from autograder.sandbox.limits import Limits

WARM_UP_SECONDS = 180.0
CLOSE_SECONDS = 2.0  # for bwrap to end by itself once process 1 of the sandbox has
END_SECONDS = 10.0  # for killed processes to end
MESSAGE_BYTES = 100_000
# The fork server's threads count as well, and the watcher, which says what happened, shall be first.
SPARE_PROCESSES = 64


class ServerGoneError(Exception):
    """The fork server ended or does not answer; start a new one."""


class ForkServer:
    """A running fork server; `process` is the server itself (bwrap, until it is warm), `seen` what the watcher saw run
    under it."""

    def __init__(
        self, isolation: str, limits: Limits, extra: Mapping[str, str], readonly: Sequence[Path]
    ) -> None:
        self.control, theirs = Pipe()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the object)
        self._home = tempfile.TemporaryDirectory(prefix="warm-", dir="/tmp") if isolation == "none" else None
        self.dead = False
        self.seen: list[psutil.Process] = []
        try:
            command = self._command(limits, extra, readonly, theirs.fileno())
            self._process = subprocess.Popen(
                command,
                env={} if self._home is None else environment_alone(self._home.name, extra),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
            )
        finally:
            theirs.close()
        self.process = psutil.Process(self._process.pid)
        try:
            self.wait_for("warm", WARM_UP_SECONDS)
            if self._home is None:
                self.process = inner_process(self._process.pid)
        except (ServerGoneError, psutil.NoSuchProcess, IndexError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(CLOSE_SECONDS)
            self.close()
            raise SandboxError(f"The sandbox did not start: {self._last_words()}") from None

    def _command(
        self, limits: Limits, extra: Mapping[str, str], readonly: Sequence[Path], control: int
    ) -> list[str]:
        """The command that starts the fork server, isolated or not."""
        settings = {"control": control, "rlimits": rlimits(limits, isolated=self._home is None)}
        if self._home is not None:
            home, ipc = Path(self._home.name, "home"), Path(self._home.name, "ipc")
            for place in (home, ipc):
                place.mkdir()
            settings |= {"home": str(home), "ipc": str(ipc), "writable": [str(home), str(ipc)]}
            return [
                sys.executable,
                str(Path(__file__).with_name("inside") / "fork_server.py"),
                json.dumps(settings),
            ]
        bwrap = bubblewrap.find_bwrap()
        assert bwrap is not None  # WarmSandbox.start has asked refusal()
        settings |= {"home": bubblewrap.HOME, "ipc": bubblewrap.IPC}
        settings |= {"writable": [*bubblewrap.WRITABLE, bubblewrap.IPC]}
        settings |= {"seccomp": b64encode(seccomp.program()).decode()}
        prefix = bubblewrap.command_prefix(bwrap, readonly, limits.disk_bytes)
        inside = environment.inside(bubblewrap.HOME, bubblewrap.PACKAGES, search_path(), extra)
        variables = bubblewrap.environment_arguments(inside)
        return [*prefix[:-1], *variables, "--", sys.executable, bubblewrap.FORK_SERVER, json.dumps(settings)]

    @property
    def ipc(self) -> str:
        """The folder of the kernel's sockets, as this process reaches it."""
        return f"{self._home.name}/ipc" if self._home else f"/proc/{self.process.pid}/root{bubblewrap.IPC}"

    @property
    def places(self) -> list[str]:
        """The writable places that lie in memory, as this process reaches them."""
        return (
            [] if self._home else [f"/proc/{self.process.pid}/root{place}" for place in bubblewrap.WRITABLE]
        )

    def ask(self, do: str, **more: Any) -> None:
        """Send a request; ServerGoneError if nobody is there."""
        try:
            self.control.send_bytes(json.dumps({"do": do, **more}).encode())
        except OSError:
            self.dead = True
            raise ServerGoneError from None

    def event(self, seconds: float) -> dict[str, Any] | None:
        """The next report, or None if none came in time; ServerGoneError when the server ended."""
        try:
            if not self.control.poll(seconds):
                return None
            event: dict[str, Any] = json.loads(self.control.recv_bytes(MESSAGE_BYTES))
        except (EOFError, OSError, ValueError):
            self.dead = True
            raise ServerGoneError from None
        return event

    def wait_for(self, name: str, seconds: float) -> None:
        """Skip reports until the one called `name`; ServerGoneError if it does not come in time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            event = self.event(left)
            if event is not None and event["event"] == name:
                return
            if event is not None and event["event"] == "failed":
                raise SandboxError(f"The kernel did not start: {event['why']}")
        self.dead = True
        raise ServerGoneError

    def kill_notebook(self) -> None:
        """Have everything killed but the fork server itself, at once."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.send_signal(signal.SIGUSR1)

    def close(self) -> None:
        """End it and everything in it."""
        self.dead = True
        self.control.close()
        family = self.seen
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [*family, *psutil.Process(self._process.pid).children(recursive=True)]
        self._end_from_inside()
        for process in (*family, self._process):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        wait_until_ended(family)
        self._process.wait()
        if self._home is not None:
            self._home.cleanup()

    def _end_from_inside(self) -> None:
        """End the fork server, and with it all others in the sandbox; each bwrap then ends by itself.

        A bwrap killed before its child would leave that to process 1 of the machine, which may take a second.
        """
        with contextlib.suppress(psutil.NoSuchProcess, subprocess.TimeoutExpired):
            self.process.kill()
            self._process.wait(CLOSE_SECONDS)

    def _last_words(self) -> str:
        """Its last line on stderr; that is somebody's log where it did not end by itself."""
        if not 0 <= self._process.returncode < 128:
            return "it was ended from outside, or by us after too long: see whether memory is short here."
        self._stderr.seek(0)
        lines = self._stderr.read()[-2000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def wait_until_ended(processes: Sequence[psutil.Process]) -> None:
    """Wait for killed processes; not for whoever is their parent now to collect them, which it may never do."""
    deadline = time.monotonic() + END_SECONDS
    while any(map(runs, processes)) and time.monotonic() < deadline:
        time.sleep(0.005)


def runs(process: psutil.Process) -> bool:
    """Whether it has not ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def environment_alone(folder: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment without isolation: the same, with home and temporary files in `folder`."""
    packages = str(bubblewrap.package_folder("course").parent)
    home = str(Path(folder, "home"))
    return {**environment.inside(home, packages, search_path(), extra), "TMPDIR": home}


def search_path() -> str:
    """PATH inside."""
    return os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])


def rlimits(limits: Limits, isolated: bool) -> dict[str, int]:
    """What the kernel process sets for itself; not RLIMIT_AS, as TensorFlow reserves address space."""
    values = {"RLIMIT_FSIZE": limits.file_bytes, "RLIMIT_NOFILE": limits.open_files, "RLIMIT_CORE": 0}
    if isolated:  # elsewhere it would count all processes of the user
        values |= {"RLIMIT_NPROC": limits.processes + SPARE_PROCESSES, "RLIMIT_MSGQUEUE": 0}
    return values


def inner_process(bwrap: int) -> psutil.Process:
    """Process 1 of the sandbox: the last of the chain of bwrap processes, before any kernel is there."""
    return psutil.Process(bwrap).children(recursive=True)[-1]
