"""Warm, sandboxed kernels for any Jupyter client: the kernel provisioner "warm-sandbox".

A kernelspec asks for it in its metadata, {"kernel_provisioner": {"provisioner_name": "warm-sandbox"}}; its argv is
not used. No file is needed: WarmKernelManager finds this kernelspec under any name. So nbgrader's own Execute
runs in sandboxes with `c.Execute.kernel_manager_class = "autograder.sandbox.provisioner.WarmKernelManager"`.

A sandbox stays warm when its kernel has ended, and serves the next one of this process.
"""

import asyncio
import atexit
import signal
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import default

from autograder.sandbox.kernel_process import KernelProcess
from autograder.sandbox.warm import WarmSandbox

SPEC = KernelSpec(
    display_name="Python 3 (warm sandbox)",
    language="python",
    argv=[],
    metadata={"kernel_provisioner": {"provisioner_name": "warm-sandbox"}},
)
PERIOD = 0.05  # seconds


class OneKernelSpec(KernelSpecManager):
    """Knows the warm sandbox, whatever it is asked for."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernelspec of the warm sandbox."""
        return SPEC


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager for nbclient, nbconvert and nbgrader whose kernels all run in warm sandboxes."""

    @default("kernel_spec_manager")
    def _one_kernel_spec(self) -> KernelSpecManager:
        return OneKernelSpec(parent=self)


_idle: list[WarmSandbox] = []


class WarmSandboxProvisioner(KernelProvisionerBase):
    """One kernel in a sandbox of its own. Launching blocks while a new sandbox warms up."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._sandbox: WarmSandbox | None = None
        self._process: KernelProcess | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was launched and not cleaned up."""
        return self._process is not None

    async def pre_launch(self, **more: Any) -> dict[str, Any]:
        """There is no command: the kernel is forked."""
        return {**await super().pre_launch(**more), "cmd": []}

    async def launch_kernel(self, cmd: list[str], **more: Any) -> KernelConnectionInfo:
        """Fork a kernel; returns where its sockets are."""
        if self._sandbox is None:
            self._sandbox = _idle.pop() if _idle else _new_sandbox()
        self._process = self._sandbox.fork()
        self.connection_info = self._process.connection_info()
        return self.connection_info

    async def poll(self) -> int | None:
        """None while the kernel lives."""
        return 0 if self._process is None or self._process.has_ended() else None

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        while await self.poll() is None:
            await asyncio.sleep(PERIOD)
        return 0

    async def send_signal(self, signum: int) -> None:
        """Interrupt or end the kernel; other signals do nothing here."""
        if signum == signal.SIGINT and self._process is not None:
            self._process.interrupt()
        elif signum in (signal.SIGTERM, signal.SIGKILL):
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and everything it started."""
        if self._process is not None:
            self._process.kill()

    async def terminate(self, restart: bool = False) -> None:
        """The same."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Wipe what the kernel left; the sandbox stays warm for the next one."""
        if self._process is not None:
            self._process.watcher.stop()
            self._process = None
        if self._sandbox is not None and not restart:
            self._sandbox.clean()
            _idle.append(self._sandbox)
            self._sandbox = None


def _new_sandbox() -> WarmSandbox:
    """A sandbox that ends with this process."""
    sandbox = WarmSandbox()
    atexit.register(sandbox.close)
    return sandbox
