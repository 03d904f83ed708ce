"""Measures what `course.comparing.TOLERANCE` claims: `python -m tests.course.tolerance [SEEDS]`.

For every exercise: how much of the tolerance a right answer uses, and how many times the tolerance would have to be
wider for a listed mistake to go unnoticed.
"""

import sys
from collections.abc import Iterator

import numpy as np

from autograder.exercises import assignments
from course.cases import FrozenCase
from course.exams import asked
from course.verdict import outputs_mismatch
from tests.exercises.right_answers import right_answers

NARROWEST, WIDEST = 1e-10, 1e3


def needed(case: FrozenCase, outputs: dict) -> float:
    """The narrowest tolerance within which `outputs` are right, as a multiple of the case's; infinity if none is."""
    low, high = np.log(NARROWEST), np.log(WIDEST)
    if outputs_mismatch(case.expected, outputs, WIDEST):
        return float("inf")
    while high - low > 0.05:
        middle = (low + high) / 2
        if outputs_mismatch(case.expected, outputs, np.exp(middle)):
            low = middle
        else:
            high = middle
    return float(np.exp(high)) / case.tolerance


def mistakes_distance(cases: list[FrozenCase], name: str) -> float:
    """How much wider the tolerance must be for a mistake to pass every case; infinity where it raises."""
    found = [
        case.mistakes[name] and needed(case, case.mistakes[name]) for case in cases if name in case.mistakes
    ]
    return max(float("inf") if distance is None else distance for distance in found)


def measured(seeds: range) -> Iterator[tuple[str, str, float, str, float]]:
    """Exercise by exercise: name, style of the right answer that uses most, its share, nearest mistake, its distance."""
    for assignment, exercises in assignments().items():
        for name, exercise in exercises.items():
            drawn = [exercise.frozen(np.random.default_rng(seed)) for seed in seeds]
            shares = {
                style: max(needed(c, asked(function, c).outputs) for cases in drawn for c in cases)
                for style, function in right_answers(assignment)[name].items()
            }
            mistakes = {"(none is named)": float("inf")} | {
                mistake: min(mistakes_distance(cases, mistake) for cases in drawn)
                for mistake in exercise.mistakes
                if mistake not in exercise.unnamed
            }
            style, mistake = max(shares, key=shares.__getitem__), min(mistakes, key=mistakes.__getitem__)
            yield name, style, shares[style], mistake, mistakes[mistake]


if __name__ == "__main__":
    for name, style, share, mistake, distance in measured(range(int([*sys.argv, "10"][1]))):
        print(f"{name}: {style} uses {share:.3f}; {distance:.1f} times for: {mistake}", flush=True)
