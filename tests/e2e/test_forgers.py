"""A student who lies about a wrong function gains nothing by it, in no exercise."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autograder.judge import Verdict
from autograder.sandbox import Limits, WarmSandbox
from tests.e2e.test_assignments import graded
from tests.submissions import solved, with_cell
from tests.submissions.forgers import FORGERS, HARMFUL_ENCODER, HARMS, Forger


@pytest.fixture(scope="module")
def sandbox() -> Iterator[WarmSandbox]:
    with WarmSandbox() as warm:
        yield warm


def verdict_on(forger: Forger, sandbox: WarmSandbox) -> Verdict:
    verdicts = graded(forger.notebook(), forger.assignment, sandbox).verdicts
    return next(verdict for verdict in verdicts if verdict.name == forger.exercise)


@pytest.mark.parametrize("name", FORGERS)
def test_a_lie_about_a_wrong_function_earns_nothing(name: str, sandbox: WarmSandbox) -> None:
    forged = verdict_on(FORGERS[name], sandbox)
    assert forged.outcome != "passed"
    assert forged.score == FORGERS[name].earns, forged.message


@pytest.mark.parametrize("name", FORGERS)
def test_without_the_lie_it_earns_as_much(name: str, sandbox: WarmSandbox) -> None:
    honest = replace(FORGERS[name], forges="")
    assert verdict_on(honest, sandbox).score == FORGERS[name].earns


@pytest.mark.parametrize(
    ("harm", "outcome"), [("endless", "timed_out"), ("huge", "crashed or timed_out"), ("reading", "raised")]
)
def test_a_graph_that_does_harm_costs_its_own_exercise_only(harm: str, outcome: str) -> None:
    assignment, others = "02_siamese_encodings", {"build_encoder": 0.0, "build_siamese": 2.0}
    notebook = with_cell(solved(assignment), HARMFUL_ENCODER % HARMS[harm])
    with WarmSandbox(limits=Limits(exercise_seconds=4.0, memory_bytes=1_500_000_000)) as warm:
        verdicts = {verdict.name: verdict for verdict in graded(notebook, assignment, warm).verdicts}
    assert {name: verdicts[name].score for name in others} == others
    assert verdicts["build_encoder"].outcome in outcome.split(" or "), verdicts["build_encoder"].message
