"""A student and 03_triplet_loss in JupyterLab, as `make lab` opens it: what stands on the screen after each step."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import BrowserContext, expect

from autograder.paths import COURSE, notebook_in
from tests.browser.conftest import Picture
from tests.browser.notebook import SLOW, Notebook
from tests.browser.server import Lab, jupyter_lab
from tests.submissions import ASSIGNMENT, cell_of, hand_in, released, solved
from tests.submissions.mistaken import MISTAKEN

MISTAKE = "the maximum with zero is missing"
WRONG = {"triplet_loss": MISTAKEN[MISTAKE][1]}
EXERCISES = [
    cell.metadata.nbgrader.grade_id
    for cell in released().cells
    if cell.metadata.get("nbgrader", {}).get("solution")
]
FIGURES = ["question-picture", "loss-curve-picture", "cost-shrink-picture", "valid-table-picture"]


def right(*names: str) -> dict[str, str]:
    """The exercises as somebody writes them who knows how."""
    return {name: re.sub(r" *### .*\n?", "", cell_of(solved(), name).source) for name in names}


def untouched(*names: str) -> dict[str, str]:
    """The exercises as they were handed out."""
    return {name: cell_of(released(), name).source for name in names}


def options_of_make_lab() -> list[str]:
    """What `make lab` gives to `jupyter lab`."""
    command = [
        "make",
        "--no-print-directory",
        "-n",
        "lab",
    ]  # make may be what runs the tests, and says more then
    said = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=True).stdout
    program, verb, *options = shlex.split(said.splitlines()[-1])
    assert (Path(program).name, verb) == ("jupyter", "lab")
    return options


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what `make lab` opens."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("release", "lab"):
        shutil.copytree(COURSE / name, folder / name)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    return folder


@pytest.fixture(scope="module")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with jupyter_lab(course, tmp_path_factory.mktemp("home"), *options_of_make_lab()) as lab:
        yield lab


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the browser's console said in red."""
    return []


@pytest.fixture(scope="module")
def notebook(context: BrowserContext, lab: Lab, complaints: list[str]) -> Notebook:
    """03_triplet_loss, open, its imports run."""
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    notebook = Notebook(page, lab, ASSIGNMENT, released())
    notebook.run("imports")
    return notebook


@pytest.fixture(autouse=True)
def nothing_is_wrong_in_the_console(complaints: list[str]) -> Iterator[None]:
    yield
    assert complaints == []


def handed_in(course: Path) -> nbformat.NotebookNode:
    """The notebook as it lies on the disk."""
    return nbformat.read(notebook_in(course / "release", ASSIGNMENT), as_version=4)


def test_nothing_but_the_notebook_asks_for_attention(notebook: Notebook, picture: Picture) -> None:
    notebook.page.wait_for_timeout(3000)
    expect(notebook.page.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)
    picture(notebook.page, "student-1-opened")


def test_an_untouched_exercise_says_what_to_do(notebook: Notebook, picture: Picture) -> None:
    notebook.run("triplet_loss", "test_triplet_loss")
    output = notebook.output("test_triplet_loss")
    expect(output).to_have_text(
        "NotImplementedError: triplet_loss is not written yet: replace the last line of the exercise by your code."
    )
    picture(notebook.page, "student-2-untouched")


def test_a_wrong_answer_is_named(notebook: Notebook, picture: Picture) -> None:
    notebook.write(WRONG)
    notebook.run("triplet_loss", "test_triplet_loss")
    output = notebook.output("test_triplet_loss")
    expect(output.locator("p")).to_have_text(
        f"triplet_loss: ✗ 0 of 5 cases are right. It looks as if {MISTAKE}."
    )
    expect(output.locator("table")).to_be_visible()
    picture(notebook.page, "student-3-wrong")


def test_a_right_answer_is_green_and_folded(notebook: Notebook, picture: Picture) -> None:
    notebook.write(right("triplet_loss"))
    notebook.run("triplet_loss", "test_triplet_loss")
    output = notebook.output("test_triplet_loss")
    expect(output.locator("summary")).to_have_text("triplet_loss: ✓ all 5 cases are right")
    expect(output.locator("table")).to_be_hidden()
    picture(notebook.page, "student-4-right")
    output.locator("summary").click()
    expect(output.locator("table")).to_be_visible()
    expect(output.locator("td").get_by_text("✓ right")).to_have_count(5)


