"""The figures of 04_binary_verification. Each function takes numbers and pictures and returns the Matplotlib figure."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course.plots.faces import DIFFERENT, SAME, bare, show_face
from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[Any]
WAYS = (GREEN, BLUE, ORANGE, PURPLE)


@course_style()
@described
def features(first: Array, second: Array, values: Array, same: Array, name: str) -> Figure:
    """Pairs of pictures, each with its features as bars.

    Args:
        first, second: (m, n_H, n_W), grey, from 0 to 1.
        values: (m, n) features of the pairs.
        same: (m,) booleans.
        name: of the features, for the axis.
    """
    figure, axes = plt.subplots(
        len(first), 3, figsize=(9, 1.3 * len(first)), width_ratios=(1, 1, 8), squeeze=False
    )
    for row, one_person in enumerate(same):
        show_face(axes[row, 0], first[row])
        show_face(axes[row, 1], second[row])
        ax = axes[row, 2]
        ax.bar(np.arange(values.shape[1]), values[row], width=1.0, color=SAME if one_person else DIFFERENT)
        words = "same person" if one_person else "two people"
        ax.set(ylim=(0, 1.05 * values.max()), xticks=[], ylabel=name)
        ax.set_title(f"{words}: the sum is {values[row].sum():.2f}", fontsize=10, loc="left")
    axes[-1, 2].set_xlabel(f"features 1 to {values.shape[1]}")
    return closed(figure)


@course_style()
@described
def same_difference(larger: Array, curves: Mapping[str, Array]) -> Figure:
    """What features make of one and the same difference between small and between large numbers.

    Args:
        larger: (k,), the larger of the two numbers, rising.
        curves: name of the feature -> (k,) its values.
    """
    figure, ax = plt.subplots(figsize=(6.5, 3.2))
    for (name, values), colour in zip(curves.items(), WAYS, strict=False):
        ax.plot(larger, values, color=colour, linewidth=2.5, label=name)
    ax.set(xlabel="the larger of the two numbers", ylabel="feature", ylim=(0, None))
    ax.legend()
    return closed(figure)


@course_style()
@described
def probability(z: Array, y_hat: Array, marked: tuple[float, float] | None = None) -> Figure:
    """The sigmoid.

    Args:
        z, y_hat: (k,) what goes in, and the probability that comes out.
        marked: one (z, y_hat) to point at.
    """
    figure, ax = plt.subplots(figsize=(6.5, 3.2))
    ax.axhline(0.5, color=GREY, linewidth=1, linestyle=":")
    ax.plot(z, y_hat, color=BLUE, linewidth=2.5)
    if marked:
        ax.plot(*marked, "o", color=RED, markersize=9)
        ax.annotate(f"  z = {marked[0]:.2f}: {marked[1]:.3f}", marked, va="center", color=RED)
    ax.set(
        xlabel="z = w · features + b", ylabel=r"probability $\hat{y}$ of the same person", ylim=(-0.03, 1.03)
    )
    return closed(figure)


@course_style()
@described
def costs(y_hat: Array, same: Array, different: Array) -> Figure:
    """What a probability costs when the pair is of the same person, and when it is not; each (k,)."""
    figure, ax = plt.subplots(figsize=(6.5, 3.2))
    ax.plot(y_hat, same, color=SAME, linewidth=2.5, label="y = 1, the same person")
    ax.plot(y_hat, different, color=DIFFERENT, linewidth=2.5, linestyle="--", label="y = 0, two people")
    ax.set(xlabel=r"probability $\hat{y}$", ylabel="cross-entropy", ylim=(0, None))
    ax.legend()
    return closed(figure)


@course_style()
@described
def pair_counts(counts: Array, y: Array) -> Figure:
    """How often each picture came up in pairs of either kind. `counts`: (2, m), different first; `y`: (num_pairs,)."""
    figure, ax = plt.subplots(figsize=(8, 2.8))
    place = np.arange(counts.shape[1])
    ax.bar(place, counts[1], width=1.0, color=SAME, label=f"y = 1: {int(np.sum(y))} pairs")
    ax.bar(place, -counts[0], width=1.0, color=DIFFERENT, label=f"y = 0: {int(np.sum(1 - y))} pairs")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.set(xlabel="picture", ylabel="times drawn")
    ax.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, 1.2))
    return closed(figure)


@course_style()
@described
def training(costs: Mapping[str, Array]) -> Figure:
    """The cost while w and b are learnt. `costs`: name -> (steps,)."""
    figure, ax = plt.subplots(figsize=(6.5, 3.2))
    for (name, values), colour in zip(costs.items(), WAYS[1:], strict=False):
        ax.plot(values, color=colour, linewidth=2, label=name)
    ax.set(xlabel="step", ylabel="cross-entropy", ylim=(0, None))
    ax.legend()
    return closed(figure)


@course_style()
@described
def weights(w: Mapping[str, Array]) -> Figure:
    """Learnt weights, the most negative first, one panel a kind of feature. `w`: name -> (n,)."""
    figure, axes = plt.subplots(len(w), 1, figsize=(8, 2.3 * len(w)), squeeze=False)
    for ax, (name, values) in zip(axes[:, 0], w.items(), strict=True):
        ordered = np.sort(values)
        ax.bar(np.arange(len(ordered)), ordered, width=1.0, color=np.where(ordered < 0, BLUE, RED))
        against = (ordered < 0).sum()
        ax.set_title(f"{name}: {against} of {len(ordered)} count against “same”", fontsize=10, loc="left")
        ax.set(ylabel="weight")
    axes[-1, 0].set_xlabel("features, sorted by weight")
    return closed(figure)


@course_style()
@described
def answers(visitor: Array, known: Array, names: list[str], chances: Array) -> Figure:
    """A visitor, and the probability of being each person of a database.

    Args:
        visitor: (n_H, n_W); known: (K, n_H, n_W), grey, from 0 to 1.
        names: K of them.
        chances: (K,) probabilities.
    """
    figure, axes = plt.subplot_mosaic(
        [["visitor", *range(len(names))], ["visitor", *["bars"] * len(names)]],
        figsize=(1.2 * (len(names) + 2), 3.6),
        width_ratios=[2.0] + [1.0] * len(names),
    )
    show_face(axes["visitor"], visitor, "at the door", RED)
    for index in range(len(names)):
        show_face(axes[index], known[index])
    ax = axes["bars"]
    ax.bar(np.arange(len(names)), chances, color=[BLUE if chance > 0.5 else GREY for chance in chances])
    ax.axhline(0.5, color=GREY, linewidth=1, linestyle=":")
    ax.set(ylim=(0, 1), ylabel="probability", xlim=(-0.5, len(names) - 0.5))
    ax.set_xticks(np.arange(len(names)), names)
    return closed(figure)


@course_style()
@described
def roc(curves: Mapping[str, tuple[Array, Array]], points: Mapping[str, tuple[float, float]]) -> Figure:
    """ROC curves: how many of the right people get in, against how many strangers do.

    Args:
        curves: name -> (false acceptance rates (k,), true acceptance rates (seeds, k)); the band spans the seeds.
        points: name -> (false, true acceptance rate) at the threshold that was chosen on the training people.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.2))
    for ax in axes:
        for (name, (false, true)), colour in zip(curves.items(), WAYS, strict=False):
            ax.plot(false, true.mean(axis=0), color=colour, linewidth=2, label=name)
            ax.fill_between(false, true.min(axis=0), true.max(axis=0), color=colour, alpha=0.2, linewidth=0)
            ax.plot(*points[name], "o", color=colour, markersize=9, markeredgecolor="white")
        ax.set(xlabel="strangers let in (share)")
    axes[0].plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    axes[0].set(ylabel="right people let in (share)", xlim=(-0.01, 1), ylim=(0, 1.01), title="all of it")
    axes[1].set(xlim=(-0.005, 0.3), ylim=(0.6, 1.005), title="the corner that matters")
    axes[0].legend(loc="lower right")
    return closed(figure)


