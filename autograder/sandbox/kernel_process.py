"""One forked kernel and what the trusted side can do to it from outside, without speaking to it."""

from dataclasses import dataclass
from typing import Any

from jupyter_client.connect import KernelConnectionInfo

from autograder.sandbox.channels import PORTS
from autograder.sandbox.server import ForkServer, ServerGoneError
from autograder.sandbox.watcher import Watcher

KILL_SECONDS = 5.0  # from the kill until the whole sandbox is ended


@dataclass
class KernelProcess:
    """A kernel in the sandbox of `server`, under watch. `ended` is true once its end was noticed; with `server_gone`, the
    whole sandbox ended, which no student's code can do: this machine ended it.
    """

    server: ForkServer
    key: str
    watcher: Watcher
    ended: bool = False
    server_gone: bool = False

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Whether the kernel's process has ended, or ends in that time."""
        try:
            event = None if self.ended else self.server.event(seconds)
        except ServerGoneError:
            self.ended = self.server_gone = True
            return True
        self.ended = self.ended or (event is not None and event["event"] == "ended")
        return self.ended

    def interrupt(self) -> None:
        """SIGINT to the kernel."""
        try:
            self.server.ask("interrupt")
        except ServerGoneError:
            self.ended = True

    def kill(self) -> None:
        """End the kernel with all its processes; the whole sandbox if that does not work."""
        self.server.kill_notebook()
        if not self.has_ended(KILL_SECONDS):
            self.server.close()
            self.ended = True

    def connection_info(self) -> KernelConnectionInfo:
        """What a Jupyter client needs to connect."""
        # jupyter_client declares the key as text, but compares it with bytes.
        more: Any = {**PORTS, "key": self.key.encode()}
        return KernelConnectionInfo(
            transport="ipc", ip=f"{self.server.ipc}/k", signature_scheme="hmac-sha256", **more
        )
