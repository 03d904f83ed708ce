"""A site to look at before installing anything: the notebooks as students get them, with all figures, as HTML.

Its pages ask no other server for anything, and run no script.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, select_autoescape
from latex2mathml.converter import convert
from markupsafe import Markup
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.files import write_atomically
from autograder.paths import COURSE, notebook_in

CELL_SECONDS = 600
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


@dataclass(frozen=True)
class Page:
    """What the index shows of a notebook: its title, its first paragraph and its first figure, as HTML."""

    assignment: str
    title: str
    opening: Markup
    figure: Markup


def write_site(assignments: Sequence[str], out: Path) -> Path:
    """Runs the notebooks and writes a page of each, and the index, whose path it gives.

    Raises:
        nbclient.exceptions.CellExecutionError: a notebook does not run.
    """
    pages = []
    for place, assignment in enumerate(assignments):
        notebook = with_released_cells(executed(assignment), assignment)
        follower = assignments[place + 1] if place + 1 < len(assignments) else ""
        write_atomically(out / f"{assignment}.html", html(notebook, follower).encode())
        pages.append(opening_of(assignment, notebook))
    environment = Environment(loader=PackageLoader("autograder"), autoescape=select_autoescape())
    write_atomically(out / "index.html", environment.get_template("site.html").render(pages=pages).encode())
    return out / "index.html"


def executed(assignment: str) -> NotebookNode:
    """The source notebook with its outputs; what follows sliders is a picture of where they stand at first."""
    path = notebook_in(COURSE / "source", assignment)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": path.parent}}).execute()
    models = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_still(output, models) for output in cell.outputs]
    return notebook


def with_released_cells(notebook: NotebookNode, assignment: str) -> NotebookNode:
    """`notebook` with every cell's text as students get it; the outputs stay."""
    released = nbformat.read(notebook_in(COURSE / "release", assignment), as_version=4)
    for cell, handed_out in zip(notebook.cells, released.cells, strict=True):
        cell.source = handed_out.source
    return notebook


def html(notebook: NotebookNode, follower: str = "") -> str:
    """A page of its own, with a link to the index and one to the page that follows."""
    templates = str(Path(__file__).parent / "templates")
    exporter = HTMLExporter(
        template_name="site", extra_template_basedirs=[templates], filters={"markdown2html": markdown}
    )
    name = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": name}, "site": {"next": follower}})
    return str(page)


def markdown(source: str) -> str:
    """Markdown as HTML, its formulas as MathML."""
    return str(MarkdownWithMath(renderer=_Formulas(escape=False)).render(source))


class _Formulas(IPythonRenderer):
    def inline_math(self, body: str) -> str:
        return str(convert(_plain(body)))

    def block_math(self, body: str) -> str:
        return str(convert(_plain(body), display="block"))


def _plain(formula: str) -> str:
    """Without sizes, as in \\bigl, and with norms as pairs of bars: a browser stretches brackets by itself."""
    formula = re.sub(r"\\[bB]ig[lr]", "", formula)
    return formula.replace(r"\lVert", r"\left\|").replace(r"\rVert", r"\right\|")


def opening_of(assignment: str, notebook: NotebookNode) -> Page:
    """What the index shows of it."""
    title, first, *_ = re.split(r"\n\n+", notebook.cells[0].source)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    figure = re.search(r"<img [^>]*>", shown)
    return Page(assignment, title.lstrip("# "), Markup(markdown(first)), Markup(figure[0] if figure else ""))


def _still(output: NotebookNode, models: dict[str, Any]) -> NotebookNode:
    """A box of sliders and a figure as what it shows at first; any other output as it is."""
    if WIDGET not in output.get("data", {}):
        return output
    box = models[output.data[WIDGET]["model_id"]]["state"]
    *sliders, picture = [models[child.removeprefix("IPY_MODEL_")]["state"] for child in box["children"]]
    values = ", ".join(f"{slider['description']} = {slider['value']:g}" for slider in sliders)
    text = f"<p>In the running notebook this figure follows its sliders; here {values}.</p>{picture['value']}"
    return new_output("display_data", data={"text/html": text, "text/plain": values})
