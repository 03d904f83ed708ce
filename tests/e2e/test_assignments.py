"""Every assignment: source gets full marks, release none; the release runs with nothing but stubs in the way."""

from collections.abc import Iterator

import nbformat
import pytest

from autograder.exercises import assignments
from autograder.grade import Graded, grade, hidden_cases
from autograder.handin import HandIn
from autograder.sandbox import WarmSandbox
from autograder.template import load_template
from tests.submissions import released, solved

ASSIGNMENTS = sorted(assignments())
SEED = 20_261_122


@pytest.fixture(scope="module")
def sandbox() -> Iterator[WarmSandbox]:
    with WarmSandbox() as warm:
        yield warm


def graded(notebook: nbformat.NotebookNode, assignment: str, sandbox: WarmSandbox) -> Graded:
    hand_in = HandIn(nbformat.writes(notebook).encode())
    return grade(hand_in, load_template(assignment), hidden_cases(assignment, SEED), sandbox)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_source_gets_full_marks(assignment: str, sandbox: WarmSandbox) -> None:
    found = graded(solved(assignment), assignment, sandbox)
    assert found.score == 10, [verdict.message for verdict in found.verdicts if verdict.outcome != "passed"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_release_gets_nothing(assignment: str, sandbox: WarmSandbox) -> None:
    found = graded(released(assignment), assignment, sandbox)
    assert found.score == 0
    assert {verdict.outcome for verdict in found.verdicts} == {"missing"}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_release_stops_only_at_what_is_not_written(assignment: str, sandbox: WarmSandbox) -> None:
    with sandbox.kernel() as kernel:
        for cell in released(assignment).cells:
            if cell.cell_type != "code":
                continue
            execution = kernel.execute(cell.source, seconds=120)
            assert execution.status in ("ok", "error"), (cell.id, execution.reason)
            if execution.error:
                assert execution.error[0] in ("NotImplementedError", "NotWrittenError"), (
                    cell.id,
                    execution.error,
                )
                assert "written" in execution.error[1], (cell.id, execution.error)
