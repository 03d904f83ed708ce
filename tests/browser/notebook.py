"""A notebook that is open in JupyterLab, used as a student uses it: by mouse and keyboard."""

import re
from collections.abc import Mapping

from nbformat import NotebookNode
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.server import Lab

SECOND = 1000.0
"""Playwright counts in milliseconds."""

SLOW = 300 * SECOND
"""For what waits for a kernel: its start, TensorFlow's import, a cell that trains."""

DONE = re.compile(r"\[\d+\]")


class Notebook:
    """An assignment's notebook in a browser's page; `document` is what was opened."""

    def __init__(self, page: Page, lab: Lab, assignment: str, document: NotebookNode) -> None:
        self.page = page
        self._places = {cell.id: place for place, cell in enumerate(document.cells)}
        self._places |= {
            cell.metadata.nbgrader.grade_id: place
            for place, cell in enumerate(document.cells)
            if "nbgrader" in cell.metadata
        }
        page.goto(lab.url(f"lab/tree/{assignment}/{assignment}.ipynb"))
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(document.cells), timeout=SLOW)
        self.wait_until_idle()

    def cell(self, name: str) -> Locator:
        """The cell with that id or nbgrader's name."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self._places[name])

    def write(self, answers: Mapping[str, str]) -> None:
        """Replaces what stands in cells: grade id -> code."""
        for name, code in answers.items():
            self.cell(name).locator(".cm-content").click()
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(code)

    def run(self, *names: str) -> None:
        """Runs cells one after the other, and waits for each."""
        for name in names:
            prompt = self.cell(name).locator(".jp-InputPrompt")
            before = prompt.inner_text()
            self.cell(name).locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            expect(prompt).not_to_have_text(before, timeout=SLOW)
            expect(prompt).to_have_text(DONE, timeout=SLOW)

    def menu(self, *path: str) -> None:
        """Chooses from the menu bar, say menu("Kernel", "Restart Kernel…")."""
        self.page.get_by_role("menuitem", name=path[0], exact=True).first.click()
        for item in path[1:]:
            self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def output(self, name: str) -> Locator:
        return self.cell(name).locator(".jp-Cell-outputArea")

    def save(self) -> None:
        def stored(answer: Response) -> bool:
            return answer.request.method == "PUT" and "/api/contents/" in answer.url

        with self.page.expect_response(stored, timeout=SLOW) as saved:
            self.page.keyboard.press("ControlOrMeta+s")
        assert saved.value.ok

    def wait_until_idle(self) -> None:
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle", timeout=SLOW
        )

    def restart(self) -> None:
        """Restarts the kernel by the toolbar's button, and says yes."""
        self.page.locator('[data-jp-item-name="restart"]').click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)
        self.wait_until_idle()

    def run_all(self) -> None:
        """Run > Run All Cells, and waits for the last."""
        self.menu("Run", "Run All Cells")
        last = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").last
        expect(last).to_have_text(DONE, timeout=SLOW)
        self.wait_until_idle()
