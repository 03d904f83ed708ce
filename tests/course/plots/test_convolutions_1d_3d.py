"""The figures of 07_convolutions_1d_3d show the numbers they are given."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from course.plots import convolutions_1d_3d as plots


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def texts(figure: Figure) -> set[str]:
    figure.canvas.draw()
    return {text.get_text() for text in figure.findobj(mpl.text.Text)}  # type: ignore[attr-defined]


def test_three_kinds_of_data_are_named() -> None:
    signal = np.sin(np.arange(900) / 20)
    figure = plots.three_kinds_of_data(signal, 360, rng().random((100, 150, 90)), rng().random((8, 40, 60)))
    assert {"time (s)", "mV"} <= texts(figure)
    assert len(figure.axes) == 7


def test_chains_carry_every_shape_and_filter() -> None:
    shapes = {"1-D": [(14, 1), (10, 16)], "3-D": [(14, 13, 12, 1), (10, 9, 8, 16)]}
    figure = plots.chains(shapes, {"1-D": ["16 filters of 5"], "3-D": ["16 filters of 5 x 5 x 5"]})
    assert {"14 × 1", "10 × 16", "14 × 13 × 12 × 1", "10 × 9 × 8 × 16", "16 filters of 5"} <= texts(figure)


def test_a_response_is_drawn_where_the_middle_of_its_filter_stands() -> None:
    figure = plots.responses(np.zeros(100), 10, {"mean": (np.ones(11) / 11, np.arange(90.0))})
    line = figure.axes[3].lines[0]
    assert line.get_xdata()[0] == pytest.approx(0.55)
    assert np.array_equal(line.get_ydata(), np.arange(90.0))


def test_volume_responses_show_the_middle_slice() -> None:
    volume, response = rng().random((9, 8, 7)), rng().normal(size=(7, 6, 5))
    figure = plots.volume_responses(volume, {"left / right": response})
    assert np.array_equal(figure.axes[1].images[0].get_array(), response[:, :, 2].T)


def test_film_responses_stand_under_their_frames() -> None:
    frames, response = rng().random((9, 6, 8)), rng().normal(size=(9, 6, 8))
    figure = plots.film_responses(frames, response, rate=25)
    shown = [axes.images[0].get_array() for axes in figure.axes[:6]]
    assert all(np.array_equal(picture, frames[k]) for picture, k in zip(shown[:3], (0, 3, 6), strict=True))
    assert all(np.array_equal(picture, response[k]) for picture, k in zip(shown[3:], (0, 3, 6), strict=True))


def test_beats_are_marked_by_class_and_errors_crossed() -> None:
    signal = np.zeros(3000)
    beats = {
        "narrow": (np.array([1100, 2600]), np.array([1.0, 1.0])),
        "wide": (np.array([1500]), np.array([2.0])),
    }
    figure = plots.beats_and_filters(signal, 100, 10, beats, [1500], rng().normal(size=(7, 5)))
    marks = {line.get_label(): line.get_xdata().tolist() for line in figure.axes[0].lines}
    assert marks["narrow"] == [11]
    assert marks["wide"] == [15] == marks["not as the pseudo-label says"]
    assert sum(bool(axes.lines) for axes in figure.axes[1:]) == 5


def test_accuracy_by_noise_draws_every_method_and_the_floor() -> None:
    figure = plots.accuracy_by_noise([0, 0.5], {"net": [1, 0.9], "rule": [0.9, 0.7]}, 0.6)
    assert {"net", "rule", "always narrow", "noise (mV)", "accuracy"} <= texts(figure)


def test_the_trap_shows_patches_before_and_after() -> None:
    raw = {"grey": rng().random((4, 5)), "white": rng().random((4, 5))}
    seen = {name: -patch for name, patch in raw.items()}
    figure = plots.trap(raw, seen, {"grey": rng().random(50), "white": rng().random(50)})
    assert {"grey, as it is", "white, as the network sees it"} <= texts(figure)


def test_predicted_tissue_is_drawn_in_its_own_slice() -> None:
    centres = np.array([[3, 5, 6], [1, 4, 6], [3, 4, 2]])
    figure = plots.predicted_tissue(
        rng().random((8, 9, 10)), (3, 4, 6), (2, 7), centres, np.array([0.1, 0.5, 0.9])
    )
    drawn = [axes.collections[0].get_offsets().tolist() for axes in figure.axes[:3]]
    assert drawn == [[[5, 6], [4, 2]], [[1, 6], [3, 2]], [[3, 5], [1, 4]]]
    assert figure.axes[0].collections[0].get_array().tolist() == [0.1, 0.9]


def test_the_strongest_filters_are_shown_slice_by_slice() -> None:
    filters = rng().normal(size=(3, 4, 5, 6)) * np.array([1, 9, 1, 1, 5, 1])
    figure = plots.volume_filters(filters, "frame", count=2)
    assert {"filter 1", "filter 4", "frame 3"} <= texts(figure)
    assert np.allclose(
        figure.axes[2].images[0].get_array(), filters[1, :, :, 1] / np.abs(filters[..., 1]).max()
    )


def test_a_film_strip_points_where_the_network_says() -> None:
    figure = plots.film_strips(rng().random((2, 3, 6, 5)), ["right", "up"], ["right", "left"])
    assert {"✓ truth: right", "✗ truth: left", "frame 3"} <= texts(figure)
    (right, up) = (axes.texts[0] for axes in (figure.axes[3], figure.axes[7]))
    assert right.xy[0] > right.xyann[0] and up.xy[1] > up.xyann[1]


def test_accuracies_put_the_network_on_top() -> None:
    figure = plots.accuracies(
        {"Hearts": {"net": 0.99, "rule": 0.9, "always narrow": 0.7}, "Films": {"net": 0.98}}
    )
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "always narrow",
        "rule",
        "net",
    ]
    assert {"0.990", "0.900", "0.700", "0.980", "Hearts", "Films"} <= texts(figure)
