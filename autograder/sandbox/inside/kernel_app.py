"""The notebook's kernel, in two halves: what needs no socket is made before the fork, once, the rest after it.

ipykernel makes it in one go, which costs every notebook fifty milliseconds: shell, magics, configuration, a list of all
modules. Like fork_server.py, this file runs alone, outside the package.
"""

import logging
import os
import sys
from typing import Any

import zmq
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import BaseIPythonApplication
from traitlets import Float
from traitlets.config import Config

# The numbers at the end of the sockets' names; channels.py says the same.
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}


class WarmOutStream(OutStream):
    """stdout or stderr. A flush with nothing written does nothing: waiting for the other thread costs a fifth of a
    millisecond, and a cell or a display flushes both streams."""

    _sending = False

    def flush(self) -> None:
        if self._buffers or self._sending:
            super().flush()

    def _flush(self) -> None:
        self._sending = True
        super()._flush()
        self._sending = False


class WarmKernel(IPythonKernel):
    """A kernel that gets its sockets later. It need not pause after a cell: who waits for "idle" has all outputs."""

    _execute_sleep = Float(0.0)

    @classmethod
    def instance(cls, *args: Any, **given: Any) -> Any:
        """The kernel; the one that is there already takes on what is given."""
        if not cls.initialized():
            return super().instance(*args, **given)
        kernel: Any = super().instance()
        for name, value in given.items():
            setattr(kernel, name, value)
        kernel.shell.displayhook.pub_socket = kernel.shell.display_pub.pub_socket = kernel.iopub_socket
        return kernel


class WarmKernelApp(IPKernelApp):
    """`prepare` before the fork, `open` after it, then `start`. Stores no history, starts no debugger."""

    def prepare(self) -> None:
        """Everything that `initialize` does and that needs neither sockets nor threads, which no fork would keep."""
        BaseIPythonApplication.initialize(self, [])
        self.init_pdb()
        more = {"session": self.session, "log": self.log, "profile_dir": self.profile_dir}
        self.kernel = WarmKernel.instance(parent=self, user_ns=self.user_ns, **more)
        self.init_path()
        self.init_shell()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        # pyplot was imported when there was no shell to show figures in
        self.kernel.shell.enable_matplotlib("inline")

    def open(self, key: str) -> None:
        """Sockets, signed with `key`, and threads."""
        self.session.key, self.session.pid = key.encode(), os.getpid()
        self.init_sockets()
        self.init_heartbeat()
        self.log_connection_info()
        self.init_io()
        self.init_signal()
        self.init_kernel()

    def init_heartbeat(self) -> None:
        """None: the kernel's process is watched from outside."""

    def init_io(self) -> None:
        """The usual streams, which are made by the name of their class: ours has none that could be imported."""
        super().init_io()
        sys.stdout.__class__ = sys.stderr.__class__ = WarmOutStream

    def init_control(self, context: zmq.Context) -> None:
        """Without subshells, which no notebook uses: the main thread reads its requests itself."""
        super().init_control(context)
        self.shell_channel_thread = None


def prepared(ipc: str) -> WarmKernelApp:
    """A kernel, ready to open, whose sockets will lie in the folder `ipc`."""
    config = Config()
    place = {"transport": "ipc", "ip": f"{ipc}/k", "connection_file": f"{ipc}/kernel.json"}
    config.IPKernelApp.update({**place, **PORTS, "log_level": logging.CRITICAL, "kernel_class": WarmKernel})
    config.HistoryManager.enabled = False
    app: WarmKernelApp = WarmKernelApp.instance(config=config)
    app.prepare()
    return app
