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


@packable
@dataclass(frozen=True)
class Pixels:
    """An image that a step may change; built, a TensorFlow variable. `values`: (n_H, n_W, 3)."""

    values: np.ndarray

    def build(self) -> Any:
        import tensorflow as tf

        return tf.Variable(self.values, dtype=tf.float32)


@packable
@dataclass(frozen=True)
class SquaredDistanceTo:
    """A cost of an image: the squared distance to `target`, each pixel's share times its number in `weights`."""

    target: np.ndarray
    weights: np.ndarray

    def __call__(self, image: np.ndarray) -> float:
        return float((self.weights * np.square(image - self.target)).sum())

    def build(self) -> Any:
        import tensorflow as tf

        weights, target = (tf.constant(array, tf.float32) for array in (self.weights, self.target))
        return lambda image: tf.reduce_sum(weights * tf.square(image - target))


@packable
@dataclass(frozen=True)
class Projection:
    """A function that encodes one picture: image -> flatten(image) @ kernel, from (n_H, n_W) to (n,)."""

    kernel: np.ndarray

    def __call__(self, image: np.ndarray) -> np.ndarray:
        return np.reshape(image, -1) @ self.kernel

    def build(self) -> Any:
        return self.__call__


def as_in_pass(images: np.ndarray, passes: int) -> np.ndarray:
    """What a stand-in sees of a batch (m, ...) in its first, second, ... forward pass.

    It depends on which pictures come together and on the passes before, so that numbers prove how a network was asked:
    a count of passes can be forged.
    """
    return passes * (images - 0.5 * images.mean(axis=0))


@packable
@dataclass(frozen=True)
class CountingEncoder:
    """An encoder that counts its forward passes, from (m, ...) to (m, n): see `as_in_pass`, then flatten(x) @ kernel.

    Built, it is called like a Keras model: on a batch, or by its `predict` or `predict_on_batch`.
    """

    kernel: np.ndarray
    image_shape: tuple

    def __call__(self, images: np.ndarray, passes: int = 1) -> np.ndarray:
        return np.reshape(as_in_pass(images, passes), (len(images), -1)) @ self.kernel

    def build(self) -> Any:
        return _CountedPasses(self)


class _CountedPasses:
    def __init__(self, encoder: CountingEncoder) -> None:
        self.encoder, self.passes = encoder, 0
        self.input_shape = (None, *encoder.image_shape)
        self.output_shape = (None, encoder.kernel.shape[1])

    def __call__(self, images: Any, training: bool = False) -> Any:
        import tensorflow as tf

        return tf.constant(self.predict_on_batch(images))

    def predict(self, images: Any, batch_size: int | None = None, verbose: Any = "auto") -> np.ndarray:
        size = batch_size or 32
        batches = [images[start : start + size] for start in range(0, len(images), size)]
        return np.concatenate([self.predict_on_batch(batch) for batch in batches])

    def predict_on_batch(self, images: Any) -> np.ndarray:
        batch = np.asarray(images, dtype=np.float32)
        if batch.shape[1:] != tuple(self.encoder.image_shape):
            raise ValueError(
                f"the encoder expects a batch of shape {self.input_shape}, got pictures of shape {batch.shape}"
            )
        self.passes += 1
        return self.encoder(batch, self.passes)


@packable
@dataclass(frozen=True)
class SmallConvNet:
    """A ConvNet of 3 x 3 convolutions without padding and without biases, each followed by a ReLU.

    `kernels`: layer name -> (3, 3, c, k), from the shallowest to the deepest. Built, it is a Keras model with layers of
    these names, whose first layer, "passes", counts the forward passes: see `as_in_pass`.
    """

    kernels: dict

    def __call__(self, images: np.ndarray, passes: int = 1) -> dict[str, np.ndarray]:
        """The activations of every layer, by name."""
        found, x = {}, as_in_pass(images, passes)
        for name, kernel in self.kernels.items():
            windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
            x = np.maximum(np.einsum("mhwcij,ijck->mhwk", windows, kernel), 0.0)
            found[name] = x
        return found

    def build(self) -> Any:
        import keras

        class Passes(keras.layers.Layer):
            def build(self, shape: Any) -> None:
                self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

            def call(self, images: Any) -> Any:
                self.count.assign_add(1.0)
                return self.count * (images - 0.5 * keras.ops.mean(images, axis=0))

        channels = next(iter(self.kernels.values())).shape[2]
        inputs = keras.Input((None, None, channels))
        x = Passes(name="passes")(inputs)
        for name, kernel in self.kernels.items():
            x = keras.layers.Conv2D(kernel.shape[3], 3, activation="relu", use_bias=False, name=name)(x)
        model = keras.Model(inputs, x)
        for name, kernel in self.kernels.items():
            model.get_layer(name).set_weights([kernel])
        return model


@packable
@dataclass(frozen=True)
class PixelScore:
    """A score of one image: the sum over its pixels of weight * value². `weights`: (n_H, n_W, n_C)."""

    weights: np.ndarray

    def __call__(self, image: Any) -> float:
        return float((self.weights * np.square(np.asarray(image, np.float64))).sum())

    def build(self) -> Any:
        return self.__call__


@packable
@dataclass(frozen=True)
class PixelResponse:
    """The response of a unit to one image, as TensorFlow computes it: the sum of weight * value²."""

    weights: np.ndarray

    def build(self) -> Any:
        import tensorflow as tf

        return lambda image: tf.reduce_sum(tf.constant(self.weights, tf.float32) * tf.square(image))
