"""An exercise turns into cases: the reference's outputs, and each mistake's where they differ."""

from typing import Any

import numpy as np
import pytest

from autograder.exercise import Case, Exercise, outputs, without_gradient
from course.comparing import Finite, Says
from course.probes import cotangent

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def squares(x: np.ndarray, power: float = 2.0) -> np.ndarray:
    return (x**power).sum(axis=-1)


def crashes(x: np.ndarray, power: float = 2.0) -> np.ndarray:
    raise ZeroDivisionError


def cases(rng: np.random.Generator) -> list[Case]:
    drawn = rng.normal(size=(2, 3)).astype(np.float32)
    return [
        Case("gradient", {"x": drawn}, "shows", probe="gradient", gradient_of=("x",), weight=2.0),
        Case("zero", {"x": np.zeros((1, 3)), "power": 1.0}, edge=True, tolerance=1e-5),
        Case("any", {"x": drawn}, expect={"value": Finite((2,))}),
    ]


MISTAKES = {
    "a cube": lambda x, power=2.0: (x**3).sum(axis=-1),
    "outside TensorFlow": without_gradient(squares),
    "it crashes": crashes,
    "never told": lambda x, power=2.0: x.sum(axis=-1),
}
EXERCISE = Exercise("squares", squares, cases, MISTAKES, unnamed=frozenset({"never told"}))


def frozen(seed: int = 0) -> dict[str, Any]:
    return {case.name: case for case in EXERCISE.frozen(np.random.default_rng(seed))}


def test_a_gradient_is_that_of_the_weighted_sum() -> None:
    found = outputs(Case("a", {"x": X}, probe="gradient", gradient_of=("x",)), squares)
    assert np.allclose(found["gradient of x"], 2 * X * cotangent((2,))[:, None], atol=1e-7)


def test_a_gradient_of_a_dict_is_a_dict() -> None:
    def weighted(w: dict[str, np.ndarray], c: float) -> float:
        return c * (w["a"].sum() + (w["b"] ** 2).sum())

    case = Case("a", {"w": {"a": X, "b": X}, "c": 3.0}, probe="gradient", gradient_of=("w",))
    found = outputs(case, weighted)["gradient of w"]
    scale = 3.0 * cotangent(())
    assert np.allclose(found["a"], scale)
    assert np.allclose(found["b"], scale * 2 * X, atol=1e-6)


def test_references_compute_in_float64() -> None:
    seen = []
    outputs(
        Case("a", {"x": X.astype(np.float32), "d": {"y": np.float16([1])}, "i": np.arange(2)}),
        lambda **x: seen.append(x) or 0.0,
    )
    assert (seen[0]["x"].dtype, seen[0]["d"]["y"].dtype, seen[0]["i"].dtype.kind) == (
        np.float64,
        np.float64,
        "i",
    )


def test_of_a_probe_the_named_outputs_are_taken() -> None:
    found = outputs(Case("a", {"x": X}, probe="train_step"), lambda x: {"value": [1, 2], "after": x[0]})
    assert found["value"].tolist() == [1, 2]
    assert found["after"].tolist() == [1.0, 2.0, 3.0]


def test_a_case_keeps_what_was_said_of_it() -> None:
    case = frozen()["zero"]
    assert (case.weight, case.edge, case.tolerance, case.probe) == (1.0, True, 1e-5, "value")
    assert frozen()["gradient"].weight == 2.0
    assert frozen()["gradient"].gradient_of == ("x",)
    assert frozen()["any"].expected["value"] == Finite((2,))


def test_mistakes_are_kept_where_they_show() -> None:
    cases_by_name = frozen()
    assert cases_by_name["gradient"].mistakes.keys() == {"a cube", "outside TensorFlow", "it crashes"}
    assert cases_by_name["gradient"].mistakes["outside TensorFlow"]["gradient of x"] is None
    assert cases_by_name["gradient"].mistakes["it crashes"] is None
    assert cases_by_name["zero"].mistakes.keys() == {"it crashes"}


def test_the_same_seed_draws_the_same_cases_and_another_draws_others() -> None:
    first, again, other = (frozen(seed)["gradient"].inputs["x"] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_case_that_the_reference_cannot_answer_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        Exercise("broken", crashes, cases, {}).frozen(np.random.default_rng(0))


def test_an_exception_can_be_the_right_answer() -> None:
    def refuse(x: float) -> float:
        if x < 0:
            raise ValueError(f"{x} is below 0")
        return x

    def wrong_kind(x: float) -> float:
        if x < 0:
            raise KeyError("x")
        return x

    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            Case("above", {"x": 2.0}),
            Case("below", {"x": -1.0}, raises="ValueError", expect={"message": Says("below")}),
        ]

    mistakes = {"it never refuses": lambda x: x, "another exception": wrong_kind}
    above, below = Exercise("refuse", refuse, draw, mistakes).frozen(np.random.default_rng(0))
    assert "exception" not in above.expected
    assert below.expected == {"exception": "ValueError", "message": Says("below")}
    assert below.mistakes["it never refuses"] == {"value": -1.0}
    assert below.mistakes["another exception"]["exception"] == "KeyError"
    assert below.question().keys() == above.question().keys()


def test_a_reference_that_does_not_raise_where_it_should_is_told() -> None:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [Case("a", {"x": X}, raises="ValueError")]

    with pytest.raises(ValueError, match="squares, a: the reference raises no ValueError"):
        Exercise("squares", squares, draw, {}).frozen(np.random.default_rng(0))


def test_hidden_inputs_are_in_no_question() -> None:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [Case("a", {"x": X, "seed": 3}, hidden=("seed",))]

    (case,) = Exercise("squares", lambda x, seed: squares(x), draw, {}).frozen(np.random.default_rng(0))
    assert list(case.question()["inputs"]) == ["x"]
    assert list(case.examination()["inputs"]) == ["x", "seed"]
