"""What the grader knows of an assignment comes from its released notebook."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.template import load_template, template_of
from tests.autograder.test_intake import NAMES, TEMPLATE, released


def test_the_exercises_are_found_in_order_with_their_points() -> None:
    assert tuple(TEMPLATE.slots) == NAMES
    assert [slot.points for slot in TEMPLATE.slots.values()] == [2.0, 2.0, 2.0]
    assert TEMPLATE.max_score == 6.0
    assert TEMPLATE.slots["cube"].solution.id == "cube"
    assert TEMPLATE.slots["cube"].test.source == "check(cube)"
    assert TEMPLATE.imports == "import numpy as np"


@pytest.mark.parametrize(
    ("source", "cell_id", "demo"),
    [
        ("train()", "training", True),
        ("train(epochs=1000)", "training", True),
        ("train()\n", "somewhere-else", True),
        ("train(epochs=1000)", "somewhere-else", False),
        ("1", "imports", False),
    ],
)
def test_a_demo_is_recognised_in_its_place_or_by_its_words(source: str, cell_id: str, demo: bool) -> None:
    assert TEMPLATE.is_demo(new_code_cell(source, id=cell_id)) is demo


def test_a_template_is_read_from_the_release(tmp_path: Path) -> None:
    path = tmp_path / "00_powers" / "00_powers.ipynb"
    path.parent.mkdir()
    nbformat.write(released(), path)
    assert load_template("00_powers", tmp_path).slots.keys() == TEMPLATE.slots.keys()


def test_an_unreleased_assignment_is_said(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="run `autograder release 00_powers` first"):
        load_template("00_powers", tmp_path)


def test_a_solution_without_its_test_is_an_error() -> None:
    notebook = released()
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test-cube"]
    with pytest.raises(KeyError, match="test_cube"):
        template_of("00_powers", notebook)
