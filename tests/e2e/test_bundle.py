"""What students get: nothing of the instructors' in it, and it works where there is nothing else."""

import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.bundle import bundle
from autograder.exercises import assignments
from autograder.paths import notebook_in
from tests.submissions import filled, released, solved

SECRETS = rb"BEGIN SOLUTION|END SOLUTION|HIDDEN TESTS|autograder\.exercise|import autograder|from autograder"
ELSEWHERE = "raise ModuleNotFoundError('Students have no nbgrader.')"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, unpacked from its zip somewhere else."""
    archive = bundle(tmp_path_factory.mktemp("dist"))
    elsewhere = tmp_path_factory.mktemp("student")
    zipfile.ZipFile(archive).extractall(elsewhere)
    return elsewhere / "convnet-course"


def wheel_of(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the bundle and of the wheel in it."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".whl":
            yield str(path.relative_to(folder)), path.read_bytes()
    with zipfile.ZipFile(wheel_of(folder)) as wheel:
        for name in wheel.namelist():
            yield name, wheel.read(name)


def test_it_holds_the_notebooks_the_package_and_nothing_else(folder: Path) -> None:
    notebooks = {f"notebooks/{name}/{name}.ipynb" for name in assignments()}
    others = {name for name, _ in contents(folder)} - notebooks - {"README.md", "environment.yml"}
    assert {Path(name).parts[0] for name in others} == {"course", "convnet_course-0.1.0.dist-info"}
    assert all(notebook_in(folder / "notebooks", name).is_file() for name in assignments())
    assert "course/cases/triplet_loss.json" in others
    assert "course/data/carriers.toml" in others
    assert not [name for name in others if "test" in name or name.endswith("entry_points.txt")]


def test_nothing_in_it_gives_anything_away(folder: Path) -> None:
    assert [name for name, data in contents(folder) if re.search(SECRETS, data)] == []


def test_its_environment_installs_its_wheel_on_the_same_pythons(folder: Path) -> None:
    environment = yaml.safe_load((folder / "environment.yml").read_text())
    assert {"pip": [f"./{wheel_of(folder).name}"]} in environment["dependencies"]
    metadata = dict(contents(folder))["convnet_course-0.1.0.dist-info/METADATA"].decode()
    assert "Requires-Dist: tensorflow==2.21.*" in metadata
    assert "nbgrader" not in metadata
    python = re.search("^Requires-Python: (.*)$", metadata, re.MULTILINE)
    assert python
    versions = next(each for each in environment["dependencies"] if str(each).startswith("python "))
    assert set(python[1].split(",")) == set(versions.removeprefix("python ").split(","))
    assert wheel_of(folder).name in (folder / "README.md").read_text()


@pytest.fixture(scope="module")
def python(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel and what it depends on, but neither this repository nor nbgrader.

    What it depends on is borrowed from this environment: a path file adds its packages, but not the link by which
    this environment finds the repository.
    """
    environment = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel_of(folder))]
    subprocess.run([python, *install], check=True, cwd=folder)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    (packages / "nbgrader.py").write_text(ELSEWHERE)
    return python


def run(notebook: NotebookNode, python: Path, folder: Path) -> list[str]:
    """Runs a notebook from top to bottom in plain Jupyter; the names of all errors."""
    manager = AsyncKernelManager()
    spec = manager.kernel_spec
    assert spec
    spec.argv[0] = str(python)
    place = {"metadata": {"path": str(folder / "notebooks")}}
    NotebookClient(notebook, km=manager, allow_errors=True, timeout=300, resources=place).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.ename for output in outputs if output.output_type == "error"]


def test_it_needs_neither_the_repository_nor_nbgrader(python: Path, folder: Path) -> None:
    code = "import course; print(course.__file__)\ntry: import autograder\nexcept ImportError: print('alone')"
    said = subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True, check=True).stdout
    place, alone = said.splitlines()
    assert Path(place).is_relative_to(python.parents[1])
    assert alone == "alone"


def test_a_handed_out_notebook_stops_only_at_what_is_not_written(python: Path, folder: Path) -> None:
    notebook = nbformat.read(notebook_in(folder / "notebooks", "03_triplet_loss"), as_version=4)
    assert set(run(notebook, python, folder)) == {"NotImplementedError", "NotWrittenError"}


def test_a_solved_notebook_runs_to_its_end(python: Path, folder: Path) -> None:
    name = "01_one_shot_learning"
    source = solved(name)
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    assert run(filled(answers, released(name)), python, folder) == []
