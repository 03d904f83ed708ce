"""The figures of 07_convolutions_1d_3d."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import ArrayLike, NDArray

from course.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, closed, course_style, described

Array = NDArray[np.floating]

LIGHT = "#CFE3F1"
CLASS_COLOURS = (BLUE, RED)
MARKERS = ("o", "s")
ARROWS = {"right": (1, 0), "left": (-1, 0), "down": (0, -1), "up": (0, 1)}
PLANES = ("left to right", "back to front", "bottom to top")


@described
def three_kinds_of_data(signal: Array, rate: int, volume: Array, film: Array) -> Figure:
    """A series, a volume and a film, each with the piece that one filter sees at a time.

    Args:
        signal: (m,) mV.
        rate: samples a second.
        volume: (n1, n2, n3) brightness.
        film: (frames, n_H, n_W), grey.
    """
    with course_style():
        figure = plt.figure(figsize=(11, 6.2))
        parts: Any = figure.subfigures(2, 1, height_ratios=[1, 1.35])
        top, bottom = parts
        axes = top.subplots()
        seconds = np.arange(len(signal)) / rate
        axes.plot(seconds, signal, color=BLUE, lw=1)
        peak = seconds[len(signal) // 6 + signal[len(signal) // 6 : len(signal) // 3].argmax()]
        axes.axvspan(peak - 0.1, peak + 0.1, color=ORANGE, alpha=0.35)
        axes.set(title="Along time: an electrocardiogram", xlabel="time (s)", ylabel="mV")
        parts = bottom.subfigures(1, 2, width_ratios=[1, 1.2])
        left, right = parts
        left.suptitle("Through space: slices of a brain")
        for panel, k in zip(left.subplots(1, 2), (0.45, 0.6), strict=True):
            _picture(panel, volume[:, :, int(k * volume.shape[2])].T, origin="lower")
            panel.add_patch(Rectangle((60, 120), 28, 28, ec=ORANGE, fc="none", lw=2))
        right.suptitle("Through space and time: frames of a film")
        for panel, frame in zip(right.subplots(2, 2).flat, film[:: max(len(film) // 4, 1)], strict=False):
            _picture(panel, frame)
            side = min(frame.shape) // 4
            panel.add_patch(Rectangle((frame.shape[1] // 2, side), side, side, ec=ORANGE, fc="none", lw=2))
        return closed(figure)


@described
def chains(shapes: Mapping[str, Sequence[tuple[int, ...]]], filters: Mapping[str, Sequence[str]]) -> Figure:
    """Shapes of activations from layer to layer, a row for each kind of data.

    Args:
        shapes: name of the row -> shapes, channels last.
        filters: name of the row -> what stands on each arrow, one less than shapes.
    """
    with course_style():
        figure, axes = plt.subplots(figsize=(10.5, 1.75 * len(shapes)))
        for row, (name, steps) in enumerate(shapes.items()):
            y = -row
            axes.text(-0.95, y, name, va="center", weight="bold")
            for column, shape in enumerate(steps):
                _block(axes, 2.0 * column, y, shape)
            for column, text in enumerate(filters[name]):
                x = 2.0 * column
                axes.annotate("", (x + 1.5, y), (x + 0.5, y), arrowprops={"arrowstyle": "->", "color": GREY})
                axes.text(x + 1.0, y + 0.08, text, ha="center", va="bottom", fontsize=9)
        axes.set(xlim=(-1, 2.0 * max(map(len, shapes.values())) - 1.2), ylim=(0.6 - len(shapes), 0.6))
        axes.axis("off")
        return closed(figure)


@described
def responses(signal: Array, rate: int, found: Mapping[str, tuple[Array, Array]]) -> Figure:
    """A signal and, under it, each filter beside its response.

    Args:
        signal: (m,) mV.
        rate: samples a second.
        found: name -> filter (f,) and response (m - f + 1,).
    """
    with course_style():
        rows = 1 + len(found)
        figure, axes = plt.subplots(
            rows, 2, figsize=(11, 1.75 * rows), width_ratios=[1, 5], sharex="col", squeeze=False
        )
        axes[0, 0].axis("off")
        axes[0, 1].plot(np.arange(len(signal)) / rate, signal, color=GREY, lw=1)
        axes[0, 1].set(title="The signal", ylabel="mV")
        for (left, right), (name, (weights, response)) in zip(axes[1:], found.items(), strict=True):
            left.plot(1000 * np.arange(len(weights)) / rate, weights, color=ORANGE, lw=2)
            left.axhline(0, color=GREY, lw=0.8)
            left.set(title="filter")
            start = len(weights) / 2 / rate  # drawn where the middle of the filter stands
            right.plot(start + np.arange(len(response)) / rate, response, color=BLUE, lw=1)
            right.set(title=name, ylabel="response")
        axes[-1, 0].set(xlabel="ms")
        axes[-1, 1].set(xlabel="time (s)")
        return closed(figure)


@described
def volume_responses(volume: Array, found: Mapping[str, Array]) -> Figure:
    """The middle slice of a volume, looked at from below, and of the response of each filter.

    Args:
        volume: (n1, n2, n3).
        found: name -> response, somewhat smaller than the volume.
    """
    with course_style():
        figure, axes = plt.subplots(1, 1 + len(found), figsize=(11, 3.6))
        _picture(axes[0], volume[:, :, volume.shape[2] // 2].T, origin="lower")
        axes[0].set(title="one slice of the volume")
        for panel, (name, response) in zip(axes[1:], found.items(), strict=True):
            reach = np.abs(response).max() * 0.7
            middle = response[:, :, response.shape[2] // 2].T
            shown = panel.imshow(middle, cmap="RdBu_r", vmin=-reach, vmax=reach, origin="lower")
            _quiet(panel, name)
        figure.colorbar(shown, ax=axes, label="response", shrink=0.7)
        return closed(figure)


@described
def film_responses(frames: Array, response: Array, rate: float) -> Figure:
    """Frames of a film above the response of a filter that reaches over three frames.

    Args:
        frames: (t, n_H, n_W), the middle frame of what the filter saw.
        response: (t, about n_H, about n_W).
        rate: frames a second.
    """
    with course_style():
        columns = range(0, len(frames), max(len(frames) // 3, 1))
        figure, axes = plt.subplots(2, len(columns), figsize=(11, 3), squeeze=False, layout="compressed")
        reach = np.percentile(np.abs(response), 99.7)
        for (above, below), k in zip(axes.T, columns, strict=True):
            _picture(above, frames[k])
            above.set(title=f"{k / rate:.2f} s")
            shown = below.imshow(response[k], cmap="RdBu_r", vmin=-reach, vmax=reach)
            _quiet(below, "")
        figure.colorbar(shown, ax=axes, label="response", shrink=0.8)
        return closed(figure)


@described
def beats_and_filters(
    signal: Array,
    rate: int,
    start: float,
    beats: Mapping[str, tuple[ArrayLike, ArrayLike]],
    wrong: ArrayLike,
    filters: Array,
) -> Figure:
    """A stretch of the ECG with its beats marked as the network calls them, and under it the filters it learned.

    Args:
        signal: (m,) mV, the whole recording.
        rate: samples a second.
        start: where the stretch of 15 s begins, in s.
        beats: class -> samples at which its beats peak, their heights in mV.
        wrong: samples of the beats whose pseudo-label is the other one.
        filters: (f, k), the first layer's.
    """
    with course_style():
        figure = plt.figure(figsize=(11, 5.4))
        parts: Any = figure.subfigures(2, 1, height_ratios=[1.35, 1])
        top, bottom = parts
        axes = top.subplots()
        stretch = slice(int(start * rate), int((start + 15) * rate))
        axes.plot(np.arange(stretch.start, stretch.stop) / rate, signal[stretch], color=GREY, lw=1)
        for (name, (peaks, heights)), colour, marker in zip(
            beats.items(), CLASS_COLOURS, MARKERS, strict=False
        ):
            shown = (np.asarray(peaks) >= stretch.start) & (np.asarray(peaks) < stretch.stop)
            places = np.asarray(peaks)[shown] / rate
            axes.plot(places, np.asarray(heights)[shown] + 0.25, marker, color=colour, label=name)
        missed = np.asarray(wrong, dtype=int)
        missed = missed[(missed >= stretch.start) & (missed < stretch.stop)]
        axes.plot(
            missed / rate,
            signal[missed] + 0.25,
            "x",
            color="black",
            ms=11,
            label="not as the pseudo-label says",
        )
        axes.set(
            xlabel="time (s)", ylabel="mV", xlim=(start, start + 15), ylim=(None, signal[stretch].max() + 0.9)
        )
        axes.legend(ncols=3, loc="upper right", fontsize=9)
        bottom.suptitle(
            f"The {filters.shape[1]} filters of the first layer, {1000 * len(filters) / rate:.0f} ms long"
        )
        reach = 1.1 * np.abs(filters).max()
        panels = bottom.subplots(2, -(-filters.shape[1] // 2), sharex=True, sharey=True, squeeze=False)
        for panel in panels.flat[filters.shape[1] :]:
            panel.axis("off")
        for panel, weights in zip(panels.flat, filters.T, strict=False):
            panel.axhline(0, color=GREY, lw=0.8)
            panel.plot(1000 * np.arange(len(weights)) / rate, weights, color=ORANGE, lw=2)
            panel.set(ylim=(-reach, reach))
        for panel in panels[-1]:
            panel.set_xlabel("ms", fontsize=9)
        return closed(figure)


@described
def accuracy_by_noise(
    noises: Sequence[float], accuracies: Mapping[str, Sequence[float]], floor: float
) -> Figure:
    """Accuracy on the held-out stretch as the noise grows.

    Args:
        noises: standard deviations in mV.
        accuracies: name -> accuracy for each noise, the network first.
        floor: the accuracy of always giving the more frequent class.
    """
    with course_style():
        figure, axes = plt.subplots(figsize=(7.5, 4.2))
        styles = [(BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^--"), (PURPLE, "v--")]
        for (name, values), (colour, style) in zip(accuracies.items(), styles, strict=False):
            axes.plot(noises, values, style, color=colour, label=name)
        axes.axhline(floor, color=GREY, lw=1, ls=":", label="always narrow")
        axes.set(xlabel="noise (mV)", ylabel="accuracy", ylim=(min(floor, 0.65) - 0.03, 1.02))
        axes.legend()
        return closed(figure)


@described
def trap(raw: Mapping[str, Array], hidden: Mapping[str, Array], centre_values: Mapping[str, Array]) -> Figure:
    """Why brightness must be hidden: centres' brightness by tissue, and patches as they are and as the network sees them.

    Args:
        raw: class -> (SIDE, SIDE), the middle slice of a patch as it is.
        hidden: class -> (SIDE, SIDE), the same patch as the network sees it.
        centre_values: class -> (m,), T1 brightness of the patches' centres.
    """
    with course_style():
        figure = plt.figure(figsize=(11, 3.9))
        parts: Any = figure.subfigures(1, 2)
        left, right = parts
        axes = left.subplots()
        for (name, values), colour, hatch in zip(
            centre_values.items(), CLASS_COLOURS, ("//", ""), strict=True
        ):
            axes.hist(values, bins=np.linspace(0.2, 1, 60), color=colour, alpha=0.6, hatch=hatch, label=name)
        axes.set(xlabel="T1 brightness of the centre", ylabel="patches")
        axes.legend()
        for row, (panels, patches) in enumerate(zip(right.subplots(2, 2).T, (raw, hidden), strict=True)):
            for panel, (name, patch) in zip(panels, patches.items(), strict=True):
                _picture(panel, patch.T, origin="lower")
                panel.set_title(f"{name}, {'as the network sees it' if row else 'as it is'}", fontsize=9)
        return closed(figure)


@described
def predicted_tissue(
    volume: Array, point: tuple[int, int, int], slab: tuple[int, int], centres: Array, probabilities: Array
) -> Figure:
    """Three orthogonal slices of a volume, with what the network says drawn over the held-out slab.

    Args:
        volume: (n1, n2, n3) T1 brightness.
        point: the voxel in which the three slices meet.
        slab: from where to where the held-out centres lie along the second axis.
        centres: (m, 3) voxels, each in one of the slices.
        probabilities: (m,) of white matter.
    """
    with course_style():
        figure, axes = plt.subplots(
            1, 3, figsize=(12, 4.9), width_ratios=[233, 197, 197], layout="compressed"
        )
        for panel, axis in zip(axes, (0, 1, 2), strict=True):
            across, up = (k for k in range(3) if k != axis)
            _picture(panel, np.take(volume, point[axis], axis).T, origin="lower")
            inside = centres[:, axis] == point[axis]
            shown = panel.scatter(
                centres[inside, across],
                centres[inside, up],
                c=probabilities[inside],
                cmap="cividis",
                vmin=0,
                vmax=1,
                s=7,
                marker="s",
                lw=0,
            )
            panel.set_title(f"{PLANES[axis]}: {point[axis]} mm")
            for edge in slab if axis != 1 else ():
                line = panel.axvline if across == 1 else panel.axhline
                line(edge, color=ORANGE, lw=1.5, ls="--")
        figure.colorbar(shown, ax=axes, label="probability of white matter", shrink=0.8)
        return closed(figure)


@described
def volume_filters(filters: Array, axis_name: str, count: int = 6) -> Figure:
    """3-D filters, one a row, cut into slices along their first side.

    Args:
        filters: (f1, f2, f3, k).
        axis_name: what the first side is, "frame" for example.
        count: how many filters to show, those with the largest weights.
    """
    with course_style():
        largest = np.argsort(-np.square(filters).sum((0, 1, 2)))[:count]
        figure, axes = plt.subplots(
            len(filters), len(largest), figsize=(1.35 * len(largest) + 1.6, 1.3 * len(filters)), squeeze=False
        )
        for column, k in enumerate(largest):
            reach = np.abs(filters[..., k]).max()
            for row in range(len(filters)):
                panel = axes[row, column]
                shown = panel.imshow(filters[row, :, :, k] / reach, cmap="RdBu_r", vmin=-1, vmax=1)
                _quiet(panel, f"filter {k}" if row == 0 else "")
                if column == 0:
                    panel.set_ylabel(f"{axis_name} {row + 1}", fontsize=9)
        figure.colorbar(shown, ax=axes, label="weight / largest weight", shrink=0.7)
        return closed(figure)


@described
def film_strips(films: Array, predicted: Sequence[str], true: Sequence[str]) -> Figure:
    """Films frame by frame, one a row, with an arrow for the predicted direction and words for the true one.

    Args:
        films: (m, frames, n_H, n_W).
        predicted, true: m names of directions.
    """
    with course_style():
        rows, columns = films.shape[:2]
        figure, axes = plt.subplots(rows, columns + 1, figsize=(11, 1.4 * rows), squeeze=False)
        for row, panels in enumerate(axes):
            for t, panel in enumerate(panels[:-1]):
                _picture(panel, films[row, t])
                panel.set_title(f"frame {t + 1}" if row == 0 else "", fontsize=9)
            _arrow(panels[-1], predicted[row], true[row])
        return closed(figure)


@described
def accuracies(results: Mapping[str, Mapping[str, float]]) -> Figure:
    """Accuracies on held-out data, a panel for each task, the network on top.

    Args:
        results: task -> name -> accuracy.
    """
    with course_style():
        figure, axes = plt.subplots(
            len(results), 1, figsize=(8.5, 0.55 * sum(map(len, results.values())) + 1.5), sharex=True,
            height_ratios=[len(bars) for bars in results.values()],
        )  # fmt: skip
        for panel, (task, bars) in zip(np.atleast_1d(axes), results.items(), strict=True):
            names, values = list(bars)[::-1], list(bars.values())[::-1]
            colours = [GREY] * (len(bars) - 1) + [BLUE]
            drawn = panel.barh(names, values, color=colours, height=0.7)
            panel.bar_label(drawn, fmt="%.3f", padding=3, fontsize=9)
            panel.set(title=task, xlim=(0, 1.1))
            panel.grid(visible=False, axis="y")
        np.atleast_1d(axes)[-1].set(xlabel="accuracy on what was held out")
        return closed(figure)


def _picture(axes: Axes, image: Array, **options: Any) -> None:
    axes.imshow(image, cmap="gray", **options)
    _quiet(axes, "")


def _quiet(axes: Axes, title: str) -> None:
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _block(axes: Axes, x: float, y: float, shape: tuple[int, ...]) -> None:
    """One layer for each of up to six channels, its sides to scale, with the shape under it."""
    *sides, channels = shape
    width = 0.03 * sides[0]
    height = 0.03 * (sides[1] if len(sides) > 1 else 2)
    for k in reversed(range(min(channels, 6))):
        left, low = x - width / 2 + 0.03 * k, y - height / 2 + 0.12 + 0.02 * k
        if len(sides) == 3:
            _cuboid(axes, left, low, width, height, 0.012 * sides[2])
        else:
            axes.add_patch(Rectangle((left, low), width, height, fc=LIGHT, ec=BLUE, lw=1))
    axes.text(x, y - 0.24, " × ".join(map(str, shape)), ha="center", va="top")


def _cuboid(axes: Axes, left: float, low: float, width: float, height: float, depth: float) -> None:
    right, high = left + width, low + height
    top = [(left, high), (left + depth, high + depth), (right + depth, high + depth), (right, high)]
    side = [(right, low), (right + depth, low + depth), (right + depth, high + depth), (right, high)]
    front = [(left, low), (right, low), (right, high), (left, high)]
    for face, colour in ((top, "#E4F0F8"), (side, "#A9CBE3"), (front, LIGHT)):
        axes.add_patch(Polygon(face, fc=colour, ec=BLUE, lw=1))


def _arrow(axes: Axes, predicted: str, true: str) -> None:
    right, up = ARROWS[predicted]
    colour = BLUE if predicted == true else RED
    head = {"arrowstyle": "-|>", "lw": 3, "color": colour, "mutation_scale": 22}
    axes.annotate(
        "", (0.5 + 0.35 * right, 0.6 + 0.35 * up), (0.5 - 0.35 * right, 0.6 - 0.35 * up), arrowprops=head
    )
    axes.text(
        0.5, -0.02, f"{'✓' if predicted == true else '✗'} truth: {true}", ha="center", va="top", fontsize=9
    )
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
