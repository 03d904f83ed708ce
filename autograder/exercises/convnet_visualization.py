"""05_convnet_visualization. Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2013)."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise
from course.stand_ins import PixelResponse, PixelScore, SmallConvNet, as_in_pass

ASSIGNMENT = "05_convnet_visualization"
Array = NDArray[Any]
Layers = list[tuple[int, int, int]]
Field = tuple[int, int, float]


# receptive_field


def receptive_field(layers: Layers) -> Field:
    size, jump, start = 1, 1, 0.0
    for f, s, p in layers:
        size += (f - 1) * jump
        start += ((f - 1) / 2 - p) * jump
        jump *= s
    return size, jump, start


def field_jump_first(layers: Layers) -> Field:
    size, jump, start = 1, 1, 0.0
    for f, s, p in layers:
        jump *= s
        size += (f - 1) * jump
        start += ((f - 1) / 2 - p) * jump
    return size, jump, start


def field_without_jump(layers: Layers) -> Field:
    _, jump, start = receptive_field(layers)
    return 1 + sum(f - 1 for f, _, _ in layers), jump, start


def field_last_stride_only(layers: Layers) -> Field:
    size, jump, start = 1, 1, 0.0
    for f, s, p in layers:
        size += (f - 1) * jump
        start += ((f - 1) / 2 - p) * jump
        jump = s
    return size, jump, start


def field_strides_added(layers: Layers) -> Field:
    size, _, start = receptive_field(layers)
    return size, 1 + sum(s for _, s, _ in layers), start


def field_f_instead_of_f_minus_1(layers: Layers) -> Field:
    size, jump, start = 0, 1, 0.0
    for f, s, p in layers:
        size += f * jump
        start += ((f - 1) / 2 - p) * jump
        jump *= s
    return size, jump, start


def field_without_padding(layers: Layers) -> Field:
    size, jump, _ = receptive_field(layers)
    return size, jump, receptive_field([(f, s, 0) for f, s, _ in layers])[2]


def field_padding_not_scaled(layers: Layers) -> Field:
    size, jump, start = receptive_field([(f, s, 0) for f, s, _ in layers])
    return size, jump, start - sum(p for _, _, p in layers)


def field_start_without_jump(layers: Layers) -> Field:
    size, jump, _ = receptive_field(layers)
    return size, jump, sum((f - 1) / 2 - p for f, _, p in layers)


def field_start_rounded(layers: Layers) -> Field:
    size, jump, start = 1, 1, 0
    for f, s, p in layers:
        size += (f - 1) * jump
        start += ((f - 1) // 2 - p) * jump
        jump *= s
    return size, jump, start


def field_start_at_half(layers: Layers) -> Field:
    size, jump, start = receptive_field(layers)
    return size, jump, start + 0.5


def field_size_with_padding(layers: Layers) -> Field:
    size, jump, start = 1, 1, 0.0
    for f, s, p in layers:
        size += (f - 1 + 2 * p) * jump
        start += ((f - 1) / 2 - p) * jump
        jump *= s
    return size, jump, start


def field_backwards(layers: Layers) -> Field:
    return receptive_field(layers[::-1])


def field_size_only(layers: Layers) -> int:
    return receptive_field(layers)[0]


def field_cases(rng: Generator) -> list[Case]:
    def stack(*layers: tuple[int, int, int]) -> dict[str, Any]:
        return {"layers": list(layers)}

    filters = rng.choice([3, 5, 7, 9], size=3, replace=False)
    f, g, h = (int(number) for number in filters)
    s, t = (int(number) for number in rng.permutation([2, 3]))
    strided = stack((f, s, 1), (g, t, 0), (3, 1, 2), (h, 1, 1))
    return [
        Case("one layer", stack((f, s, 0)), "A unit of a single layer sees its filter."),
        Case("two blocks", stack((3, 1, 1), (f, 1, 1), (2, 2, 0), (g, 1, 1), (2, 2, 0)), "VGG's way."),
        Case("several strides", strided, "Four layers, each of its own kind."),
        Case(
            "even filters",
            stack((4, t, 1), (h, s, 0), (2, 2, 0), (3, 1, 1)),
            "start need not be a whole number.",
        ),
        Case("no layers", stack(), "A pixel sees itself: (1, 1, 0).", edge=True),
    ]


# layer_activations


def activations_with(change: Callable[[Array], Array] = lambda a: a) -> Callable[..., dict[str, Any]]:
    """What the probe `forward_passes` sees of a function, right or with one thing wrong."""

    def seen(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
        found = model(images)
        return once({name: change(found[name]) for name in layer_names})

    return seen


def once(value: Any) -> dict[str, Any]:
    return {"number of forward passes": 1, "value": value}


def activations_layer_by_layer(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    value = {name: model(images, passes)[name] for passes, name in enumerate(layer_names, start=1)}
    return {"number of forward passes": len(layer_names), "value": value}


def activations_image_by_image(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    alone = [model(image[None], passes) for passes, image in enumerate(images, start=1)]
    value = {name: np.concatenate([found[name] for found in alone]) for name in layer_names}
    return {"number of forward passes": len(images), "value": value}


def activations_before(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    found = {"passes": as_in_pass(images, 1)} | model(images)
    before = {layer: previous for previous, layer in pairwise(found)}
    return once({name: found[before[name]] for name in layer_names})


def activations_of_all(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    return once(model(images))


def activations_listed(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    found = model(images)
    return once(tuple(found[name] for name in layer_names))


def activations_of_last(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    last = list(model(images).values())[-1]
    return once(dict.fromkeys(layer_names, last))


def activations_in_layer_order(model: SmallConvNet, layer_names: list[str], images: Array) -> dict[str, Any]:
    """The names are paired with the layers in the order of the model, not in their own."""
    found = model(images)
    in_order = [found[name] for name in found if name in layer_names]
    return once(dict(zip(layer_names, in_order, strict=True)))


def activations_cases(rng: Generator) -> list[Case]:
    def case(
        name: str, m: int, size: tuple[int, int], channels: list[int], wanted: list[str], shows: str
    ) -> Case:
        kernels = {
            f"conv{number}": rng.normal(size=(3, 3, c, k), scale=0.6 / np.sqrt(c)).astype(np.float32)
            for number, (c, k) in enumerate(pairwise(channels), start=1)
        }
        images = rng.uniform(size=(m, *size, channels[0])).astype(np.float32)
        inputs = {"model": SmallConvNet(kernels), "layer_names": wanted, "images": images}
        return Case(name, inputs, shows, probe="forward_passes")

    return [
        case(
            "two layers of three", 2, (9, 11), [3, 4, 2, 5], ["conv1", "conv3"], "Both from one forward pass."
        ),
        case("any order", 3, (10, 8), [1, 3, 4, 2], ["conv3", "conv1", "conv2"], "Each under its own name."),
        case("one layer", 4, (7, 9), [2, 5, 3], ["conv1"], "From the middle of the network."),
    ]


# strongest_positions


def best_in_each(activation: Array) -> Array:
    """(m, 3): each image's strongest (image, row, column)."""
    m, n_H, n_W = activation.shape
    flat = activation.reshape(m, -1).argmax(axis=1)
    return np.stack([np.arange(m), *np.unravel_index(flat, (n_H, n_W))], axis=1)


