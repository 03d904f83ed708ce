"""The style pictures: always the same, of any size, strongly textured, and different from one another."""

import numpy as np
import pytest

from course.data import STYLES, style_picture, style_pictures

SIZE = (96, 144)


@pytest.fixture(scope="module")
def drawn():
    return style_pictures(SIZE)


def test_there_are_at_least_four_rgb_pictures_of_the_size_wanted(drawn):
    assert len(drawn) >= 4
    assert list(drawn) == list(STYLES)
    assert all(picture.shape == (*SIZE, 3) and picture.dtype == np.uint8 for picture in drawn.values())


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_drawn_alike_each_time(name):
    again = STYLES[name](np.random.default_rng(7), 2 * SIZE[0], 2 * SIZE[1])
    once_more = STYLES[name](np.random.default_rng(7), 2 * SIZE[0], 2 * SIZE[1])
    assert np.array_equal(again, once_more)


def test_what_a_caller_changes_stays_with_the_caller(drawn):
    mine = style_picture("mosaic", SIZE)
    mine[:] = 0
    assert np.array_equal(style_picture("mosaic", SIZE), drawn["mosaic"])


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_strongly_textured_everywhere(drawn, name):
    """In each sixth of the picture, neighbouring pixels differ by more than the photograph of a face would."""
    picture = drawn[name].astype(float).mean(-1)
    for part in (part for half in np.array_split(picture, 2) for part in np.array_split(half, 3, axis=1)):
        assert np.abs(np.diff(part, axis=1)).mean() + np.abs(np.diff(part, axis=0)).mean() > 7


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_colourful_and_runs_from_dark_to_light(drawn, name):
    picture = drawn[name].astype(float)
    assert (picture.max(-1) - picture.min(-1)).mean() > 40
    dark, light = np.percentile(picture.mean(-1), [5, 95])
    assert dark < 90 and light > 150


def test_no_style_looks_like_another(drawn):
    pictures = [picture.astype(float) for picture in drawn.values()]
    for index, one in enumerate(pictures):
        assert all(np.abs(one - other).mean() > 40 for other in pictures[:index])


def test_an_unknown_style_names_those_there_are():
    with pytest.raises(ValueError, match="there is no style 'monet'; there are: swirls, mosaic"):
        style_picture("monet")


@pytest.mark.parametrize("size", [(10, 300), (300, 5000), (300,)])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(ValueError, match="from 64 to 1024"):
        style_picture("mosaic", size)
