"""Ways to put a question to a student's function. Each takes the function and a case's inputs, built already,
and gives named outputs. Most exercises need only `value`; a few look at what the function changed or made.

Inputs are passed by position, so a student may rename parameters. All this runs in the student's process, where anything
can be patched: so no output says that something is right. It is what a right function alone can make: numbers that
depend on the inputs, or a model itself, which is asked elsewhere (see `exams`).
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course.graphs import exported

Probe = Callable[[Callable[..., Any], dict[str, Any], tuple[str, ...]], dict[str, Any]]


def value(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function returns."""
    return {"value": function(*inputs.values())}


def gradient(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function returns for tensors, and the gradient of `cotangent`-weighted outputs.

    A gradient that does not exist, because TensorFlow was left on the way, is None. For an input that is a dict
    of arrays it is a dict too.
    """
    import tensorflow as tf

    def tensor(array: np.ndarray) -> tf.Tensor:
        return tf.constant(array, tf.float32)

    watched = {name: tf.nest.map_structure(tensor, inputs[name]) for name in gradient_of}
    with tf.GradientTape() as tape:
        tape.watch(watched)
        returned = function(*{**inputs, **watched}.values())
        total = _weighted_sum(returned)
    gradients = [None] * len(watched) if total is None else tape.gradient(total, list(watched.values()))
    dense = tf.nest.map_structure(_dense, gradients)
    named = zip(watched, dense, strict=True)
    return {"value": returned} | {f"gradient of {name}": found for name, found in named}


def draws(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """Random draws, one for each of the seeds in the last input, each from a generator of its own."""
    *arguments, seeds = inputs.values()
    return {"value": tuple(function(*arguments, np.random.default_rng(seed)) for seed in seeds)}


def train_step(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What a training step returns, and the encoder's parameters after it."""
    encoder = next(iter(inputs.values()))
    cost = function(*inputs.values())
    return {"value": cost, "the encoder after the step": encoder.get_weights()[0]}


def transfer_step(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What a step on an image's pixels returns, and the image after it."""
    image = next(iter(inputs.values()))
    cost = function(*inputs.values())
    return {"value": cost, "the image after the step": image.numpy()}


def stored_encodings(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The dict that the function returns, and how many forward passes its last input, an encoder, was asked for."""
    encoder = list(inputs.values())[-1]
    value = function(*inputs.values())
    return {"number of forward passes": encoder.passes, "value": value}


def new_database(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The dict that the function returns, its first input, a dict too, afterwards, and what it returns next.

    The second call gets that same dict, and the other name and picture in the last input.
    """
    database, name, image, encode, others = inputs.values()
    returned = function(database, name, image, encode)
    found = {"new database": copy.copy(returned), "old database afterwards": copy.copy(database)}
    return found | {"new database of a second call": function(database, *others, encode)}


def forward_passes(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function returns, and how often it ran the model, a `SmallConvNet`, for it."""
    model = next(iter(inputs.values()))
    returned = function(*inputs.values())
    return {"number of forward passes": model.get_layer("passes").count.numpy(), "value": returned}


def image_kept(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function returns, and the input "image" after the call: it must be as before."""
    return {"value": function(*inputs.values()), "the given image after the call": inputs["image"]}


def ascent(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function makes of its first input, an image, given as a tensor."""
    import tensorflow as tf

    image, *others = inputs.values()
    return {"value": function(tf.constant(image, tf.float32), *others)}


def encoder(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The encoder that the function builds for pictures of the first input's shape, or "refused" for one that takes no
    such pictures. The last input is the number of pictures."""
    input_shape, embedding_size, m = inputs.values()
    model = function(input_shape, embedding_size)
    try:
        return _built(model, [(m, *input_shape)])
    except (ValueError, TypeError):
        return {"model": "refused"}


def siamese(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The model that the function builds on an encoder, which comes first, for two batches of pictures. The last input
    is the number of pictures."""
    encoder, *others, m = inputs.values()
    model = function(encoder, *others)
    return _built(model, [(m, *encoder.input_shape[1:])] * 2, encoder.variables)


def classifier(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The network that the function builds for inputs of one channel with the sides of the first input, as it takes
    three of them."""
    sides = tuple(np.atleast_1d(next(iter(inputs.values()))).tolist())
    model = function(*inputs.values())
    known = getattr(model, "input_shape", (None, *sides, 1))[1:]
    wanted = (*sides, 1)[: len(known)] + known[len(sides) + 1 :]
    return _built(model, [(3, *(have or want for have, want in zip(known, wanted, strict=True)))])


def _built(model: Any, shapes: Sequence[tuple[int, ...]], given: Sequence[Any] = ()) -> dict[str, Any]:
    """The model as `graphs.exported` packs it, None if it is no Keras model."""
    import keras

    return {"model": exported(model, shapes, given) if isinstance(model, keras.Model) else None}


def cotangent(shape: tuple[int, ...]) -> np.ndarray:
    """Fixed weights, all different, with which outputs are summed before a gradient is taken."""
    return (1.0 + 0.5 * np.cos(np.arange(np.prod(shape, dtype=int)))).reshape(shape)


def _dense(gradient: Any) -> Any:
    """A gradient as a tensor: through `tf.gather` it comes as slices of one."""
    import tensorflow as tf

    return None if gradient is None else tf.convert_to_tensor(gradient)


def _weighted_sum(returned: Any) -> Any:
    import tensorflow as tf

    if isinstance(returned, list) and all(map(tf.is_tensor, returned)):
        returned = tf.convert_to_tensor(returned)
    if not tf.is_tensor(returned):
        return None
    return tf.reduce_sum(tf.cast(returned, tf.float32) * cotangent(tuple(returned.shape)).astype(np.float32))


PROBES: dict[str, Probe] = {
    probe.__name__: probe
    for probe in (
        value,
        gradient,
        draws,
        train_step,
        transfer_step,
        new_database,
        stored_encodings,
        forward_passes,
        image_kept,
        ascent,
        encoder,
        siamese,
        classifier,
    )
} | {"verifier": siamese}
