"""The public cases say what the exercises say, and their files change only when they must."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.exercise import Case, Exercise
from autograder.release import ROUNDING, public_generator, same_document, write_cases
from course.cases import parse
from course.packing import pack


def halves(factor: float = 1.0) -> Exercise:
    """An exercise whose reference gives a Python float and an array, both times `factor`."""

    def reference(x: np.ndarray) -> Any:
        return {"half": x / 2 * factor, "first": float(x[0]) / 3 * factor}

    return Exercise("half", reference, lambda rng: [Case("a", {"x": rng.random(3)}, "shows")], {})


def tree(value: Any) -> Any:
    return json.loads(pack(value))


def test_cases_are_written_as_the_reference_answers(tmp_path: Path) -> None:
    write_cases(halves(), tmp_path)
    (case,) = parse((tmp_path / "half.json").read_text())
    assert np.array_equal(case.inputs["x"], public_generator("half").random(3))
    assert np.allclose(case.expected["value"]["half"], case.inputs["x"] / 2)


def test_every_exercise_has_public_cases_of_its_own() -> None:
    assert public_generator("half").random() != public_generator("third").random()
    assert public_generator("half").random() == public_generator("half").random()


@pytest.mark.parametrize(
    ("factor", "kept"), [(1.0, True), (1 + ROUNDING / 100, True), (1 + 10 * ROUNDING, False)]
)
def test_another_processors_rounding_changes_no_file(tmp_path: Path, factor: float, kept: bool) -> None:
    write_cases(halves(), tmp_path)
    before = (tmp_path / "half.json").read_bytes()
    write_cases(halves(factor), tmp_path)
    assert ((tmp_path / "half.json").read_bytes() == before) is kept


@pytest.mark.parametrize("spoiled", [b"", b"<<<<<<< HEAD\n{", b"\xff", b"[]", b'{"cases": []}'])
def test_a_spoiled_file_is_written_anew(tmp_path: Path, spoiled: bytes) -> None:
    (tmp_path / "half.json").write_bytes(spoiled)
    write_cases(halves(), tmp_path)
    assert len(parse((tmp_path / "half.json").read_text())) == 1


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (np.ones(2), np.ones(2) + 1e-12, True),
        (np.array([np.nan, 1]), np.array([np.nan, 1]), True),
        (0.1 + 0.2, 0.3, True),
        ({"a": [1, (0.1 + 0.2,)]}, {"a": [1, (0.3,)]}, True),
        (np.ones(2, np.float32), np.float32([1, 1 + 1e-6]), True),
        (np.array([100, 1.0]), np.array([100, 1.0005]), True),
        (np.array([1e-7]), np.array([2e-7]), False),
        (np.array([np.inf, 1]), np.array([np.inf, 2]), False),
        (np.zeros(0), np.zeros(0), True),
        (np.array([10**6, 1]), np.array([10**6, 2]), False),
        (np.array([True]), np.array([True]), True),
        (np.ones(2), np.ones(2) + 1e-4, False),
        (np.ones(2), np.ones((2, 1)), False),
        (np.ones(2), np.ones(2, np.float32), False),
        (np.ones(2, int), np.ones(2), False),
        (0.3, 0.3001, False),
        (True, 1, False),
        (1, 1.0, False),
        ([1], [1, 1], False),
        ({"a": 1}, {"b": 1}, False),
        (np.ones(1), [1.0], False),
        ("a", "b", False),
        (None, False, False),
    ],
)
def test_documents_are_the_same_to_rounding(old: Any, new: Any, same: bool) -> None:
    assert same_document(tree(old), tree(new)) is same


def test_a_spoiled_array_is_not_the_same() -> None:
    sound = tree(np.ones(2))
    spoiled = {"array": {**sound["array"], "data": base64.b64encode(b"short").decode()}}
    with pytest.raises(ValueError, match="do not fill"):
        same_document(spoiled, sound)
