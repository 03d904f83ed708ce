"""Faces in figures, and figures as notebooks show them: what several topics draw alike."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course.plots.style import BLUE, ORANGE, closed, course_style, described

Array = NDArray[Any]
SAME, DIFFERENT = BLUE, ORANGE


def show_face(ax: Axes, image: Array, title: str = "", colour: str = "black") -> None:
    """A grey picture (n_H, n_W), from 0 to 1, without axes."""
    ax.imshow(image, cmap="gray", vmin=0, vmax=1)
    ax.set_title(title, color=colour, fontsize=10)
    bare(ax)


def bare(ax: Axes) -> None:
    """Takes away what surrounds a picture: ticks, grid, frame."""
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)


@course_style()
@described
def pairs(first: Array, second: Array, distances: Mapping[str, Array], same: Array) -> Figure:
    """Pairs of pictures, one above the other, with their distance to one or several networks.

    Args:
        first, second: (m, n_H, n_W), grey, from 0 to 1.
        distances: name of the network -> (m,) squared distances.
        same: (m,) booleans.
    """
    figure, axes = plt.subplots(2, len(first), figsize=(1.55 * len(first), 4.3), squeeze=False)
    for column, one_person in enumerate(same):
        colour = SAME if one_person else DIFFERENT
        words = "\n".join(f"{name} {d[column]:.2f}" for name, d in distances.items())
        show_face(axes[0, column], first[column], words)
        show_face(axes[1, column], second[column])
        axes[1, column].set_xlabel("same person" if one_person else "two people", color=colour, fontsize=10)
    return closed(figure)


@course_style()
@described
def tables(distances: Mapping[str, Array], people: Array) -> Figure:
    """All distances between pictures that are sorted by person, one table a network.

    Args:
        distances: name of the network -> (m, m) squared distances.
        people: (m,), whose pictures they are; pictures of one person stand together.
    """
    figure, axes = plt.subplots(1, len(distances), figsize=(5.2 * len(distances), 4.6), squeeze=False)
    names, starts, counts = np.unique(people, return_index=True, return_counts=True)
    for ax, (title, d) in zip(axes[0], distances.items(), strict=True):
        shades = ax.imshow(d, cmap="viridis_r", vmin=0)
        ax.grid(False)
        for start in starts[1:]:
            ax.axhline(start - 0.5, color="white", linewidth=1)
            ax.axvline(start - 0.5, color="white", linewidth=1)
        ax.set_xticks(starts + counts / 2 - 0.5, names)
        ax.set_yticks(starts + counts / 2 - 0.5, names)
        ax.set(title=title, xlabel="person on picture 2")
        figure.colorbar(shades, ax=ax, label="squared distance d", shrink=0.85)
    axes[0, 0].set_ylabel("person on picture 1")
    return closed(figure)
