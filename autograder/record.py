"""Writes verdicts into a graded notebook, in nbgrader's convention: a table to read, then the points as the result."""

from collections.abc import Sequence
from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.intake import GRADERS_CELL
from autograder.judge import Verdict
from course.verdict import CaseVerdict

SHOWN = ("text/plain", "image/png", "image/jpeg")
ALT = "A figure that this cell drew"
MARKS = {True: "✓ right", False: "✗ not right"}


def record(
    notebook: NotebookNode, verdicts: Sequence[Verdict], told: Sequence[str], show_numbers: bool = False
) -> NotebookNode:
    """The graded notebook: verdicts below the test cells, what else is to be told on top.

    Args:
        notebook: a clean notebook, with the outputs of its run.
        verdicts: one an exercise.
        told: sentences for the student.
        show_numbers: whether the table shows expected and received numbers of hidden cases too.
    """
    by_id = {f"test_{verdict.name}": verdict for verdict in verdicts}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade"):
            cell.outputs = verdict_outputs(by_id[nbgrader["grade_id"]], show_numbers)
        elif cell.cell_type == "code":
            cell.outputs = [harmless(output) for output in cell.outputs]
    if told:
        text = "\n".join(["**Said by the grader**", "", *(f"- {escape(sentence)}" for sentence in told)])
        notebook.cells.insert(0, new_markdown_cell(text, id=GRADERS_CELL))
    return notebook


def harmless(output: NotebookNode) -> NotebookNode:
    """An output without anything that a browser would run: feedback is opened by instructors too."""
    if "data" in output:
        output["data"] = {kind: output["data"][kind] for kind in SHOWN if kind in output["data"]}
        output["metadata"] = {kind: {"alt": ALT} for kind in output["data"] if kind.startswith("image/")}
    return output


def verdict_outputs(verdict: Verdict, show_numbers: bool = False) -> list[NotebookNode]:
    """What stands below a test cell. nbgrader takes the last one as partial credit."""
    table = {"text/plain": _text(verdict, show_numbers), "text/html": _html(verdict, show_numbers)}
    return [
        new_output("display_data", data=table),
        new_output("execute_result", data={"text/plain": repr(float(verdict.score))}, execution_count=None),
    ]


def _title(verdict: Verdict) -> str:
    return f"{verdict.name}: {verdict.outcome}, {verdict.score:g} of {verdict.max_score:g} points. {verdict.message}"


def _reason(found: CaseVerdict, show_numbers: bool) -> str:
    if found.passed:
        return found.case.shows
    return found.summary + (f": {found.numbers}" if show_numbers and found.numbers else "")


def _text(verdict: Verdict, show_numbers: bool) -> str:
    rows = [f"{MARKS[f.passed]:12} {f.case.name}: {_reason(f, show_numbers)}" for f in verdict.cases]
    note = [f"(tolerance {_tolerance(verdict)})"] if verdict.cases else []
    return "\n".join([_title(verdict), *rows, *note])


def _html(verdict: Verdict, show_numbers: bool) -> str:
    cells = [(MARKS[f.passed], f.case.name, _reason(f, show_numbers)) for f in verdict.cases]
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in cells)
    title = f"<p><b>{escape(_title(verdict))}</b></p>"
    if not verdict.cases:
        return title
    note = f"<small>Numbers may differ by {_tolerance(verdict)} of the largest in their array.</small>"
    return f"{title}<table>{rows}</table>{note}"


def _cell(text: str) -> str:
    wrap = "nowrap" if text in MARKS.values() else "normal"
    style = f"text-align:left; vertical-align:top; padding:2px 12px 2px 0; white-space:{wrap}"
    return f'<td style="{style}">{escape(text)}</td>'


def _tolerance(verdict: Verdict) -> str:
    return ", ".join(sorted({f"{found.case.tolerance:g}" for found in verdict.cases}))
