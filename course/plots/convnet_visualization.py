"""The figures of 05_convnet_visualization. Each function takes numbers and pictures and returns the figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course.plots.faces import bare
from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[Any]
Box = tuple[int, int, int, int]
LAYER_COLOURS = (RED, ORANGE, GREEN, BLUE, PURPLE)


@course_style()
@described
def boxes(image: Array, found: Mapping[str, Box]) -> Figure:
    """A picture with a square for each name. `image`: (n_H, n_W, 3); `found`: (top, left, bottom, right)."""
    figure, ax = plt.subplots(figsize=(6.8, 4.6))
    _show(ax, image)
    for (name, (top, left, bottom, right)), colour in zip(found.items(), LAYER_COLOURS, strict=False):
        ax.add_patch(
            Rectangle(
                (left - 0.5, top - 0.5), right - left, bottom - top, fill=False, edgecolor=colour, linewidth=2
            )
        )
        ax.plot([], [], color=colour, linewidth=2, label=f"{name}: {bottom - top} pixels")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return closed(figure)


@course_style()
@described
def field_sizes(names: Sequence[str], sizes: Array) -> Figure:
    """Receptive fields, one bar a layer, layers of one block in one colour. `sizes`: in pixels."""
    figure, ax = plt.subplots(figsize=(8, 3))
    colours = [LAYER_COLOURS[int(name[4]) - 1] for name in names]
    bars = ax.bar(np.arange(len(names)), sizes, color=colours)
    ax.bar_label(bars, [f"{size:g}" for size in sizes], fontsize=9)
    ax.set_xticks(np.arange(len(names)), names, rotation=60)
    ax.set(ylabel="pixels seen, a side")
    return closed(figure)


@course_style()
@described
def changes(changed: Array, box: Box) -> Figure:
    """How much a unit's response changes with each pixel, and the field that was computed.

    Args:
        changed: (n_H, n_W), 0 where a pixel has no influence.
        box: (top, left, bottom, right).
    """
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.8))
    top, left, bottom, right = box
    axes[0].imshow(changed, cmap="viridis")
    axes[0].set_title("how much the response changes", fontsize=10)
    axes[1].imshow(changed > 0, cmap="Greys", vmin=0, vmax=2)
    axes[1].set_title("whether it changes at all", fontsize=10)
    for ax in axes:
        ax.grid(False)
        ax.add_patch(
            Rectangle(
                (left - 0.5, top - 0.5), right - left, bottom - top, fill=False, edgecolor=RED, linewidth=2
            )
        )
        ax.set(xlabel="column of the pixel", ylabel="row of the pixel")
    return closed(figure)


@course_style()
@described
def activation_maps(image: Array, maps: Mapping[str, Array]) -> Figure:
    """A picture, and the activations of some units of each layer. `maps`: layer -> (n_H, n_W, units)."""
    units = next(iter(maps.values())).shape[-1]
    figure, axes = plt.subplots(
        len(maps), units + 1, figsize=(1.35 * (units + 1), 1.4 * len(maps)), squeeze=False
    )
    for row, (name, activations) in enumerate(maps.items()):
        _show(axes[row, 0], image) if row == 0 else axes[row, 0].set_axis_off()
        for unit in range(units):
            axes[row, unit + 1].imshow(activations[..., unit], cmap="magma")
            bare(axes[row, unit + 1])
        axes[row, 1].set_ylabel(name)
    return closed(figure)


@course_style()
@described
def found_places(images: Array, rows: Array, found: Sequence[Box]) -> Figure:
    """Pictures in the order of their strength, with the place that excites a unit most.

    Args:
        images: (m, n_H, n_W, 3) in [0, 1].
        rows: (k, 3), (image, row, column), strongest first.
        found: the k boxes of the receptive fields.
    """
    figure, axes = plt.subplots(1, len(rows), figsize=(1.7 * len(rows), 2.1), squeeze=False)
    for ax, (image, *_), (top, left, bottom, right) in zip(axes[0], rows, found, strict=True):
        _show(ax, images[int(image)])
        ax.add_patch(
            Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=RED, linewidth=2)
        )
        ax.set_title(f"image {int(image)}", fontsize=9)
    return closed(figure)


@course_style()
@described
def sheet(patches: Mapping[str, Array], titles: Mapping[str, Sequence[str]]) -> Figure:
    """Patches that excite units most: a row a layer, a block of patches a unit, strongest at its upper left.

    Args:
        patches: layer -> (units, 9, side, side, 3) in [0, 1].
        titles: layer -> one title a unit.
    """
    units = max(len(blocks) for blocks in patches.values())
    figure, axes = plt.subplots(
        len(patches), units, figsize=(1.75 * units, 2.0 * len(patches)), squeeze=False
    )
    for ax in axes.ravel():
        ax.set_axis_off()
    for row, (layer, blocks) in enumerate(patches.items()):
        for column, block in enumerate(blocks):
            ax = axes[row, column]
            ax.set_axis_on()
            _show(ax, tiled(block))
            ax.set_title(titles[layer][column], fontsize=8)
        axes[row, 0].set_ylabel(layer, fontsize=11)
    return closed(figure)


def tiled(patches: Array, gap: int = 2) -> Array:
    """(9, side, side, 3) as one picture of three by three, with white lines between."""
    framed = np.pad(patches, ((0, 0), (gap, gap), (gap, gap), (0, 0)), constant_values=1.0)
    side = framed.shape[1]
    return framed.reshape(3, 3, side, side, 3).transpose(0, 2, 1, 3, 4).reshape(3 * side, 3 * side, 3)


@course_style()
@described
def occlusion(image: Array, falls: Array, size: int, stride: int) -> Figure:
    """A picture, and how much a score falls when a square of it is covered, at the square's middle.

    Args:
        image: (n_H, n_W, 3) in [0, 1].
        falls: (rows, columns), as a share of the uncovered score.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.9))
    for ax in axes:
        _show(ax, image)
    limit = float(np.abs(falls).max())
    rows, columns = falls.shape
    first, last = (size - stride) / 2 - 0.5, (size + stride) / 2 - 0.5
    extent = (first, (columns - 1) * stride + last, (rows - 1) * stride + last, first)
    shades = axes[1].imshow(falls, cmap="RdBu_r", vmin=-limit, vmax=limit, alpha=0.65, extent=extent)
    axes[1].set(xlim=axes[0].get_xlim(), ylim=axes[0].get_ylim())
    axes[0].add_patch(Rectangle((2, 2), size, size, facecolor=GREY, edgecolor="white"))
    axes[0].set_title("the picture, and the size of the square", fontsize=10)
    figure.colorbar(shades, ax=axes[1], label="fall of the response (share)")
    return closed(figure)