def strongest_positions(activations: Array, unit: int, k: int = 9) -> Array:
    rows = best_in_each(activations[..., unit])
    strength = activations[(*rows.T, unit)]
    return rows[np.argsort(-strength)[:k]]


def positions_several_an_image(activations: Array, unit: int, k: int = 9) -> Array:
    activation = activations[..., unit]
    order = np.argsort(-activation, axis=None)[:k]
    return np.stack(np.unravel_index(order, activation.shape), axis=1)


def positions_weakest_first(activations: Array, unit: int, k: int = 9) -> Array:
    return strongest_positions(activations, unit, k)[::-1]


def positions_weakest_images(activations: Array, unit: int, k: int = 9) -> Array:
    return strongest_positions(activations, unit, len(activations))[::-1][:k]


def positions_unsorted(activations: Array, unit: int, k: int = 9) -> Array:
    rows = strongest_positions(activations, unit, k)
    return rows[np.argsort(rows[:, 0])]


def positions_first_images(activations: Array, unit: int, k: int = 9) -> Array:
    return best_in_each(activations[..., unit])[:k]


def positions_nine(activations: Array, unit: int, k: int = 9) -> Array:
    return strongest_positions(activations, unit, 9)


def positions_columns_first(activations: Array, unit: int, k: int = 9) -> Array:
    return strongest_positions(activations, unit, k)[:, [0, 2, 1]]


