"""The figures of 02_siamese_encodings. Each function takes numbers and pictures and returns the Matplotlib figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patches import Circle, FancyBboxPatch
from numpy.typing import NDArray

from course.plots.faces import DIFFERENT, SAME, bare, show_face
from course.plots.faces import pairs as pairs
from course.plots.faces import tables as tables
from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[Any]


@course_style()
@described
def two_towers(images: Array, encodings: Array, d: float | None = None) -> Figure:
    """Two pictures, the same network for both, two encodings, one distance.

    Args:
        images: (2, n_H, n_W), grey, from 0 to 1.
        encodings: (2, n).
        d: their squared distance, or None to leave it open.
    """
    figure, axes = plt.subplots(2, 4, figsize=(9.5, 3.8), width_ratios=(0.8, 1.3, 2.2, 0.9))
    top = np.abs(encodings).max()
    for row, (image, encoding) in enumerate(zip(images, encodings, strict=True)):
        show_face(axes[row, 0], image, f"$x_{row + 1}$")
        _box(axes[row, 1], "ConvNet\n" + ("parameters" if row == 0 else "the same\nparameters"))
        axes[row, 2].bar(np.arange(len(encoding)), encoding, width=1.0, color=(GREEN, PURPLE)[row])
        axes[row, 2].set(ylim=(-top, top), xticks=[], title=f"$f(x_{row + 1})$: {len(encoding)} numbers")
    grid = axes[0, 3].get_gridspec()
    for ax in axes[:, 3]:
        ax.remove()
    last = figure.add_subplot(grid[:, 3])
    bare(last)
    value = "?" if d is None else f"{d:.2f}"
    last.text(0, 0.5, f"$d(x_1, x_2)$\n= {value}", fontsize=15, va="center", transform=last.transAxes)
    return closed(figure)


@course_style()
@described
def on_the_circle(before: Array, after: Array) -> Figure:
    """Encodings of two numbers as arrows, before and after they are normalised.

    Args:
        before, after: (m, 2) each.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.2, 4.0))
    for ax, rows, title in ((axes[0], before, "before"), (axes[1], after, "after: every norm is 1")):
        reach = 1.15 * max(1.0, float(np.abs(rows).max()))
        ax.add_patch(Circle((0, 0), 1, fill=False, color=GREY, linestyle="--"))
        for row, colour in zip(rows, (BLUE, ORANGE, GREEN, PURPLE, RED), strict=False):
            ax.annotate("", row, (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.5})
        ax.set(title=title, aspect="equal", xlabel="first number", xlim=(-reach, reach), ylim=(-reach, reach))
    axes[0].set_ylabel("second number")
    return closed(figure)


