"""The figures of 06_content_style_costs show the numbers they are given."""

from itertools import pairwise

import numpy as np

from course.plots import content_style_costs as plots


def test_pictures_stand_side_by_side_under_their_names() -> None:
    row = {"wide": np.full((4, 9, 3), 0.25), "high": np.full((8, 3, 3), 1.5)}
    figure = plots.pictures(row, title="two")
    assert [ax.get_title() for ax in figure.axes] == ["wide", "high"]
    assert np.array_equal(figure.axes[0].images[0].get_array(), row["wide"])
    assert np.asarray(figure.axes[1].images[0].get_array()).max() == 1
    assert figure.get_suptitle() == "two"


def test_there_is_a_bar_for_each_change_and_layer() -> None:
    costs = {"shifted": {"conv1_1": 0.5, "conv5_1": 0.25}, "darker": {"conv1_1": 1.0, "conv5_1": 0.75}}
    (ax,) = plots.costs_by_layer(costs, "cost").axes
    assert [bar.get_height() for bar in ax.patches] == [0.5, 0.25, 1.0, 0.75]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["conv1_1", "conv5_1"]
    assert ax.get_ylabel() == "cost"
    edges = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches)
    assert all(one[1] <= other[0] + 1e-9 for one, other in pairwise(edges))


def test_gram_matrices_show_the_strongest_channels_free_of_their_strength() -> None:
    a = np.array([[1.0, 2.0, 0.5], [0.1, 0.1, 0.1], [3.0, 0.0, 4.0]])
    scaled = np.diag([1.0, 5.0, 7.0]) @ a
    figure = plots.gram_matrices({"one": a @ a.T, "two": scaled @ scaled.T}, channels=2)
    one, two = (np.asarray(ax.images[0].get_array()) for ax in figure.axes[:2])
    cosine = (a[0] @ a[2]) / (np.linalg.norm(a[0]) * np.linalg.norm(a[2]))
    assert np.allclose(one, [[1, cosine], [cosine, 1]])
    assert np.allclose(two, one)


def test_the_smallest_of_each_row_is_framed() -> None:
    costs = np.array([[1.0, 2.0, 4.0], [0.5, 2.0, 1.0], [3.0, 6.0, 1.5]])
    (ax,) = plots.style_table(costs, ["a", "b", "c"]).axes
    assert [round(frame.get_x() + 0.48) for frame in ax.patches] == [0, 0, 2]
    assert [text.get_text() for text in ax.texts[:3]] == ["1", "2", "4"]


def test_the_balance_shows_costs_before_and_after_weighting() -> None:
    (ax,) = plots.balance({"conv1_1": 10.0, "conv2_1": 400.0}, {"conv1_1": 0.1, "conv2_1": 0.0025}).axes
    assert list(ax.lines[0].get_ydata()) == [10.0, 400.0]
    assert list(ax.lines[1].get_ydata()) == [1.0, 1.0]
    assert ax.get_yscale() == "log"


def test_cost_curves_start_at_zero_and_name_both_costs() -> None:
    (ax,) = plots.cost_curves([0, 5, 10], content=[0.0, 0.2, 0.3], style=[1.0, 0.4, 0.1]).axes
    named = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert named == {"style cost": [1.0, 0.4, 0.1], "content cost": [0.0, 0.2, 0.3]}
    assert ax.get_ylim()[0] == 0


def test_every_picture_is_a_named_point() -> None:
    (ax,) = plots.trade_off({"content": (0.0, 1.0), "art": (0.4, 0.1)}).axes
    assert [tuple(line.get_xydata()[0]) for line in ax.lines] == [(0.0, 1.0), (0.4, 0.1)]
    assert [text.get_text() for text in ax.texts] == ["content (0.00, 1.00)", "art (0.40, 0.10)"]