@course_style()
@described
def accuracies(shares: Mapping[str, Array]) -> Figure:
    """Accuracies as dots, one row a way, one dot a seed, the mean as a line. `shares`: name -> (seeds,)."""
    figure, ax = plt.subplots(figsize=(8, 0.55 * len(shares) + 1.2))
    for row, values in enumerate(shares.values()):
        ax.plot(100 * values, np.full(len(values), row), "o", color=BLUE, alpha=0.6)
        ax.plot(2 * [100 * values.mean()], [row - 0.3, row + 0.3], color=RED, linewidth=2)
        ax.annotate(f"{100 * values.mean():.1f} %", (100.4, row), va="center", annotation_clip=False)
    ax.set_yticks(np.arange(len(shares)), list(shares))
    ax.set(xlabel="accuracy on people never trained on (%)", xlim=(None, 100), ylim=(len(shares) - 0.5, -0.5))
    return closed(figure)


@course_style()
@described
def thresholds(distances: Mapping[str, tuple[Array, Array]], chosen: float, hindsight: float) -> Figure:
    """Distances of pairs of either kind, one panel a group of people, with two thresholds.

    Args:
        distances: group -> (of the same person, of two people), squared distances.
        chosen: the threshold that is best for the first group; hindsight: for the last.
    """
    figure, axes = plt.subplots(
        len(distances), 1, figsize=(8, 2.4 * len(distances)), sharex=True, squeeze=False
    )
    top = max(float(different.max()) for _, different in distances.values())
    bins = np.linspace(0, top, 60).tolist()
    for ax, (group, (same, different)) in zip(axes[:, 0], distances.items(), strict=True):
        ax.hist(same, bins, density=True, color=SAME, alpha=0.6, label="same person")
        ax.hist(different, bins, density=True, color=DIFFERENT, alpha=0.6, label="two people")
        ax.axvline(chosen, color=RED, linewidth=2, label=f"tau = {chosen:.2f}, best for the first group")
        ax.axvline(
            hindsight, color=GREY, linewidth=2, linestyle="--", label=f"{hindsight:.2f}, best for the last"
        )
        ax.set_title(group, fontsize=10, loc="left")
        ax.set(ylabel="density")
    axes[0, 0].legend(fontsize=9)
    axes[-1, 0].set_xlabel("squared distance d")
    return closed(figure)


