"""otter-grader in a virtual environment of its own, which borrows TensorFlow and the course from this one's."""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from autograder.paths import COURSE
from course.data import cache_folder
from tests.fates.exercise import for_otter
from tests.fates.limits import run
from tests.fates.with_nbgrader import shorten
from tests.submissions import hand_in
from tests.submissions.fates import Fate

VERSION = "7.0.0"


class Otter:
    """`result` grades a submission; only triplet_loss is tested.

    Raises:
        RuntimeError: it cannot be installed here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._programs = folder, installed()
        (folder / "tests").mkdir(parents=True)
        (folder / "tests" / "triplet_loss.py").write_text(for_otter())
        options = [
            "-t",
            "tests",
            "-o",
            "autograder.zip",
            "--no-requirements",
            "--no-environment",
            "--no-config",
        ]
        if why := run([self._programs / "otter", "generate", *options], folder, self._programs):
            raise RuntimeError(f"otter generate {why}")

    def result(self, name: str, fate: Fate) -> str:
        """Points of triplet_loss, or why there are none."""
        path = hand_in(self._folder, name, fate())
        fate.folder(path.parent)
        shorten(path)
        results = self._folder / "results.json"
        results.unlink(missing_ok=True)
        options = ["--no-logo", "-a", "autograder.zip", "-o", str(self._folder)]
        why = run([self._programs / "otter", "run", *options, path], self._folder, self._programs)
        shutil.rmtree(self._folder / "submitted")
        if why or not results.is_file():
            return why or "no score"
        tests = json.loads(results.read_text())["tests"]
        return f"{sum(test.get('score', 0.0) for test in tests):g}"


def installed() -> Path:
    """The folder of otter's programs. It is installed once, into the course's cache folder."""
    folder = cache_folder() / f"otter-grader-{VERSION}"
    programs = folder / "bin"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            pip = [
                programs / "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                f"otter-grader=={VERSION}",
            ]
            subprocess.run(pip, check=True)
        except (subprocess.CalledProcessError, OSError) as error:
            raise RuntimeError(f"otter-grader {VERSION} cannot be installed: {error}") from None
        (folder / "ready").touch()
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "zz_course.pth").write_text(f"{sysconfig.get_path('purelib')}\n{COURSE}\n")
    return programs