def positions_by_height(activations: Array, unit: int, k: int = 9) -> Array:
    """The flat index is taken apart by n_H instead of n_W."""
    n_H, n_W = activations.shape[1:3]
    image, row, column = strongest_positions(activations, unit, k).T
    flat = row * n_W + column
    return np.stack([image, flat // n_H, flat % n_H], axis=1)


def positions_by_mean(activations: Array, unit: int, k: int = 9) -> Array:
    rows = best_in_each(activations[..., unit])
    return rows[np.argsort(-activations[..., unit].mean(axis=(1, 2)))[:k]]


def positions_of_any_unit(activations: Array, unit: int, k: int = 9) -> Array:
    return strongest_positions(activations.max(axis=-1, keepdims=True), 0, k)


def positions_of_other_axis(activations: Array, unit: int, k: int = 9) -> Array:
    return strongest_positions(np.moveaxis(activations, 1, -1), unit, k)


def positions_with_strength(activations: Array, unit: int, k: int = 9) -> Array:
    rows = strongest_positions(activations, unit, k)
    return np.concatenate([rows, activations[(*rows.T, unit)][:, None]], axis=1)


def positions_cases(rng: Generator) -> list[Case]:
    def case(name: str, shape: tuple[int, int, int, int], unit: int, k: int, shows: str) -> Case:
        """No two numbers are equal. The image with the greatest contrast has the highest peak and the lowest mean."""
        share = rng.permutation(math.prod(shape)).reshape(shape) / math.prod(shape)
        contrast = rng.permutation(np.linspace(0.4, 1.6, shape[0]))[:, None, None, None]
        activations = 1.2 - 0.7 * contrast + contrast * share
        inputs = {"activations": activations.astype(np.float32), "unit": unit, "k": k}
        return Case(name, inputs, shows)

    return [
        case("nine of twelve", (12, 5, 7, 6), 4, 9, "Twelve images, nine places, one an image."),
        case("three of eight", (8, 6, 4, 5), 0, 3, "k is a parameter; unit 0 is a unit too."),
        case("four of six", (6, 3, 8, 7), 2, 4, "Wide activations."),
        case("all five", (5, 9, 4, 4), 3, 5, "As many places as images."),
    ]


# patch_box


def unclipped(row: int, column: int, field: Field) -> tuple[int, int, int, int]:
    size, jump, start = field
    top, left = (round(start + place * jump - (size - 1) / 2) for place in (row, column))
    return top, left, top + size, left + size


def clipped(box: tuple[int, int, int, int], n_H: int, n_W: int) -> tuple[int, int, int, int]:
    top, left, bottom, right = box
    return max(top, 0), max(left, 0), min(bottom, n_H), min(right, n_W)


def patch_box(row: int, column: int, field: Field, image_shape: tuple) -> tuple[int, int, int, int]:
    return clipped(unclipped(row, column, field), *image_shape[:2])


def box_unclipped(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    return unclipped(row, column, field)


def box_clipped_above_only(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    return clipped(unclipped(row, column, field), 10**6, 10**6)


def box_clipped_below_only(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    top, left, bottom, right = unclipped(row, column, field)
    return top, left, min(bottom, image_shape[0]), min(right, image_shape[1])


def box_sides_swapped(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    return clipped(unclipped(row, column, field), image_shape[1], image_shape[0])


def box_clipped_to_last_pixel(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    return clipped(unclipped(row, column, field), image_shape[0] - 1, image_shape[1] - 1)


def box_transposed(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    return patch_box(column, row, field, image_shape)


def box_x_first(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    top, left, bottom, right = patch_box(row, column, field, image_shape)
    return left, top, right, bottom


def box_height_width(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    top, left, bottom, right = patch_box(row, column, field, image_shape)
    return top, left, bottom - top, right - left


def box_last_pixel_left_out(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    top, left, bottom, right = unclipped(row, column, field)
    return clipped((top, left, bottom - 1, right - 1), *image_shape[:2])


def box_without_start(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    size, jump, _ = field
    return patch_box(row, column, (size, jump, 0.5 * ((size - 1) % 2)), image_shape)


def box_without_jump(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    size, _, start = field
    return patch_box(row, column, (size, 1, start), image_shape)


def box_from_centre(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    size, jump, start = field
    return patch_box(row, column, (size, jump, start + (size - 1) / 2), image_shape)


def box_pushed_inside(row: int, column: int, field: Field, image_shape: tuple) -> Any:
    top, left, _, _ = unclipped(row, column, field)
    size = field[0]
    top, left = (min(max(low, 0), side - size) for low, side in zip((top, left), image_shape, strict=False))
    return top, left, top + size, left + size


def box_cases(rng: Generator) -> list[Case]:
    def case(name: str, row: int, column: int, field: Field, shape: tuple[int, int, int], shows: str) -> Case:
        inputs = {"row": row, "column": column, "field": field, "image_shape": shape}
        return Case(name, inputs, shows)

    def near(low: int, high: int) -> int:
        return int(rng.integers(low, high + 1))

    even, odd = 2 * near(5, 9), 2 * near(10, 20) + 1
    last_row, last_column = near(24, 60), near(15, 40)
    corner = (3 * last_row + 2, 3 * last_column + 2, 3)
    return [
        case(
            "inside",
            near(4, 40),
            near(8, 60),
            (11, 4, 2.0),
            (200, 300, 3),
            "Nothing to clip: 11 x 11 pixels.",
        ),
        case(
            "an even field",
            near(5, 40),
            near(10, 60),
            (even, 5, 2.5),
            (250, 350, 3),
            "start is no whole number.",
        ),
        case("first row", 0, near(9, 60), (odd, 4, 1.0), (60, 300, 3), "The field sticks out at the top."),
        case("first column", near(6, 50), 0, (odd + 2, 5, 2.0), (290, 61, 3), "It sticks out at the left."),
        case(
            "last place",
            last_row,
            last_column,
            (odd, 3, 1.0),
            corner,
            "It sticks out below and at the right.",
        ),
    ]


# occlusion_map


def covering(
    fall: Callable[[float, float], float] = lambda whole, covered: whole - covered,
    keep_covered: bool = False,
    channels: slice = slice(None),
    places: Callable[[int, int, int], range] = lambda side, size, stride: range(0, side - size + 1, stride),
) -> Callable[..., dict[str, Any]]:
    """An occlusion map as the probe `image_kept` sees it, right or with one thing wrong."""

    def occlude(image: Array, score: PixelScore, size: int, stride: int, fill: float) -> dict[str, Any]:
        image = image.copy()
        whole = score(image)
        rows, columns = (places(side, size, stride) for side in image.shape[:2])
        found = np.zeros((len(rows), len(columns)))
        for i, top in enumerate(rows):
            for j, left in enumerate(columns):
                covered = image if keep_covered else image.copy()
                covered[top : top + size, left : left + size, channels] = fill
                found[i, j] = fall(whole, score(covered))
        return {"value": found, "the given image after the call": image}

    return occlude


def as_the_probe_asks(
    occlude: Callable[..., dict[str, Any]],
    change: Callable[[Array], Array] = lambda found: found,
    **fixed: Any,
) -> Callable[..., dict[str, Any]]:
    """With the student's order of inputs, some of them replaced by `fixed`, and the map changed afterwards."""

    def seen(score: PixelScore, image: Array, size: int, stride: int, fill: float) -> dict[str, Any]:
        found = occlude(
            **{"image": image, "score": score, "size": size, "stride": stride, "fill": fill} | fixed
        )
        return found | {"value": change(found["value"])}

    return seen


def stride_as_size(score: PixelScore, image: Array, size: int, stride: int, fill: float) -> dict[str, Any]:
    return covering()(image, score, size, size, fill)


def occlusion_cases(rng: Generator) -> list[Case]:
    def case(name: str, shape: tuple[int, int, int], size: int, stride: int, fill: float, shows: str) -> Case:
        inputs = {
            "score": PixelScore(rng.normal(size=shape).astype(np.float32)),
            "image": rng.uniform(size=shape).astype(np.float32),
            "size": size,
            "stride": stride,
            "fill": fill,
        }
        return Case(name, inputs, shows, probe="image_kept")

    return [
        case("a small square", (8, 11, 3), 3, 2, 0.5, "Grey, every second pixel; the image stays as it is."),
        case("a large square", (13, 9, 3), 5, 1, 0.7, "At every pixel; the square is light."),
        case("a dark square", (10, 14, 3), 4, 3, 0.2, "What does not fit in whole is left out."),
        case("no overlap", (12, 7, 1), 2, 5, 0.6, "A stride larger than the square; one channel."),
    ]


# ascent_step


def ascending(
    normalise: Callable[[Array], Array | float] = lambda gradient: np.sqrt(np.square(gradient).mean()),
    scale: Callable[[float], float] = lambda step_size: step_size,
) -> Callable[..., dict[str, Any]]:
    """A step on a `PixelResponse`, whose gradient is 2 * weight * value, right or with one thing wrong."""

    def step(image: Array, unit_response: PixelResponse, step_size: float) -> dict[str, Any]:
        gradient = 2 * unit_response.weights.astype(np.float64) * image
        return {"value": image + scale(step_size) * gradient / (normalise(gradient) + 1e-8)}

    return step


def ascent_of_sign(image: Array, unit_response: PixelResponse, step_size: float) -> dict[str, Any]:
    return {"value": image + step_size * np.sign(unit_response.weights * image)}


def ascent_of_nothing(image: Array, unit_response: PixelResponse, step_size: float) -> dict[str, Any]:
    return {"value": image}


def ascent_only_the_step(image: Array, unit_response: PixelResponse, step_size: float) -> dict[str, Any]:
    return {"value": ascending()(image, unit_response, step_size)["value"] - image}


def ascent_dividing_by_zero(image: Array, unit_response: PixelResponse, step_size: float) -> dict[str, Any]:
    gradient = 2 * unit_response.weights.astype(np.float64) * image
    return {"value": image + step_size * gradient / np.sqrt(np.square(gradient).mean())}


def ascent_clipped(image: Array, unit_response: PixelResponse, step_size: float) -> dict[str, Any]:
    return {"value": np.clip(ascending()(image, unit_response, step_size)["value"], 0.0, 1.0)}


def ascent_cases(rng: Generator) -> list[Case]:
    def case(
        name: str, shape: tuple[int, ...], step_size: float, shows: str, scale: float, edge: bool = False
    ) -> Case:
        weights = scale * rng.uniform(-0.4, 1.2, size=shape)
        inputs = {
            "image": rng.uniform(0.05, 1.0, size=shape).astype(np.float32),
            "unit_response": PixelResponse(weights.astype(np.float32)),
            "step_size": step_size,
        }
        return Case(name, inputs, shows, probe="ascent", edge=edge)

    return [
        case("a small step", (6, 9, 3), 0.05, "Uphill by the normalised gradient.", 1.0),
        case("a weak response", (7, 5, 3), 0.1, "A gradient of a thousandth gives as long a step.", 1e-3),
        case("a long step", (4, 8, 3), 0.9, "Not clipped: that is for the caller to do.", 30.0),
        case(
            "a silent unit",
            (5, 6, 3),
            0.2,
            "No gradient: the image stays as it is, without NaN.",
            0.0,
            edge=True,
        ),
    ]


EXERCISES = (
    Exercise(
        "receptive_field",
        receptive_field,
        field_cases,
        {
            "the jump is updated before the size; j_in is the jump before the layer": field_jump_first,
            "the size does not grow by the jump": field_without_jump,
            "the jump is the last stride only; strides multiply": field_last_stride_only,
            "the strides are added; they multiply": field_strides_added,
            "the size grows by f instead of f - 1": field_f_instead_of_f_minus_1,
            "the padding is ignored": field_without_padding,
            "the padding is not multiplied by the jump": field_padding_not_scaled,
            "the jump is missing in start": field_start_without_jump,
            "(f - 1) / 2 is rounded down": field_start_rounded,
            "start begins at 0.5; the centre of the first pixel is 0": field_start_at_half,
            "the padding makes the field larger; it only moves it": field_size_with_padding,
            "the layers are gone through from the last to the first": field_backwards,
            "only the size is returned": field_size_only,
        },
    ),
    Exercise(
        "layer_activations",
        activations_with(),
        activations_cases,
        {
            "the model runs once a layer; one forward pass gives them all": activations_layer_by_layer,
            "the model runs once an image; one forward pass takes them all": activations_image_by_image,
            "what goes into a layer is returned instead of what comes out": activations_before,
            "every layer of the model is returned": activations_of_all,
            "the names are lost: a dict from name to activations is wanted": activations_listed,
            "the last layer's output is returned under every name": activations_of_last,
            "names and activations are paired in different orders": activations_in_layer_order,
            "only the first image is used": activations_with(lambda a: a[0]),
            "the activations are averaged over their places": activations_with(lambda a: a.mean(axis=(1, 2))),
            "the activations are averaged over the images": activations_with(lambda a: a.mean(axis=0)),
        },
    ),
    Exercise(
        "strongest_positions",
        strongest_positions,
        positions_cases,
        {
            "one image gives several places; at most one an image is wanted": positions_several_an_image,
            "the weakest comes first": positions_weakest_first,
            "the k weakest images are taken": positions_weakest_images,
            "the rows are in the order of the images; the strongest comes first": positions_unsorted,
            "the first k images are taken, however weak": positions_first_images,
            "k is fixed at 9": positions_nine,
            "row and column are swapped": positions_columns_first,
            "the flat index is taken apart with n_H in place of n_W": positions_by_height,
            "images are ranked by their mean activation instead of their strongest": positions_by_mean,
            "all units are looked at instead of one": positions_of_any_unit,
            "unit picks a row; the last axis holds the units": positions_of_other_axis,
            "the strength is returned too; a row is (image, row, column)": positions_with_strength,
        },
    ),
    Exercise(
        "patch_box",
        patch_box,
        box_cases,
        {
            "the box is not clipped to the image": box_unclipped,
            "the box is clipped at the top and left only": box_clipped_above_only,
            "the box is clipped at the bottom and right only": box_clipped_below_only,
            "height and width of the image are swapped": box_sides_swapped,
            "the box is clipped to the last pixel; bottom and right are one past it": box_clipped_to_last_pixel,
            "row and column are swapped": box_transposed,
            "the order is (left, top, right, bottom); (top, left, bottom, right) is wanted": box_x_first,
            "height and width are returned in place of bottom and right": box_height_width,
            "the box is one pixel too small; bottom and right are one past the last pixel": box_last_pixel_left_out,
            "start is forgotten": box_without_start,
            "row and column are not multiplied by the jump": box_without_jump,
            "the field begins at its centre": box_from_centre,
            "the box is pushed inside instead of cut off": box_pushed_inside,
        },
    ),
    Exercise(
        "occlusion_map",
        as_the_probe_asks(covering()),
        occlusion_cases,
        {
            "the score is returned; how much it falls is wanted": as_the_probe_asks(
                covering(lambda whole, covered: covered)
            ),
            "the sign is wrong: a fall is positive": as_the_probe_asks(
                covering(lambda whole, covered: covered - whole)
            ),
            "the size of the change is returned; a rise is a negative fall": as_the_probe_asks(
                covering(lambda whole, covered: abs(whole - covered))
            ),
            "the fall is divided by the score": as_the_probe_asks(
                covering(lambda whole, covered: (whole - covered) / whole)
            ),
            "earlier squares stay in the image; cover a fresh copy each time": as_the_probe_asks(
                covering(keep_covered=True)
            ),
            "the square is black instead of fill": as_the_probe_asks(covering(), fill=0.0),
            "the square is grey (0.5) instead of fill": as_the_probe_asks(covering(), fill=0.5),
            "the stride is ignored": as_the_probe_asks(covering(), stride=1),
            "the square moves by its own size instead of by stride": stride_as_size,
            "the last square that fits is left out": as_the_probe_asks(
                covering(places=lambda side, size, stride: range(0, side - size, stride))
            ),
            "squares that stick out of the image are counted": as_the_probe_asks(
                covering(places=lambda side, size, stride: range(0, side, stride))
            ),
            "rows and columns of the map are swapped": as_the_probe_asks(covering(), np.transpose),
            "only one channel is covered": as_the_probe_asks(covering(channels=slice(0, 1))),
        },
    ),
    Exercise(
        "ascent_step",
        ascending(),
        ascent_cases,
        {
            "the step goes downhill": ascending(scale=lambda step_size: -step_size),
            "the gradient is not normalised": ascending(normalise=lambda gradient: 1.0),
            "the gradient is divided by its norm; its root mean square is wanted": ascending(
                lambda gradient: float(np.linalg.norm(gradient))
            ),
            "the gradient is divided by its mean square, without the root": ascending(
                lambda gradient: np.square(gradient).mean()
            ),
            "the gradient is divided by its mean size; its root mean square is wanted": ascending(
                lambda gradient: np.abs(gradient).mean()
            ),
            "the gradient is divided by its standard deviation; its root mean square is wanted": ascending(
                lambda gradient: float(gradient.std())
            ),
            "the gradient is divided by its largest value; its root mean square is wanted": ascending(
                lambda gradient: np.abs(gradient).max()
            ),
            "only the sign of the gradient is used": ascent_of_sign,
            "step_size is not used": ascending(scale=lambda step_size: 1.0),
            "the image is not changed": ascent_of_nothing,
            "the step is returned without the image": ascent_only_the_step,
            "a gradient of 0 is divided by 0; add a small number below": ascent_dividing_by_zero,
            "the image is clipped; leave that to the caller": ascent_clipped,
        },
    ),
)
