"""Small stand-ins for models, optimizers and random generators, which cases are made of.

A stand-in travels as data. `build` makes what a student's function is given; the grader's references use the
stand-in itself, in NumPy. So both sides compute with the same numbers, and one of them without TensorFlow.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from course.packing import packable


@runtime_checkable
class StandIn(Protocol):
    """Something that becomes a live object just before a student's function is called."""

    def build(self) -> Any: ...


def built(value: Any) -> Any:
    """`value` with every stand-in in it built; lists, tuples and dicts are copied."""
    if isinstance(value, StandIn):
        return value.build()
    if isinstance(value, list | tuple):
        return type(value)(built(item) for item in value)
    if isinstance(value, dict):
        return {key: built(item) for key, item in value.items()}
    return value


@packable
@dataclass(frozen=True)
class Generator:
    """A NumPy random generator, `np.random.default_rng(seed)`."""

    seed: int

    def build(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


@packable
@dataclass(frozen=True)
class LinearEncoder:
    """An encoder with one parameter: x -> flatten(x) @ kernel, from (m, ...) to (m, k).

    Called on arrays it computes in NumPy; built, it is a Keras model of one Dense layer without a bias.
    """

    kernel: np.ndarray
    image_shape: tuple

    def __call__(self, images: np.ndarray) -> np.ndarray:
        return np.reshape(images, (len(images), -1)) @ self.kernel

    def build(self) -> Any:
        import keras

        dense = keras.layers.Dense(self.kernel.shape[1], use_bias=False)
        model = keras.Sequential([keras.Input(tuple(self.image_shape)), keras.layers.Flatten(), dense])
        dense.set_weights([self.kernel.astype(np.float32)])
        return model


@packable
@dataclass(frozen=True)
class GradientDescent:
    """Plain stochastic gradient descent, as a Keras optimizer."""

    learning_rate: float

    def build(self) -> Any:
        import keras

        return keras.optimizers.SGD(self.learning_rate)
