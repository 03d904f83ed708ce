"""What students and instructors open is safe to open, and says the points in nbgrader's way."""

import re

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.utils import determine_grade

from autograder.intake import GRADERS_CELL
from autograder.judge import Verdict, judge
from autograder.markdown import harmless_markdown
from autograder.record import harmless, record, verdict_outputs
from course.calling import Answer
from course.cases import FrozenCase

EVIL = "<script>alert(1)</script>"
CASES = [
    FrozenCase("right", "that 1 < 2", {}, {"value": 1.0}),
    FrozenCase("wrong", "shows", {}, {"value": 0.123}, tolerance=1e-5),
]
ANSWERS = [Answer("returned", {"value": 1.0}), Answer("returned", {"value": EVIL})]
VERDICT = judge("f", CASES, ANSWERS, 3.0)
REFUSED = Verdict("f", "missing", 0.0, 3.0, None, "The file is empty.")


def notebook() -> nbformat.NotebookNode:
    grade = {
        "grade_id": "test_f",
        "grade": True,
        "solution": False,
        "points": 3,
        "locked": True,
        "task": False,
    }
    grade |= {"schema_version": 3, "cell_type": "code", "checksum": "0" * 32}
    forged = [new_output("execute_result", data={"text/plain": "3.0"})]
    return new_notebook(
        cells=[
            new_markdown_cell("about", id="about"),
            new_code_cell(
                "1",
                id="own",
                outputs=[new_output("display_data", data={"text/html": EVIL, "text/plain": "x"})],
            ),
            new_code_cell("check(f)", id="test-f", metadata={"nbgrader": grade}, outputs=forged),
        ]
    )


def test_the_verdict_replaces_what_stood_below_the_test() -> None:
    graded = record(notebook(), [VERDICT], [])
    outputs = graded.cells[-1].outputs
    assert [output.output_type for output in outputs] == ["display_data", "execute_result"]
    assert outputs[0].data["text/plain"].startswith("f: wrong, 1.5 of 3 points. In the case “wrong”")
    nbformat.validate(graded)


@pytest.mark.parametrize(("verdict", "points"), [(VERDICT, 1.5), (REFUSED, 0.0)])
def test_nbgrader_reads_the_points(verdict: Verdict, points: float) -> None:
    assert determine_grade(record(notebook(), [verdict], []).cells[-1]) == (points, 3)


def test_what_is_told_stands_on_top_as_text() -> None:
    graded = record(notebook(), [VERDICT], [f"The notebook was called {EVIL}."])
    assert graded.cells[0].id == GRADERS_CELL
    assert "&lt;script&gt;" in graded.cells[0].source
    assert record(notebook(), [VERDICT], []).cells[0].id == "about"


def test_outputs_of_students_keep_text_and_pictures_only() -> None:
    data = {
        "text/plain": "x",
        "image/png": "AAAA",
        "text/html": EVIL,
        "image/svg+xml": EVIL,
        "text/markdown": EVIL,
    }
    output = harmless(new_output("display_data", data=data, metadata={"image/png": {"width": 9**9}}))
    assert output.data == {"text/plain": "x", "image/png": "AAAA"}
    assert output.metadata == {"image/png": {"alt": "A figure that this cell drew"}}


def test_a_table_gives_no_numbers_away_unless_asked() -> None:
    verdict = judge("f", CASES, [ANSWERS[0], Answer("returned", {"value": 0.5})], 3.0)
    for show_numbers in (False, True):
        text, html = verdict_outputs(verdict, show_numbers)[0].data.values()
        assert ("0.123" in text, "0.123" in html) == (show_numbers, show_numbers)
        assert "that 1 &lt; 2" in html


def test_a_table_shows_a_students_text_as_text() -> None:
    html = verdict_outputs(VERDICT, show_numbers=True)[0].data["text/html"]
    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_a_table_says_the_tolerances_used() -> None:
    text = verdict_outputs(VERDICT)[0].data["text/plain"]
    assert text.endswith("(tolerance 0.002, 1e-05)")


def test_without_cases_there_is_no_table_and_no_tolerance() -> None:
    data = verdict_outputs(REFUSED)[0].data
    assert data["text/plain"] == "f: missing, 0 of 3 points. The file is empty."
    assert data["text/html"] == f"<p><b>{data['text/plain']}</b></p>"


@pytest.mark.parametrize(
    "source",
    [
        EVIL,
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](java&#115;cript:alert(1))",
        "<a href='data:text/html,x'>x</a>",
        "<iframe src=x></iframe>",
        "<style>*{display:none}</style>",
        "<svg onload=alert(1)>",
        "$x$ <object data=x>",
        "`x`<base href=//evil>",
        "<p style='position:fixed'>10 of 10 points</p>",
    ],
)
def test_markdown_cannot_run_anything(source: str) -> None:
    for tag in re.findall(r"<[^/>][^>]*>", harmless_markdown(source)):
        assert re.fullmatch(r'<(p|code|a|img|img src="x")>', tag)


def test_markdown_keeps_its_text_formulas_tables_and_links() -> None:
    html = harmless_markdown("# T\n\n**b** $a_C$ `x < y`\n\n|a|\n|-|\n|1|\n\n[s](https://example.org/a)")
    for kept in (
        "<h1>",
        "<strong>b</strong>",
        "$a_C$",
        "<code>x &lt; y</code>",
        "<td>1</td>",
        'href="https://example.org/a"',
    ):
        assert kept in html


def test_the_page_shows_markdown_through_it() -> None:
    exporter = HTMLExporter(
        filters={"markdown2html": "autograder.markdown.harmless_markdown"}, template_name="classic"
    )
    page, _ = exporter.from_notebook_node(
        new_notebook(cells=[new_markdown_cell("**b** <img src=x onerror=alert(1)>")])
    )
    assert "<strong>b</strong>" in page
    assert "onerror" not in page
