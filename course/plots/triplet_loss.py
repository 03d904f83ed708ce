"""The figures of 03_triplet_loss. Each function takes numbers and returns the Matplotlib figure."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from course.plots.faces import bare, show_face
from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[Any]

STRATEGY_COLOURS = {"random": GREY, "semi-hard": GREEN, "hard": RED}
KIND_COLOURS = {"hard": RED, "semi-hard": GREEN, "easy": GREY}


@described
def triplet_faces(images: Array, d_ap: Array, d_an: Array, title: str = "") -> Figure:
    """One row a triplet: anchor, positive, negative, with the distances that tell whether the order is right.

    Args:
        images: (t, 3, n_H, n_W), grey, from 0 to 1.
        d_ap, d_an: (t,), d(A, P) and d(A, N) of each triplet.
    """
    rows = len(images)
    with course_style():
        figure, axes = plt.subplots(rows, 3, figsize=(6.0, 2.7 * rows), squeeze=False)
    for row, triplet, to_positive, to_negative in zip(axes, images, d_ap, d_an, strict=True):
        right = to_positive < to_negative
        names = (
            "anchor A",
            f"positive P\nd(A, P) = {to_positive:.2f}",
            f"negative N\nd(A, N) = {to_negative:.2f}",
        )
        colours = ("black", BLUE, BLUE if right else RED)
        for ax, image, name, colour in zip(row, triplet, names, colours, strict=True):
            show_face(ax, image)
            ax.set_title(name, color=colour, fontsize=11)
        row[2].set_xlabel("farther than P: right" if right else "nearer than P: wrong", color=colours[2])
    figure.suptitle(title)
    return closed(figure)


@described
def hinge(d_an: Array, losses: Mapping[float, Array], d_ap: float, marked: Array) -> Figure:
    """The loss of a triplet against the distance of its negative, one curve a margin.

    Args:
        d_an: (n,), d(A, N), rising.
        losses: alpha -> (n,) losses.
        d_ap: d(A, P), the same for all.
        marked: values of d(A, N) to point out on each curve.
    """
    with course_style():
        figure, ax = plt.subplots(figsize=(7.5, 3.8))
    for (alpha, loss), colour in zip(losses.items(), (ORANGE, GREEN, PURPLE, BLUE), strict=False):
        ax.plot(d_an, loss, color=colour, linewidth=2.5, label=f"$\\alpha$ = {alpha:g}")
        heights = np.interp(marked, d_an, loss)
        ax.plot(marked, heights, "o", color=colour)
        for place, height in zip(marked, heights, strict=True):
            ax.annotate(
                f"{height:.2f}", (place, height), xytext=(6, 6), textcoords="offset points", color=colour
            )
    ax.axvline(d_ap, color=GREY, linestyle=":", label="d(A, P)")
    ax.set(
        xlabel="d(A, N): squared distance to the negative", ylabel="loss L of the triplet", ylim=(-0.03, None)
    )
    ax.legend()
    return closed(figure)


@described
def shrinking(scales: Array, costs: Mapping[float, Array]) -> Figure:
    """The cost of a set of triplets while all encodings are drawn together into one point, one curve a margin.

    Args:
        scales: (n,), 1 for the encodings as they are and 0 for one point.
        costs: alpha -> (n,) costs J.
    """
    with course_style():
        figure, ax = plt.subplots(figsize=(7.5, 3.8))
    for (alpha, cost), colour in zip(costs.items(), (ORANGE, GREEN, PURPLE, BLUE), strict=False):
        ax.plot(scales, cost, color=colour, linewidth=2.5, label=f"$\\alpha$ = {alpha:g}")
        best = int(np.argmin(cost))
        ax.plot(scales[best], cost[best], "o", color=colour, markersize=9, clip_on=False, zorder=3)
    ax.set(
        xlabel="spread of the encodings (0: all in one point, 1: as they are)",
        ylabel="cost J",
        ylim=(0, None),
    )
    ax.legend(title="dot: lowest cost")
    return closed(figure)


@described
def valid_table(images: Array, valid: Array, anchor: int) -> Figure:
    """Which (positive, negative) go with one anchor: rows are positives, columns negatives, green is valid.

    Args:
        images: (m, n_H, n_W), grey, from 0 to 1.
        valid: (m, m) booleans, [j, k].
        anchor: index of the anchor's picture.
    """
    m = len(images)
    with course_style():
        figure, axes = plt.subplots(m + 1, m + 1, figsize=(6.6, 7.4))
    for j, k in np.ndindex(m, m):
        axes[j + 1, k + 1].set_facecolor(GREEN if valid[j, k] else "#ECECEC")
        bare(axes[j + 1, k + 1])
    for index, image in enumerate(images):
        show_face(axes[0, index + 1], image)
        show_face(axes[index + 1, 0], image)
    show_face(axes[0, 0], images[anchor])
    axes[0, 0].set_title("anchor", fontsize=10)
    axes[0, m // 2 + 1].set_title("negative k", fontsize=11)
    axes[m // 2 + 1, 0].set_ylabel("positive j", fontsize=11)
    return closed(figure)


@described
def triplet_plane(chosen: Mapping[str, tuple[Array, Array]], alpha: float) -> Figure:
    """Triplets as points, d(A, P) across and d(A, N) up, one panel a way to choose them.

    Args:
        chosen: title of the panel -> d(A, P) and d(A, N), both of one shape (t,).
        alpha: the margin; it divides hard from semi-hard from easy.
    """
    top = 1.05 * max(
        (float(values.max()) for pair in chosen.values() for values in pair if values.size), default=1.0
    )
    with course_style():
        figure, axes = plt.subplots(
            1, len(chosen), figsize=(1.2 + 3.4 * len(chosen), 4.2), sharex=True, sharey=True, squeeze=False
        )
    for ax, (title, (d_ap, d_an)) in zip(axes[0], chosen.items(), strict=True):
        _kinds(ax, top, alpha)
        kinds = np.where(d_an <= d_ap, "hard", np.where(d_an < d_ap + alpha, "semi-hard", "easy"))
        for kind, colour in KIND_COLOURS.items():
            here = kinds == kind
            ax.plot(d_ap[here], d_an[here], ".", color=colour, markersize=5, alpha=0.7)
        teaching = np.mean(d_an < d_ap + alpha) if d_an.size else 0.0
        ax.set(title=f"{title}: {len(d_ap)}\n{teaching:.0%} still teach", xlabel="d(A, P)", aspect="equal")
    axes[0, 0].set_ylabel("d(A, N)")
    return closed(figure)


@described
def costs_over_steps(costs: Array) -> Figure:
    """J of one fixed set of triplets, step by step."""
    with course_style():
        figure, ax = plt.subplots(figsize=(6, 3))
    ax.plot(np.arange(len(costs)), costs, color=BLUE, marker="o", linewidth=2)
    ax.set(xlabel="step", ylabel="cost J before the step", ylim=(0, None))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return closed(figure)


@described
def shares_over_steps(shares: Mapping[str, Array], window: int = 10) -> Figure:
    """Which part of the triplets offered still teaches, while training goes on, one curve a strategy.

    Args:
        shares: strategy -> (steps,) shares from 0 to 1.
        window: steps over which the curves are averaged.
    """
    with course_style():
        figure, ax = plt.subplots(figsize=(7.5, 3.8))
    for strategy, share in shares.items():
        smooth = _smooth(share, window)
        colour = STRATEGY_COLOURS.get(strategy, BLUE)
        ax.plot(
            np.arange(len(smooth)) + window / 2, 100 * smooth, color=colour, linewidth=2.5, label=strategy
        )
    ax.set(xlabel="step", ylabel="triplets that still teach (%)", ylim=(0, 102))
    ax.legend(title="how triplets\nare chosen", loc="upper left", bbox_to_anchor=(1, 1))
    return closed(figure)


@described
def collapse(curves: Mapping[str, Mapping[str, Array]]) -> Figure:
    """What happens to a network that collapses, one panel a measurement, one curve a training run.

    An AUC is drawn from 0.5, which is guessing, to 1.

    Args:
        curves: name of the measurement -> name of the run -> (n, 2) rows of step and value.
    """
    with course_style():
        figure, axes = plt.subplots(1, len(curves), figsize=(4.2 * len(curves), 3.6), squeeze=False)
    for ax, (measurement, runs) in zip(axes[0], curves.items(), strict=True):
        for (run, points), colour in zip(runs.items(), (GREEN, ORANGE, RED, PURPLE), strict=False):
            ax.plot(points[:, 0], points[:, 1], color=colour, linewidth=2.5, label=run)
        ax.set(xlabel="step", title=measurement, ylim=(0.5, 1) if "AUC" in measurement else (0, None))
    axes[0, 0].legend()
    return closed(figure)


@described
def same_and_different(distances: Mapping[str, tuple[Array, Array]]) -> Figure:
    """Histograms of d for pairs of one person and of two people, one panel a way to encode.

    Args:
        distances: title of the panel -> d of the same-person pairs, d of the different-people pairs.
    """
    with course_style():
        figure, axes = plt.subplots(1, len(distances), figsize=(4.2 * len(distances), 3.5), squeeze=False)
    for ax, (title, (same, different)) in zip(axes[0], distances.items(), strict=True):
        edges = np.linspace(0, max(same.max(), different.max()), 41)
        for values, colour, name in ((same, BLUE, "same person"), (different, ORANGE, "two people")):
            ax.hist(
                values,
                edges,
                weights=np.full(len(values), 100 / len(values)),
                color=colour,
                alpha=0.6,
                label=name,
            )
        ax.set(title=title, xlabel="squared distance d")
    axes[0, 0].set_ylabel("share of the pairs (%)")
    axes[0, 0].legend()
    return closed(figure)


@described
def scores(measured: Mapping[str, Mapping[str, float]]) -> Figure:
    """How good several ways to encode are, one panel a measure, one row a way; best possible is 100 %.

    Args:
        measured: name of the measure -> name of the way -> value from 0 to 1.
    """
    with course_style():
        figure, axes = plt.subplots(
            1, len(measured), figsize=(4.6 * len(measured), 3.2), sharey=True, squeeze=False
        )
    for ax, (measure, values) in zip(axes[0], measured.items(), strict=True):
        percent = 100 * np.array(list(values.values()))
        colours = [STRATEGY_COLOURS.get(name.split(" ")[0], BLUE) for name in values]
        ax.scatter(percent, np.arange(len(values)), color=colours, s=70, zorder=3)
        for row, value in enumerate(percent):
            ax.annotate(f"{value:.1f}", (value, row), xytext=(0, 8), textcoords="offset points", ha="center")
        ax.set(title=measure, xlabel="%", xlim=(percent.min() - 4, 101))
        ax.set_yticks(np.arange(len(values)), list(values))
        ax.margins(y=0.2)
    axes[0, 0].invert_yaxis()
    return closed(figure)


def _kinds(ax: Axes, top: float, alpha: float) -> None:
    """The three regions of the plane, shaded and named."""
    line = np.array([0.0, top])
    ax.fill_between(line, 0, line, color=RED, alpha=0.08, linewidth=0)
    ax.fill_between(line, line, line + alpha, color=GREEN, alpha=0.18, linewidth=0)
    ax.text(0.97, 0.04, "hard", color=RED, ha="right", transform=ax.transAxes)
    ax.text(0.03, 0.92, "easy", color=GREY, transform=ax.transAxes)
    ax.plot(line, line, color=RED, linewidth=1)
    ax.plot(line, line + alpha, color=GREEN, linewidth=1)
    ax.set(xlim=(0, top), ylim=(0, top))


def _smooth(values: Array, window: int) -> Array:
    """Moving average over `window` values; shorter by window - 1."""
    return np.convolve(values, np.full(window, 1 / window), mode="valid")
