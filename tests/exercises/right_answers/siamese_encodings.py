"""Right answers to 02_siamese_encodings as students write them."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

# l2_normalize


def normalize_by_library(x, epsilon=1e-12):
    return tf.math.l2_normalize(x, axis=-1, epsilon=epsilon)


def normalize_by_rsqrt(x, epsilon=1e-12):
    squares = tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)
    return x * tf.math.rsqrt(tf.maximum(squares, epsilon))


def normalize_epsilon_added(x, epsilon=1e-12):
    return x / tf.sqrt(tf.reduce_sum(x**2, axis=1, keepdims=True) + epsilon)


def normalize_with_keras(x, epsilon=1e-12):
    return x / keras.ops.sqrt(keras.ops.maximum(keras.ops.sum(x * x, axis=-1, keepdims=True), epsilon))


def normalize_einsum(x, epsilon=1e-12):
    squares = tf.einsum("ij,ij->i", x, x)
    return tf.transpose(tf.transpose(x) / tf.sqrt(tf.maximum(squares, epsilon)))


def normalize_two_wheres(x, epsilon=1e-12):
    squares = tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)
    is_zero = squares < epsilon
    return tf.where(is_zero, 0.0 * x, x / tf.sqrt(tf.where(is_zero, 1.0, squares)))


# build_encoder


def encoder_sequential(input_shape, embedding_size=128):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(8, 5, strides=2, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(12, 3, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(embedding_size),
            keras.layers.UnitNormalization(),
        ]
    )


def encoder_functional(input_shape, embedding_size=128):
    image = keras.Input(shape=input_shape)
    x = keras.layers.Conv2D(6, (3, 3), activation="relu")(image)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.AveragePooling2D(4)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(embedding_size, activation="relu")(x)
    encoding = keras.layers.Lambda(normalize_by_library)(x)
    return keras.Model(inputs=image, outputs=encoding)


def encoder_with_operations(input_shape, embedding_size=128):
    image = keras.Input(shape=input_shape)
    x = keras.layers.SeparableConv2D(8, 3, depth_multiplier=4)(image)
    x = keras.layers.ReLU()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.3)(keras.layers.Dense(40)(x))
    return keras.Model(image, keras.ops.normalize(keras.layers.Dense(embedding_size)(x), axis=-1))


def encoder_with_dummy_batch(input_shape, embedding_size=128):
    model = encoder_sequential(input_shape, embedding_size)
    model.compile(optimizer="adam", loss="mse")
    model(np.zeros((1, *input_shape), dtype=np.float32))
    return model


class Normalize(keras.layers.Layer):
    def call(self, x):
        return tf.math.l2_normalize(x, axis=-1)


def encoder_nested(input_shape, embedding_size=128):
    pixels = keras.Sequential(
        [keras.Input(input_shape), keras.layers.Rescaling(2.0, offset=-1.0), keras.layers.Conv2D(5, 3)]
    )
    return keras.Sequential(
        [
            keras.Input(input_shape),
            pixels,
            keras.layers.LeakyReLU(),
            keras.layers.Flatten(),
            keras.layers.Dense(embedding_size),
            Normalize(),
        ]
    )


class Encoder(keras.Model):
    def __init__(self, embedding_size):
        super().__init__()
        self.convolution = keras.layers.Conv2D(6, 3, activation="relu")
        self.flatten = keras.layers.Flatten()
        self.last = keras.layers.Dense(embedding_size)

    def call(self, images):
        return normalize_by_rsqrt(self.last(self.flatten(self.convolution(images))))


def encoder_subclass(input_shape, embedding_size=128):
    return Encoder(embedding_size)


# build_siamese


def siamese_functional(encoder):
    first, second = keras.Input(encoder.input_shape[1:]), keras.Input(encoder.input_shape[1:])
    difference = keras.layers.Subtract()([encoder(first), encoder(second)])
    return keras.Model([first, second], keras.ops.sum(keras.ops.square(difference), axis=-1))


def siamese_lambda(encoder):
    shape = encoder.input_shape[1:]
    first, second = keras.Input(shape=shape), keras.Input(shape=shape)
    d = keras.layers.Lambda(lambda pair: tf.reduce_sum(tf.square(pair[0] - pair[1]), axis=1))(
        [encoder(first), encoder(second)]
    )
    return keras.Model(inputs=(first, second), outputs=d)


class SquaredDistance(keras.layers.Layer):
    def call(self, f1, f2):
        return tf.reduce_sum(tf.math.squared_difference(f1, f2), axis=-1)


def siamese_layer(encoder):
    first = keras.Input(encoder.input_shape[1:], name="first")
    second = keras.Input(encoder.input_shape[1:], name="second")
    return keras.Model([first, second], SquaredDistance()(encoder(first), encoder(second)))


def siamese_power(encoder):
    pictures = [keras.Input(encoder.input_shape[1:]) for _ in range(2)]
    f1, f2 = (encoder(picture) for picture in pictures)
    return keras.Model(pictures, keras.ops.sum((f1 - f2) ** 2, axis=1))


def siamese_einsum(encoder):
    first, second = keras.Input(encoder.input_shape[1:]), keras.Input(encoder.input_shape[1:])
    gap = encoder(first) - encoder(second)
    return keras.Model([first, second], keras.ops.einsum("ij,ij->i", gap, gap))


class Siamese(keras.Model):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def call(self, pair):
        first, second = pair
        return tf.reduce_sum(tf.square(self.encoder(first) - self.encoder(second)), axis=-1)


# pairwise_distances


def pairwise_broadcast(encodings):
    return np.sum((encodings[:, None, :] - encodings[None, :, :]) ** 2, axis=-1)


def pairwise_by_products(encodings):
    squares = np.sum(encodings**2, axis=1)
    return np.maximum(squares[:, None] + squares[None, :] - 2 * encodings @ encodings.T, 0)


def pairwise_in_tensorflow(encodings):
    gaps = tf.expand_dims(encodings, 0) - tf.expand_dims(encodings, 1)
    return tf.reduce_sum(tf.square(gaps), axis=2)


def pairwise_relu(encodings):
    products = tf.matmul(encodings, encodings, transpose_b=True)
    squares = tf.linalg.diag_part(products)
    return tf.nn.relu(squares[:, None] - 2 * products + squares[None, :])


def pairwise_einsum(encodings):
    gaps = encodings[:, None] - encodings
    return np.einsum("ijk,ijk->ij", gaps, gaps)


def pairwise_norm(encodings):
    return (np.linalg.norm(np.float64(encodings)[None] - encodings[:, None], axis=-1) ** 2).tolist()


def pairwise_tf32(encodings):
    rounded = ten_bits(encodings)
    products = rounded @ rounded.T
    squares = np.sum(encodings**2, axis=1)
    d = np.clip(squares[:, None] + squares - 2 * products, 0, None)
    np.fill_diagonal(d, 0)
    return d


def ten_bits(x):
    """Float32 numbers with 10 bits after the leading one, as the inputs of a matrix product in TF32."""
    bits = np.ascontiguousarray(x, dtype=np.float32).view(np.uint32)
    return ((bits + np.uint32(1 << 12)) & np.uint32(0xFFFFE000)).view(np.float32)


# encode_database


def database_zip(images_by_name, encoder):
    encodings = encoder(np.stack(list(images_by_name.values())))
    return dict(zip(images_by_name, encodings.numpy(), strict=True))


def database_predict(images_by_name, encoder):
    encodings = encoder.predict(np.array(list(images_by_name.values())), verbose=0)
    return {name: encodings[i] for i, name in enumerate(images_by_name)}


def database_sorted(images_by_name, encoder):
    names = sorted(images_by_name)
    encodings = encoder(tf.stack([images_by_name[name] for name in names]), training=False)
    return {name: encoding for name, encoding in zip(names, encodings, strict=True)}  # noqa: C416


def database_loop(images_by_name, encoder):
    names, batch = [], []
    for name, image in images_by_name.items():
        names.append(name)
        batch.append(image[np.newaxis])
    encodings = encoder.predict_on_batch(np.concatenate(batch))
    database = {}
    for name, encoding in zip(names, encodings, strict=True):
        database[name] = encoding.tolist()
    return database


def database_float64(images_by_name, encoder):
    encodings = np.asarray(encoder(tf.convert_to_tensor(list(images_by_name.values()))), dtype=np.float64)
    return dict(zip(images_by_name.keys(), encodings, strict=False))


RIGHT: dict[str, dict[str, Callable[..., Any]]] = {
    "l2_normalize": {
        "library": normalize_by_library,
        "rsqrt": normalize_by_rsqrt,
        "epsilon added": normalize_epsilon_added,
        "Keras": normalize_with_keras,
        "einsum": normalize_einsum,
        "two wheres": normalize_two_wheres,
        "tf.function": tf.function(normalize_by_rsqrt),
    },
    "build_encoder": {
        "Sequential": encoder_sequential,
        "functional": encoder_functional,
        "operations": encoder_with_operations,
        "compiled": encoder_with_dummy_batch,
        "nested": encoder_nested,
        "subclass": encoder_subclass,
    },
    "build_siamese": {
        "functional": siamese_functional,
        "Lambda": siamese_lambda,
        "layer": siamese_layer,
        "power": siamese_power,
        "einsum": siamese_einsum,
        "subclass": Siamese,
    },
    "pairwise_distances": {
        "broadcasting": pairwise_broadcast,
        "products": pairwise_by_products,
        "TensorFlow": pairwise_in_tensorflow,
        "tf.function": tf.function(pairwise_in_tensorflow),
        "relu": pairwise_relu,
        "einsum": pairwise_einsum,
        "norm, lists in float64": pairwise_norm,
        "tf32": pairwise_tf32,
    },
    "encode_database": {
        "zip": database_zip,
        "predict": database_predict,
        "sorted": database_sorted,
        "loop with lists": database_loop,
        "float64": database_float64,
    },
}