def test_the_slider_moves_the_figure(notebook: Notebook, picture: Picture) -> None:
    notebook.write(right("triplet_loss"))
    notebook.run("triplet_loss", "question-picture", "loss-curve-picture", "loss-slider-live")
    output = notebook.output("loss-slider-live")
    figure = output.locator("img")
    before = figure.get_attribute("src")
    output.get_by_role("slider").first.press("ArrowRight")
    expect(output.locator(".widget-readout").first).to_have_text("0.25")
    expect(figure).not_to_have_attribute("src", before or "")
    figure.scroll_into_view_if_needed()
    picture(notebook.page, "student-5-slider")


def test_figures_have_a_text(notebook: Notebook) -> None:
    notebook.write(right("triplet_loss", "triplet_cost", "valid_triplets"))
    notebook.run("triplet_loss", "triplet_cost", "valid_triplets", *FIGURES)
    for name in FIGURES:
        (text,) = notebook.output(name).locator("img").evaluate_all("all => all.map(image => image.alt)")
        assert len(text) > 40, text


def test_a_restart_loses_nothing(notebook: Notebook, course: Path) -> None:
    answers = right("triplet_loss")
    notebook.write(answers)
    notebook.run("triplet_loss", "test_triplet_loss")
    notebook.save()
    notebook.restart()
    expect(notebook.output("test_triplet_loss")).to_contain_text("all 5 cases are right")
    notebook.run("imports", "triplet_loss", "test_triplet_loss")
    expect(notebook.output("test_triplet_loss")).to_contain_text("all 5 cases are right")
    assert cell_of(handed_in(course), "triplet_loss").source == answers["triplet_loss"]


def test_validate_tells_what_is_missing(notebook: Notebook, picture: Picture) -> None:
    notebook.write({**right(*EXERCISES), **WRONG})
    assert f"It looks as if {MISTAKE}" in validated(notebook)
    picture(notebook.page, "student-6-validate")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()
    notebook.write(right("triplet_loss"))
    assert "Success! Your notebook passes all the tests." in validated(notebook)
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()


def validated(notebook: Notebook) -> str:
    """Presses the Validate button; what the dialog says."""
    notebook.page.get_by_role("button", name="Validate").click()
    dialog = notebook.page.locator(".jp-Dialog").filter(has_text="Validation Results")
    expect(dialog).to_be_visible(timeout=SLOW)
    return dialog.inner_text()


def test_run_all_gets_to_the_end(notebook: Notebook, course: Path, picture: Picture) -> None:
    """With five steps of training in place of 250, as the notebook's end invites to play with it."""
    loop = next(cell.source for cell in released().cells if cell.id == "training-loop")
    notebook.write({**right(*EXERCISES), "training-loop": loop.replace("= 250,", "= 5,")})
    notebook.restart()
    notebook.run_all()
    notebook.save()
    outputs = [output for cell in handed_in(course).cells for output in cell.get("outputs", [])]
    assert [output.evalue for output in outputs if output.output_type == "error"] == []
    images = notebook.page.locator(".jp-OutputArea img").evaluate_all("all => all.map(image => image.alt)")
    assert len(images) > 12
    assert min(map(len, images)) > 20, images


def test_what_was_saved_is_graded(notebook: Notebook, course: Path, tmp_path: Path) -> None:
    """Filled in by hand right, wrong and half; each saved from the browser, handed in and graded."""
    for student, answers in {
        "right": right(*EXERCISES),
        "wrong": WRONG,
        "half": right("triplet_loss") | untouched(*EXERCISES[4:]),
    }.items():
        notebook.write(answers)
        notebook.save()
        hand_in(tmp_path, student, notebook_in(course / "release", ASSIGNMENT).read_bytes())
    command = [
        "-m",
        "autograder.cli",
        "grade",
        ASSIGNMENT,
        "--root",
        tmp_path,
        "--json",
        tmp_path / "out.json",
    ]
    subprocess.run([sys.executable, *map(str, command)], check=True, capture_output=True)
    rows = {row["student"]: row for row in json.loads((tmp_path / "out.json").read_text())["submissions"]}
    assert (rows["right"]["score"], rows["half"]["score"]) == (10, 5)
    found = {exercise["name"]: exercise for exercise in rows["wrong"]["exercises"]}
    assert (found["triplet_loss"]["score"], found["triplet_loss"]["mistake"]) == (0, MISTAKE)
    assert found["valid_triplets"]["outcome"] == "passed"
    assert [exercise["outcome"] for exercise in rows["half"]["exercises"]] == ["passed"] * 4 + ["missing"] * 4
