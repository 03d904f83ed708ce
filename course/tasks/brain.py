"""Grey or white matter? Small cubes of a brain volume, the answer hidden, train and test from slabs far apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course.data import Brain

Array = NDArray[np.float32]

CLASSES = ("grey", "white")
SIDE = 14
"""Voxels along each side of a patch; one voxel is 1 mm."""
HIDDEN = 4
"""Side of the cube in the middle whose voxels are hidden."""
CERTAIN = 0.6
"""A voxel is of the tissue whose map exceeds this."""
TRAIN_SLAB, TEST_SLAB = (20, 120), (140, 215)
"""Where the centres lie along the second axis, from back to front: 20 mm apart, so no two patches share a voxel.

Not left from right: the two halves of a brain mirror each other.
"""


@dataclass(frozen=True)
class Patches:
    """Places in the volume and the tissue there.

    Attributes:
        centres: (m, 3) int64, voxel indices.
        labels: (m,) int64, 0 grey, 1 white.
    """

    centres: NDArray[np.int64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def tissue(brain: Brain) -> NDArray[np.int64]:
    """Each voxel's tissue, of the volume's shape: 0 grey, 1 white, -1 neither for certain or too near the edge."""
    labels = np.where(brain.grey > CERTAIN, 0, np.where(brain.white > CERTAIN, 1, -1))
    inside = np.zeros(labels.shape, dtype=bool)
    inside[(slice(SIDE // 2, -SIDE // 2),) * 3] = True
    return np.where(inside, labels, -1)


def sample(brain: Brain, slab: tuple[int, int], count: int, rng: np.random.Generator) -> Patches:
    """`count` random places with centres from slab[0] to slab[1] - 1 along the second axis, half grey, half white."""
    labels = tissue(brain)[:, slab[0] : slab[1]]
    halves = [rng.choice(np.argwhere(labels == k), count // 2, replace=False) for k in (0, 1)]
    centres = np.concatenate(halves) + np.array([0, slab[0], 0])
    return Patches(centres, np.repeat([0, 1], count // 2))


def in_planes(brain: Brain, point: tuple[int, int, int], slab: tuple[int, int], every: int = 3) -> Patches:
    """Every third or so place of the slab that lies in one of the three slices through `point` and has a tissue."""
    chosen = np.zeros(brain.t1.shape, dtype=bool)
    for axis, place in enumerate(point):
        plane = [slice(every // 2, None, every)] * 3
        plane[axis] = slice(place, place + 1)
        chosen[tuple(plane)] = True
    labels = tissue(brain)
    chosen &= labels >= 0
    chosen[:, : slab[0]] = chosen[:, slab[1] :] = False
    return Patches(np.argwhere(chosen), labels[chosen])


def cubes(volume: Array, centres: NDArray[np.int64]) -> Array:
    """The cubes of `SIDE` voxels around the centres.

    Args:
        volume: (n1, n2, n3).
        centres: (m, 3) voxel indices, at least half a side from the edge.

    Returns:
        (m, SIDE, SIDE, SIDE), values as in the volume.

    Raises:
        ValueError: the volume does not have three axes, or a cube would reach over its edge.
    """
    volume = np.asarray(volume)
    if volume.ndim != 3:
        raise ValueError(f"expected a volume with 3 axes, (n1, n2, n3), got shape {volume.shape}")
    half = SIDE // 2
    if len(centres) and (
        np.min(centres) < half or (np.max(centres, axis=0) > np.array(volume.shape) - half).any()
    ):
        raise ValueError(
            f"expected centres at least {half} voxels from the edge of the volume {volume.shape}"
        )
    starts = np.asarray(centres) - half
    return np.lib.stride_tricks.sliding_window_view(volume, (SIDE,) * 3)[tuple(starts.T)]


def hide_centre(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """A copy of (m, SIDE, SIDE, SIDE) in which the middle `HIDDEN` cube is 0."""
    low = (SIDE - HIDDEN) // 2
    x = x.copy()
    x[(slice(None), *(slice(low, low + HIDDEN),) * 3)] = 0
    return x


def standardise(x: Array) -> Array:
    """Each patch (first axis) minus its mean, divided by its standard deviation."""
    axes = tuple(range(1, x.ndim))
    return ((x - x.mean(axes, keepdims=True)) / (x.std(axes, keepdims=True) + 1e-6)).astype(np.float32)


def patches(
    brain: Brain, chosen: Patches, rng: np.random.Generator, noise: float = 0.5, mirrored: bool = False
) -> tuple[Array, NDArray[np.int64]]:
    """What the network sees of the chosen places, as if each came from a scanner of its own.

    Each patch is standardised, given a random gain (0.7 to 1.3), offset (standard deviation 0.3) and noise, and its
    centre is hidden: the brightness there would give the tissue away.

    Args:
        brain: where the patches come from.
        chosen: m places.
        rng: all chance comes from it.
        noise: standard deviation of the white noise, beside 1 for the patch's own.
        mirrored: whether a patch is turned over along each axis with a chance of one half; for training.

    Returns:
        x, (m, SIDE, SIDE, SIDE, 1) float32, and labels (m,).
    """
    clean = standardise(cubes(brain.t1, chosen.centres))
    if mirrored:
        clean = mirror(clean, rng)
    each = (len(clean), 1, 1, 1)
    gain, offset = rng.uniform(0.7, 1.3, each), rng.normal(scale=0.3, size=each)
    x = gain * clean + offset + rng.normal(scale=noise, size=clean.shape)
    return hide_centre(x)[..., None].astype(np.float32), chosen.labels


def mirror(x: Array, rng: np.random.Generator) -> Array:
    """A copy of (m, n1, n2, n3) in which each patch is turned over along each axis with a chance of one half."""
    x = x.copy()
    for axis in (1, 2, 3):
        over = rng.random(len(x)) < 0.5
        x[over] = np.flip(x[over], axis)
    return x
