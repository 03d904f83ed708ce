"""How much patches of pictures are alike, told from their colours and the directions of their edges."""

import numpy as np
from numpy.typing import NDArray

GRID, DIRECTIONS = 4, 8


def likeness(patches: NDArray[np.floating]) -> float:
    """The mean cosine similarity between every two patches' descriptions; 1 when all are the same.

    A description is what a grid of 4 x 4 cells holds: its colour, without its brightness, and how much edge there
    is in each of eight directions. It knows nothing of the network whose unit found the patches.

    Args:
        patches: (k, n_H, n_W, 3) of one size, each side at least 4, values in [0, 1]; k at least 2.

    Raises:
        ValueError: there are fewer than two patches, or they are too small.
    """
    k, n_H, n_W = np.shape(patches)[:3]
    if k < 2 or min(n_H, n_W) < GRID:
        raise ValueError(f"expected two patches or more of at least {GRID} x {GRID}, got {np.shape(patches)}")
    described = np.stack([np.concatenate([_colours(patch), _edges(patch)]) for patch in patches])
    cosines = described @ described.T
    return float((cosines.sum() - np.trace(cosines)) / (k * (k - 1)))


def _colours(patch: NDArray[np.floating]) -> NDArray[np.floating]:
    return _unit(_cells(patch - patch.mean(axis=-1, keepdims=True)).reshape(-1))


def _edges(patch: NDArray[np.floating]) -> NDArray[np.floating]:
    """Per cell and direction (an edge and its opposite count as one), the summed strength of the edges."""
    d_row, d_column = np.gradient(patch.mean(axis=-1))
    strength = np.hypot(d_row, d_column)
    direction = np.floor(np.arctan2(d_row, d_column) % np.pi / np.pi * DIRECTIONS).astype(int) % DIRECTIONS
    return _unit(_cells(strength[..., None] * (direction[..., None] == np.arange(DIRECTIONS))).reshape(-1))


def _cells(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """(n_H, n_W, c) averaged over a grid of cells: (GRID, GRID, c)."""
    rows = [part.mean(axis=0) for part in np.array_split(values, GRID, axis=0)]
    return np.stack([part.mean(axis=1) for part in np.array_split(np.stack(rows), GRID, axis=1)])


def _unit(vector: NDArray[np.floating]) -> NDArray[np.floating]:
    """Scaled so that the two parts of a description weigh the same; a part that is hardly there hardly counts."""
    return vector / (np.sqrt(2) * float(np.linalg.norm(vector)) + 0.05)
