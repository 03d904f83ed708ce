"""Right answers to 05_convnet_visualization as students write them."""

import functools
import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.exercises.right_answers.tf32 import to_tf32

# receptive_field


def field_by_loop(layers: Any) -> Any:
    size, jump, start = 1, 1, 0
    for f, s, p in layers:
        size = size + (f - 1) * jump
        start = start + ((f - 1) / 2 - p) * jump
        jump = jump * s
    return size, jump, start


def field_recursive(layers: Any) -> Any:
    if len(layers) == 0:
        return 1, 1, 0.0
    size, jump, start = field_recursive(layers[:-1])
    f, s, p = layers[-1]
    return size + (f - 1) * jump, jump * s, start + ((f - 1) / 2 - p) * jump


def field_by_products(layers: Any) -> Any:
    jumps = np.cumprod([1] + [s for _, s, _ in layers])
    size = 1 + sum((f - 1) * j for (f, _, _), j in zip(layers, jumps, strict=False))
    start = sum(((f - 1) / 2 - p) * j for (f, _, p), j in zip(layers, jumps, strict=False))
    return size, jumps[-1], start


def field_as_floats(layers: Any) -> Any:
    return [float(number) for number in field_by_loop(layers)]


def field_by_reduction(layers: Any) -> Any:
    def through(field: Any, layer: Any) -> Any:
        (size, jump, start), (f, s, p) = field, layer
        return size + (f - 1) * jump, jump * s, start + (0.5 * (f - 1) - p) * jump

    return functools.reduce(through, layers, (1, 1, 0.0))


def field_as_array(layers: Any) -> Any:
    return np.array(field_by_loop(layers), dtype=np.float32)


# layer_activations


def activations_by_model(model: Any, layer_names: Any, images: Any) -> Any:
    outputs = {name: model.get_layer(name).output for name in layer_names}
    return keras.Model(model.inputs, outputs)(images)


def activations_by_list(model: Any, layer_names: Any, images: Any) -> Any:
    part = keras.Model(model.input, [model.get_layer(name).output for name in layer_names])
    found = part(images)
    found = found if isinstance(found, list) else [found]
    return dict(zip(layer_names, found, strict=True))


def activations_by_predict(model: Any, layer_names: Any, images: Any) -> Any:
    outputs = {name: model.get_layer(name).output for name in layer_names}
    return keras.Model(model.inputs, outputs).predict(images, verbose=0)


def activations_layer_by_layer(model: Any, layer_names: Any, images: Any) -> Any:
    found, x = {}, tf.constant(images)
    for layer in model.layers[1:]:
        x = layer(x)
        if layer.name in layer_names:
            found[layer.name] = x
    return found


def activations_in_a_graph(model: Any, layer_names: Any, images: Any) -> Any:
    part = keras.Model(model.inputs, [model.get_layer(name).output for name in layer_names])
    found = tf.function(part)(tf.constant(images))
    return {name: a.numpy() for name, a in zip(layer_names, tf.nest.flatten(found), strict=True)}


def activations_tf32(model: Any, layer_names: Any, images: Any) -> Any:
    for layer in model.layers:
        if layer.name.startswith("conv"):
            layer.set_weights([to_tf32(weights).numpy() for weights in layer.get_weights()])
    return activations_by_model(model, layer_names, to_tf32(images))


# strongest_positions


def positions_by_argmax(activations: Any, unit: int, k: int = 9) -> Any:
    a = activations[:, :, :, unit]
    flat = a.reshape(len(a), -1)
    place = flat.argmax(axis=1)
    images = np.argsort(flat.max(axis=1))[::-1][:k]
    rows, columns = np.unravel_index(place[images], a.shape[1:])
    return np.stack([images, rows, columns], axis=1)


def positions_by_loop(activations: Any, unit: int, k: int = 9) -> Any:
    best = []
    for i in range(activations.shape[0]):
        strongest = (-np.inf, 0, 0, 0)
        for r in range(activations.shape[1]):
            for c in range(activations.shape[2]):
                if activations[i, r, c, unit] > strongest[0]:
                    strongest = (activations[i, r, c, unit], i, r, c)
        best.append(strongest)
    best.sort(reverse=True)
    return [row[1:] for row in best[:k]]


