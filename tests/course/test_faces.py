"""The faces: whole pictures, the right people, the fixed split, and shrinking by area."""

import numpy as np
import pytest

from course.data import faces, shrink
from course.data.att_faces import HEADER, _read_pgm


@pytest.fixture(scope="module")
def everybody():
    return faces()


def test_forty_people_with_ten_pictures_each(everybody):
    assert everybody.images.shape == (400, 112, 92)
    assert everybody.images.dtype == np.float32
    assert everybody.images.min() >= 0
    assert 0.9 < everybody.images.max() <= 1
    assert np.bincount(everybody.people).tolist() == [0] + [10] * 40


def test_the_split_is_fixed_and_nobody_is_on_both_sides(everybody):
    assert sorted(set(everybody.train.people.tolist())) == list(range(1, 31))
    assert sorted(set(everybody.test.people.tolist())) == list(range(31, 41))
    assert len(everybody.train) == 300
    assert len(everybody.test) == 100
    assert np.array_equal(everybody.test.images, everybody.images[300:])


def test_of_keeps_pictures_and_people_together(everybody):
    chosen = everybody.of([7, 3])
    assert chosen.people.tolist() == [3] * 10 + [7] * 10
    assert np.array_equal(chosen.images[10:], everybody.images[60:70])


def test_no_picture_is_sheared(everybody):
    """A byte too many or too few shifts the rows below it, which would fit better when shifted back."""
    rows = everybody.images[:, :, 3:-3]
    here = np.abs(rows[:, 1:] - rows[:, :-1]).mean((1, 2))
    for shift in (-1, 1):
        shifted = np.roll(everybody.images, shift, axis=2)[:, :, 3:-3]
        assert (here < np.abs(shifted[:, 1:] - rows[:, :-1]).mean((1, 2))).all()


def test_no_picture_has_a_torn_row(everybody):
    """Where a row is shifted against the one above, all of its edges jump at once."""
    jumps = np.abs(np.diff(everybody.images, axis=1)).mean(2)
    assert (jumps.max(1) < 0.25).all()


@pytest.mark.parametrize("picture", ["s8/10", "s9/8"])
def test_the_two_pictures_with_a_real_line_end_are_smooth_at_that_place(everybody, picture):
    person, number = (int(part) for part in picture[1:].split("/"))
    image = everybody.images[(person - 1) * 10 + number - 1]
    steps = np.abs(np.diff(image, axis=0)).sum()
    for row in range(20, 111):
        torn = np.concatenate([image[:row], np.roll(image[row:], 1, axis=1)])
        assert steps < np.abs(np.diff(torn, axis=0)).sum()


def test_line_ends_are_undone(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (112, 92), dtype=np.uint8)
    pixels[pixels == 13] = 14
    whole = HEADER + pixels.tobytes()
    for content in (whole, whole.replace(b"\n", b"\r\n")):
        (tmp_path / "1.pgm").write_bytes(content)
        assert np.array_equal(np.round(_read_pgm(tmp_path / "1.pgm") * 255), pixels)


def test_shrink_averages_areas():
    images = np.random.default_rng(0).random((3, 112, 92), dtype=np.float32)
    small = shrink(images, (56, 46))
    assert small.shape == (3, 56, 46)
    assert small.dtype == np.float32
    np.testing.assert_allclose(small, images.reshape(3, 56, 2, 46, 2).mean((2, 4)), rtol=1e-5)


def test_shrink_keeps_the_mean_where_the_sizes_do_not_divide():
    image = np.random.default_rng(1).random((7, 5))
    small = shrink(image, (3, 2))
    assert small.shape == (3, 2)
    np.testing.assert_allclose(small.mean(), image.mean(), rtol=1e-6)
    np.testing.assert_allclose(shrink(image, (7, 5)), image, rtol=1e-6)
    by_hand = (image[:2].sum(0) + image[2] / 3) / (7 / 3)
    np.testing.assert_allclose(shrink(image, (3, 5))[0], by_hand, rtol=1e-6)


@pytest.mark.parametrize("size", [(113, 46), (56, 0), (200, 200)])
def test_shrink_only_makes_smaller(size):
    with pytest.raises(ValueError, match="only makes smaller"):
        shrink(np.zeros((2, 112, 92)), size)
