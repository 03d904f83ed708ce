"""The browser, its pages, and where their pictures are kept."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.paths import COURSE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

REQUIRED = "COURSE_BROWSER_REQUIRED"
"""Set in CI: there a missing browser is a failure, so that these tests cannot vanish in silence."""

WANTED = "install Chromium (`apt-get install chromium`) to run the tests in a browser"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = COURSE / "build" / "screenshots"

Picture = Callable[..., Path]


@pytest.fixture(scope="session")
def program() -> str:
    """The path of a Chromium; where there is none, the tests that need it are skipped."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    program = next(filter(None, found), None)
    if program is None and os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set and there is no browser: {WANTED}.")
    return program or pytest.skip(WANTED)


@pytest.fixture(scope="session")
def browser(program: str) -> Iterator["Browser"]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def picture() -> Picture:
    """Takes a picture of a page and keeps it in build/screenshots."""

    def take(page: "Page", name: str, full_page: bool = False) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    return take


@pytest.fixture(scope="module")
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A browser that has been nowhere yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()
