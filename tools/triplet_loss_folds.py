"""The figures that 03_triplet_loss quotes: its own code, trained on thirty people and tested on the other ten, in
four folds, so that everybody is tested once. Several minutes.

    python tools/triplet_loss_folds.py
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import numpy as np

from course.data import faces
from course.evaluation import Figures, measure

NOTEBOOK = Path(__file__).parents[1] / "source" / "03_triplet_loss" / "03_triplet_loss.ipynb"
CELLS = ("imports", "question-picture", "training-loop")
"""Besides the solutions, the cells by id that training needs."""
FOLDS = [range(first, first + 10) for first in (1, 11, 21, 31)]


def notebook_code() -> dict[str, Any]:
    """What the notebook's solutions and its training cell define, by name."""
    names: dict[str, Any] = {}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.id in CELLS or cell.metadata.get("nbgrader", {}).get("solution"):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


def fold_figures(code: dict[str, Any], fold: range) -> dict[str, Figures]:
    """Way to encode -> figures on the people of `fold`, networks trained on everybody else."""
    everybody = faces()
    new = everybody.of(fold)
    others = everybody.of(set(everybody.people.tolist()) - set(fold))
    encoders = {"untrained": code["new_encoder"](seed=0)}
    for name, choose in code["CHOICES"].items():
        encoders[name], _ = code["train"](choose, learn_from=others)
    encodings = {name: code["encode"](encoder, new.images) for name, encoder in encoders.items()}
    pixels = code["pixels"][np.isin(everybody.people, list(fold))]
    return {way: measure(x, new.people) for way, x in ({"raw pixels": pixels} | encodings).items()}


def table(folds: list[dict[str, Figures]]) -> Iterator[str]:
    """Lines of a Markdown table: mean and standard deviation over the folds, in per cent."""
    measures = ("auc", "equal_error_rate", "one_shot")
    yield "| | " + " | ".join(measures) + " |"
    yield "|---" * (len(measures) + 1) + "|"
    for way in folds[0]:
        values = 100 * np.array([[getattr(fold[way], name) for name in measures] for fold in folds])
        cells = zip(values.mean(0), values.std(0, ddof=1), strict=True)
        yield f"| {way} | " + " | ".join(f"{mean:.1f} ± {spread:.1f}" for mean, spread in cells) + " |"


def main() -> None:
    matplotlib.use("Agg")
    code = notebook_code()
    found = []
    for fold in FOLDS:
        found.append(fold_figures(code, fold))
        print(f"people {fold.start} to {fold.stop - 1}:", found[-1], flush=True)
    print(*table(found), sep="\n")


if __name__ == "__main__":
    main()