@course_style()
@described
def door_seconds(sizes: Array, seconds: Mapping[str, Array]) -> Figure:
    """How long a door takes against the size of its database. `sizes`: (k,); `seconds`: name -> (k,)."""
    figure, ax = plt.subplots(figsize=(6.5, 3.4))
    for (name, values), colour in zip(seconds.items(), (RED, BLUE), strict=False):
        ax.plot(sizes, 1000 * values, "o-", color=colour, linewidth=2, label=name)
    ax.set(xlabel="people in the database", ylabel="milliseconds a visitor", xscale="log", yscale="log")
    ax.legend()
    return closed(figure)


@course_style()
@described
def exercise_pairs(images: Array, chosen: Array, y: Array) -> Figure:
    """Some drawn pairs, one above the other. `images`: (m, n_H, n_W); `chosen`: (k, 2) indices; `y`: (k,)."""
    figure, axes = plt.subplots(2, len(chosen), figsize=(1.2 * len(chosen), 3.4), squeeze=False)
    for column, (pair, same) in enumerate(zip(chosen, y, strict=True)):
        for row in (0, 1):
            show_face(axes[row, column], images[pair[row]])
            bare(axes[row, column])
        axes[1, column].set_xlabel(f"y = {int(same)}", color=SAME if same else DIFFERENT)
    return closed(figure)
