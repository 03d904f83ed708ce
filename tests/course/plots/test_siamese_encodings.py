"""The figures of 02_siamese_encodings show the numbers they are given."""

import numpy as np
import pytest
from matplotlib.offsetbox import AnnotationBbox

from course.plots import siamese_encodings as plots

FACES = np.linspace(0, 1, 6 * 5 * 4).reshape(6, 5, 4)


@pytest.mark.parametrize(("d", "shown"), [(None, "= ?"), (0.456, "= 0.46")])
def test_two_towers_show_both_encodings_and_their_distance(d: float | None, shown: str) -> None:
    encodings = np.array([[0.6, -0.8, 0.0], [0.0, 1.0, 0.0]])
    axes = plots.two_towers(FACES[:2], encodings, d).axes
    bars = [[bar.get_height() for bar in ax.patches] for ax in (axes[2], axes[5])]
    assert np.array_equal(bars, encodings)
    assert axes[-1].texts[0].get_text().endswith(shown)


def test_arrows_point_where_the_rows_do() -> None:
    before = np.array([[3.0, 4.0], [0.0, -2.0]])
    left, right = plots.on_the_circle(before, before / np.array([[5], [2]])).axes
    assert np.array_equal([text.xy for text in left.texts], before)
    assert left.get_xlim()[1] > 4
    assert right.get_xlim()[1] < 2


def test_layers_show_the_size_of_the_output_and_the_parameters() -> None:
    figure = plots.layers(["Conv2D", "Dense"], [(3, 2, 4), (5,)], [40, 125])
    numbers, parameters = ([bar.get_width() for bar in ax.patches] for ax in figure.axes)
    assert numbers == [24, 5]
    assert parameters == [40, 125]
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["Conv2D (3, 2, 4)", "Dense (5,)"]


def test_pairs_name_each_network_with_its_distance() -> None:
    d = {"untrained": np.array([0.02]), "trained": np.array([1.5])}
    figure = plots.pairs(FACES[:1], FACES[1:2], d, np.array([False]))
    assert figure.axes[0].get_title() == "untrained 0.02\ntrained 1.50"
    assert figure.axes[1].get_xlabel() == "two people"


def test_histograms_give_shares_of_each_kind_and_both_error_rates() -> None:
    d = np.array([0.1, 0.2, 0.3, 0.9, 0.4, 1.0, 1.1, 1.2, 1.3])
    same = np.array([True] * 4 + [False] * 5)
    (ax,) = plots.histograms({"trained": d}, same, tau=0.5).axes
    heights = np.array([bar.get_height() for bar in ax.patches])
    assert np.isclose(heights.sum(), 200)
    assert ax.get_title() == "trained\nτ = 0.50: FAR 20.0 %, FRR 25.0 %"


def test_a_map_has_every_picture_at_its_place_and_one_face_a_person() -> None:
    places, people = np.arange(12.0).reshape(6, 2), np.array([31, 31, 32, 32, 33, 33])
    (ax,) = plots.maps({"trained": places}, people, FACES).axes
    drawn = np.concatenate([np.stack(line.get_data(), axis=1) for line in ax.lines])
    assert np.array_equal(drawn, places)
    faces = [artist for artist in ax.artists if isinstance(artist, AnnotationBbox)]
    assert [tuple(face.xy) for face in faces] == [(0, 1), (4, 5), (8, 9)]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["31", "32", "33"]


def test_waiting_has_a_curve_a_way() -> None:
    people = np.array([1, 16, 1024])
    (ax,) = plots.waiting(people, {"anew": people * 0.01, "stored": np.full(3, 0.01)}).axes
    assert [line.get_label() for line in ax.lines] == ["anew", "stored"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "16", "1,024"]
    assert ax.get_yscale() == "log"
