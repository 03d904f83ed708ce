"""Every figure of 04 is made from small numbers, and shows what it was given."""

import numpy as np

from course.plots import binary_verification as plots

RNG = np.random.default_rng(0)
FACES = RNG.uniform(size=(6, 14, 11))
SAME = np.array([True, False, True])


def test_features_has_a_row_a_pair_and_names_the_kind() -> None:
    figure = plots.features(FACES[:3], FACES[3:], RNG.uniform(size=(3, 8)), SAME, "|f1 - f2|")
    assert len(figure.axes) == 9
    titles = [ax.get_title(loc="left") for ax in figure.axes[2::3]]
    assert [title.startswith("same person") for title in titles] == SAME.tolist()


def test_same_difference_draws_each_curve() -> None:
    x = np.linspace(0.2, 2, 5)
    (ax,) = plots.same_difference(x, {"a": x, "b": 2 * x}).axes
    assert [line.get_label() for line in ax.lines] == ["a", "b"]
    np.testing.assert_allclose(ax.lines[1].get_ydata(), 2 * x)


def test_probability_points_at_the_marked_place() -> None:
    z = np.linspace(-3, 3, 7)
    (ax,) = plots.probability(z, 1 / (1 + np.exp(-z)), (0.4, 0.6)).axes
    assert ax.lines[-1].get_xdata()[0] == 0.4
    assert "0.600" in ax.texts[0].get_text()


def test_costs_and_training_draw_their_curves() -> None:
    (ax,) = plots.costs(np.array([0.1, 0.9]), np.array([2.3, 0.1]), np.array([0.1, 2.3])).axes
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [2.3, 0.1])
    (ax,) = plots.training({"absolute": np.array([0.7, 0.2]), "chi-square": np.array([0.7, 0.3])}).axes
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.7, 0.3])


def test_pair_counts_draws_one_kind_up_and_the_other_down() -> None:
    (ax,) = plots.pair_counts(np.array([[1, 2], [3, 4]]), np.array([1, 0, 1])).axes
    assert [bar.get_height() for bar in ax.patches] == [3, 4, -1, -2]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["y = 1: 2 pairs", "y = 0: 1 pairs"]


def test_weights_are_sorted_and_counted() -> None:
    (ax,) = plots.weights({"absolute": np.array([0.5, -2.0, -1.0])}).axes
    assert [bar.get_height() for bar in ax.patches] == [-2.0, -1.0, 0.5]
    assert "2 of 3" in ax.get_title(loc="left")


def test_answers_shows_everybody_known() -> None:
    figure = plots.answers(FACES[0], FACES[1:4], ["Ada", "Bo", "Cem"], np.array([0.1, 0.9, 0.3]))
    bars = figure.axes[-1]
    assert [label.get_text() for label in bars.get_xticklabels()] == ["Ada", "Bo", "Cem"]
    assert [bar.get_height() for bar in bars.patches] == [0.1, 0.9, 0.3]


def test_roc_draws_curve_and_chosen_point_of_each_way() -> None:
    false = np.linspace(0, 1, 5)
    true = np.stack([false**0.5, false**0.4])
    figure = plots.roc({"distance": (false, true)}, {"distance": (0.1, 0.5)})
    for ax in figure.axes:
        np.testing.assert_allclose(ax.lines[0].get_ydata(), true.mean(axis=0))
        assert (ax.lines[1].get_xdata()[0], ax.lines[1].get_ydata()[0]) == (0.1, 0.5)


def test_accuracies_shows_every_seed_and_the_mean() -> None:
    (ax,) = plots.accuracies({"distance": np.array([0.92, 0.94]), "absolute": np.array([0.9, 0.91])}).axes
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [92, 94])
    assert [text.get_text() for text in ax.texts] == ["93.0 %", "90.5 %"]


def test_thresholds_draws_both_in_every_panel() -> None:
    groups = {name: (RNG.uniform(0, 1, 30), RNG.uniform(1, 3, 30)) for name in ("old", "new")}
    figure = plots.thresholds(groups, 0.5, 0.9)
    assert [[line.get_xdata()[0] for line in ax.lines] for ax in figure.axes] == [[0.5, 0.9], [0.5, 0.9]]


def test_door_seconds_are_shown_in_milliseconds() -> None:
    (ax,) = plots.door_seconds(np.array([10, 100]), {"again": np.array([0.1, 1.0])}).axes
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [100, 1000])


def test_exercise_pairs_names_the_kinds() -> None:
    figure = plots.exercise_pairs(FACES, np.array([[0, 1], [2, 3]]), np.array([True, False]))
    assert [ax.get_xlabel() for ax in figure.axes[2:]] == ["y = 1", "y = 0"]
