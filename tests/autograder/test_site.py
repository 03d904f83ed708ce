"""The site: what students get, with its figures, and nothing that a browser must fetch or run."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import site
from autograder.exercises import assignments
from autograder.paths import COURSE, notebook_in
from autograder.site import html, markdown, write_site

STUB = "raise NotImplementedError('write me')"
SLIDERS = """
from ipywidgets import HTML, FloatSlider, VBox
VBox([FloatSlider(value=0.2, description='alpha'), HTML('<img alt="a curve" src="data:image/png;base64,AA==">')])
"""


def cells(answer: str) -> NotebookNode:
    """A small notebook: prose, an exercise, its check, a figure with a slider."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Powers: of two\n\nHow far does $x^2$ reach?\n\nNot shown on the index."),
            new_code_cell(answer),
            new_code_cell("print(square(3))"),
            new_code_cell(SLIDERS),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course, out = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("site")
    for name in ("00_powers", "01_roots"):
        for folder, answer in (("source", "square = lambda x: x**2"), ("release", STUB)):
            notebook_in(course / folder, name).parent.mkdir(parents=True)
            nbformat.write(cells(answer), notebook_in(course / folder, name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "COURSE", course)
        assert write_site(["00_powers", "01_roots"], out) == out / "index.html"
    return out


def test_a_page_shows_the_handed_out_cells_with_the_solutions_outputs(pages: Path) -> None:
    text = (pages / "00_powers.html").read_text()
    words = re.sub("<[^>]*>", "", text)
    assert "raise NotImplementedError" in words
    assert "lambda" not in words
    assert re.search("<pre>9\n</pre>", text)


def test_sliders_become_the_picture_that_they_show_at_first(pages: Path) -> None:
    text = (pages / "00_powers.html").read_text()
    assert "In the running notebook this figure follows its sliders; here alpha = 0.2." in text
    assert '<img alt="a curve" src="data:image/png;base64,AA=="/>' in text


def test_pages_run_nothing_and_fetch_nothing(pages: Path) -> None:
    for page in pages.iterdir():
        text = page.read_text()
        assert "<script" not in text
        assert re.findall(r"""(?:src|href)=["'](?!data:|#|\w+\.html)[^"']*""", text) == []


def test_the_index_leads_to_every_page_and_each_page_to_the_next(pages: Path) -> None:
    index = (pages / "index.html").read_text()
    assert re.findall('href="([^"]*)">', index) == ["00_powers.html", "01_roots.html"]
    assert index.count("Powers: of two</a>") == 2
    assert index.count("<math") == 2
    assert "Not shown" not in index
    assert 'href="01_roots.html"' in (pages / "00_powers.html").read_text()
    assert 'href="index.html"' in (pages / "01_roots.html").read_text()
    assert "Next:" not in (pages / "01_roots.html").read_text()


@pytest.mark.parametrize("assignment", sorted(assignments()))
def test_every_formula_of_the_course_is_understood(assignment: str) -> None:
    notebook = nbformat.read(notebook_in(COURSE / "release", assignment), as_version=4)
    formulas = re.findall("<math.*?</math>", html(notebook), re.DOTALL)
    assert len(formulas) > 20
    assert [formula for formula in formulas if "\\" in formula] == []


def test_a_norm_is_a_pair_of_bars_with_one_exponent() -> None:
    assert "<msup><mrow><mo stretchy" in markdown(r"$\bigl\lVert x \bigr\rVert^2$")
