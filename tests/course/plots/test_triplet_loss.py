"""The figures of 03_triplet_loss show the numbers they are given."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from course.plots import triplet_loss as plots
from course.plots.style import GREEN, RED
from tests.course.plots import texts


def test_faces_carry_their_distances_and_the_wrong_order_is_called_wrong() -> None:
    images = np.linspace(0, 1, 2 * 3 * 5 * 4).reshape(2, 3, 5, 4)
    figure = plots.triplet_faces(images, d_ap=np.array([0.5, 1.25]), d_an=np.array([0.75, 1.0]))
    words = texts(figure)
    assert "positive P\nd(A, P) = 0.50" in words
    assert "negative N\nd(A, N) = 1.00" in words
    assert [word for word in words if "than P" in word] == ["farther than P: right", "nearer than P: wrong"]
    assert np.array_equal(figure.axes[5].images[0].get_array(), images[1, 2])


def test_the_hinge_is_drawn_once_a_margin_with_the_marked_losses() -> None:
    d_an = np.linspace(0, 1, 11)
    losses = {alpha: np.maximum(0.5 - d_an + alpha, 0) for alpha in (0.0, 0.2)}
    figure = plots.hinge(d_an, losses, 0.5, marked=np.array([0.6]))
    (ax,) = figure.axes
    assert np.array_equal(ax.lines[0].get_ydata(), losses[0.0])
    assert [text.get_text() for text in ax.texts] == ["0.00", "0.10"]
    assert ax.get_xlabel() and ax.get_ylabel()


def test_the_lowest_cost_is_marked() -> None:
    scales = np.array([0.0, 0.5, 1.0])
    figure = plots.shrinking(scales, {0.2: np.array([6.0, 1.0, 2.0])})
    dot = figure.axes[0].lines[1]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (0.5, 1.0)


def test_valid_cells_are_green_and_only_they() -> None:
    valid = np.array([[False, True, False], [True, False, False], [False, False, True]])
    figure = plots.valid_table(np.zeros((3, 6, 5)), valid, anchor=1)
    cells = np.array(figure.axes).reshape(4, 4)[1:, 1:]
    green = np.array([[ax.get_facecolor() == to_rgba(GREEN) for ax in row] for row in cells])
    assert np.array_equal(green, valid)


def test_the_plane_counts_what_still_teaches_and_sorts_by_kind() -> None:
    d_ap, d_an = np.array([0.5, 0.5, 0.5, 0.5]), np.array([0.4, 0.6, 0.9, 1.2])
    empty = np.zeros(0)
    figure = plots.triplet_plane({"some": (d_ap, d_an), "none": (empty, empty)}, alpha=0.2)
    assert "some: 4\n50% still teach" in texts(figure)
    assert "none: 0\n0% still teach" in texts(figure)
    hard = [line for line in figure.axes[0].lines if line.get_color() == RED and line.get_marker() == "."]
    assert hard[0].get_ydata().tolist() == [0.4]


def test_shares_are_averaged_over_the_window() -> None:
    figure = plots.shares_over_steps({"random": np.array([1.0, 0.0, 1.0, 0.0, 1.0])}, window=2)
    assert figure.axes[0].lines[0].get_ydata().tolist() == [50.0] * 4


def test_one_panel_a_measurement_and_one_curve_a_run() -> None:
    points = np.array([[0, 1.0], [10, 0.5]])
    figure = plots.collapse({"mean d": {"a": points, "b": 2 * points}, "AUC": {"a": points}})
    assert [len(ax.lines) for ax in figure.axes] == [2, 1]
    assert figure.axes[0].lines[1].get_ydata().tolist() == [2.0, 1.0]


def test_histograms_are_shares_of_each_kind() -> None:
    figure = plots.same_and_different({"pixels": (np.array([0.1, 0.2]), np.array([1.0, 1.5, 2.0, 1.9]))})
    heights = [sum(patch.get_height() for patch in group) for group in figure.axes[0].containers]
    assert heights == pytest.approx([100.0, 100.0])


def test_costs_are_drawn_step_by_step() -> None:
    figure = plots.costs_over_steps(np.array([9.0, 4.0, 1.0]))
    assert figure.axes[0].lines[0].get_ydata().tolist() == [9.0, 4.0, 1.0]


def test_scores_are_percentages_one_row_a_way() -> None:
    figure = plots.scores(
        {"AUC": {"pixels": 0.94, "semi-hard": 0.965}, "one-shot": {"pixels": 0.8, "semi-hard": 0.9}}
    )
    assert [text.get_text() for text in figure.axes[0].texts] == ["94.0", "96.5"]
    assert figure.axes[1].collections[0].get_offsets().tolist() == [[80.0, 0.0], [90.0, 1.0]]
