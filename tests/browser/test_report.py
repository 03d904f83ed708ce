"""The class report where it is read: on a phone, on paper and without colour, with no network."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from autograder.report import write_report
from autograder.rows import ExerciseRow, Row
from tests.browser.conftest import Picture

ASSIGNMENT = "03_triplet_loss"
PHONE = 360
NAMES = ["ann", "Zoë of the very long name that some registrar has typed in full", "bob&co", "x" * 60]
MISTAKE = "everything is reduced to one number first, so the whole batch shares one margin"


def row(student: str, score: float) -> Row:
    """Somebody with that many of ten points."""
    exercises: list[ExerciseRow] = [
        {
            "name": name,
            "outcome": "passed" if place < score else "wrong",
            "score": float(place < score),
            "max_score": 1.0,
            "mistake": None if place % 2 else MISTAKE,
            "message": "",
        }
        for place, name in enumerate(["triplet_loss", "triplet_cost", "semi_hard_triplets", "train_step"] * 2)
    ]
    return Row(
        student=student,
        status="graded",
        score=score,
        max_score=8.0,
        seconds=score + 1,
        message="A test cell was put back." if score == 0 else "",
        exercises=exercises,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("class")
    rows = [
        row(f"{name} {copy}", score) for score, name in enumerate(NAMES * 2) for copy in range(score, 24, 8)
    ]
    for each in rows:
        feedback = root / "feedback" / each["student"] / ASSIGNMENT / f"{ASSIGNMENT}.html"
        feedback.parent.mkdir(parents=True)
        feedback.write_text(f"<h1>Feedback for {each['student']}</h1>")
    return write_report(root, ASSIGNMENT, rows)


@pytest.fixture
def page(context: BrowserContext, report: Path) -> Page:
    page = context.new_page()
    page.goto(report.as_uri())
    return page


def test_it_fits_on_a_phone(page: Page, picture: Picture) -> None:
    page.set_viewport_size({"width": PHONE, "height": 740})
    width = page.evaluate("document.documentElement.scrollWidth")
    picture(page, "report-1-phone", full_page=True)
    assert width == PHONE, "one scrolls down, never sideways"
    heights = page.locator("tr").evaluate_all("all => all.map(row => row.offsetHeight)")
    assert max(heights) < 200, "no column is so narrow that words break into letters"


def test_it_fills_sheets_of_paper(page: Page, tmp_path: Path) -> None:
    printed = page.pdf(format="A4")
    (tmp_path / "report.pdf").write_bytes(printed)
    assert printed.startswith(b"%PDF")
    assert 2 <= printed.count(b"/Type /Page\n") <= 6


def test_it_needs_no_colour_and_no_network(context: BrowserContext, report: Path, picture: Picture) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.add_style_tag(content="html { filter: grayscale(1) }")
    picture(page, "report-2-grey", full_page=True)
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert all(len(text) > 20 for text in page.locator("img").evaluate_all("all => all.map(i => i.alt)"))


def test_it_leads_to_each_feedback_page(page: Page) -> None:
    links = page.get_by_role("link", name="open")
    expect(links).to_have_count(24)
    for place in (0, 1, 2, 3):
        student = page.locator("table").nth(1).locator("tr").nth(place + 1).locator("td").first.inner_text()
        links.nth(place).click()
        expect(page.get_by_role("heading")).to_have_text(f"Feedback for {student}")
        page.go_back()
