"""Ways to put a question to a student's function. Each takes the function and a case's inputs, built already,
and gives named outputs. Most exercises need only `value`; a few look at what the function changed or made.

Inputs are passed by position, so a student may rename parameters.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

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
    """Three random draws: the last input seeds one generator, the same again, and another one."""
    *arguments, seed = inputs.values()
    first, again, other = (
        function(*arguments, np.random.default_rng(number)) for number in (seed, seed, seed + 1)
    )
    same = np.array_equal(np.asarray(first), np.asarray(again))
    differs = not np.array_equal(np.asarray(first), np.asarray(other))
    return {
        "value": first,
        "the same generator gives the same draw": same,
        "another generator gives another draw": differs,
    }


def train_step(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What a training step returns, and the encoder's parameters after it."""
    encoder = next(iter(inputs.values()))
    cost = function(*inputs.values())
    return {"value": cost, "the encoder after the step": encoder.get_weights()[0]}


def pair_draws(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """As `draws`, for a function that returns (pairs, y); two draws are the same when their pairs are."""
    *arguments, seed = inputs.values()
    first, again, other = (
        function(*arguments, np.random.default_rng(number)) for number in (seed, seed, seed + 1)
    )
    return {
        "value": first,
        "the same generator gives the same draw": np.array_equal(np.asarray(first[0]), np.asarray(again[0])),
        "another generator gives another draw": not np.array_equal(
            np.asarray(first[0]), np.asarray(other[0])
        ),
    }


def verifier(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """Builds a verifier on an encoder, sets its last weights, asks it, and asks again with another encoder inside.

    Without exactly one array of n weights and one bias beside the encoder's parameters there is nothing to set, and
    the probabilities are None.
    """
    encoder, features, images1, images2, w, b, kernel = inputs.values()
    model = function(encoder, features)
    model([images1, images2])  # a model that is built at its first call is built now
    own = {id(variable) for variable in encoder.weights}
    beyond = sorted((v for v in model.weights if id(v) not in own), key=lambda v: int(np.prod(v.shape)))
    sizes = [int(np.prod(variable.shape)) for variable in beyond]
    known = sizes == [1, len(w)]
    if known:
        beyond[0].assign(np.reshape(b, beyond[0].shape))
        beyond[1].assign(np.reshape(w, beyond[1].shape))

    def probability(first: np.ndarray, second: np.ndarray) -> Any:
        return np.reshape(model([first, second]), len(first)) if known else None

    found = {
        "sizes of the parameters beyond the encoder's": np.array(sizes),
        "probability": probability(images1, images2),
        "probability with the pictures exchanged": probability(images2, images1),
    }
    encoder.set_weights([kernel])
    return found | {"probability after the encoder has changed": probability(images1, images2)}


def transfer_step(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What a step on an image's pixels returns, and the image after it."""
    image = next(iter(inputs.values()))
    cost = function(*inputs.values())
    return {"value": cost, "the image after the step": image.numpy()}


def refusal(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function returns, or that it raised a KeyError and whether that names the second input."""
    identity = list(inputs.values())[1]
    try:
        return {"exception": "none", "value": function(*inputs.values())}
    except KeyError as error:
        named = "names" if identity in str(error) else "does not name"
        return {"exception": f"a KeyError that {named} the identity", "value": None}


def new_database(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The dict that the function returns, and its first input, a dict too, afterwards."""
    returned = function(*inputs.values())
    return {"new database": returned, "old database afterwards": next(iter(inputs.values()))}


def built_encoder(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """Builds an encoder and says what it is like; where it cannot be asked, less.

    The last two inputs, a number and a seed, draw the pictures that it is tried on: coarse blocks.
    """
    import keras

    input_shape, embedding_size, num_pictures, seed = inputs.values()
    n_H, n_W, n_C = input_shape
    blocks = np.random.default_rng(seed).uniform(size=(num_pictures, n_H // 8 + 1, n_W // 8 + 1, n_C))
    images = blocks.repeat(8, axis=1).repeat(8, axis=2)[:, :n_H, :n_W].astype(np.float32)
    model = function(input_shape, embedding_size)
    if not isinstance(model, keras.Model):
        return {"a Keras model is returned": False}
    try:
        encodings = np.asarray(model(images))
    except (ValueError, TypeError):
        return {"a Keras model is returned": True, "pictures of input_shape go in": False}
    layers = model._flatten_layers(include_self=False)
    kinds = [f"{type(layer).__name__} {getattr(layer, 'activation', '')}".lower() for layer in layers]
    alone = np.asarray(model(images[:1]))
    rows = encodings.reshape(len(images), -1)
    return {
        "a Keras model is returned": True,
        "pictures of input_shape go in": True,
        "shape of the encodings": encodings.shape,
        "there is a convolution": any("conv" in kind for kind in kinds),
        "there is a softmax": any("softmax" in kind for kind in kinds),
        "every encoding has norm 1": bool(np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=2e-3)),
        "an encoding depends on its own picture only": bool(np.allclose(encodings[:1], alone, atol=2e-3)),
        "different pictures have different encodings": bool((np.ptp(rows, axis=0) > 1e-6).any()),
        "a black picture has finite encodings": bool(np.isfinite(np.asarray(model(0 * images))).all()),
    }


def siamese(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """Builds the two towers on an encoder, asks for d, changes the encoder's parameters and asks again."""
    import keras

    encoder, images1, images2, kernel = inputs.values()
    model = function(encoder)
    if not isinstance(model, keras.Model):
        return {"a Keras model is returned": False}
    found = {
        "a Keras model is returned": True,
        "d": model([images1, images2]),
        "d with the pictures exchanged": model([images2, images1]),
        "d between each picture and itself": model([images1, images1]),
    }
    shared = {id(variable) for variable in model.variables} == {
        id(variable) for variable in encoder.variables
    }
    encoder.set_weights([kernel])
    return found | {
        "its parameters are exactly the encoder's": shared,
        "d after the encoder has changed": model([images1, images2]),
    }


def distance_table(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The table that the function returns, and whether rounding leaves a negative distance in it."""
    table = function(*inputs.values())
    return {"value": table, "every distance is at least 0": bool(np.all(np.asarray(table) >= 0))}


def stored_encodings(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """The dict that the function returns, and how many forward passes its last input, an encoder, was asked for."""
    encoder = list(inputs.values())[-1]
    return {"value": function(*inputs.values()), "number of forward passes": encoder.passes}


def value_error(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """Whether the function refuses its inputs with a ValueError that says something; other errors pass through."""
    try:
        function(*inputs.values())
    except ValueError as error:
        return {"a ValueError is raised": True, "it says what is wrong": bool(str(error).strip())}
    return {"a ValueError is raised": False}


def classifier(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """Builds a network for inputs of one channel with the sides of the first input, and says what it is like."""
    import keras
    import tensorflow as tf

    sides = tuple(np.atleast_1d(next(iter(inputs.values()))).tolist())
    model = function(*inputs.values())
    if not isinstance(model, keras.Model):
        return {"a Keras model is returned": False}
    known = getattr(model, "input_shape", (None, *sides, 1))[1:]
    wanted = (*sides, 1)[: len(known)] + known[len(sides) + 1 :]
    shape = [have or want for have, want in zip(known, wanted, strict=True)]
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    alone = np.asarray(model(x[:1], training=False))  # a model that is built at its first call is built now
    kind = f"Conv{len(sides)}D"
    layers = model._flatten_layers(include_self=False)
    convolutions = [layer for layer in layers if any(kind in base.__name__ for base in type(layer).__mro__)]
    kernels = [kernel for layer in convolutions for kernel in layer.trainable_variables]
    with tf.GradientTape() as tape:
        y = model(x, training=False)
        score = tf.reduce_sum(y[:, 0])
    gradients = tape.gradient(score, kernels)
    rows = np.asarray(y)
    return {
        "a Keras model is returned": True,
        "shape of an input": np.array(shape),
        "shape of the output for three inputs": np.array(rows.shape),
        "each row is made of probabilities that add up to 1": bool(
            (rows >= 0).all() and np.allclose(rows.sum(axis=-1), 1.0, atol=2e-3)
        ),
        "each input is judged on its own": bool(np.allclose(rows[:1], alone, atol=2e-3)),
        "there is a convolution over all sides of the input": len(convolutions) > 0,
        "all its convolutions learn": all(layer.trainable_variables for layer in convolutions)
        and all(gradient is not None for gradient in gradients),
        "it has at most 100,000 parameters": model.count_params() <= 100_000,
    }


def forward_passes(
    function: Callable[..., Any], inputs: dict[str, Any], gradient_of: tuple[str, ...]
) -> dict[str, Any]:
    """What the function returns, and how often it ran the model, a `SmallConvNet`, for it."""
    model = next(iter(inputs.values()))
    returned = function(*inputs.values())
    return {"value": returned, "number of forward passes": model.get_layer("passes").count.numpy()}


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
        pair_draws,
        verifier,
        transfer_step,
        refusal,
        new_database,
        built_encoder,
        siamese,
        distance_table,
        stored_encodings,
        value_error,
        classifier,
        forward_passes,
        image_kept,
        ascent,
    )
}
