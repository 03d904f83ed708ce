"""The figures of 01_one_shot_learning show the numbers they are given."""

import numpy as np
from matplotlib.patches import Polygon

from course.plots import one_shot_learning as plots
from tests.course.plots import texts

FACES = np.linspace(0, 1, 7 * 5 * 4).reshape(7, 5, 4)


def test_the_question_shows_everybody_known_by_name_and_the_visitor() -> None:
    names = [f"person {n}" for n in range(6)]
    figure = plots.question(FACES[:6], names, FACES[6])
    assert [word for word in texts(figure) if word.startswith("person")] == names
    shown = {ax.get_title(): ax.images[0].get_array() for ax in figure.axes if ax.images}
    assert all(np.array_equal(shown[name], face) for name, face in zip(names, FACES, strict=False))
    (visitor,) = shown.keys() - set(names)
    assert np.array_equal(shown[visitor], FACES[6])


def test_error_free_is_in_percent_with_a_curve_an_accuracy() -> None:
    people = np.array([1, 10, 100])
    figure = plots.error_free(people, {0.9: 0.9**people, 0.99: 0.99**people})
    (ax,) = figure.axes
    assert np.allclose(ax.lines[1].get_ydata(), [99.0, 90.44, 36.60], atol=0.01)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["90 %", "99 %"]
    assert ax.get_xscale() == "log"


def test_allowed_errors_are_the_comparisons_for_one_error() -> None:
    figure = plots.allowed_errors(np.array([2, 100]), {0.99: np.array([0.995, 0.9999])})
    assert np.allclose(figure.axes[0].lines[0].get_ydata(), [200, 10_000])


def test_pairs_carry_their_distances_and_their_kind() -> None:
    figure = plots.pairs(FACES[:2], FACES[2:4], {"d =": np.array([0.5, 1.25])}, np.array([True, False]))
    words = texts(figure)
    assert "d = 0.50" in words
    assert "d = 1.25" in words
    assert [word for word in words if "p" in word] == ["same person", "two people"]


def test_a_table_is_labelled_by_person() -> None:
    d = np.arange(25.0).reshape(5, 5)
    figure = plots.tables({"network": d}, np.array([31, 31, 33, 33, 33]))
    ax = figure.axes[0]
    assert np.array_equal(ax.images[0].get_array(), d)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["31", "33"]
    assert list(ax.get_xticks()) == [0.5, 3.0]


def test_each_threshold_is_a_line_between_the_dots_of_both_kinds() -> None:
    d, same = np.array([0.2, 0.9, 1.5]), np.array([True, False, False])
    figure = plots.threshold(d, same, (0.4, 0.8))
    (ax,) = figure.axes
    assert sorted(ax.lines[0].get_xdata()) == [0.9, 1.5]
    assert list(ax.lines[1].get_xdata()) == [0.2]
    assert [line.get_xdata()[0] for line in ax.lines[2:]] == [0.4, 0.8]


def test_an_open_door_has_a_leaf_and_an_error_is_called_one() -> None:
    visits = [
        plots.Visit(FACES[0], FACES[1], "person 31", 0.25, True, True),
        plots.Visit(FACES[2], None, "nobody", np.inf, False, False),
    ]
    axes = np.array(plots.doors(visits).axes).reshape(3, 2)
    leaves = [any(isinstance(patch, Polygon) for patch in ax.patches) for ax in axes[1]]
    assert leaves == [True, False]
    assert [ax.get_title() for ax in axes[1]] == ["open", "shut"]
    assert [ax.get_xlabel() for ax in axes[1]] == ["d = 0.25", "d = ∞"]
    assert [ax.get_xlabel() for ax in axes[2]] == ["right", "an error"]
    assert not axes[0, 1].images


def test_rates_are_in_percent_and_read_off_at_the_chosen_threshold() -> None:
    taus = np.array([0.0, 1.0, 2.0])
    curves = {"unseen": (np.array([0.0, 0.1, 0.8]), np.array([1.0, 0.25, 0.0]))}
    (ax,) = plots.rates(taus, curves, chosen=1.0).axes
    assert np.allclose(ax.lines[0].get_ydata(), [0, 10, 80])
    assert "FAR 10.0 %, FRR 25.0 %" in ax.get_title()
    assert [text.get_text()[-4:-1] for text in ax.get_legend().get_texts()] == ["FAR", "FRR"]


def test_one_shot_shows_what_was_measured_predicted_and_guessed() -> None:
    ways = np.array([2, 5, 10])
    figure = plots.one_shot(ways, {"network": np.array([0.9, 0.8, 0.7])}, np.array([0.9, 0.6, 0.4]))
    measured, predicted, guessed = (line.get_ydata() for line in figure.axes[0].lines)
    assert np.allclose(measured, [90, 80, 70])
    assert np.allclose(predicted, [90, 60, 40])
    assert np.allclose(guessed, [50, 20, 10])


def test_outcomes_are_shares_that_fill_the_bar() -> None:
    employees, strangers = np.array([[6, 3, 1], [8, 1, 1]]), np.array([[4, 0], [3, 1]])
    figure = plots.outcomes((0.4, 0.8), employees, strangers)
    left, right = figure.axes
    assert left.get_title() == "employees: 10 visits"
    widths = [[bar.get_width() for bar in bars] for bars in left.containers]
    assert np.allclose(widths, [[60, 80], [30, 10], [10, 10]])
    assert np.allclose([[bar.get_width() for bar in bars] for bars in right.containers], [[100, 75], [0, 25]])
    assert [label.get_text() for label in left.get_yticklabels()] == ["τ = 0.4", "τ = 0.8"]
