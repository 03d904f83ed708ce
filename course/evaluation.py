"""How good encodings are at telling people apart: figures that make no choice of threshold, or choose it fairly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Figures:
    """What `measure` found: AUC, equal error rate and one-shot accuracy, each from 0 to 1."""

    auc: float
    equal_error_rate: float
    one_shot: float


def auc(distances: ArrayLike, same: ArrayLike) -> float:
    """The chance that a random pair of the same person is closer than a random pair of two people.

    This is the area under the ROC curve; ties count half. 0.5 is guessing, 1 is perfect. Scaling all distances
    changes nothing.

    Args:
        distances: (m,), any real numbers.
        same: (m,) booleans, True where the pair shows one person; both kinds must occur.

    Raises:
        ValueError: lengths differ, a distance is not finite, or one kind of pair is missing.
    """
    d, y = _pairs(distances, same)
    _, place, count = np.unique(d, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    same_pairs, other_pairs = int(y.sum()), int((~y).sum())
    larger = rank[~y].sum() - other_pairs * (other_pairs + 1) / 2
    return float(larger / (same_pairs * other_pairs))


def equal_error_rate(distances: ArrayLike, same: ArrayLike) -> float:
    """The error rate at the threshold where strangers get in as often as the right people are kept out.

    Where the two rates jump past each other without meeting, the mean of both at the closest threshold.

    Args and errors: as for `auc`.
    """
    d, y = _pairs(distances, same)
    order = np.argsort(d, kind="stable")
    last = np.append(d[order][1:] != d[order][:-1], True)
    accepted_same = np.append(0, np.cumsum(y[order])[last])
    accepted_other = np.append(0, np.cumsum(~y[order])[last])
    kept_out, let_in = 1 - accepted_same / y.sum(), accepted_other / (~y).sum()
    best = np.argmin(np.abs(kept_out - let_in))
    return float((kept_out[best] + let_in[best]) / 2)


def one_shot_accuracy(
    encodings: ArrayLike, people: ArrayLike, ways: int, rng: np.random.Generator, trials: int = 10_000
) -> float:
    """How often the nearest of `ways` people, each known from one picture, is the right one.

    In each trial `ways` people are drawn, one picture of each, and another picture of one of them to be
    recognised. Chance is 1 / ways.

    Args:
        encodings: (m, ...), compared by Euclidean distance; more axes are flattened, so images work too.
        people: (m,), whose picture it is; everybody needs two pictures.
        ways: how many people stand to choose from, from 2 to all.
        rng: draws the trials.
        trials: how many; the standard error is at most 0.5 / sqrt(trials).

    Raises:
        ValueError: there are fewer than `ways` people, or somebody has a single picture.
    """
    inner, norms = _inner_products(encodings)
    names, number, count = np.unique(np.asarray(people), return_inverse=True, return_counts=True)
    if not 2 <= ways <= len(names) or count.min() < 2:
        raise ValueError(
            f"expected ways from 2 to {len(names)} (the people there are) and two pictures of everybody, "
            f"got ways={ways} and {count.min()} pictures of person {names[count.argmin()]}"
        )
    first = np.searchsorted(np.sort(number, kind="stable"), np.arange(len(names)))
    pictures = np.argsort(number, kind="stable")
    right = 0
    for _ in range(trials):
        chosen = rng.permutation(len(names))[:ways]
        places = first[chosen] + rng.integers(count[chosen])
        place = first[chosen[0]] + rng.integers(count[chosen[0]] - 1)
        place += place >= places[0]
        known, query = pictures[places], pictures[place]
        right += int((norms[known] - 2 * inner[known, query]).argmin() == 0)
    return right / trials


def measure(encodings: ArrayLike, people: ArrayLike, ways: int = 10, seed: int = 0) -> Figures:
    """AUC and equal error rate over all pairs of pictures, and `ways`-way one-shot accuracy.

    Args:
        encodings: (m, ...), compared by Euclidean distance.
        people: (m,), whose picture it is.
    """
    inner, norms = _inner_products(encodings)
    labels = np.asarray(people)
    first, second = np.triu_indices(len(labels), k=1)
    gaps = norms[first] + norms[second] - 2 * inner[first, second]
    same = labels[first] == labels[second]
    one_shot = one_shot_accuracy(encodings, labels, ways, np.random.default_rng(seed))
    return Figures(auc(gaps, same), equal_error_rate(gaps, same), one_shot)


def _inner_products(encodings: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(m, m) inner products of the flattened encodings about their mean, and (m,) their squared norms."""
    rows = np.asarray(encodings, np.float64)
    flat = rows.reshape(len(rows), -1) - rows.reshape(len(rows), -1).mean(axis=0)
    inner = flat @ flat.T
    return inner, np.diagonal(inner)


def _pairs(distances: ArrayLike, same: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    d, y = np.asarray(distances, np.float64), np.asarray(same, bool)
    if d.ndim != 1 or d.shape != y.shape:
        raise ValueError(f"expected distances and same of one shape (m,), got {d.shape} and {y.shape}")
    if not np.isfinite(d).all():
        raise ValueError(f"expected finite distances, got {np.sum(~np.isfinite(d))} that are not")
    if y.all() or not y.any():
        raise ValueError(f"expected pairs of both kinds, got {y.sum()} same and {(~y).sum()} different")
    return d, y
