"""What students get, in one folder and as a zip: notebooks, `course` as a wheel, an environment, a README.

The wheel is built from `course` alone, so nothing of the grader can be in it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from autograder.exercises import assignments
from autograder.paths import COURSE, notebook_in

NAME = "convnet-course"

PROJECT = """\
[build-system]
requires = {requires}
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "{version}"
description = "Special applications of ConvNets: what the notebooks import"
requires-python = "{python}"
dependencies = {dependencies}
optional-dependencies.gpu = {gpu}

[tool.setuptools.packages.find]
include = ["course*"]

[tool.setuptools.package-data]
course = {data}
"""

ENVIRONMENT = """\
name: {name}
channels:
  - conda-forge
dependencies:
  - python {python}
  - pip
  - pip:
      - ./{wheel}
"""


def bundle(out: Path) -> Path:
    """Writes `out/convnet-course` anew, and beside it the zip, whose path it gives.

    Raises:
        RuntimeError: the wheel could not be built; the message says why.
    """
    folder = out / NAME
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wheel = _build_wheel(folder)
    for assignment in assignments():
        target = notebook_in(folder / "notebooks", assignment)
        target.parent.mkdir(parents=True)
        shutil.copy(notebook_in(COURSE / "release", assignment), target)
    python = _project()["project"]["requires-python"]
    (folder / "environment.yml").write_text(ENVIRONMENT.format(name=NAME, python=python, wheel=wheel.name))
    readme = (Path(__file__).parent / "templates" / "students.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(readme.replace("WHEEL", wheel.name), encoding="utf-8")
    return Path(shutil.make_archive(str(folder), "zip", out, NAME))


def _project() -> dict:
    return tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))


def _build_wheel(folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as build:
        shutil.copytree(
            COURSE / "course", Path(build, "course"), ignore=shutil.ignore_patterns("__pycache__")
        )
        Path(build, "pyproject.toml").write_text(_student_project(), encoding="utf-8")
        command = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), build]
        run = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"pip could not build the wheel of `course`: {run.stderr.strip()}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def _student_project() -> str:
    """The project file of `course` alone, with the versions of ours. JSON's lists of strings are TOML's."""
    ours = _project()
    project = ours["project"]
    return PROJECT.format(
        requires=json.dumps(ours["build-system"]["requires"]),
        name=project["name"],
        version=project["version"],
        python=project["requires-python"],
        dependencies=json.dumps(project["dependencies"]),
        gpu=json.dumps(project["optional-dependencies"]["gpu"]),
        data=json.dumps(ours["tool"]["setuptools"]["package-data"]["course"]),
    )
