"""The project's own files agree with one another."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from autograder.exercises import assignments
from autograder.paths import COURSE
from autograder.release import release, same_document, write_cases
from course.cases import FOLDER
from course.data.carriers import carriers

PROJECT = tomllib.loads((COURSE / "pyproject.toml").read_text())["project"]
ASSIGNMENTS = sorted(assignments())
SECRETS = ("BEGIN SOLUTION", "END SOLUTION", "autograder", "HIDDEN TESTS")


def notebook(folder: str, assignment: str) -> dict:
    return json.loads((COURSE / folder / assignment / f"{assignment}.ipynb").read_text())


def test_environment_says_the_same_as_pyproject() -> None:
    dependencies = yaml.safe_load((COURSE / "environment.yml").read_text())["dependencies"]
    assert f"python {PROJECT['requires-python']}" in dependencies
    pip = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    assert pip == ["--editable .[grade,test]"]
    assert {"grade", "test"} <= PROJECT["optional-dependencies"].keys()


def test_every_dependency_says_where_it_is_used() -> None:
    text = (COURSE / "pyproject.toml").read_text()
    pinned = re.findall(r'^    "[a-zA-Z0-9-]+(?:\[.*?\])?[<>=].*$', text, re.MULTILINE)
    assert len(pinned) > 15
    assert all("#" in line for line in pinned)


def test_readme_credits_every_carrier() -> None:
    readme = (COURSE / "README.md").read_text()
    assert [
        carrier.name for carrier in carriers().values() if f"{carrier.name} {carrier.version}" not in readme
    ] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_is_in_step_with_source(assignment: str, tmp_path: Path) -> None:
    for folder in ("source", "release"):
        target = tmp_path / folder / assignment / f"{assignment}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text((COURSE / folder / assignment / f"{assignment}.ipynb").read_text())
    committed = (tmp_path / "release" / assignment / f"{assignment}.ipynb").read_bytes()
    release(assignment, tmp_path, tmp_path / "cases")
    assert (tmp_path / "release" / assignment / f"{assignment}.ipynb").read_bytes() == committed


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_public_cases_are_in_step_with_the_exercises(assignment: str, tmp_path: Path) -> None:
    for name, exercise in assignments()[assignment].items():
        write_cases(exercise, tmp_path)
        fresh, committed = ((folder / f"{name}.json").read_text() for folder in (tmp_path, FOLDER))
        assert same_document(json.loads(committed), json.loads(fresh)), (
            f"run `autograder release {assignment}`"
        )


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_release_gives_nothing_away(assignment: str) -> None:
    text = json.dumps(notebook("release", assignment))
    assert not [secret for secret in SECRETS if secret in text]
    assert all(not cell.get("outputs") for cell in notebook("release", assignment)["cells"])


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_source_notebook_is_complete(assignment: str) -> None:
    graded = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in notebook("source", assignment)["cells"]
        if "nbgrader" in cell["metadata"]
    }
    names = list(assignments()[assignment])
    assert [name for name in graded if not name.startswith("test_")] == names
    tests = [graded[f"test_{name}"] for name in names]
    assert ["".join(cell["source"]) for cell in tests] == [f"check({name})" for name in names]
    assert sum(cell["metadata"]["nbgrader"]["points"] for cell in tests) == 10


@pytest.mark.parametrize("folder", ["source", "release"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_notebook_files_are_stable(folder: str, assignment: str) -> None:
    document = notebook(folder, assignment)
    ids = [cell["id"] for cell in document["cells"]]
    assert len(set(ids)) == len(ids)
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] is None and cell["outputs"] == [] for cell in code)
    assert document["metadata"]["kernelspec"]["name"] == "python3"


def test_students_package_knows_nothing_of_the_instructors() -> None:
    files = list((COURSE / "course").rglob("*.py"))
    assert len(files) > 10
    assert not [file for file in files if re.search(r"(from|import) autograder", file.read_text())]


def test_importing_the_course_imports_no_tensorflow() -> None:
    code = "import sys, course.check, course.data, course.cases; print('tensorflow' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_no_reference_is_in_the_students_package() -> None:
    """No function of the course is called like an exercise, and none of the references' code is there."""
    names = {name for group in assignments().values() for name in group}
    for file in (COURSE / "course").rglob("*.py"):
        defined = set(re.findall(r"^def (\w+)", file.read_text(), re.MULTILINE))
        assert not defined & names - {"train_step", "transfer_step", "ascent_step"}, file


def test_every_test_that_the_docs_name_is_there() -> None:
    text = (COURSE / "docs" / "grading.md").read_text()
    files = {Path(name).name: COURSE / name for name in re.findall(r"`(tests/[\w/]+\.py)", text)}
    named = re.findall(r"`(?:[\w/]*?(\w+\.py))?::(\w+)`", text)
    assert len(named) > 10
    assert all(path.is_file() for path in files.values())
    last = ""
    for file, name in named:
        last = file or last
        assert f"def {name}(" in files[last].read_text(), (last, name)
