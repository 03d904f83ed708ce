"""The figures of 01_one_shot_learning. Each function takes numbers and pictures and returns the Matplotlib figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import NDArray

from course.plots.faces import DIFFERENT, SAME, bare, show_face
from course.plots.faces import pairs as pairs
from course.plots.faces import tables as tables
from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[Any]
CURVES = (BLUE, ORANGE, GREEN, PURPLE, RED)


@dataclass(frozen=True)
class Visit:
    """Somebody at the door.

    Attributes:
        visitor: (n_H, n_W) picture taken at the door, grey, from 0 to 1.
        known: (n_H, n_W) picture that was compared with it, or None when there is none.
        says: what stands above the door: the claim, or the answer.
        d: their squared distance.
        door_open: whether the door opened.
        right: whether it should have done what it did.
    """

    visitor: Array
    known: Array | None
    says: str
    d: float
    door_open: bool
    right: bool


@course_style()
@described
def question(known: Array, names: Sequence[str], visitor: Array) -> Figure:
    """The one picture of each employee, and a visitor.

    Args:
        known: (K, n_H, n_W), grey, from 0 to 1.
        names: K of them.
        visitor: (n_H, n_W).
    """
    columns = (len(known) + 1) // 2
    figure, axes = plt.subplot_mosaic(
        [
            [*range(columns), "gap", "visitor", "visitor"],
            [*range(columns, 2 * columns), "gap", "visitor", "visitor"],
        ],
        figsize=(1.35 * (columns + 3), 3.6),
    )
    for ax in axes.values():
        bare(ax)
    for index, (image, name) in enumerate(zip(known, names, strict=True)):
        show_face(axes[index], image, name)
    show_face(axes["visitor"], visitor, "at the door: who is it,\nif anybody we know?", RED)
    return closed(figure)


@course_style()
@described
def error_free(num_people: Array, probabilities: Mapping[float, Array]) -> Figure:
    """The chance that a door makes no error, against the number of people, one curve an accuracy.

    Args:
        num_people: (k,), rising.
        probabilities: accuracy of one comparison -> (k,) probabilities.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3.8))
    for (accuracy, chance), colour in zip(probabilities.items(), CURVES, strict=False):
        ax.plot(num_people, 100 * chance, color=colour, linewidth=2.5, label=f"{100 * accuracy:g} %")
    ax.set(
        xscale="log",
        ylim=(0, 102),
        xlabel="number of people K, each one a comparison",
        ylabel="no error at all (%)",
    )
    ax.legend(title="accuracy of\none comparison", loc="center left", bbox_to_anchor=(1, 0.5))
    return closed(figure)


