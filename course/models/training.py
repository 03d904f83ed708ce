"""Pieces for training a face encoder in a notebook: a fresh network, an optimizer, batches that never repeat.

What is learnt from them, the choice of triplets and the step itself, is the student's own.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from course.data import Faces, shrink

FACE_SIZE = (56, 46)


def new_encoder(seed: int = 0) -> keras.Model:
    """An untrained face encoder: (m, 56, 46) pictures in [0, 1] to (m, 128) encodings of norm 1.

    Each picture is first standardised (mean 0, standard deviation 1), then three convolutions with batch
    normalization see it; 483,000 parameters, most of them in the dense layer behind. The same seed gives
    the same parameters.
    """
    keras.utils.set_random_seed(seed)
    pictures = keras.Input(FACE_SIZE)
    x = layers.Reshape((*FACE_SIZE, 1))(pictures)
    x = layers.LayerNormalization(axis=[1, 2, 3], center=False, scale=False, epsilon=1e-6)(x)
    x = layers.MaxPooling2D()(_convolution(x, 24, size=5, stride=2))
    x = layers.MaxPooling2D()(_convolution(x, 48))
    x = layers.Flatten()(_convolution(x, 96))
    encoder = keras.Model(pictures, layers.UnitNormalization()(layers.Dense(128)(x)), name="face_encoder")
    encoder.call = tf.function(encoder.call, reduce_retracing=True)  # a plain Python loop gets the speed too
    return encoder


def new_optimizer(steps: int, learning_rate: float = 2e-3) -> keras.optimizers.Optimizer:
    """Adam for so many steps; its learning rate falls along a cosine and reaches 0 with the last."""
    return CompiledAdam(keras.optimizers.schedules.CosineDecay(learning_rate, steps))


def batches(
    faces: Faces, people: int = 15, pictures: int = 4, seed: int = 0
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Endless batches of some people with some pictures of each, every picture changed a little by chance.

    Args:
        faces: whom to draw from.
        people: how many different people are in a batch.
        pictures: how many different pictures of each.
        seed: the batches follow from it.

    Yields:
        (images, labels): (people * pictures, 56, 46) float32, and whose they are, (people * pictures,).
    """
    rng = np.random.default_rng(seed)
    small = shrink(faces.images, FACE_SIZE)
    rows = {person: np.flatnonzero(faces.people == person) for person in np.unique(faces.people)}
    while True:
        chosen = rng.choice(list(rows), people, replace=False)
        index = np.concatenate([rng.choice(rows[person], pictures, replace=False) for person in chosen])
        yield augment(small[index], rng.integers(2**31, size=2)).numpy(), faces.people[index]


@tf.function(reduce_retracing=True)
def augment(images: Any, seed: Any) -> Any:
    """Each picture mirrored or not, shifted, scaled, turned and lit a little differently.

    At most 10 % of shift, 15 % of scale, 0.2 rad of rotation, 0.3 of contrast and of brightness. What comes
    in at the borders repeats the picture's edge.

    Args:
        images: (m, n_H, n_W) float32 in [0, 1].
        seed: two integers; the same give the same changes.

    Returns:
        A tensor like `images`; its values may leave [0, 1].
    """
    shape = tf.shape(images)
    m, height, width = shape[0], tf.cast(shape[1], tf.float32), tf.cast(shape[2], tf.float32)
    chance = tf.unstack(tf.random.stateless_uniform([7, m], tf.cast(seed, tf.int32), -1, 1))
    mirror, scale, angle = tf.sign(chance[0]), tf.exp(0.15 * chance[1]), 0.2 * chance[2]
    # Row by row the matrix that says where each new pixel comes from, turning about the picture's middle.
    a, b = scale * tf.cos(angle) * mirror, -scale * tf.sin(angle)
    c, d = scale * tf.sin(angle) * mirror, scale * tf.cos(angle)
    x, y, zero = (width - 1) / 2, (height - 1) / 2, tf.zeros(m)
    right, down = x - a * x - b * y + 0.1 * width * chance[3], y - c * x - d * y + 0.1 * height * chance[4]
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=images[..., tf.newaxis],
        transforms=tf.stack([a, b, right, c, d, down, zero, zero], axis=1),
        output_shape=shape[1:3],
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )[..., 0]
    mean = tf.reduce_mean(moved, axis=[1, 2], keepdims=True)
    contrast, brightness = (0.3 * part[:, tf.newaxis, tf.newaxis] for part in chance[5:])
    return (moved - mean) * (1 + contrast) + mean + brightness


def _convolution(x: Any, filters: int, size: int = 3, stride: int = 1) -> Any:
    x = layers.Conv2D(filters, size, strides=stride, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


class CompiledAdam(keras.optimizers.Adam):
    """Adam with its step compiled: the same numbers, faster in a plain Python loop."""

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        if not self.built:
            self.build(trainable_variables)
        return self._step(grads)

    @tf.function(reduce_retracing=True)
    def _step(self, grads: Any) -> Any:
        return super().apply(grads)
