"""What student code can see and reach from inside, and what it leaves for the next notebook: nothing."""

import os
from pathlib import Path

import pytest

from autograder.sandbox import Kernel, WarmSandbox
from tests.sandbox.conftest import SECRET
from tests.sandbox.test_kernel import printed

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "reach",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=3)",
        "socket.create_connection(('127.0.0.1', 22), timeout=3)",
        "socket.getaddrinfo('example.org', 80)",
        "urllib.request.urlopen('https://example.org', timeout=3)",
    ],
)
def test_network_is_unreachable(kernel: Kernel, reach: str) -> None:
    execution = kernel.execute(
        f"import socket, urllib.request\ntry: {reach}\nexcept OSError: print('no network')"
    )
    assert printed(execution) == "no network\n"


def test_no_file_of_the_host_is_there(kernel: Kernel) -> None:
    hidden = [
        str(PROJECT / name) for name in ("autograder", "source", "tests", "release", "pyproject.toml", ".git")
    ]
    hidden += ["/etc/shadow", "/etc/passwd", "/var", "/srv", "/boot", "/sys", "/root/.ssh", "/root/.bashrc"]
    assert (
        printed(kernel.execute(f"import os\nprint([p for p in {hidden!r} if os.path.lexists(p)])")) == "[]\n"
    )


def test_walk_finds_no_file_of_the_project_but_course(kernel: Kernel) -> None:
    code = """
import os
for folder, folders, files in os.walk("/"):
    if folder in ("/proc", "/usr"): folders[:] = []
    if "/site-packages/" in folder: continue
    for name in files:
        if name in ("judge.py", "bubblewrap.py", "limits.py") or name.endswith(".ipynb"): print(folder, name)
"""
    assert printed(kernel.execute(code)) == ""


def test_course_can_be_imported_and_autograder_cannot(kernel: Kernel) -> None:
    code = """
import course, importlib
print(course.__file__)
for name in ("autograder", "autograder.exercises", "autograder.sandbox", "tests", "fork_server", "kernel_app"):
    try: importlib.import_module(name); print(name)
    except ImportError: pass
"""
    assert printed(kernel.execute(code)) == "/sandbox/packages/course/__init__.py\n"


def test_environment_holds_nothing_of_the_parent(kernel: Kernel) -> None:
    code = """
import os
print(dict(os.environ))
for process in ("self", "1"):
    try: print(open(f"/proc/{process}/environ").read())
    except OSError: print("closed")
"""
    found = printed(kernel.execute(code))
    assert "'HOME': '/home/student'" in found
    assert found.endswith("closed\n")
    assert SECRET not in found


def test_user_inside_is_ordinary_and_has_no_capability(kernel: Kernel) -> None:
    code = """
import os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
names = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
print(os.getuid(), *sorted({status[name].strip() for name in names}))
"""
    assert printed(kernel.execute(code)) == "1000 0000000000000000 1 2\n"


@pytest.mark.parametrize(
    "path", ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"]
)
def test_switches_of_the_machine_cannot_be_opened(kernel: Kernel, path: str) -> None:
    code = f"import os\ntry: os.close(os.open({path!r}, os.O_WRONLY)); print('open')\nexcept OSError: print('closed')"
    assert printed(kernel.execute(code)) == "closed\n"


def test_device_files_cannot_be_changed(kernel: Kernel) -> None:
    mode = Path("/dev/null").stat().st_mode
    code = f"import os\ntry: os.chmod('/dev/null', {mode & 0o777})\nexcept OSError: print('refused')"
    assert printed(kernel.execute(code)) == "refused\n"


@pytest.mark.parametrize(
    "flags", ["0x10000000", "0x00020000", "0x20000000"], ids=["user", "mount", "processes"]
)
def test_no_new_namespace(kernel: Kernel, flags: str) -> None:
    assert printed(kernel.execute(f"import ctypes\nprint(ctypes.CDLL(None).unshare({flags}))")) == "-1\n"


LEFTOVERS = """
import os, subprocess, sys, threading, time
home = os.path.expanduser("~")
for place in ("/tmp", "/dev/shm", home):
    open(place + "/left", "w").write("solution")
    os.makedirs(place + "/.deep/er/est"); os.symlink("/usr", place + "/link"); os.chmod(place + "/.deep/er", 0)
    os.chmod(place, 0o500)
subprocess.Popen(["/usr/bin/sleep", "1000"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    while True: time.sleep(1)
threading.Thread(target=time.sleep, args=(1000,)).start()
import builtins, numpy; builtins.left = numpy.left = 1
"""
LOOK = """
import os, builtins, numpy
home = os.path.expanduser("~")
places = ("/tmp", "/dev/shm", home)
found = [os.path.join(place, name) for place in places for name in os.listdir(place) if name != ".ipython"]
print([path for path in found if not os.path.ismount(path)])  # what is read-only may be bound below /tmp
print([oct(os.stat(place).st_mode & 0o777) for place in ("/tmp", "/dev/shm", home)])
print(sorted(int(p) for p in os.listdir("/proc") if p.isdigit()) == [1, os.getpid()])
print(hasattr(builtins, "left"), hasattr(numpy, "left"))
"""


