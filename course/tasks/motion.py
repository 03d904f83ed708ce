"""Which way does it move? Short films in which a real photograph slides behind a small window, in known directions."""

import numpy as np
from numpy.typing import NDArray

from course.data import photographs, shrink

Array = NDArray[np.float32]

CLASSES = ("right", "left", "down", "up")
STEPS = np.array([(0, 1), (0, -1), (1, 0), (-1, 0)])
"""(rows, columns) by which what is seen moves from one frame to the next, for each class."""
FRAMES, SIDE = 8, 16
NOISE = 0.5
"""Standard deviation of the noise, as a share of the film's own."""
TRAIN_PICTURES = ("astronaut", "brick", "camera", "china", "coffee", "grass", "ihc", "rocket")
TEST_PICTURES = ("chelsea", "coins", "flower", "gravel", "motorcycle_left")
"""No picture is in both, so a network cannot know the pictures it is tested on."""


def grey_pictures(names: tuple[str, ...]) -> list[Array]:
    """The photographs of these names in grey, at half their size: (n_H, n_W) float32 in [0, 1] each."""
    colour = photographs()
    grey = [colour[name].mean(axis=-1) / 255 for name in names]
    return [shrink(image, (image.shape[0] // 2, image.shape[1] // 2)) for image in grey]


def films(
    pictures: list[Array], count: int, rng: np.random.Generator, noise: float = NOISE
) -> tuple[Array, NDArray[np.int64]]:
    """Films of a patch of a picture that moves one pixel a frame.

    Args:
        pictures: (n_H, n_W) each, at least 24 pixels a side.
        count: how many films.
        rng: all chance comes from it.
        noise: standard deviation of the noise that is added to each film of standard deviation 1.

    Returns:
        x, (count, FRAMES, SIDE, SIDE, 1) float32 of mean 0, and directions (count,), numbers into `CLASSES`.

    Raises:
        ValueError: a picture has more or fewer than two axes, or is too small.
    """
    for picture in pictures:
        if picture.ndim != 2 or min(picture.shape) < SIDE + FRAMES:
            raise ValueError(f"expected grey pictures of at least 24 x 24 pixels, got shape {picture.shape}")
    directions = rng.integers(len(CLASSES), size=count)
    x = np.stack([_film(pictures[rng.integers(len(pictures))], STEPS[k], rng) for k in directions])
    x += rng.normal(scale=noise, size=x.shape)
    return x[..., None].astype(np.float32), directions


def _film(picture: Array, step: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """(FRAMES, SIDE, SIDE): a place with something to see, standardised."""
    reach = FRAMES - 1
    while True:
        top, left = (int(rng.integers(reach, side - SIDE - reach + 1)) for side in picture.shape)
        if picture[top : top + SIDE, left : left + SIDE].std() > 0.05:
            break
    # What is seen moves one way when the window moves the other.
    corners = np.array([top, left]) - step * np.arange(FRAMES)[:, None]
    film = np.stack([picture[row : row + SIDE, column : column + SIDE] for row, column in corners])
    return (film - film.mean()) / film.std()


def shuffle_frames(x: Array, rng: np.random.Generator) -> Array:
    """The same films with each one's frames in an order of chance."""
    return np.stack([film[rng.permutation(len(film))] for film in x])