@course_style()
@described
def climbs(responses: Mapping[str, Array]) -> Figure:
    """Units' responses while their pictures change, as a share of the largest. `responses`: name -> (steps,)."""
    figure, ax = plt.subplots(figsize=(7, 3))
    for (name, values), colour in zip(responses.items(), LAYER_COLOURS, strict=False):
        ax.plot(values / max(float(values.max()), 1e-12), color=colour, linewidth=2, label=name)
    ax.set(xlabel="step", ylabel="response (share)", ylim=(0, 1.05))
    ax.legend()
    return closed(figure)


@course_style()
@described
def dreams(pictures: Mapping[str, Sequence[tuple[str, Array, Array]]]) -> Figure:
    """Beside each unit's patches the picture that gradient ascent makes for it.

    Args:
        pictures: layer -> units, each (title, its (9, side, side, 3) patches, its ascent picture (n, n, 3)).
    """
    units = max(len(row) for row in pictures.values())
    figure, axes = plt.subplots(
        len(pictures), 2 * units, figsize=(3.6 * units, 1.95 * len(pictures)), squeeze=False
    )
    for ax in axes.ravel():
        ax.set_axis_off()
    for row, (layer, entries) in enumerate(pictures.items()):
        for column, (title, patches, picture) in enumerate(entries):
            left, right = axes[row, 2 * column], axes[row, 2 * column + 1]
            for ax, shown in ((left, tiled(patches)), (right, picture)):
                ax.set_axis_on()
                _show(ax, shown)
            left.set_title(title, fontsize=9)
            right.set_title("by ascent", fontsize=9)
        axes[row, 0].set_ylabel(layer, fontsize=11)
    return closed(figure)


def _show(ax: Axes, image: Array) -> None:
    ax.imshow(np.clip(image, 0, 1), interpolation="nearest")
    bare(ax)
