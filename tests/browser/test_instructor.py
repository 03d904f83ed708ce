"""An instructor and formgrader: one assignment from its source to a feedback page, by nbgrader's own buttons.

Our engine sits behind them: autograde runs the sandbox, and what formgrader shows is our table of cases.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from autograder.paths import COURSE, notebook_in
from tests.browser.conftest import Picture
from tests.browser.notebook import SLOW
from tests.browser.server import environment, jupyter_lab
from tests.submissions import filled, solved

ASSIGNMENT = "01_one_shot_learning"
EXERCISE = "error_free_probability"
WRONG = f"def {EXERCISE}(accuracy, num_people):\n    return accuracy * num_people"
COMMENT = "Think of two coins: what is the chance that both show heads?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instructor's home, with the exchange in it as `make formgrader` makes it."""
    home = tmp_path_factory.mktemp("home")
    (home / ".convnet-course" / "exchange").mkdir(parents=True)
    return home


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one assignment, and nothing made of it yet."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(COURSE / "source" / ASSIGNMENT, course / "source" / ASSIGNMENT)
    shutil.copy(COURSE / "nbgrader_config.py", course)
    return course


@pytest.fixture(scope="module")
def page(context: BrowserContext, course: Path, home: Path) -> Iterator[Page]:
    with jupyter_lab(course, home) as lab:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(lab.url("lab"))
        page.locator(".Toastify__toast").filter(has_text="Jupyter news").get_by_title(
            "No", exact=True
        ).click()
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.locator(".lm-Menu-itemLabel").get_by_text("Formgrader", exact=True).click()
        yield page


@pytest.fixture(scope="module")
def formgrader(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def press(formgrader: FrameLocator, button: str) -> str:
    """Presses one of the buttons in the table's only row; what the dialog says that comes of it."""
    formgrader.locator(f"#main-table tr .{button} a").click()
    said = formgrader.locator("#success-modal, #error-modal").filter(visible=True)
    expect(said).to_be_visible(timeout=SLOW)
    text = said.inner_text()
    said.locator(".btn-primary").click()
    expect(said).to_have_count(0)
    return text


def submit(course: Path, home: Path, folder: Path) -> None:
    """A student fetches the assignment, gets one exercise of it wrong, and submits."""
    shutil.copy(course / "nbgrader_config.py", folder)
    for command in ("fetch_assignment", "submit"):
        if command == "submit":
            nbformat.write(filled({EXERCISE: WRONG}, solved(ASSIGNMENT)), notebook_in(folder, ASSIGNMENT))
        run = [sys.executable, "-m", "nbgrader", command, ASSIGNMENT]
        subprocess.run(run, cwd=folder, env=environment(home), check=True, capture_output=True)


def test_from_the_source_to_the_feedback(
    page: Page,
    formgrader: FrameLocator,
    course: Path,
    home: Path,
    tmp_path: Path,
    picture: Picture,
) -> None:
    assert "Successfully created the student version" in press(formgrader, "assign")
    assert "BEGIN SOLUTION" not in notebook_in(course / "release", ASSIGNMENT).read_text()

    assert "Successfully released" in press(formgrader, "release")
    submit(course, home, tmp_path)
    assert "Successfully collected" in press(formgrader, "collect")

    formgrader.locator("#main-table .num-submissions a").click()
    assert "Successfully autograded" in press(formgrader, "autograde")
    expect(formgrader.locator("#main-table .score")).to_have_text("9 / 10")
    picture(page, "instructor-1-graded")

    formgrader.locator("#main-table .student-name a").click()
    formgrader.locator("#main-table .name a").click()
    comment = formgrader.locator("textarea").first
    expect(formgrader.get_by_text(f"{EXERCISE}: wrong, 0 of 1 points.")).to_be_visible()
    comment.fill(COMMENT)
    comment.blur()
    expect(formgrader.locator(".comment-saved").first).to_be_visible()
    comment.scroll_into_view_if_needed()
    picture(page, "instructor-2-comment")

    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    formgrader.locator("#main-table .num-submissions a").click()
    expect(formgrader.locator("#main-table .student-name")).to_be_visible()
    assert "Successfully generated feedback" in press(formgrader, "generate-feedback")
    (feedback,) = course.glob(f"feedback/*/{ASSIGNMENT}/{ASSIGNMENT}.html")
    page.goto(feedback.as_uri())
    expect(page.get_by_text(COMMENT)).to_be_visible()
    verdict = page.get_by_text(f"{EXERCISE}: wrong, 0 of 1 points.")
    expect(verdict).to_be_visible()
    verdict.scroll_into_view_if_needed()
    picture(page, "instructor-3-feedback")
