"""07_convolutions_1d_3d. Cross-correlation along time and through volumes, as ConvNet libraries mean convolution."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise
from course.comparing import Says

ASSIGNMENT = "07_convolutions_1d_3d"
Array = NDArray[np.float64]
Implementation = Callable[..., Any]


# What must be refused


def refused(name: str, inputs: dict[str, Any], shows: str) -> Case:
    return Case(name, inputs, shows, raises="ValueError", expect={"message": Says()}, edge=True, weight=0.5)


# output_size


def output_size(n: int, f: int, p: int = 0, s: int = 1) -> int:
    if s < 1 or f > n + 2 * p:
        raise ValueError(f"a filter of {f} with stride {s} does not fit into {n} with padding {p}")
    return (n + 2 * p - f) // s + 1


def size_by(formula: Implementation) -> Implementation:
    """A formula with the right refusals around it."""

    def size(n: int, f: int, p: int = 0, s: int = 1) -> int:
        output_size(n, f, p, s)
        return int(formula(n, f, p, s))

    return size


def size_without_check(n: int, f: int, p: int = 0, s: int = 1) -> int:
    if s < 1:
        raise ValueError("that does not fit")
    return (n + 2 * p - f) // s + 1


def size_without_stride_check(n: int, f: int, p: int = 0, s: int = 1) -> int:
    if f > n + 2 * p:
        raise ValueError("that does not fit")
    return (n + 2 * p - f) // s + 1  # ZeroDivisionError, as the student's own


def size_checks_without_padding(n: int, f: int, p: int = 0, s: int = 1) -> int:
    if f > n:
        raise ValueError("that does not fit")
    return output_size(n, f, p, s)


def size_refuses_equal(n: int, f: int, p: int = 0, s: int = 1) -> int:
    if f >= n + 2 * p:
        raise ValueError("that does not fit")
    return output_size(n, f, p, s)


def size_not_floored(n: int, f: int, p: int = 0, s: int = 1) -> float:
    output_size(n, f, p, s)
    return (n + 2 * p - f) / s + 1


WRONG_SIZES: dict[str, Implementation] = {
    "the padding is added on one side only; it goes on both": lambda n, f, p=0, s=1: (n + p - f) // s + 1,
    "the padding is forgotten": lambda n, f, p=0, s=1: (n - f) // s + 1,
    "the stride is forgotten": lambda n, f, p=0, s=1: n + 2 * p - f + 1,
    "the + 1 is missing": lambda n, f, p=0, s=1: (n + 2 * p - f) // s,
    "the 1 is added before dividing by the stride": lambda n, f, p=0, s=1: (n + 2 * p - f + 1) // s,
    "the quotient is rounded up; a filter that hangs over the end does not count": (
        lambda n, f, p=0, s=1: -((f - n - 2 * p) // s) + 1
    ),
    "the quotient is rounded to the nearest; floor it": lambda n, f, p=0, s=1: round((n + 2 * p - f) / s) + 1,
}

SIZE_MISTAKES: dict[str, Implementation] = {
    **{name: size_by(formula) for name, formula in WRONG_SIZES.items()},
    **{f"{name}; and nothing is refused": formula for name, formula in WRONG_SIZES.items()},
    "the quotient is not floored; an integer is wanted": size_not_floored,
    "the quotient is not floored; and nothing is refused": lambda n, f, p=0, s=1: (n + 2 * p - f) / s + 1,
    "nothing is refused: raise a ValueError for what does not fit": lambda n, f, p=0, s=1: (
        (n + 2 * p - f) // s + 1
    ),
    "a filter that does not fit is not refused": size_without_check,
    "a stride of 0 is divided by before it is refused": size_without_stride_check,
    "a filter exactly as long as the input is refused; it fits once": size_refuses_equal,
    "the check forgets the padding: a filter may be longer than the unpadded input": size_checks_without_padding,
}


def size_cases(rng: Generator) -> list[Case]:
    def drawn(f: int, p: int, s: int, remainder: int) -> dict[str, int]:
        """Sizes for which (n + 2p - f) / s leaves the given remainder."""
        steps = int(rng.integers(2 * p + 10, 2 * p + 200))
        return {"n": steps * s + remainder + f - 2 * p, "f": f, "p": p, "s": s}

    odd, padding, stride = int(rng.choice([3, 5, 7])), int(rng.integers(2, 6)), int(rng.integers(4, 7))
    short, more = int(rng.integers(5, 12)), int(rng.integers(1, 4))
    longer = {"n": short, "f": short + more, "p": int(rng.integers(10, 200)), "s": 1}
    return [
        Case("no padding", drawn(odd, 0, 1, 0), "A filter that moves one step at a time."),
        Case("padding", drawn(odd + 1, padding, 1, 0), "p zeros on either side."),
        Case("a stride", drawn(odd, 0, stride, stride - 1), "What is left over at the end does not count."),
        Case("both", drawn(odd + 2, padding, stride - 1, 1), "Padding and stride together."),
        Case("it fits thanks to padding", longer, "The filter is longer than the unpadded input."),
        Case(
            "it fits once",
            {"n": short, "f": short, "p": 0, "s": 3},
            "As long as the input.",
            edge=True,
            weight=0.5,
        ),
        refused("it does not fit", {"n": short, "f": short + 5, "p": 2, "s": 1}, "A ValueError is wanted."),
        refused(
            "a stride of 0", {"n": short + 9, "f": 3, "p": 0, "s": 0}, "A ValueError is wanted here too."
        ),
    ]


# conv1d and conv3d: one definition for any number of sides


def convolve(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    sizes, starts = output_sides(x, filters, stride), np.array(filters.shape[:-2])
    result = np.zeros((*sizes, filters.shape[-1]))
    for place in np.ndindex(*sizes):
        low = np.array(place) * stride
        window = x[tuple(slice(a, b) for a, b in zip(low, low + starts, strict=True))]
        result[place] = np.tensordot(window, filters, axes=window.ndim) + bias
    return result


def output_sides(x: Array, filters: Array, stride: int) -> list[int]:
    """The sides of the output.

    Raises:
        ValueError: the axes or channels do not match, or the filter does not fit.
    """
    if x.ndim != filters.ndim - 1 or x.shape[-1] != filters.shape[-2]:
        raise ValueError(f"filters of shape {filters.shape} do not match an input of shape {x.shape}")
    return [output_size(n, f, s=stride) for n, f in zip(x.shape[:-1], filters.shape[:-2], strict=True)]


def spatial(filters: Array) -> tuple[int, ...]:
    return tuple(range(filters.ndim - 2))


def conv_flipped(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, np.flip(filters, spatial(filters)), bias, stride)


def conv_without_stride(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, bias)


def conv_stride_twice(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, bias, stride**2)


def conv_starts_without_stride(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    sizes = output_sides(x, filters, stride)
    return convolve(x, filters, bias)[tuple(slice(size) for size in sizes)]


def conv_first_channel(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    output_sides(x, filters, stride)
    return convolve(x[..., :1], filters[..., :1, :], bias, stride)


def conv_mean_of_channels(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters / x.shape[-1], bias, stride)


def conv_channels_apart(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    output_sides(x, filters, stride)
    apart = [convolve(x[..., [c]], filters[..., [c], :], bias, stride) for c in range(x.shape[-1])]
    return np.stack(apart, axis=-2)


def conv_mean_of_window(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters / np.prod(filters.shape[:-1]), bias, stride)


def conv_without_bias(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, 0 * bias, stride)


def conv_bias_everywhere(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, bias * np.prod(filters.shape[:-1]), stride)


def conv_first_bias(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, np.full_like(bias, bias[0]), stride)


def conv_one_short(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    found = convolve(x, filters, bias, stride)
    return found[tuple(slice(size - 1) for size in found.shape[:-1])]


def conv_padded(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    output_sides(x, filters, stride)
    padding = [((f - 1) // 2, f // 2) for f in filters.shape[:-2]]
    return convolve(np.pad(x, [*padding, (0, 0)]), filters, bias, stride)


def conv_with_relu(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return np.maximum(convolve(x, filters, bias, stride), 0.0)


def conv_one_filter(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, bias, stride)[..., 0]


def with_any_channels(convolution: Implementation) -> Implementation:
    """Stretches a filter of one channel over all of them, as NumPy broadcasts, instead of refusing it."""

    def unchecked(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
        if filters.shape[-2] == 1:
            filters = np.repeat(filters, x.shape[-1], axis=-2)
        return convolution(x, filters, bias, stride)

    return unchecked


def conv3d_stride_on_first_side(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    output_sides(x, filters, stride)
    return convolve(x, filters, bias)[::stride]


def conv3d_sizes_of_first_side(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    found = convolve(x, filters, bias, stride)
    if found.shape[0] > min(found.shape[1:3]):
        raise IndexError("beyond the end of a shorter side")
    return found[:, : len(found), : len(found)]


def conv3d_sides_reversed(x: Array, filters: Array, bias: Array, stride: int = 1) -> Array:
    return convolve(x, filters, bias, stride).transpose(2, 1, 0, 3)


WRONG_CONVOLUTIONS: dict[str, Implementation] = {
    "the filter is flipped; here it slides as it is": conv_flipped,
    "the stride is not used": conv_without_stride,
    "the stride is applied twice": conv_stride_twice,
    "the output has the right size, but the windows start at i instead of i * stride": conv_starts_without_stride,
    "only the first channel is used; sum over all of them": conv_first_channel,
    "the mean over the channels is taken instead of the sum": conv_mean_of_channels,
    "the channels are not summed": conv_channels_apart,
    "the mean over the window is taken instead of the sum": conv_mean_of_window,
    "the bias is forgotten": conv_without_bias,
    "the bias is added to every product; add it once, after the sum": conv_bias_everywhere,
    "every filter gets the first filter's bias": conv_first_bias,
    "the last place of the filter is missing (off by one)": conv_one_short,
    "the input is padded; no padding is wanted": conv_padded,
    "an activation is applied; the convolution alone is wanted": conv_with_relu,
    "only the first filter is used": conv_one_filter,
}

WRONG_3D_CONVOLUTIONS = WRONG_CONVOLUTIONS | {
    "the stride is used along the first side only": conv3d_stride_on_first_side,
    "all output sides are computed from the first side": conv3d_sizes_of_first_side,
    "the sides of the output are in reverse order": conv3d_sides_reversed,
}


def conv_mistakes(wrong: dict[str, Implementation]) -> dict[str, Implementation]:
    """Each, and each without the check of the channels, which is forgotten as often as not."""
    unchecked = {
        f"{name}; and filters of one channel are stretched over all": with_any_channels(convolution)
        for name, convolution in wrong.items()
    }
    alone = {
        "filters of one channel are stretched over all channels; refuse them": with_any_channels(convolve)
    }
    return wrong | alone | unchecked


def conv_inputs(
    rng: Generator, sides: Sequence[int], f: Sequence[int], c: int, k: int, stride: int
) -> dict[str, Any]:
    """Inputs of mean 1, so that sums, means and missing terms differ a lot."""
    return {
        "x": rng.normal(1.0, size=(*sides, c)).astype(np.float32),
        "filters": rng.normal(size=(*f, c, k)).astype(np.float32),
        "bias": (rng.choice([-2.0, 2.0], size=k) + rng.normal(scale=0.5, size=k)).astype(np.float32),
        "stride": stride,
    }


def conv1d_cases(rng: Generator) -> list[Case]:
    def inputs(n: int, f: int, c: int, k: int, stride: int) -> dict[str, Any]:
        return conv_inputs(rng, (n,), (f,), c, k, stride)

    wrong = inputs(11, 3, 3, 2, 1)
    wrong["filters"] = wrong["filters"][:, :1]
    return [
        Case("stride 1", inputs(14, 5, 3, 4, 1), "14 x 3 with 4 filters of 5 x 3 gives 10 x 4."),
        Case("stride 2", inputs(20, 4, 2, 3, 2), "Every second place."),
        Case("stride 3", inputs(24, 5, 4, 2, 3), "One sample is left over at the end."),
        Case("one channel", inputs(12, 3, 1, 5, 1), "As an ECG comes in."),
        refused(
            "channels that do not match",
            wrong,
            "Filters for 1 channel, an input of 3: a ValueError is wanted.",
        ),
        refused("a filter that does not fit", inputs(4, 6, 2, 3, 1), "6 samples do not fit into 4."),
    ]


def conv3d_cases(rng: Generator) -> list[Case]:
    def inputs(sides: Sequence[int], f: Sequence[int], c: int, k: int, stride: int) -> dict[str, Any]:
        return conv_inputs(rng, sides, f, c, k, stride)

    wrong = inputs((5, 6, 4), (2, 3, 2), 3, 2, 1)
    wrong["filters"] = wrong["filters"][:, :, :, :1]
    flat = inputs((5, 6, 4), (2, 3, 2), 1, 2, 1)
    flat["x"] = flat["x"][..., 0]
    return [
        Case("stride 1", inputs((5, 6, 7), (2, 3, 2), 2, 3, 1), "Three different sides."),
        Case("stride 2", inputs((7, 8, 10), (3, 2, 4), 3, 2, 2), "Every second place along all three sides."),
        Case(
            "stride 3",
            inputs((15, 12, 9), (4, 3, 2), 1, 2, 3),
            "What is left over at the end does not count.",
        ),
        refused(
            "channels that do not match",
            wrong,
            "Filters for 1 channel, an input of 3: a ValueError is wanted.",
        ),
        refused(
            "a filter that does not fit",
            inputs((6, 3, 7), (2, 4, 3), 2, 3, 1),
            "It is too wide for one side.",
        ),
        refused("no volume", flat, "Without a channel axis this is no volume of shape (n1, n2, n3, c)."),
    ]


# num_parameters


def num_parameters(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return int((np.prod(filter_shape) * in_channels + 1) * num_filters)


def parameters_without_bias(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return int(np.prod(filter_shape) * in_channels * num_filters)


def parameters_one_bias(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return parameters_without_bias(filter_shape, in_channels, num_filters) + 1


def parameters_bias_a_channel(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return int((np.prod(filter_shape) + 1) * in_channels * num_filters)


def parameters_without_channels(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return num_parameters(filter_shape, 1, num_filters)


def parameters_one_filter(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return num_parameters(filter_shape, in_channels, 1)


def parameters_sum_of_sides(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return int((sum(filter_shape) * in_channels + 1) * num_filters)


def parameters_first_side(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return num_parameters((filter_shape[0],) * len(filter_shape), in_channels, num_filters)


def parameters_two_sides(filter_shape: tuple[int, ...], in_channels: int, num_filters: int) -> int:
    return num_parameters((filter_shape[0], filter_shape[1]), in_channels, num_filters)


def parameters_cases(rng: Generator) -> list[Case]:
    def drawn(*sides: int) -> dict[str, Any]:
        shape = tuple(int(side + rng.integers(3)) for side in sides)
        channels, filters = int(rng.integers(3, 40)), int(rng.integers(5, 90))
        return {"filter_shape": shape, "in_channels": channels, "num_filters": filters}

    return [
        Case("along time", drawn(5), "A 1-D filter has one side."),
        Case("over a picture", drawn(2, 6), "Two sides, not equal."),
        Case("through a volume", drawn(2, 5, 8), "Three sides, not equal."),
        Case("another volume", drawn(8, 2, 5), "Any sides, any numbers of channels and filters."),
    ]


# build_heartbeat_net and build_volume_net: what the exam `classifier` finds


PROBABILITIES = "each row is made of probabilities that add up to 1"
CONVOLUTION = "there is a convolution over all sides of the input"
INPUT, OUTPUT = "shape of an input", "shape of the output for three inputs"


def network(sides: Sequence[int], num_classes: int) -> dict[str, Any]:
    """The report on a right network for inputs of these sides."""
    return {
        "a Keras model is returned": True,
        INPUT: np.array([*sides, 1]),
        OUTPUT: np.array([3, num_classes]),
        PROBABILITIES: True,
        "each input is judged on its own": True,
        CONVOLUTION: True,
        "all its convolutions learn": True,
        "it has at most 100,000 parameters": True,
    }


def heartbeat_net(window: int, num_classes: int, seed: int) -> dict[str, Any]:
    return network((window,), num_classes)


def volume_net(shape: tuple[int, int, int], num_classes: int, seed: int) -> dict[str, Any]:
    return network(shape, num_classes)


def but(right: Implementation, changes: Callable[[Any, int], dict[str, Any]]) -> Implementation:
    """A network like the right one but for some outputs of the report, computed from the inputs."""

    def for_window(window: int, num_classes: int, seed: int) -> dict[str, Any]:
        return right(window, num_classes, seed) | changes(window, num_classes)

    def for_volume(shape: tuple[int, int, int], num_classes: int, seed: int) -> dict[str, Any]:
        return right(shape, num_classes, seed) | changes(shape, num_classes)

    return for_window if right is heartbeat_net else for_volume


def net_mistakes(right: Implementation) -> dict[str, Implementation]:
    changes: dict[str, Callable[[Any, int], dict[str, Any]]] = {
        "the softmax is missing, or a sigmoid stands in its place: probabilities of one input add up to 1": (
            lambda sides, classes: {PROBABILITIES: False}
        ),
        "the softmax runs over the batch; it should run over the classes": (
            lambda sides, classes: {PROBABILITIES: False, "each input is judged on its own": False}
        ),
        "the number of classes is fixed at 2": lambda sides, classes: {OUTPUT: np.array([3, 2])},
        "there is one output; one for each class is wanted": (
            lambda sides, classes: {OUTPUT: np.array([3, 1]), PROBABILITIES: False}
        ),
        "there is one output with a softmax, which is always 1; one for each class is wanted": (
            lambda sides, classes: {OUTPUT: np.array([3, 1])}
        ),
        "there is no convolution in it that fits the data": lambda sides, classes: {CONVOLUTION: False},
        "its convolutions are frozen": lambda sides, classes: {"all its convolutions learn": False},
        "it has too many parameters: use larger strides or pooling before you flatten": (
            lambda sides, classes: {"it has at most 100,000 parameters": False}
        ),
        "the convolved axes are still in the output: flatten or pool before the last layer": (
            lambda sides, classes: {OUTPUT: np.array([3, 4, classes])}
        ),
        "no Keras model is returned": lambda sides, classes: {"a Keras model is returned": False},
    }
    return {name: but(right, change) for name, change in changes.items()}


HEARTBEAT_MISTAKES = net_mistakes(heartbeat_net) | {
    "the window is fixed at 216 samples": but(heartbeat_net, lambda window, _: {INPUT: np.array([216, 1])}),
    "the input has no channel axis: it is (window, 1)": but(
        heartbeat_net, lambda window, _: {INPUT: np.array([window])}
    ),
    "the window is taken for channels: the input is (window, 1)": but(
        heartbeat_net, lambda window, _: {INPUT: np.array([1, window])}
    ),
}

VOLUME_MISTAKES = net_mistakes(volume_net) | {
    "the volume is fixed at 14 x 14 x 14": but(
        volume_net, lambda shape, _: {INPUT: np.array([14, 14, 14, 1])}
    ),
    "the first side is used for all three": but(
        volume_net, lambda shape, _: {INPUT: np.array([*[shape[0]] * 3, 1])}
    ),
    "the slices are taken for channels of a 2-D network": but(
        volume_net, lambda shape, _: {INPUT: np.array(shape), CONVOLUTION: False}
    ),
}
UNNAMED_NET_MISTAKES = frozenset(name for name in VOLUME_MISTAKES if "still in the output" in name)
"""What is left of the convolved axes depends on the network, so no single answer gives it away."""


def built(name: str, inputs: dict[str, Any], seed: int, shows: str) -> Case:
    return Case(name, inputs | {"seed": seed}, shows, probe="classifier", hidden=("seed",))


def heartbeat_net_cases(rng: Generator) -> list[Case]:
    def case(name: str, low: int, num_classes: int, shows: str) -> Case:
        inputs = {"window": int(low + rng.integers(80)), "num_classes": num_classes}
        return built(name, inputs, int(rng.integers(1_000_000)), shows)

    return [
        case("two classes", 220, 2, "A window of 0.6 s and a little more, narrow or wide."),
        case("five classes", 128, 5, "A shorter window, more classes."),
        case("three classes", 300, 3, "A longer window."),
    ]


def volume_net_cases(rng: Generator) -> list[Case]:
    def case(name: str, sides: tuple[int, int, int], num_classes: int, shows: str) -> Case:
        shape = tuple(int(side) for side in np.array(sides) + rng.integers(2, size=3))
        inputs = {"shape": shape, "num_classes": num_classes}
        return built(name, inputs, int(rng.integers(1_000_000)), shows)

    return [
        case("two classes", (15, 13, 11), 2, "A volume with three different sides."),
        case("a film", (8, 16, 18), 4, "A few frames, which are larger than they are many."),
        case("three classes", (10, 8, 12), 3, "A small volume."),
    ]


EXERCISES = (
    Exercise(
        "output_size",
        output_size,
        size_cases,
        SIZE_MISTAKES,
    ),
    Exercise(
        "conv1d",
        convolve,
        conv1d_cases,
        conv_mistakes(WRONG_CONVOLUTIONS),
    ),
    Exercise(
        "conv3d",
        convolve,
        conv3d_cases,
        conv_mistakes(WRONG_3D_CONVOLUTIONS),
    ),
    Exercise(
        "num_parameters",
        num_parameters,
        parameters_cases,
        {
            "the biases are forgotten; every filter has one": parameters_without_bias,
            "there is one bias for all; every filter has its own": parameters_one_bias,
            "there is a bias for every channel of a filter; one a filter is right": parameters_bias_a_channel,
            "the channels of the input are forgotten": parameters_without_channels,
            "the number of filters is forgotten": parameters_one_filter,
            "the sides of the filter are added; multiply them": parameters_sum_of_sides,
            "the filter is taken to have equal sides": parameters_first_side,
            "the filter is taken to have two sides; it may have one, two or three": parameters_two_sides,
        },
    ),
    Exercise(
        "build_heartbeat_net",
        heartbeat_net,
        heartbeat_net_cases,
        HEARTBEAT_MISTAKES,
        unnamed=UNNAMED_NET_MISTAKES,
    ),
    Exercise("build_volume_net", volume_net, volume_net_cases, VOLUME_MISTAKES, unnamed=UNNAMED_NET_MISTAKES),
)
