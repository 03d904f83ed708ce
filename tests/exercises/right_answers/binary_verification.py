"""Right answers to 04_binary_verification as students write them."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.exercises.right_answers.tf32 import matmul_tf32

# absolute_difference


def difference_in_tensorflow(f1: Any, f2: Any) -> Any:
    return tf.abs(f1 - f2)


@tf.function
def difference_in_a_graph(f1: Any, f2: Any) -> Any:
    return tf.math.abs(tf.subtract(f1, f2))


def difference_by_maximum(f1: Any, f2: Any) -> Any:
    return tf.maximum(f1 - f2, f2 - f1)


def difference_by_builtin(f1: Any, f2: Any) -> Any:
    return abs(f2 - f1)


def difference_by_keras(f1: Any, f2: Any) -> Any:
    return keras.ops.abs(keras.ops.subtract(f1, f2))


def difference_float64(f1: Any, f2: Any) -> Any:
    return tf.abs(tf.cast(f1, tf.float64) - tf.cast(f2, tf.float64))


def difference_by_choice(f1: Any, f2: Any) -> Any:
    return tf.where(f1 > f2, f1 - f2, f2 - f1)


# chi_square


def chi_in_tensorflow(f1: Any, f2: Any, epsilon: float = 1e-8) -> Any:
    return tf.square(f1 - f2) / (f1 + f2 + epsilon)


@tf.function
def chi_in_a_graph(f1: Any, f2: Any, epsilon: float = 1e-8) -> Any:
    return tf.math.divide(tf.pow(f1 - f2, 2), f1 + f2 + epsilon)


def chi_by_product(f1: Any, f2: Any, epsilon: float = 1e-8) -> Any:
    difference = f1 - f2
    return difference * difference / (epsilon + f2 + f1)


def chi_by_power(f1: Any, f2: Any, epsilon: float = 1e-8) -> Any:
    return (f1 - f2) ** 2 / (f1 + f2 + epsilon)


def chi_by_keras(f1: Any, f2: Any, epsilon: float = 1e-8) -> Any:
    return keras.ops.square(f1 - f2) / keras.ops.add(f1 + f2, epsilon)


def chi_float64(f1: Any, f2: Any, epsilon: float = 1e-8) -> Any:
    f1, f2 = tf.cast(f1, tf.float64), tf.cast(f2, tf.float64)
    return tf.square(f1 - f2) / (f1 + f2 + epsilon)


# same_person_probability


def probability_in_tensorflow(features: Any, w: Any, b: Any) -> Any:
    return tf.sigmoid(tf.reduce_sum(features * w, axis=-1) + b)


@tf.function
def probability_in_a_graph(features: Any, w: Any, b: Any) -> Any:
    return tf.sigmoid(tf.tensordot(features, w, axes=1) + b)


def probability_einsum(features: Any, w: Any, b: Any) -> Any:
    return tf.math.sigmoid(tf.einsum("...k,k->...", features, w) + b)


def probability_by_exponential(features: Any, w: Any, b: Any) -> Any:
    z = tf.reduce_sum(tf.multiply(features, w), -1) + b
    return 1 / (1 + tf.exp(-z))


def probability_by_tanh(features: Any, w: Any, b: Any) -> Any:
    return (1 + tf.tanh((tf.tensordot(features, w, 1) + b) / 2)) / 2


def probability_by_keras(features: Any, w: Any, b: Any) -> Any:
    return keras.ops.sigmoid(keras.ops.sum(features * w, axis=-1) + b)


def probability_tf32(features: Any, w: Any, b: Any) -> Any:
    rows = tf.reshape(features, (-1, len(w)))
    z = matmul_tf32(rows, tf.reshape(w, (-1, 1)))
    return tf.sigmoid(tf.reshape(z, features.shape[:-1]) + b)


# binary_cross_entropy


def entropy_in_tensorflow(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    y_hat = tf.clip_by_value(y_hat, epsilon, 1 - epsilon)
    return -tf.reduce_mean(y * tf.math.log(y_hat) + (1 - y) * tf.math.log(1 - y_hat))


@tf.function
def entropy_in_a_graph(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    y_hat = tf.clip_by_value(y_hat, epsilon, 1 - epsilon)
    return tf.reduce_mean(-y * tf.math.log(y_hat) - (1 - y) * tf.math.log(1 - y_hat))


def entropy_with_epsilon_added(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    return -tf.reduce_mean(y * tf.math.log(y_hat + epsilon) + (1 - y) * tf.math.log(1 - y_hat + epsilon))


def entropy_by_choice(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    given_y = tf.where(y > 0.5, y_hat, 1 - y_hat)
    return -tf.reduce_mean(tf.math.log(tf.clip_by_value(given_y, epsilon, 1 - epsilon)))


def entropy_by_loop(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    total = 0.0
    for i in range(len(y)):
        guess = tf.minimum(tf.maximum(y_hat[i], epsilon), 1 - epsilon)
        total -= tf.math.log(guess) if y[i] == 1 else tf.math.log(1 - guess)
    return total / len(y)


def entropy_by_maximum(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    log_same, log_different = (tf.math.log(tf.maximum(p, epsilon)) for p in (y_hat, 1 - y_hat))
    return -tf.reduce_sum(y * log_same + (1 - y) * log_different) / len(y)


def entropy_by_keras(y: Any, y_hat: Any, epsilon: float = 1e-7) -> Any:
    y_hat = keras.ops.clip(y_hat, epsilon, 1 - epsilon)
    return -keras.ops.mean(y * keras.ops.log(y_hat) + (1 - y) * keras.ops.log(1 - y_hat))


# make_pairs


def pairs_by_argwhere(labels: Any, num_pairs: int, rng: Any) -> Any:
    same = labels[:, None] == labels[None, :]
    kinds = (np.argwhere(same & ~np.eye(len(labels), dtype=bool)), np.argwhere(~same))
    chosen = [kind[rng.integers(len(kind), size=num_pairs // 2)] for kind in kinds]
    return np.concatenate(chosen), np.repeat([1, 0], num_pairs // 2)


def pairs_by_loop(labels: Any, num_pairs: int, rng: Any) -> Any:
    pairs: list[Any] = []
    y: list[int] = []
    while len(pairs) < num_pairs:
        i, j = rng.integers(len(labels), size=2)
        same = int(labels[i] == labels[j])
        if i != j and y.count(same) < num_pairs // 2:
            pairs.append((i, j))
            y.append(same)
    return pairs, y


def pairs_shuffled_with_float_y(labels: Any, num_pairs: int, rng: Any) -> Any:
    pairs, y = pairs_by_argwhere(labels, num_pairs, rng)
    order = rng.permutation(num_pairs)
    return pairs[order], y[order].astype(np.float32)


def pairs_by_person(labels: Any, num_pairs: int, rng: Any) -> Any:
    """A person first, then two of the pictures; two people first, then a picture of each."""
    people, counts = np.unique(labels, return_counts=True)
    pairs = []
    for _ in range(num_pairs // 2):
        person = rng.choice(people[counts > 1])
        pairs.append(rng.choice(np.flatnonzero(labels == person), size=2, replace=False))
    for _ in range(num_pairs // 2):
        one, other = rng.choice(people, size=2, replace=False)
        pairs.append([rng.choice(np.flatnonzero(labels == person)) for person in (one, other)])
    return np.array(pairs), np.array([1] * (num_pairs // 2) + [0] * (num_pairs // 2))


def pairs_each_once_with_bool_y(labels: Any, num_pairs: int, rng: Any) -> Any:
    i, j = np.triu_indices(len(labels), k=1)
    same = labels[i] == labels[j]
    chosen = [rng.choice(np.flatnonzero(kind), size=num_pairs // 2) for kind in (same, ~same)]
    rows = rng.permutation(np.concatenate(chosen))
    return np.stack([i[rows], j[rows]], axis=1), same[rows]


def pairs_as_tensors(labels: Any, num_pairs: int, rng: Any) -> Any:
    pairs, y = pairs_by_argwhere(labels, num_pairs, rng)
    return tf.constant(pairs), tf.constant(y, tf.float32)


# build_verifier


def features_of(name: str) -> Callable[[Any, Any], Any]:
    return chi_in_tensorflow if name == "chi_square" else difference_in_tensorflow


def verifier_with_lambda(encoder: Any, features: str = "absolute") -> Any:
    x1, x2 = (keras.Input(encoder.input_shape[1:]) for _ in range(2))
    chosen = keras.layers.Lambda(lambda f: features_of(features)(*f))([encoder(x1), encoder(x2)])
    return keras.Model([x1, x2], keras.layers.Dense(1, activation="sigmoid")(chosen))


def verifier_with_keras_ops(encoder: Any, features: str = "absolute") -> Any:
    x1, x2 = keras.Input(encoder.input_shape[1:]), keras.Input(encoder.input_shape[1:])
    f1, f2 = encoder(x1), encoder(x2)
    chosen = keras.ops.abs(f1 - f2)
    if features == "chi_square":
        chosen = keras.ops.square(f1 - f2) / (f1 + f2 + 1e-8)
    return keras.Model(inputs=[x1, x2], outputs=keras.layers.Dense(1, activation="sigmoid")(chosen))


def verifier_flat(encoder: Any, features: str = "absolute") -> Any:
    """Its output has the shape (m,)."""
    x1, x2 = (keras.Input(encoder.input_shape[1:]) for _ in range(2))
    difference = keras.layers.subtract([encoder(x1), encoder(x2)])
    if features == "chi_square":
        total = keras.layers.add([encoder(x1), encoder(x2)])
        chosen = difference * difference / (total + 1e-8)
    else:
        chosen = abs(difference)
    z = keras.layers.Dense(1)(chosen)
    return keras.Model([x1, x2], keras.ops.sigmoid(z)[:, 0])


class Comparison(keras.layers.Layer):
    """Features, weights and bias in one layer."""

    def __init__(self, features: str) -> None:
        super().__init__()
        self.features = features_of(features)

    def build(self, shapes: Any) -> None:
        self.w = self.add_weight(shape=(shapes[0][-1],), initializer="random_normal", name="w")
        self.b = self.add_weight(shape=(), initializer="zeros", name="b")

    def call(self, encodings: Any) -> Any:
        return probability_in_tensorflow(self.features(*encodings), self.w, self.b)


def verifier_with_own_layer(encoder: Any, features: str = "absolute") -> Any:
    x1, x2 = (keras.Input(encoder.input_shape[1:]) for _ in range(2))
    return keras.Model([x1, x2], Comparison(features)([encoder(x1), encoder(x2)]))


class Verifier(keras.Model):
    """A model that is built when it is called first."""

    def __init__(self, encoder: Any, features: str) -> None:
        super().__init__()
        self.encoder, self.features = encoder, features_of(features)
        self.last = keras.layers.Dense(1, activation="sigmoid")

    def call(self, images: Any) -> Any:
        return self.last(self.features(self.encoder(images[0]), self.encoder(images[1])))


def verifier_as_subclass(encoder: Any, features: str = "absolute") -> Any:
    return Verifier(encoder, features)


def verifier_with_symmetric_features(encoder: Any, features: str = "absolute") -> Any:
    """The pictures the other way round, the sigmoid as a layer of its own."""
    pictures = [keras.Input(encoder.input_shape[1:], name=name) for name in ("first", "second")]
    f1, f2 = map(encoder, pictures)
    chosen = keras.layers.Lambda(lambda f: features_of(features)(f[1], f[0]))([f1, f2])
    z = keras.layers.Dense(units=1)(chosen)
    return keras.Model(pictures, keras.layers.Activation("sigmoid")(z))


class TF32Dense(keras.layers.Dense):
    """A last layer as a GPU computes it at its worst."""

    def call(self, inputs: Any) -> Any:
        return tf.sigmoid(matmul_tf32(inputs, self.kernel) + self.bias)


def verifier_tf32(encoder: Any, features: str = "absolute") -> Any:
    x1, x2 = (keras.Input(encoder.input_shape[1:]) for _ in range(2))
    chosen = keras.layers.Lambda(lambda f: features_of(features)(*f))([encoder(x1), encoder(x2)])
    return keras.Model([x1, x2], TF32Dense(1)(chosen))


# verify_with_database


def database_by_functions(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    return {
        name: probability_in_tensorflow(difference_in_tensorflow(encoding, stored), w, b)
        for name, stored in database.items()
    }


def database_by_loop(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    probabilities = {}
    for name in database:
        z = b
        for k in range(len(encoding)):
            z += w[k] * abs(encoding[k] - database[name][k])
        probabilities[name] = 1 / (1 + math.exp(-z))
    return probabilities


def database_in_numpy(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    return {name: 1 / (1 + np.exp(-(np.abs(encoding - f) @ w + b))) for name, f in database.items()}


def database_in_one_product(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    if not database:
        return {}
    stored = np.stack(list(database.values()))
    probabilities = 1 / (1 + np.exp(-(np.abs(stored - encoding) @ w + b)))
    return dict(zip(database, probabilities, strict=True))


def database_float64(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    f = np.asarray(encoding, np.float64)
    z = {name: float(np.dot(w, np.abs(f - stored)) + b) for name, stored in sorted(database.items())}
    return {name: float(1 / (1 + np.exp(-value))) for name, value in z.items()}


def database_einsum(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    return {name: tf.sigmoid(tf.einsum("k,k->", tf.abs(encoding - f), w) + b) for name, f in database.items()}


def database_tf32(encoding: Any, database: Any, w: Any, b: Any) -> Any:
    return {name: probability_tf32(tf.abs(encoding - stored), w, b) for name, stored in database.items()}


RIGHT: dict[str, dict[str, Callable[..., Any]]] = {
    "absolute_difference": {
        "TensorFlow": difference_in_tensorflow,
        "tf.function": difference_in_a_graph,
        "maximum": difference_by_maximum,
        "abs": difference_by_builtin,
        "keras.ops": difference_by_keras,
        "float64": difference_float64,
        "tf.where": difference_by_choice,
    },
    "chi_square": {
        "TensorFlow": chi_in_tensorflow,
        "tf.function": chi_in_a_graph,
        "product": chi_by_product,
        "power": chi_by_power,
        "keras.ops": chi_by_keras,
        "float64": chi_float64,
    },
    "same_person_probability": {
        "TensorFlow": probability_in_tensorflow,
        "tf.function": probability_in_a_graph,
        "einsum": probability_einsum,
        "exponential": probability_by_exponential,
        "tanh": probability_by_tanh,
        "keras.ops": probability_by_keras,
        "tf32": probability_tf32,
    },
    "binary_cross_entropy": {
        "TensorFlow": entropy_in_tensorflow,
        "tf.function": entropy_in_a_graph,
        "epsilon added": entropy_with_epsilon_added,
        "tf.where": entropy_by_choice,
        "loop": entropy_by_loop,
        "maximum": entropy_by_maximum,
        "keras.ops": entropy_by_keras,
    },
    "make_pairs": {
        "argwhere": pairs_by_argwhere,
        "loop": pairs_by_loop,
        "shuffled, float y": pairs_shuffled_with_float_y,
        "person by person": pairs_by_person,
        "each pair one way, boolean y": pairs_each_once_with_bool_y,
        "tensors": pairs_as_tensors,
    },
    "build_verifier": {
        "Lambda": verifier_with_lambda,
        "keras.ops": verifier_with_keras_ops,
        "output of shape (m,)": verifier_flat,
        "layer of one's own": verifier_with_own_layer,
        "subclass": verifier_as_subclass,
        "pictures exchanged": verifier_with_symmetric_features,
        "tf32": verifier_tf32,
    },
    "verify_with_database": {
        "own functions": database_by_functions,
        "loop": database_by_loop,
        "NumPy": database_in_numpy,
        "one product": database_in_one_product,
        "float64, sorted": database_float64,
        "einsum": database_einsum,
        "tf32": database_tf32,
    },
}