def positions_with_tensorflow(activations: Any, unit: int, k: int = 9) -> Any:
    a = tf.convert_to_tensor(activations)[..., unit]
    width = a.shape[2]
    flat = tf.reshape(a, (a.shape[0], -1))
    _, images = tf.math.top_k(tf.reduce_max(flat, axis=1), k)
    place = tf.gather(tf.argmax(flat, axis=1, output_type=tf.int32), images)
    return tf.stack([images, place // width, place % width], axis=1)


def positions_by_sorting_all(activations: Any, unit: int, k: int = 9) -> Any:
    a = activations[..., unit]
    order = np.column_stack(np.unravel_index(np.argsort(-a, axis=None), a.shape))
    _, first = np.unique(order[:, 0], return_index=True)
    return order[np.sort(first)[:k]]


def positions_one_after_another(activations: Any, unit: int, k: int = 9) -> Any:
    a = np.array(activations[..., unit], dtype=np.float64)
    found = []
    for _ in range(k):
        image, row, column = np.unravel_index(np.argmax(a), a.shape)
        found.append([image, row, column])
        a[image] = -np.inf
    return np.array(found, dtype=float)


# patch_box


def box_by_formula(row: Any, column: Any, field: Any, image_shape: Any) -> Any:
    size, jump, start = field
    top = int(start + row * jump - (size - 1) / 2)
    left = int(start + column * jump - (size - 1) / 2)
    height, width = image_shape[0], image_shape[1]
    return max(top, 0), max(left, 0), min(top + size, height), min(left + size, width)


def box_by_clip(row: Any, column: Any, field: Any, image_shape: Any) -> Any:
    size, jump, start = field
    centre = np.array([row, column]) * jump + start
    limit = np.array(image_shape[:2])
    low = np.clip(centre - (size - 1) / 2, 0, limit)
    high = np.clip(centre + (size - 1) / 2 + 1, 0, limit)
    return np.concatenate([low, high]).astype(int)


def box_in_floats(row: Any, column: Any, field: Any, image_shape: Any) -> Any:
    size, jump, start = map(float, field)
    sides = []
    for place, limit in ((row, image_shape[0]), (column, image_shape[1])):
        low = start + place * jump - (size - 1) / 2
        sides.append((max(low, 0.0), min(low + size, float(limit))))
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


def box_by_pixels(row: Any, column: Any, field: Any, image_shape: Any) -> Any:
    size, jump, start = field

    def seen(place: int, side: int) -> list[int]:
        return [pixel for pixel in range(side) if abs(pixel - (start + place * jump)) <= (size - 1) / 2]

    rows, columns = seen(row, image_shape[0]), seen(column, image_shape[1])
    return rows[0], columns[0], rows[-1] + 1, columns[-1] + 1


def box_with_helper(row: Any, column: Any, field: Any, image_shape: Any) -> Any:
    def bounds(place: int, side: int) -> tuple[int, int]:
        low = int(field[2] + place * field[1] - (field[0] - 1) / 2)
        return max(low, 0), min(low + field[0], side)

    (top, bottom), (left, right) = bounds(row, image_shape[0]), bounds(column, image_shape[1])
    return [top, left, bottom, right]


# occlusion_map


def occlusion_by_loops(score: Any, image: Any, size: int, stride: int, fill: float) -> Any:
    height, width = image.shape[:2]
    whole = score(image)
    rows, columns = (height - size) // stride + 1, (width - size) // stride + 1
    falls = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = image.copy()
            covered[i * stride : i * stride + size, j * stride : j * stride + size] = fill
            falls[i, j] = whole - score(covered)
    return falls


def occlusion_as_lists(score: Any, image: Any, size: int, stride: int, fill: float) -> Any:
    def fall(top: int, left: int) -> float:
        covered = np.array(image)
        covered[top : top + size, left : left + size, :] = fill
        return score(image) - score(covered)

    tops, lefts = (range(0, side - size + 1, stride) for side in image.shape[:2])
    return [[fall(top, left) for left in lefts] for top in tops]


def occlusion_put_back(score: Any, image: Any, size: int, stride: int, fill: float) -> Any:
    """The square is put back afterwards, so the image is as before."""
    whole, falls = score(image), []
    for top in range(0, image.shape[0] - size + 1, stride):
        for left in range(0, image.shape[1] - size + 1, stride):
            square = image[top : top + size, left : left + size].copy()
            image[top : top + size, left : left + size] = fill
            falls.append(whole - score(image))
            image[top : top + size, left : left + size] = square
    return np.reshape(falls, (-1, (image.shape[1] - size) // stride + 1))


def occlusion_by_mask(score: Any, image: Any, size: int, stride: int, fill: float) -> Any:
    falls = np.empty([(side - size) // stride + 1 for side in image.shape[:2]], dtype=np.float32)
    for i, j in itertools.product(*map(range, falls.shape)):
        mask = np.zeros((*image.shape[:2], 1), dtype=bool)
        mask[i * stride :, j * stride :][:size, :size] = True
        falls[i, j] = score(image) - score(np.where(mask, fill, image))
    return falls


def occlusion_with_tensors(score: Any, image: Any, size: int, stride: int, fill: float) -> Any:
    image = tf.constant(image)
    height, width = image.shape[:2]

    def covered(top: int, left: int) -> Any:
        mask = np.ones((height, width, 1), np.float32)
        mask[top : top + size, left : left + size] = 0
        return image * mask + fill * (1 - mask)

    return tf.constant(
        [
            [score(image) - score(covered(top, left)) for left in range(0, width - size + 1, stride)]
            for top in range(0, height - size + 1, stride)
        ]
    )


# ascent_step


def ascent_with_tape(image: Any, unit_response: Any, step_size: float) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(image)
        response = unit_response(image)
    gradient = tape.gradient(response, image)
    return image + step_size * gradient / (tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-8)


def ascent_with_variable(image: Any, unit_response: Any, step_size: float) -> Any:
    variable = tf.Variable(image)
    with tf.GradientTape() as tape:
        response = unit_response(variable)
    gradient = tape.gradient(response, variable)
    variable.assign_add(step_size * gradient / rms(gradient))
    return variable


def rms(gradient: Any) -> Any:
    return tf.maximum(tf.sqrt(tf.reduce_mean(gradient**2)), 1e-8)


@tf.function
def ascent_in_a_graph(image: Any, unit_response: Any, step_size: float) -> Any:
    gradient = tf.gradients(unit_response(image), image)[0]
    return image + step_size * gradient / (tf.norm(gradient) / tf.sqrt(float(tf.size(gradient))) + 1e-8)


def ascent_in_numpy(image: Any, unit_response: Any, step_size: float) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(image)
        response = unit_response(image)
    gradient = tape.gradient(response, image).numpy()
    root_mean_square = np.sqrt(np.mean(gradient.astype(np.float64) ** 2))
    if root_mean_square == 0:
        return image.numpy()
    return image.numpy() + step_size * gradient / root_mean_square


def ascent_by_descent(image: Any, unit_response: Any, step_size: float) -> Any:
    """Downhill on the negative response."""
    with tf.GradientTape() as tape:
        tape.watch(image)
        cost = -unit_response(image)
    gradient = tape.gradient(cost, image)
    return image - step_size * tf.math.divide_no_nan(gradient, tf.sqrt(tf.reduce_mean(gradient * gradient)))


RIGHT: dict[str, dict[str, Callable[..., Any]]] = {
    "receptive_field": {
        "loop": field_by_loop,
        "recursion": field_recursive,
        "products": field_by_products,
        "list of floats": field_as_floats,
        "reduce": field_by_reduction,
        "array": field_as_array,
    },
    "layer_activations": {
        "model with a dict": activations_by_model,
        "model with a list": activations_by_list,
        "predict": activations_by_predict,
        "layer by layer": activations_layer_by_layer,
        "tf.function": activations_in_a_graph,
        "tf32": activations_tf32,
    },
    "strongest_positions": {
        "argmax": positions_by_argmax,
        "loop": positions_by_loop,
        "TensorFlow": positions_with_tensorflow,
        "sorting all": positions_by_sorting_all,
        "one after another": positions_one_after_another,
    },
    "patch_box": {
        "formula": box_by_formula,
        "clip": box_by_clip,
        "floats": box_in_floats,
        "pixel by pixel": box_by_pixels,
        "helper function": box_with_helper,
    },
    "occlusion_map": {
        "loops": occlusion_by_loops,
        "lists": occlusion_as_lists,
        "square put back": occlusion_put_back,
        "mask": occlusion_by_mask,
        "tensors": occlusion_with_tensors,
    },
    "ascent_step": {
        "tape": ascent_with_tape,
        "variable": ascent_with_variable,
        "tf.function": ascent_in_a_graph,
        "NumPy": ascent_in_numpy,
        "descent on the negative": ascent_by_descent,
    },
}
