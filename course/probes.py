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

    A gradient that does not exist, because TensorFlow was left on the way, is None.
    """
    import tensorflow as tf

    watched = {name: tf.constant(inputs[name], tf.float32) for name in gradient_of}
    with tf.GradientTape() as tape:
        for tensor in watched.values():
            tape.watch(tensor)
        returned = function(*{**inputs, **watched}.values())
        total = _weighted_sum(returned)
    gradients = [None] * len(watched) if total is None else tape.gradient(total, list(watched.values()))
    named = zip(watched, gradients, strict=True)
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


def cotangent(shape: tuple[int, ...]) -> np.ndarray:
    """Fixed weights, all different, with which outputs are summed before a gradient is taken."""
    return (1.0 + 0.5 * np.cos(np.arange(np.prod(shape, dtype=int)))).reshape(shape)


def _weighted_sum(returned: Any) -> Any:
    import tensorflow as tf

    if not tf.is_tensor(returned):
        return None
    return tf.reduce_sum(tf.cast(returned, tf.float32) * cotangent(tuple(returned.shape)).astype(np.float32))


PROBES: dict[str, Probe] = {probe.__name__: probe for probe in (value, gradient, draws, train_step)}
