"""Many square pictures of many different things, to look for what excites a unit of a ConvNet."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course.data import DataError, album, film_frames, photographs, picture

FILMS = ("bikes", "bigbuckbunny", "carphone_pristine")
NOT_EVERYDAY = frozenset(["hubble_deep_field", "ihc", "moon", "retina"])
"""Photographs through telescopes and microscopes: a network trained on everyday things never saw the like."""
PICTURE_ENDINGS = frozenset([".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"])
LARGEST = 480
"""Photographs of the album are kept in memory with a shorter side of at most so many pixels."""
CUT = 40.0
"""Two neighbouring film frames that differ by more than this on average, of 255, belong to two shots."""


@dataclass(frozen=True)
class Scenes:
    """Square pieces of photographs and film frames.

    Attributes:
        images: (m, size, size, 3) float32 in [0, 1], RGB.
        sources: (m,) text: which photograph or which shot of a film each piece is from.
    """

    images: NDArray[np.float32]
    sources: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)


def scenes(folder: str | Path | None = None, size: int = 176, number: int = 100, seed: int = 0) -> Scenes:
    """Pieces of the course's photographs and films, and of the pictures in a folder of your own.

    Every photograph and film shot gives equally many pieces: the first shows nearly all of it, the others show
    parts of it, larger, at places drawn at random. Where the album (`course.data.album`) cannot be had, a
    sentence says so, and the rest must do.

    Args:
        folder: where your own pictures are, also in folders inside it; None for the course's alone. The more
            different things there are to see, the clearer it gets what a unit looks for.
        size: height and width of a piece, in pixels.
        number: about how many pieces; at least one of every photograph and shot.
        seed: of the places.

    Raises:
        FileNotFoundError: there is no such folder, or no picture in it.
        ValueError: a picture is damaged.
        DataError: the course's own are not in the cache and cannot be fetched.
    """
    rng = np.random.default_rng(seed)
    found = dict(_own_pictures(folder)) if folder is not None else {}
    found |= dict(_course_pictures()) | dict(_album_pictures())
    pieces = max(1, round(number / len(found)))
    images = [piece for frames in found.values() for piece in _pieces(frames, pieces, size, rng)]
    return Scenes(np.stack(images), np.repeat(list(found), pieces))


def shots(frames: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """A film, (frames, n_H, n_W, 3), cut where the picture changes at once; every part has the same form."""
    small = frames[:, ::8, ::8].astype(np.float32)
    change = np.abs(np.diff(small, axis=0)).mean(axis=(1, 2, 3))
    return [shot for shot in np.split(frames, np.flatnonzero(change > CUT) + 1) if len(shot) > 3]


def _own_pictures(folder: str | Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {root} here ({Path.cwd()})")
    files = sorted(file for file in root.rglob("*") if file.suffix.lower() in PICTURE_ENDINGS)
    if not files:
        raise FileNotFoundError(
            f"there is no picture in {root}; expected {', '.join(sorted(PICTURE_ENDINGS))}"
        )
    for file in files:
        yield str(file.relative_to(root)), picture(file)[None]


def _course_pictures() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Name and frames, (frames, n_H, n_W, 3), of every photograph (a single frame) and film shot."""
    for name, photograph in photographs().items():
        if name not in NOT_EVERYDAY:
            yield name, photograph[None]
    for film in FILMS:
        for number, shot in enumerate(shots(film_frames(film)), start=1):
            yield f"{film} {number}", shot


def _album_pictures() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    try:
        for name, photograph in album():
            yield name, _shrunk(photograph)[None]
    except DataError as error:
        print(error)


def _shrunk(photograph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    part = min(photograph.shape[:2]) // LARGEST
    return np.array(Image.fromarray(photograph).reduce(part)) if part > 1 else photograph


def _pieces(
    frames: NDArray[np.uint8], number: int, size: int, rng: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    """The frames are taken evenly from the shot; the pieces' sides shrink from the whole to about a third."""
    for index, share in enumerate(np.linspace(1.0, 0.35, number)):
        frame = frames[(2 * index + 1) * len(frames) // (2 * number)]
        side = max(1, round(share * min(frame.shape[:2])))
        top, left = (int(rng.integers(whole - side + 1)) for whole in frame.shape[:2])
        yield _resized(frame[top : top + side, left : left + side], size)


def _resized(piece: NDArray[np.uint8], size: int) -> Any:
    from PIL import Image

    image = Image.fromarray(piece).resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / np.float32(255)
