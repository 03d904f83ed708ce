"""A JupyterLab of one's own: on a free port of this machine, in a folder, for as long as it is wanted."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START_SECONDS = 90


class Lab:
    """A running JupyterLab. `url(path)` is the address of a page of it, with the token that opens it."""

    def __init__(self, port: int, token: str) -> None:
        self._base, self._token = f"http://127.0.0.1:{port}", token

    def url(self, path: str) -> str:
        return f"{self._base}/{path}?token={self._token}"

    def answers(self) -> bool:
        try:
            with urlopen(self.url("api/status"), timeout=5) as answer:
                return "kernels" in json.load(answer)
        except (URLError, ConnectionError, TimeoutError):
            return False


@contextmanager
def jupyter_lab(folder: Path, home: Path, *options: str) -> Iterator[Lab]:
    """Starts `jupyter lab` in `folder`, as somebody whose home is the empty folder `home`; ends it at last."""
    port, token = _free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", *options]
    with (home / "jupyter.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment(home), stdout=log, stderr=log)
        try:
            lab = Lab(port, token)
            _wait_until_it_answers(lab, server, Path(log.name))
            yield lab
        finally:
            server.terminate()
            server.wait(30)


def environment(home: Path) -> dict[str, str]:
    """This environment, but with a home that knows nothing of this machine's Jupyter; the data stay where they are."""
    from course.data.carriers import cache_folder

    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG_"))}
    return {**kept, "HOME": str(home), "PATH": programs, "COURSE_DATA_DIR": str(cache_folder())}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_it_answers(lab: Lab, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(START_SECONDS * 2):
        if lab.answers():
            return
        assert server.poll() is None, f"JupyterLab ended:\n{log.read_text()}"
        time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not start in {START_SECONDS} s:\n{log.read_text()}")
