"""A student who lies about a wrong function gains nothing by it, in no exercise."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autograder.judge import Verdict
from autograder.sandbox import WarmSandbox
from tests.e2e.test_assignments import graded
from tests.submissions.forgers import FORGERS, Forger


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
