"""The figures of 06_content_style_costs. Each function takes numbers and returns the Matplotlib figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[Any]


@described
def pictures(row: Mapping[str, Array], title: str = "", height: float = 2.6) -> Figure:
    """Pictures side by side, each with its name above it.

    Args:
        row: name -> (n_H, n_W, 3) in [0, 1]; their heights in the figure are equal.
        title: of the whole row.
        height: of each picture, in inches.
    """
    widths = [picture.shape[1] / picture.shape[0] for picture in row.values()]
    with course_style():
        figure, axes = plt.subplots(
            1,
            len(row),
            figsize=(height * sum(widths) + 0.15 * len(row), height + 0.5),
            width_ratios=widths,
            squeeze=False,
        )
    for ax, (name, picture) in zip(axes[0], row.items(), strict=True):
        ax.imshow(np.clip(picture, 0, 1), interpolation="lanczos")
        ax.set_title(name, fontsize=11)
        ax.set_axis_off()
    figure.suptitle(title)
    return closed(figure)


@described
def costs_by_layer(costs: Mapping[str, Mapping[str, float]], ylabel: str) -> Figure:
    """Bars: what each layer says about each change of a picture.

    Args:
        costs: change -> layer -> cost, the same layers for every change.
        ylabel: what the bars measure.
    """
    layers = list(next(iter(costs.values())))
    width = 0.8 / len(costs)
    with course_style():
        figure, ax = plt.subplots(figsize=(7.8, 3.6))
    for index, (change, by_layer) in enumerate(costs.items()):
        places = np.arange(len(layers)) + (index - (len(costs) - 1) / 2) * width
        colour = (BLUE, ORANGE, GREEN, PURPLE)[index % 4]
        ax.bar(places, [by_layer[layer] for layer in layers], width, label=change, color=colour)
    ax.set_xticks(range(len(layers)), layers)
    ax.set(xlabel="layer, from shallow to deep", ylabel=ylabel)
    ax.grid(axis="x", visible=False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return closed(figure)


@described
def gram_matrices(grams: Mapping[str, Array], channels: int = 32) -> Figure:
    """Gram matrices as pictures; each entry is divided by the strengths of its two channels, so that weak ones show.

    Args:
        grams: name -> (n_C, n_C), never negative.
        channels: how many to show: those that are strongest in the first matrix.
    """
    chosen = np.sort(np.argsort(-np.diag(next(iter(grams.values()))))[:channels])
    with course_style():
        figure, axes = plt.subplots(1, len(grams), figsize=(2.9 * len(grams), 3.3), squeeze=False)
    for ax, (name, gram) in zip(axes[0], grams.items(), strict=True):
        strengths = np.sqrt(np.diag(gram)[chosen]) + 1e-12
        shown = gram[np.ix_(chosen, chosen)] / np.outer(strengths, strengths)
        image = ax.imshow(shown, cmap="Greys", vmin=0, vmax=1)
        ax.set_title(name, fontsize=11)
        ax.set_xlabel("channel k'")
        ax.grid(visible=False)
    axes[0, 0].set_ylabel("channel k")
    figure.colorbar(image, ax=axes, shrink=0.8, label="fire together: 1 = always")
    return closed(figure)


@described
def style_table(costs: Array, names: Sequence[str]) -> Figure:
    """A table of style costs between left halves (rows) and right halves (columns), the least of each row framed.

    Args:
        costs: (k, k), positive.
        names: k names of pictures.
    """
    times = costs / costs.min(axis=1, keepdims=True)
    with course_style():
        figure, ax = plt.subplots(figsize=(6.2, 4.6))
    ax.imshow(np.log10(times), cmap="Blues_r", vmin=0, vmax=3)
    for row, column in np.ndindex(times.shape):
        colour = "white" if times[row, column] < 30 else "black"
        ax.text(column, row, f"{times[row, column]:.3g}", ha="center", va="center", color=colour)
    for row, column in enumerate(times.argmin(axis=1)):
        frame = plt.Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, fill=False, color=ORANGE, linewidth=3)
        ax.add_patch(frame)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="right half of …", ylabel="left half of …", title="style cost, least of each row = 1")
    ax.grid(visible=False)
    return closed(figure)


@described
def balance(raw: Mapping[str, float], weights: Mapping[str, float]) -> Figure:
    """Style costs of the layers as they are and times their weights, on a logarithmic scale."""
    layers = list(raw)
    with course_style():
        figure, ax = plt.subplots(figsize=(7.2, 3.4))
    ax.plot(layers, [raw[layer] for layer in layers], "o-", color=GREY, label="as it is")
    weighted = [weights[layer] * raw[layer] for layer in layers]
    ax.plot(layers, weighted, "s-", color=BLUE, label="times its weight")
    ax.set(yscale="log", xlabel="layer, from shallow to deep", ylabel="style cost (no unit)")
    ax.legend()
    return closed(figure)


@described
def cost_curves(steps: Sequence[int], content: Sequence[float], style: Sequence[float]) -> Figure:
    """How the two costs go while a picture is painted.

    Args:
        steps: at which steps they were measured.
        content, style: the costs there, each in its own unit, positive or 0.
    """
    with course_style():
        figure, ax = plt.subplots(figsize=(7.2, 3.6))
    ax.plot(steps, style, "o-", color=ORANGE, label="style cost")
    ax.plot(steps, content, "s-", color=BLUE, label="content cost")
    ax.set(xlabel="step", ylabel="cost, in its unit", ylim=(0, None))
    ax.legend()
    return closed(figure)


@described
def trade_off(points: Mapping[str, tuple[float, float]]) -> Figure:
    """Pictures as points: content cost to the right, style cost upwards. Near the corner is best.

    Args:
        points: name -> (content cost, style cost).
    """
    with course_style():
        figure, ax = plt.subplots(figsize=(7.2, 4.4))
    colours = (BLUE, GREEN, GREY, PURPLE, RED, ORANGE)
    for (name, (content, style)), colour in zip(points.items(), colours, strict=False):
        ax.plot(content, style, "o", color=colour, markersize=10)
        words = f"{name} ({content:.2f}, {style:.2f})"
        ax.annotate(words, (content, style), xytext=(9, 6), textcoords="offset points", color=colour)
    ax.set(xlabel="content cost, in its unit", ylabel="style cost, in its unit")
    ax.set(xlim=(-0.05, 1.45), ylim=(-0.05, 1.2))
    return closed(figure)
