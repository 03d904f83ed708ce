"""Patches that look alike score higher than patches that do not, whatever the network."""

import numpy as np
import pytest

from course.likeness import likeness

RNG = np.random.default_rng(0)


def stripes(direction: str, colour: tuple[float, float, float], shift: int) -> np.ndarray:
    wave = 0.5 + 0.5 * np.sin((np.arange(24) + shift) * 0.9)
    grid = np.tile(wave, (24, 1)) if direction == "upright" else np.tile(wave[:, None], (1, 24))
    return grid[..., None] * np.array(colour)


def test_equal_patches_are_nearly_as_alike_as_can_be():
    patch = stripes("upright", (0.9, 0.2, 0.1), 0)
    assert 0.8 < likeness(np.stack([patch] * 4)) <= 1.0


def test_one_direction_is_more_alike_than_two():
    grey = (0.8, 0.8, 0.8)
    upright = np.stack([stripes("upright", grey, shift) for shift in (0, 1, 2, 3)])
    mixed = np.stack([stripes(way, grey, shift) for shift in (0, 2) for way in ("upright", "level")])
    assert likeness(upright) > likeness(mixed) + 0.2


def test_one_colour_is_more_alike_than_several():
    red, blue = np.array([0.9, 0.1, 0.1]), np.array([0.1, 0.1, 0.9])
    plain = np.stack([np.full((12, 12, 3), red * share) for share in (0.7, 0.8, 0.9, 1.0)])
    mixed = np.stack([np.full((12, 12, 3), colour) for colour in (red, blue, red, blue)])
    assert likeness(plain) > likeness(mixed) + 0.3


def test_noise_is_not_alike():
    assert likeness(RNG.uniform(size=(9, 16, 16, 3))) < likeness(
        np.repeat(RNG.uniform(size=(1, 16, 16, 3)), 9, 0)
    )


@pytest.mark.parametrize("shape", [(1, 16, 16, 3), (4, 3, 16, 3)])
def test_too_few_or_too_small_patches_are_refused(shape):
    with pytest.raises(ValueError, match="two patches or more"):
        likeness(np.zeros(shape))
