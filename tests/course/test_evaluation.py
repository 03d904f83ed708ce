"""Figures of merit, against counting by brute force and against cases that can be done by hand."""

import numpy as np
import pytest

from course.evaluation import auc, equal_error_rate, measure, one_shot_accuracy


def brute_force_auc(d, same):
    wins = [(other > own) + 0.5 * (other == own) for own in d[same] for other in d[~same]]
    return np.mean(wins)


@pytest.mark.parametrize("seed", range(5))
def test_auc_counts_pairs_of_pairs(seed):
    rng = np.random.default_rng(seed)
    d, same = rng.integers(0, 8, 60) / 4, rng.random(60) < 0.3  # many ties
    assert auc(d, same) == pytest.approx(brute_force_auc(d, same))
    assert auc(0.01 * d, same) == auc(d, same)


def test_auc_by_hand():
    assert auc([0.1, 0.2, 0.8, 0.9], [True, True, False, False]) == 1
    assert auc([0.1, 0.2, 0.8, 0.9], [False, False, True, True]) == 0
    assert auc([1, 1, 1, 1], [True, False, True, False]) == 0.5
    assert auc([0.1, 0.5, 0.3, 0.9], [True, True, False, False]) == 0.75


def test_equal_error_rate_by_hand():
    assert equal_error_rate([0.1, 0.2, 0.8, 0.9], [True, True, False, False]) == 0
    assert equal_error_rate([0.8, 0.9, 0.1, 0.2], [True, True, False, False]) == 1
    assert equal_error_rate([0.1, 0.5, 0.3, 0.9], [True, True, False, False]) == 0.5
    assert equal_error_rate([1, 1, 1, 1], [True, False, True, False]) == 0.5  # all let in, or all kept out


@pytest.mark.parametrize("seed", range(3))
def test_equal_error_rate_of_two_normal_distributions(seed):
    """Means two standard deviations apart, threshold between: each rate is the normal tail beyond 1, 15.87 %."""
    rng = np.random.default_rng(seed)
    d = np.concatenate([rng.normal(0, 1, 20_000), rng.normal(2, 1, 20_000)])
    assert equal_error_rate(d, np.arange(40_000) < 20_000) == pytest.approx(0.1587, abs=0.006)


@pytest.mark.parametrize("measured", [auc, equal_error_rate])
@pytest.mark.parametrize(
    ("distances", "same", "complaint"),
    [
        ([0.1, 0.2], [True, True], "pairs of both kinds, got 2 same and 0 different"),
        ([], [], "pairs of both kinds"),
        ([0.1, np.nan], [True, False], "finite distances, got 1"),
        ([0.1, 0.2, 0.3], [True, False], "one shape"),
        ([[0.1], [0.2]], [[True], [False]], "one shape"),
    ],
)
def test_distances_that_say_nothing_are_refused(measured, distances, same, complaint):
    with pytest.raises(ValueError, match=complaint):
        measured(distances, same)


def test_one_shot_is_perfect_where_people_are_far_apart_and_chance_where_they_are_not():
    rng = np.random.default_rng(0)
    people = rng.permutation(np.repeat(np.arange(8), 5))
    apart = np.eye(8)[people] + 0.01 * rng.normal(size=(40, 8))
    assert one_shot_accuracy(apart, people, 8, rng) == 1
    nothing = rng.normal(size=(40, 300)) / 300
    assert one_shot_accuracy(nothing, people, 4, rng) == pytest.approx(0.25, abs=0.1)


def test_one_shot_never_shows_the_very_same_picture():
    """Two pictures each, whose own other picture is always the farthest: only a cheat could be right."""
    corners = np.array([[0.0, 0], [10, 10], [0, 10], [10, 0]])
    people = np.array([1, 1, 2, 2])
    assert one_shot_accuracy(corners, people, 2, np.random.default_rng(0), trials=500) == 0


def test_one_shot_against_enumeration():
    rng = np.random.default_rng(3)
    people = np.array([4, 4, 4, 7, 7, 9, 9, 9, 9])
    codes = rng.normal(size=(9, 2))
    found = {query: [] for query in np.unique(people)}
    for query in range(9):
        for known in np.flatnonzero((people == people[query]) & (np.arange(9) != query)):
            for other in np.flatnonzero(people != people[query]):
                nearer = np.linalg.norm(codes[query] - codes[known]) < np.linalg.norm(
                    codes[query] - codes[other]
                )
                weight = 1 / np.sum(people == people[other])
                found[people[query]].append((nearer, weight))
    by_person = []
    for rows in found.values():
        nearer, weights = zip(*rows, strict=True)
        by_person.append(np.average(nearer, weights=weights))
    assert one_shot_accuracy(codes, people, 2, rng, 20_000) == pytest.approx(np.mean(by_person), abs=0.015)


@pytest.mark.parametrize(("people", "ways"), [([1, 1, 2, 2], 3), ([1, 1, 2, 2], 1), ([1, 1, 2], 2)])
def test_too_few_people_or_pictures_are_refused(people, ways):
    with pytest.raises(ValueError, match="expected ways from 2 to"):
        one_shot_accuracy(np.zeros((len(people), 3)), people, ways, np.random.default_rng(0))


def test_measure_takes_all_pairs_of_anything_with_axes():
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(10), 4)
    images = rng.random((10, 6, 5))[people] + 0.3 * rng.random((40, 6, 5))
    found = measure(images, people, ways=5)
    i, j = np.triu_indices(40, 1)
    d = np.sqrt(((images[i] - images[j]) ** 2).sum((1, 2)))
    assert found.auc == pytest.approx(auc(d, people[i] == people[j]))
    assert found.equal_error_rate == pytest.approx(equal_error_rate(d, people[i] == people[j]))
    assert found == measure(images * 3, people, ways=5)
