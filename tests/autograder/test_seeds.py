"""The seed of a class is drawn once and then stays."""

import json
from pathlib import Path

import pytest

from autograder.seeds import class_seed


def recorded(root: Path) -> int:
    return json.loads((root / "grading" / "00_powers.json").read_text())["seed"]


def test_a_seed_is_drawn_once(tmp_path: Path) -> None:
    seed = class_seed(tmp_path, "00_powers")
    assert class_seed(tmp_path, "00_powers") == seed == recorded(tmp_path)


def test_classes_and_assignments_have_different_seeds(tmp_path: Path) -> None:
    seeds = {class_seed(tmp_path / name, "00_powers") for name in "abc"}
    seeds |= {class_seed(tmp_path / "a", f"0{n}_powers") for n in range(1, 4)}
    assert len(seeds) == 6


@pytest.mark.parametrize("wanted", [0, 7, 2**64])
def test_a_wanted_seed_is_taken_and_recorded(tmp_path: Path, wanted: int) -> None:
    class_seed(tmp_path, "00_powers")
    assert class_seed(tmp_path, "00_powers", wanted) == wanted
    assert class_seed(tmp_path, "00_powers") == wanted == recorded(tmp_path)


def test_a_negative_seed_is_refused_and_spoils_nothing(tmp_path: Path) -> None:
    seed = class_seed(tmp_path, "00_powers")
    with pytest.raises(LookupError, match="A seed is 0 or more; got -1"):
        class_seed(tmp_path, "00_powers", -1)
    assert class_seed(tmp_path, "00_powers") == seed