@course_style()
@described
def layers(names: Sequence[str], shapes: Sequence[tuple[int, ...]], parameters: Sequence[int]) -> Figure:
    """What each layer of a network holds: numbers that flow through it, and parameters it has.

    Args:
        names: of the layers.
        shapes: of each layer's output, without the batch.
        parameters: how many each layer has.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 0.9 + 0.38 * len(names)), sharey=True)
    places = np.arange(len(names))
    for ax, values, label, colour in (
        (axes[0], [int(np.prod(shape)) for shape in shapes], "numbers in the output", GREEN),
        (axes[1], list(parameters), "parameters", BLUE),
    ):
        bars = ax.barh(places, values, color=colour)
        ax.bar_label(bars, [f" {value:,}" for value in values], fontsize=9)
        ax.set(xlabel=label)
        ax.margins(x=0.22)
        ax.grid(False)
        ax.xaxis.set_major_locator(plt.MaxNLocator(4))
    axes[0].set_yticks(
        places, [f"{name} {tuple(int(n) for n in shape)}" for name, shape in zip(names, shapes, strict=True)]
    )
    axes[0].invert_yaxis()
    return closed(figure)


@course_style()
@described
def histograms(distances: Mapping[str, Array], same: Array, tau: float | None = None) -> Figure:
    """How d is spread over pairs of one person and of two people, one panel a network.

    Args:
        distances: name of the network -> (m,) squared distances of the pairs.
        same: (m,) booleans.
        tau: a threshold to mark, with the share of each kind on its wrong side.
    """
    figure, axes = plt.subplots(1, len(distances), figsize=(4.6 * len(distances), 3.7), squeeze=False)
    for ax, (title, d) in zip(axes[0], distances.items(), strict=True):
        edges = np.linspace(0, d.max(), 46)
        for kind, colour, name in ((same, SAME, "same person"), (~same, DIFFERENT, "two people")):
            shares = np.full(kind.sum(), 100 / kind.sum())
            ax.hist(d[kind], edges, weights=shares, color=colour, alpha=0.6, label=name)
        if tau is not None:
            ax.axvline(tau, color="black", linewidth=1.5)
            let_in, kept_out = 100 * np.mean(d[~same] <= tau), 100 * np.mean(d[same] > tau)
            title = f"{title}\nτ = {tau:.2f}: FAR {let_in:.1f} %, FRR {kept_out:.1f} %"
        ax.set(title=title, xlabel="squared distance d")
    axes[0, 0].set_ylabel("share of the pairs (%)")
    axes[0, 0].legend()
    return closed(figure)


@course_style()
@described
def maps(points: Mapping[str, Array], people: Array, images: Array, faces_each: int = 1) -> Figure:
    """Pictures as points of a plane, a colour and a mark a person, with some of their faces; one panel a network.

    Args:
        points: name of the network -> (m, 2) places.
        people: (m,), whose pictures they are.
        images: (m, n_H, n_W), grey, from 0 to 1.
        faces_each: how many faces of each person are shown at their places.
    """
    figure, axes = plt.subplots(1, len(points), figsize=(6.2 * len(points), 5.6), squeeze=False)
    colours = plt.get_cmap("tab10").colors  # type: ignore[attr-defined]
    for ax, (title, places) in zip(axes[0], points.items(), strict=True):
        for index, person in enumerate(np.unique(people)):
            here = np.flatnonzero(people == person)
            colour, mark = colours[index % 10], "osD^vP*Xph"[index % 10]
            ax.plot(*places[here].T, mark, color=colour, markersize=8, alpha=0.85, label=str(person))
            for one in here[:faces_each]:
                face = OffsetImage(images[one], zoom=0.32, cmap="gray")
                frame = {"edgecolor": colour, "linewidth": 2.5}
                ax.add_artist(AnnotationBbox(face, tuple(places[one]), pad=0.1, bboxprops=frame))
        ax.set(title=title, xlabel="first principal component", aspect="equal")
        ax.margins(0.12)
    axes[0, 0].set_ylabel("second principal component")
    axes[0, -1].legend(title="person", loc="center left", bbox_to_anchor=(1, 0.5))
    return closed(figure)


@course_style()
@described
def waiting(people: Array, seconds: Mapping[str, Array]) -> Figure:
    """How long a visitor waits, against the number of people in the database.

    Args:
        people: (k,), rising.
        seconds: name of a way -> (k,) seconds.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3.9))
    for (name, values), colour, mark in zip(seconds.items(), (RED, ORANGE, BLUE), "sDo", strict=False):
        ax.plot(people, values, color=colour, marker=mark, linewidth=2.5, label=name)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="people in the database",
        ylabel="seconds for one visitor",
        xticks=people,
        xticklabels=[f"{n:,}" for n in people],
    )
    ax.minorticks_off()
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return closed(figure)


def _box(ax: Axes, words: str) -> None:
    """A box with words between two arrows."""
    bare(ax)
    ax.set(xlim=(0, 10), ylim=(0, 10))
    ax.add_patch(FancyBboxPatch((2, 2), 6, 6, boxstyle="round,pad=0.3", facecolor="#E8F0F8", edgecolor=BLUE))
    ax.text(5, 5, words, ha="center", va="center", fontsize=10)
    for start in (0, 8.4):
        ax.annotate("", (start + 1.6, 5), (start, 5), arrowprops={"arrowstyle": "-|>", "color": GREY})
