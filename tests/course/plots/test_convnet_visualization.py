"""Every figure of 05 is made from small numbers, and shows what it was given."""

import numpy as np

from course.plots import convnet_visualization as plots

RNG = np.random.default_rng(0)
IMAGE = RNG.uniform(size=(20, 30, 3))


def test_boxes_draws_each_square_and_says_its_size():
    (ax,) = plots.boxes(IMAGE, {"block 2": (2, 3, 16, 17), "block 1": (5, 5, 10, 10)}).axes
    assert [(patch.get_x(), patch.get_y(), patch.get_width()) for patch in ax.patches] == [
        (2.5, 1.5, 14),
        (4.5, 4.5, 5),
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "block 2: 14 pixels",
        "block 1: 5 pixels",
    ]


def test_field_sizes_has_a_bar_a_layer_and_a_colour_a_block():
    (ax,) = plots.field_sizes(["conv1_1", "conv1_2", "conv2_1"], np.array([3, 5, 10])).axes
    assert [bar.get_height() for bar in ax.patches] == [3, 5, 10]
    first, second, third = (bar.get_facecolor() for bar in ax.patches)
    assert first == second != third


def test_changes_frames_the_field_in_both_panels():
    figure = plots.changes(RNG.uniform(size=(12, 12)), (2, 3, 8, 9))
    assert [ax.patches[0].get_xy() for ax in figure.axes] == [(2.5, 1.5), (2.5, 1.5)]


def test_activation_maps_has_a_row_a_layer():
    figure = plots.activation_maps(
        IMAGE, {"conv1_2": RNG.uniform(size=(20, 30, 4)), "conv2_2": RNG.uniform(size=(10, 15, 4))}
    )
    assert len(figure.axes) == 10
    assert [ax.get_ylabel() for ax in figure.axes if ax.get_ylabel()] == ["conv1_2", "conv2_2"]


def test_found_places_keeps_the_order_of_strength():
    rows = np.array([[1, 0, 0], [0, 2, 1]])
    figure = plots.found_places(RNG.uniform(size=(2, 20, 30, 3)), rows, [(0, 0, 5, 5), (3, 2, 9, 8)])
    assert [ax.get_title() for ax in figure.axes] == ["image 1", "image 0"]
    assert figure.axes[1].patches[0].get_bbox().bounds == (2, 3, 6, 6)


def test_tiled_puts_nine_patches_in_reading_order():
    patches = np.arange(9)[:, None, None, None] * np.ones((9, 4, 4, 3)) / 10
    picture = plots.tiled(patches, gap=1)
    assert picture.shape == (18, 18, 3)
    np.testing.assert_allclose(picture[2::6, 2::6, 0], np.arange(9).reshape(3, 3) / 10)
    assert (picture[0] == 1).all()


def test_sheet_has_a_row_a_layer_and_a_title_a_unit():
    patches = {"conv1_2": RNG.uniform(size=(3, 9, 6, 6, 3)), "conv5_2": RNG.uniform(size=(2, 9, 6, 6, 3))}
    figure = plots.sheet(patches, {"conv1_2": ["a", "b", "c"], "conv5_2": ["d", "e"]})
    assert [ax.get_title() for ax in figure.axes if ax.axison] == ["a", "b", "c", "d", "e"]


def test_occlusion_lays_the_map_over_the_middles_of_the_squares():
    figure = plots.occlusion(IMAGE, RNG.normal(size=(4, 6)), size=5, stride=5)
    shades = figure.axes[1].images[1]
    left, right, bottom, top = shades.get_extent()
    assert (left, right, bottom, top) == (-0.5, 29.5, 19.5, -0.5)
    low, high = shades.get_clim()
    assert low == -high


def test_climbs_are_shares_of_the_largest_response():
    (ax,) = plots.climbs({"unit 3": np.array([1.0, 2.0, 4.0])}).axes
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.25, 0.5, 1.0])


def test_dreams_puts_the_ascent_picture_beside_the_patches():
    entry = ("unit 7", RNG.uniform(size=(9, 6, 6, 3)), RNG.uniform(size=(8, 8, 3)))
    figure = plots.dreams({"conv1_2": [entry], "conv2_2": [entry]})
    assert [ax.get_title() for ax in figure.axes] == ["unit 7", "by ascent"] * 2