@course_style()
@described
def allowed_errors(num_people: Array, accuracies: Mapping[float, Array]) -> Figure:
    """How seldom one comparison may fail, against the number of people, one curve a wish.

    Args:
        num_people: (k,), rising.
        accuracies: wanted probability of no error -> (k,) accuracies.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3.8))
    for (wish, accuracy), colour in zip(accuracies.items(), CURVES, strict=False):
        ax.plot(
            num_people, 1 / (1 - accuracy), color=colour, linewidth=2.5, label=f"{100 * wish:g} % of the time"
        )
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of people K, each one a comparison",
        ylabel="comparisons for one error allowed",
    )
    ax.legend(title="no error at all", loc="center left", bbox_to_anchor=(1, 0.5))
    return closed(figure)


@course_style()
@described
def threshold(d: Array, same: Array, taus: Sequence[float], seed: int = 0) -> Figure:
    """Distances of pairs as dots, and thresholds as lines: what lies left of a line is taken for one person.

    Args:
        d: (m,) squared distances.
        same: (m,) booleans.
        taus: where to draw the lines.
        seed: scatters the dots up and down, which only keeps them apart.
    """
    height = np.random.default_rng(seed).uniform(-0.3, 0.3, size=len(d))
    figure, ax = plt.subplots(figsize=(7.5, 2.8))
    for row, (kind, colour) in enumerate(((~same, DIFFERENT), (same, SAME))):
        ax.plot(d[kind], row + height[kind], ".", color=colour, markersize=4, alpha=0.5)
    for tau in taus:
        ax.axvline(tau, color="black", linestyle="--", linewidth=1)
        ax.annotate(
            f"τ = {tau:g}",
            (tau, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, 2),
            textcoords="offset points",
        )
    ax.set_yticks([0, 1], ["two people", "same person"])
    ax.set(xlabel="squared distance d", xlim=(0, None))
    return closed(figure)


@course_style()
@described
def doors(visits: Sequence[Visit]) -> Figure:
    """One column a visit: who was compared, the door, who stands there, and whether all was as it should be."""
    figure, axes = plt.subplots(
        3, len(visits), figsize=(1.9 * len(visits), 6.0), squeeze=False, height_ratios=(1.1, 0.9, 1.1)
    )
    for column, visit in zip(axes.T, visits, strict=True):
        colour = BLUE if visit.right else RED
        if visit.known is None:
            bare(column[0])
            column[0].set_title(visit.says, fontsize=10)
        else:
            show_face(column[0], visit.known, visit.says)
        _door(column[1], visit.door_open)
        distance = f"d = {visit.d:.2f}" if np.isfinite(visit.d) else "d = ∞"
        column[1].set_xlabel(distance, fontsize=11)
        show_face(column[2], visit.visitor)
        column[2].set_xlabel("right" if visit.right else "an error", color=colour, fontsize=11)
    axes[0, 0].set_ylabel("in the database", color=GREY)
    axes[2, 0].set_ylabel("at the door", color=GREY)
    return closed(figure)


@course_style()
@described
def rates(taus: Array, curves: Mapping[str, tuple[Array, Array]], chosen: float | None = None) -> Figure:
    """False acceptance and false rejection against the threshold, one panel a group of people.

    Args:
        taus: (t,), rising.
        curves: title of the panel -> FAR and FRR, each (t,), from 0 to 1.
        chosen: a threshold to mark in every panel.
    """
    figure, axes = plt.subplots(
        1, len(curves), figsize=(1.0 + 4.2 * len(curves), 3.8), sharey=True, squeeze=False
    )
    for ax, (title, (far, frr)) in zip(axes[0], curves.items(), strict=True):
        ax.plot(taus, 100 * far, color=ORANGE, linewidth=2.5, label="false acceptance (FAR)")
        ax.plot(taus, 100 * frr, color=BLUE, linewidth=2.5, linestyle="--", label="false rejection (FRR)")
        if chosen is not None:
            ax.axvline(chosen, color="black", linewidth=1)
            let_in, kept_out = (100 * np.interp(chosen, taus, rate) for rate in (far, frr))
            ax.plot([chosen, chosen], [let_in, kept_out], "o", color="black", markersize=5, zorder=3)
            title = f"{title}\nτ = {chosen:.2f}: FAR {let_in:.1f} %, FRR {kept_out:.1f} %"
        ax.set(title=title, xlabel="threshold τ", ylim=(-2, 102))
    axes[0, 0].set_ylabel("share of the pairs (%)")
    axes[0, 0].legend(loc="center right")
    return closed(figure)


@course_style()
@described
def one_shot(ways: Array, measured: Mapping[str, Array], predicted: Array) -> Figure:
    """One-shot accuracy against the number of people to choose from, with what independent errors would give.

    Args:
        ways: (k,), rising, from 2.
        measured: name of an encoding -> (k,) accuracies, the best one first.
        predicted: (k,), from the first one's accuracy between two people.
    """
    figure, ax = plt.subplots(figsize=(7.5, 4.2))
    for (name, accuracy), colour in zip(measured.items(), (BLUE, GREEN, PURPLE), strict=False):
        ax.plot(ways, 100 * accuracy, "o-", color=colour, linewidth=2.5, label=name)
    ax.plot(ways, 100 * predicted, "--", color=RED, linewidth=2, label="if errors were\nindependent")
    ax.plot(ways, 100 / ways, ":", color=GREY, linewidth=2, label="guessing")
    ax.set(xlabel="people to choose from, K", ylabel="named rightly (%)", ylim=(0, 102), xticks=ways)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return closed(figure)


@course_style()
@described
def outcomes(taus: Sequence[float], employees: Array, strangers: Array) -> Figure:
    """What a door does with everybody who comes, one bar a threshold.

    Args:
        taus: t thresholds.
        employees: (t, 3) visits of employees: named rightly, kept out, named wrongly.
        strangers: (t, 2) visits of strangers: kept out, let in.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.4, 3.6), sharey=True)
    parts = (
        ("employees", employees, (("named rightly", BLUE), ("kept out", GREY), ("taken for another", RED))),
        ("strangers", strangers, (("kept out", BLUE), ("let in", RED))),
    )
    for ax, (title, counts, kinds) in zip(axes, parts, strict=True):
        left = np.zeros(len(counts))
        for share, (kind, colour) in zip(100 * counts.T / counts.sum(axis=1), kinds, strict=True):
            bars = ax.barh(np.arange(len(taus)), share, left=left, color=colour, label=kind, height=0.7)
            labels = [f"{value:.0f}" if value >= 4 else "" for value in share]
            ax.bar_label(bars, labels, label_type="center", color="white", fontsize=9)
            left += share
        ax.grid(False)
        ax.set(
            title=f"{title}: {int(counts[0].sum())} visits", xlabel="share of the visits (%)", xlim=(0, 100)
        )
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    axes[0].set_yticks(np.arange(len(taus)), [f"τ = {tau:g}" for tau in taus])
    axes[0].invert_yaxis()
    return closed(figure)


def _door(ax: Axes, door_open: bool) -> None:
    """A door in its frame, open or shut."""
    bare(ax)
    ax.set(xlim=(0, 10), ylim=(0, 10), aspect="equal")
    ax.add_patch(
        Rectangle((2.5, 0.5), 5, 8.5, facecolor="#FFF6D6" if door_open else "#8B6B4A", edgecolor="black")
    )
    if door_open:
        leaf = [(2.5, 0.5), (2.5, 9.0), (0.4, 8.2), (0.4, 0.0)]
        ax.add_patch(Polygon(leaf, facecolor="#8B6B4A", edgecolor="black"))
        ax.plot(0.9, 4.4, "o", color="gold", markersize=4)
    else:
        ax.plot(6.7, 4.6, "o", color="gold", markersize=4)
    ax.set_title("open" if door_open else "shut", color=GREEN if door_open else GREY, fontsize=10)