def test_nothing_is_left_for_the_next_notebook(sandbox: WarmSandbox) -> None:
    with sandbox.kernel() as first:
        assert first.execute(LEFTOVERS).status == "ok"
    with sandbox.kernel() as second:
        clean = "[]\n['0o700', '0o700', '0o700']\nTrue\nFalse False\n"
        assert printed(second.execute(LOOK)) == clean


def test_links_are_not_followed_when_wiping(sandbox: WarmSandbox) -> None:
    usr = sorted(os.listdir("/usr/lib"))  # noqa: PTH208
    with sandbox.kernel() as first:
        first.execute("import os; os.symlink('/usr/lib', '/tmp/l'); os.symlink('/sandbox', '/dev/shm/l')")
    with sandbox.kernel() as second:
        assert (
            printed(second.execute("import os; print(os.path.exists('/sandbox/inside/fork_server.py'))"))
            == "True\n"
        )
    assert sorted(os.listdir("/usr/lib")) == usr  # noqa: PTH208


@pytest.mark.parametrize(
    "call",
    [
        "shmget(4242, 1000, 0o1666)",
        "semget(4242, 1, 0o1666)",
        "msgget(4242, 0o1666)",
        "mq_open(b'/left', os.O_CREAT | os.O_RDWR, 0o600, None)",
        "syscall(250, 1, None) if x86 else libc.syscall(219, 1, None)",
        "memfd_create(b'hidden', 0)",
    ],
)
def test_nothing_that_outlives_a_notebook_or_hides_from_the_watcher(kernel: Kernel, call: str) -> None:
    code = f"import ctypes, os\nx86 = os.uname().machine == 'x86_64'\nlibc = ctypes.CDLL(None)\nprint(libc.{call})"
    assert printed(kernel.execute(code)) == "-1\n"


def test_no_socket_to_the_host_of_a_virtual_machine(kernel: Kernel) -> None:
    code = "import socket\ntry: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)\nexcept OSError: print('refused')"
    assert printed(kernel.execute(code)) == "refused\n"


@pytest.mark.parametrize("signal", [9, 19, 15, 2, 11, 10])
def test_fork_server_withstands_signals(sandbox: WarmSandbox, signal: int) -> None:
    with sandbox.kernel() as first:
        first.execute(f"import os, time\nos.kill(1, {signal}); time.sleep(0.3)")
    with sandbox.kernel() as second:
        assert second.execute("1").status == "ok"


@pytest.mark.parametrize(
    "change",
    [
        "resource.prlimit(1, resource.RLIMIT_CPU, (1000, 1000))",
        "os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))",
    ],
)
def test_limits_changed_on_the_fork_server_do_not_last(sandbox: WarmSandbox, change: str) -> None:
    look = "import os, resource\nprint(resource.getrlimit(resource.RLIMIT_CPU), os.nice(0), os.sched_getscheduler(0))"
    with sandbox.kernel() as first:
        before = printed(first.execute(look))
        first.execute("import os, resource\n" + change)
    with sandbox.kernel() as second:
        assert printed(second.execute(look)) == before


def test_memory_of_the_fork_server_is_closed(kernel: Kernel) -> None:
    code = """
import ctypes, os
for name in ("mem", "maps", "environ", "fd", "root", "cwd"):
    path = "/proc/1/" + name
    try: (os.listdir if name in ("fd", "root", "cwd") else lambda p: open(p, "rb").read(1))(path); print(path)
    except OSError: pass
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(16, 1, 0, 0), libc.syscall(434, 1, 0) >= 0 and libc.syscall(438, libc.syscall(434, 1, 0), 3, 0))
"""
    assert printed(kernel.execute(code)) == "-1 -1\n"


def test_kernel_has_no_open_file_of_the_server(kernel: Kernel) -> None:
    code = """
import os
for fd in os.listdir("/proc/self/fd"):
    try: target = os.readlink("/proc/self/fd/" + fd)
    except OSError: continue
    if target.startswith("/") and not target.startswith(("/dev/", "/proc/")): print(target)
"""
    assert printed(kernel.execute(code)) == ""
