"""The vocabulary: an exercise is a reference, cases and known mistakes, defined once. See README, "Add an exercise"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course.calling import Answer, plain, raised
from course.cases import FrozenCase
from course.comparing import TOLERANCE, Expectation
from course.probes import cotangent
from course.verdict import outputs_mismatch

STEP = 1e-5
"""Half-width of the central difference that gives a reference's gradient; float64, so its error is about 1e-9."""


@dataclass(frozen=True)
class Case:
    """One question.

    Attributes:
        name: unique in its exercise; a student reads it.
        inputs: by parameter name, in the order of the student's function. Stand-ins for models and generators.
        shows: one sentence that tells a student what this case is about.
        probe: how the question is put, a name in `course.probes`. With `value` and `gradient` the implementation
            has the student's signature; with any other it returns the probe's named outputs as a dict.
        gradient_of: with `gradient`, the inputs to differentiate with respect to.
        expect: outputs by name for which many answers are right; they replace the reference's.
        raises: the built-in exception that is the right answer, as "ValueError"; `expect` may say what its "message"
            is like.
        hidden: names of inputs that only the exam of a built model sees, not the student's function.
        edge: earns points only when some ordinary case is right, so that a constant earns nothing.
    """

    name: str
    inputs: dict[str, Any]
    shows: str = ""
    probe: str = "value"
    gradient_of: tuple[str, ...] = ()
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    weight: float = 1.0
    edge: bool = False
    tolerance: float = TOLERANCE
    raises: str = ""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """One function that students write.

    Attributes:
        name: the function; also the solution cell's grade id, and `test_<name>` the test cell's.
        reference: float64 NumPy, from the formula.
        cases: draws the cases; public and hidden ones differ only in the generator's seed.
        mistakes: a student's sentence -> an implementation with the reference's signature that makes the mistake.
        unnamed: mistakes that no answer gives away for sure (random draws, say); they still lose points.
    """

    name: str
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], Sequence[Case]]
    mistakes: dict[str, Callable[..., Any]]
    unnamed: frozenset[str] = frozenset()

    def frozen(self, rng: np.random.Generator) -> list[FrozenCase]:
        """Cases drawn from `rng` with the reference's outputs, and each named mistake's where they differ."""
        return [self._freeze(case) for case in self.cases(rng)]

    def _expected(self, case: Case) -> dict[str, Any]:
        if not case.raises:
            return outputs(case, self.reference)
        found = answered(case, self.reference).outputs
        if found.get("exception") != case.raises:
            raise ValueError(f"{self.name}, {case.name}: the reference raises no {case.raises}")
        return found

    def _freeze(self, case: Case) -> FrozenCase:
        expected = self._expected(case) | dict(case.expect)
        named = {name: wrong for name, wrong in self.mistakes.items() if name not in self.unnamed}
        mistakes = {name: _outputs_or_none(case, wrong, expected) for name, wrong in named.items()}
        shown = {name: found for name, found in mistakes.items() if _differs(expected, found, case.tolerance)}
        return FrozenCase(
            name=case.name,
            shows=case.shows,
            inputs=case.inputs,
            expected=expected,
            probe=case.probe,
            gradient_of=tuple(case.gradient_of),
            mistakes=shown,
            weight=case.weight,
            edge=case.edge,
            tolerance=case.tolerance,
            hidden=case.hidden,
        )


def some_seeds(rng: np.random.Generator) -> tuple[int, ...]:
    """Seeds for the probe `draws`: three, two of them the same, in any order."""
    first, second = (int(seed) for seed in rng.choice(1_000_000, size=2, replace=False))
    return tuple(int(seed) for seed in rng.permutation([first, first, second]))


def without_gradient(implementation: Callable[..., Any]) -> Callable[..., Any]:
    """Marks an implementation as computed outside TensorFlow: right value, no gradient."""

    def in_numpy(*arguments: Any, **named: Any) -> Any:
        return implementation(*arguments, **named)

    in_numpy.has_gradient = False  # type: ignore[attr-defined]
    return in_numpy


def outputs(case: Case, implementation: Callable[..., Any]) -> dict[str, Any]:
    """The named outputs that the case's probe would see from `implementation`, all in NumPy."""
    if case.probe not in ("value", "gradient"):
        return {name: plain(value) for name, value in implementation(**_float64(case.inputs)).items()}
    inputs = _float64(case.inputs)
    found = {"value": plain(implementation(**inputs))}
    for name in case.gradient_of:
        has_gradient = getattr(implementation, "has_gradient", True)
        found[f"gradient of {name}"] = _gradient(implementation, inputs, name) if has_gradient else None
    return found


def answered(case: Case, implementation: Callable[..., Any]) -> Answer:
    """What `implementation` answers to the case; where it raises an exception, that."""
    try:
        with np.errstate(all="ignore"):
            return Answer("returned", outputs(case, implementation))
    except Exception as error:
        return raised(error)


def _outputs_or_none(
    case: Case, implementation: Callable[..., Any], expected: dict[str, Any]
) -> dict[str, Any] | None:
    """A mistake's outputs. Which exception it raises matters only where one is expected."""
    answer = answered(case, implementation)
    return answer.outputs if answer.outcome == "returned" or "exception" in expected else None


def _differs(expected: dict[str, Any], found: dict[str, Any] | None, tolerance: float) -> bool:
    return found is None or outputs_mismatch(expected, found, tolerance) is not None


def _float64(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    if isinstance(value, dict):
        return {key: _float64(item) for key, item in value.items()}
    return value


def _gradient(implementation: Callable[..., Any], inputs: dict[str, Any], name: str) -> Any:
    """Central differences of the `cotangent`-weighted sum of the outputs, one entry of the input at a time.

    For an input that is a dict of arrays, a dict of them.
    """
    point = inputs[name]
    if isinstance(point, dict):

        def with_array(key: str) -> Callable[..., Any]:
            return lambda **moved: implementation(**{**inputs, name: {**point, key: moved[key]}})

        return {key: _gradient(with_array(key), point, key) for key in point}

    def total(moved: np.ndarray) -> float:
        returned = np.asarray(implementation(**{**inputs, name: moved}), dtype=np.float64)
        return float((returned * cotangent(returned.shape)).sum())

    found = np.zeros(point.shape)
    for index in np.ndindex(point.shape):
        nudge = np.zeros(point.shape)
        nudge[index] = STEP
        found[index] = (total(point + nudge) - total(point - nudge)) / (2 * STEP)
    return found
