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
CONTRAST = 0.05
"""Standard deviation of the grey values that a film's first frame must have: nobody sees a clear sky move."""
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
        pictures: (n_H, n_W) each, at least 30 pixels a side.
        count: how many films.
        rng: all chance comes from it.
        noise: standard deviation of the noise that is added to each film of standard deviation 1.

    Returns:
        x, (count, FRAMES, SIDE, SIDE, 1) float32 of mean 0, and directions (count,), numbers into `CLASSES`.

    Raises:
        ValueError: a picture has more or fewer than two axes, is too small, or shows nothing.
    """
    directions = rng.integers(len(CLASSES), size=count)
    chosen = rng.integers(len(pictures), size=count)
    x = rng.normal(scale=noise, size=(count, FRAMES, SIDE, SIDE))
    for number, picture in enumerate(pictures):
        x[chosen == number] += _slides(picture, STEPS[directions[chosen == number]], rng)
    return x[..., None].astype(np.float32), directions


def _slides(picture: Array, steps: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """(m, FRAMES, SIDE, SIDE), each standardised: places of a picture with something to see, moving by steps (m, 2)."""
    reach, every = FRAMES - 1, 3  # a film starts at every third pixel, no nearer to the edge than it moves
    if picture.ndim != 2 or min(picture.shape) < SIDE + 2 * reach:
        raise ValueError(f"expected grey pictures of at least 30 x 30 pixels, got shape {picture.shape}")
    windows = np.lib.stride_tricks.sliding_window_view(picture, (SIDE, SIDE))
    contrast = windows[reach:-reach:every, reach:-reach:every].std(axis=(2, 3))
    places = np.argwhere(contrast > CONTRAST) * every + reach
    if len(places) == 0:
        raise ValueError(
            "expected a picture with something to see in it, got one that is the same everywhere"
        )
    corners = places[rng.integers(len(places), size=len(steps))]
    # What is seen moves one way when the window moves the other.
    rows, columns = (corners[:, None] - steps[:, None] * np.arange(FRAMES)[:, None]).transpose(2, 0, 1)
    films = windows[rows, columns]
    axes = (1, 2, 3)
    return (films - films.mean(axes, keepdims=True)) / films.std(axes, keepdims=True)


def shuffle_frames(x: Array, rng: np.random.Generator) -> Array:
    """The same films with each one's frames in an order of chance."""
    return np.stack([film[rng.permutation(len(film))] for film in x])
