"""Process 1 of the sandbox: imports everything once, then forks one kernel at a time.

This file and kernel_app.py run alone, outside the package: they may import nothing of `autograder`.

It is told what to do, and reports, in JSON over a socket pair that a kernel closes before any student code
runs: "fork" -> "ready" (or "failed"), "clean" -> "clean", "interrupt", and "ended" whenever a kernel has
ended. SIGUSR1 ends everything but this process at once. Whatever it cannot put right, it answers by ending itself,
and the sandbox with it: the trusted side then starts a new one.
"""

import base64
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import resource
import shutil
import signal
import struct
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

ALONE = os.getpid() == 1  # in a process namespace of its own, where kill(-1) is safe
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER = 1, 4, 22, 36
SECCOMP_MODE_FILTER = 2
MODULES = ("tensorflow", "keras", "numpy", "matplotlib.pyplot", "ipywidgets", "course")
# What a kernel imports while it starts; imported here, it need not be read again for every notebook.
KERNEL_MODULES = (
    *("ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.debugger"),
    *("matplotlib_inline.backend_inline", "tornado.platform.asyncio", "IPython.core.completerlib"),
    *("IPython.core.debugger", "IPython.core.logger", "IPython.core.magics.ast_mod", "IPython.core.oinspect"),
    *("IPython.core.magics.execution", "IPython.extensions.storemagic", "IPython.utils.module_paths"),
)
LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]


def main() -> None:
    """Warm up, say so, serve until the trusted side goes away."""
    settings = json.loads(sys.argv[1])
    control = Connection(settings["control"])
    protect()
    app = warm_up(settings["ipc"])
    signal.signal(signal.SIGUSR1, lambda *_: kill_others())
    tell(control, "warm")
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        serve(control, settings, app)
    end_others()


def protect() -> None:
    """Nobody but root may look into this process or attach to it."""
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def prctl(option: int, value: int, more: bytes | None = None) -> None:
    """prctl(2), on Linux."""
    if sys.platform.startswith("linux") and ctypes.CDLL(None, use_errno=True).prctl(
        option, value, more, 0, 0
    ):
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value}) failed")


def warm_up(ipc: str) -> Any:
    """Import what notebooks use, and make a kernel ready to open its sockets in the folder `ipc`.

    No TensorFlow operation may run: its threads would not survive a fork.
    """
    gc.disable()  # thousands of modules come in and nothing goes: looking for garbage took a fifth of the time
    kernel_app = importlib.import_module("kernel_app")
    del sys.modules["kernel_app"]  # like any notebook: no longer the folder of this file, nor what lies in it
    sys.path[0] = ""
    import_all()
    app = kernel_app.prepared(ipc)
    gc.collect()
    gc.freeze()
    gc.enable()
    return app


def import_all() -> None:
    """What notebooks use, and what it loads when it is first used."""
    for name in (*KERNEL_MODULES, *MODULES):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(sys.modules["course"].__path__, "course."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    figure = importlib.import_module("matplotlib.figure").Figure()
    figure.add_subplot().set_title("fonts are loaded now")
    figure.savefig(io.BytesIO())


def serve(control: Connection, settings: dict[str, Any], app: Any) -> None:
    """Do what the trusted side asks; EOFError when it is gone."""
    own_limits, kernel = limits_of_server(), 0
    while True:
        if control.poll(0.05):
            request = json.loads(control.recv_bytes())
            if request["do"] == "interrupt" and kernel:
                os.kill(kernel, signal.SIGINT)
            if request["do"] in ("clean", "fork"):
                clean(settings["writable"])
                kernel = 0
                if limits_of_server() != own_limits:
                    sys.exit("a notebook changed the limits of the fork server")
            if request["do"] == "clean":
                tell(control, "clean")
            if request["do"] == "fork":
                kernel = fork_kernel(control, settings, app, request["key"])
        if kernel and kernel in reaped():
            kernel = 0
            tell(control, "ended")


def tell(control: Connection, event: str, **more: str) -> None:
    """Report to the trusted side."""
    control.send_bytes(json.dumps({"event": event, **more}).encode())


def limits_of_server() -> list[Any]:
    """What a process of the same user could change about this one, and the next kernel would inherit."""
    limits: list[Any] = [resource.getrlimit(limit) for limit in LIMITS]
    scheduling = [os.getpriority(os.PRIO_PROCESS, 0)]
    if sys.platform.startswith("linux"):
        scheduling += [os.sched_getscheduler(0), *sorted(os.sched_getaffinity(0))]
    return limits + scheduling


def reaped() -> set[int]:
    """The processes that have ended since the last call."""
    ended: set[int] = set()
    with contextlib.suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            ended.add(pid)
    return ended


def kill_others() -> None:
    """SIGKILL to every process a notebook left."""
    if ALONE:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def end_others() -> None:
    """Kill and wait until nobody is left."""
    with contextlib.suppress(ChildProcessError):
        while True:
            kill_others()
            os.waitpid(-1, 0)


def clean(writable: list[str]) -> None:
    """The state before any notebook: no other process, nothing in any writable place."""
    end_others()
    for place in writable:
        wipe(place)


def wipe(place: str) -> None:
    """Empty a folder while nothing else runs. Links are removed, not followed; mounts are not students'."""
    Path(place).chmod(0o700)
    for name in os.listxattr(place) if sys.platform.startswith("linux") else []:
        os.removexattr(place, name)
    with os.scandir(place) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                if not os.path.ismount(entry.path):
                    shutil.rmtree(entry.path)
            else:
                Path(entry.path).unlink()
    os.utime(place, (0, 0))


def fork_kernel(control: Connection, settings: dict[str, Any], app: Any, key: str) -> int:
    """Fork a kernel and report when its sockets are open, or why they are not; returns its process id."""
    ready, write_ready = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        control.close()
        os.close(ready)
        run_kernel(settings, app, key, write_ready)
    os.close(write_ready)
    with os.fdopen(ready, "rb") as pipe:
        said = pipe.read().decode()
    tell(control, "ready") if said == "ready" else tell(control, "failed", why=said)
    return kernel


def run_kernel(settings: dict[str, Any], app: Any, key: str, ready: int) -> None:
    """In the child: become the kernel. Never returns."""
    try:
        become_ordinary(settings)
        app.open(key)
        os.write(ready, b"ready")
        os.close(ready)
        app.start()
    except BaseException:
        with contextlib.suppress(OSError):
            os.write(ready, traceback.format_exc().encode()[-4000:])
    finally:
        os._exit(0)


def become_ordinary(settings: dict[str, Any]) -> None:
    """A session of its own, no open file of the server's, the limits; visible to debuggers again."""
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # ends with the fork server, where that is not process 1
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    del sys.argv[1:]
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    prctl(PR_SET_DUMPABLE, 1)
    for name, value in settings["rlimits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if sys.platform.startswith("linux"):
        # If the machine runs out of memory, this goes first.
        Path("/proc/self/oom_score_adj").write_text("1000")
    os.setpriority(os.PRIO_PROCESS, 0, 10)  # the grader comes first, whatever a notebook starts
    os.chdir(settings["home"])
    if "seccomp" in settings:
        close_system_calls(base64.b64decode(settings["seccomp"]))


def close_system_calls(program: bytes) -> None:
    """Install a seccomp filter in this process and all it starts (made by seccomp.py, seccomp(2))."""
    code = ctypes.create_string_buffer(program, len(program))
    filter_program = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_program)


if __name__ == "__main__":
    main()
