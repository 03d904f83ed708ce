"""Right answers to 01_one_shot_learning as students write them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

# error_free_probability


def chance_by_power(accuracy, num_people):
    return accuracy**num_people


def chance_by_numpy(accuracy, num_people):
    return np.power(accuracy, num_people)


def chance_by_logarithms(accuracy, num_people):
    return np.exp(num_people * np.log(accuracy))


def chance_in_tensorflow(accuracy, num_people):
    return tf.pow(tf.cast(accuracy, tf.float32), tf.cast(num_people, tf.float32))


def chance_by_loop(accuracy, num_people):
    accuracy, num_people = np.broadcast_arrays(accuracy, num_people)
    chance = np.ones(num_people.shape)
    for index in np.ndindex(chance.shape):
        for _ in range(num_people[index]):
            chance[index] *= accuracy[index]
    return chance


def chance_as_lists(accuracy, num_people):
    return np.asarray(accuracy**num_people).tolist()


# required_accuracy


def accuracy_by_power(error_free_probability, num_people):
    return error_free_probability ** (1 / num_people)


def accuracy_by_numpy(error_free_probability, num_people):
    return np.power(error_free_probability, 1.0 / num_people)


def accuracy_by_logarithms(error_free_probability, num_people):
    return np.exp(np.log(error_free_probability) / num_people)


@tf.function
def accuracy_in_tensorflow(error_free_probability, num_people):
    return tf.pow(tf.cast(error_free_probability, tf.float32), 1 / tf.cast(num_people, tf.float32))


def accuracy_by_bisection(error_free_probability, num_people):
    low, high = np.broadcast_arrays(np.zeros(1)[0], error_free_probability * np.ones(np.shape(num_people)))
    low, high = low.copy(), np.ones_like(high)
    for _ in range(50):
        middle = (low + high) / 2
        enough = middle**num_people >= error_free_probability
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def accuracy_as_lists(error_free_probability, num_people):
    return np.asarray(np.float64(error_free_probability) ** (1 / num_people)).tolist()


# distance


def distance_vectorised(encoding1, encoding2):
    return np.sum((encoding1 - encoding2) ** 2, axis=-1)


def distance_by_norm(encoding1, encoding2):
    return np.linalg.norm(encoding1 - encoding2, axis=-1) ** 2


def distance_einsum(encoding1, encoding2):
    gap = encoding1 - encoding2
    return np.einsum("...i,...i->...", gap, gap)


def distance_in_tensorflow(encoding1, encoding2):
    return tf.reduce_sum(tf.square(tf.subtract(encoding1, encoding2)), axis=-1)


def distance_squared_difference(encoding1, encoding2):
    return tf.reduce_sum(tf.math.squared_difference(encoding1, encoding2), -1).numpy()


def distance_by_loop(encoding1, encoding2):
    first, second = np.broadcast_arrays(encoding1, encoding2)
    total = np.zeros(first.shape[:-1])
    for i in range(first.shape[-1]):
        total += (first[..., i] - second[..., i]) ** 2
    return total


def distance_as_lists(encoding1, encoding2):
    return distance_vectorised(np.float64(encoding1), np.float64(encoding2)).tolist()


# is_same_person


def same_by_comparison(d, tau):
    return d <= tau


def same_by_not_larger(d, tau):
    return np.logical_not(d > tau)


def same_in_tensorflow(d, tau):
    return tf.less_equal(d, tau)


def same_by_where(d, tau):
    return np.where(np.asarray(d) <= tau, True, False)


def same_as_numbers(d, tau):
    return np.asarray(d <= tau).astype(int)


def same_as_lists(d, tau):
    return np.asarray(d <= tau).tolist()


# verify


def verify_plain(image, identity, database, encode, tau):
    d = np.sum(np.square(encode(image) - database[identity]))
    return d, d <= tau


def verify_with_helpers(image, identity, database, encode, tau):
    d = distance_vectorised(encode(image), database[identity])
    return d, same_by_comparison(d, tau)


def verify_python_types(image, identity, database, encode, tau):
    d = sum((float(a) - float(b)) ** 2 for a, b in zip(encode(image), database[identity], strict=True))
    door_open = False
    if d <= tau:
        door_open = True
    return d, door_open


def verify_by_norm(image, identity, database, encode, tau):
    d = np.linalg.norm(encode(image) - database[identity]) ** 2
    return [d, d <= tau]


def verify_own_error(image, identity, database, encode, tau):
    if identity not in database:
        raise KeyError(f"There is no {identity} in the database.")
    difference = encode(image) - database[identity]
    d = np.dot(difference, difference)
    return float(d), bool(d <= tau)


def verify_in_tensorflow(image, identity, database, encode, tau):
    d = tf.reduce_sum((encode(image) - tf.constant(database[identity])) ** 2)
    return d, tf.math.logical_not(d > tau)


# who_is_it


def who_by_loop(image, database, encode, tau):
    encoding = encode(image)
    smallest, nearest = np.inf, None
    for name, known in database.items():
        d = np.sum((encoding - known) ** 2)
        if d < smallest:
            smallest, nearest = d, name
    if smallest > tau:
        nearest = None
    return smallest, nearest


def who_by_min(image, database, encode, tau):
    encoding = encode(image)
    d, name = min(
        ((float(distance_vectorised(encoding, known)), name) for name, known in database.items()),
        default=(math.inf, None),
    )
    return d, (name if d <= tau else None)


def who_vectorised(image, database, encode, tau):
    if len(database) == 0:
        return float("inf"), None
    d = distance_vectorised(encode(image), np.stack(list(database.values())))
    nearest = np.argmin(d)
    name = list(database)[nearest] if d[nearest] <= tau else None
    return d[nearest], name


def who_with_names_in_an_array(image, database, encode, tau):
    if not database:
        return np.inf, None
    names = np.array(list(database))
    d = distance_einsum(encode(image), np.array(list(database.values())))
    return d.min(), names[d.argmin()] if d.min() <= tau else None


def who_by_sorting(image, database, encode, tau):
    if not database:
        return np.inf, None
    d = {name: np.linalg.norm(encode(image) - known) ** 2 for name, known in database.items()}
    name = sorted(d, key=d.get)[0]
    return [d[name], name] if d[name] <= tau else [d[name], None]


def who_in_tensorflow(image, database, encode, tau):
    names = list(database)
    if not names:
        return tf.constant(np.inf), None
    d = tf.reduce_sum(tf.square(encode(image) - tf.stack(list(database.values()))), axis=1)
    nearest = int(tf.argmin(d))
    return d[nearest], names[nearest] if d[nearest] <= tau else None


# enroll


def enroll_spread(database, name, image, encode):
    return {**database, name: encode(image)}


def enroll_union(database, name, image, encode):
    return database | {name: encode(image)}


def enroll_copy(database, name, image, encode):
    new = database.copy()
    new[name] = encode(image)
    return new


def enroll_by_loop(database, name, image, encode):
    new = {}
    for person in database:
        new[person] = np.array(database[person])
    new.update({name: encode(image).tolist()})
    return new


def enroll_in_tensorflow(database, name, image, encode):
    return dict(database, **{name: tf.constant(encode(image))})


# error_rates


def rates_vectorised(distances, same, taus):
    accepted = distances[None, :] <= taus[:, None]
    far = accepted[:, ~same].mean(axis=1)
    frr = (~accepted[:, same]).mean(axis=1)
    return far, frr


def rates_by_loop(distances, same, taus):
    far, frr = [], []
    for tau in taus:
        wrong_in = wrong_out = 0
        for d, one_person in zip(distances, same, strict=True):
            if one_person and d > tau:
                wrong_out += 1
            if not one_person and d <= tau:
                wrong_in += 1
        far.append(wrong_in / (len(same) - sum(same)))
        frr.append(wrong_out / sum(same))
    return far, frr


def rates_comprehension(distances, same, taus):
    far = np.array([np.mean(distances[~same] <= tau) for tau in taus])
    frr = np.array([np.mean(distances[same] > tau) for tau in taus])
    return far, frr


def rates_by_search(distances, same, taus):
    def share_within(d):
        return np.searchsorted(np.sort(d), taus, side="right") / len(d)

    return share_within(distances[~same]), 1 - share_within(distances[same])


def rates_in_tensorflow(distances, same, taus):
    accepted = tf.cast(tf.expand_dims(distances, 0) <= tf.expand_dims(taus, 1), tf.float32)
    other = tf.cast(tf.logical_not(same), tf.float32)
    frr = tf.reduce_sum((1 - accepted) * (1 - other), axis=1) / tf.reduce_sum(1 - other)
    return tf.reduce_sum(accepted * other, axis=1) / tf.reduce_sum(other), frr


def rates_stacked(distances, same, taus):
    return np.stack(rates_comprehension(distances, same, taus))


RIGHT: dict[str, dict[str, Callable[..., Any]]] = {
    "error_free_probability": {
        "power": chance_by_power,
        "NumPy": chance_by_numpy,
        "logarithms": chance_by_logarithms,
        "TensorFlow": chance_in_tensorflow,
        "loop": chance_by_loop,
        "lists": chance_as_lists,
        "tf.function": tf.function(chance_in_tensorflow),
    },
    "required_accuracy": {
        "power": accuracy_by_power,
        "NumPy": accuracy_by_numpy,
        "logarithms": accuracy_by_logarithms,
        "tf.function": accuracy_in_tensorflow,
        "bisection": accuracy_by_bisection,
        "lists": accuracy_as_lists,
    },
    "distance": {
        "vectorised": distance_vectorised,
        "norm": distance_by_norm,
        "einsum": distance_einsum,
        "TensorFlow": distance_in_tensorflow,
        "tf.function": tf.function(distance_in_tensorflow),
        "squared_difference": distance_squared_difference,
        "loop": distance_by_loop,
        "lists in float64": distance_as_lists,
    },
    "is_same_person": {
        "comparison": same_by_comparison,
        "not larger": same_by_not_larger,
        "TensorFlow": same_in_tensorflow,
        "tf.function": tf.function(same_in_tensorflow),
        "where": same_by_where,
        "zeros and ones": same_as_numbers,
        "lists": same_as_lists,
    },
    "verify": {
        "plain": verify_plain,
        "helpers": verify_with_helpers,
        "Python types": verify_python_types,
        "norm, in a list": verify_by_norm,
        "an error of its own": verify_own_error,
        "TensorFlow": verify_in_tensorflow,
    },
    "who_is_it": {
        "loop": who_by_loop,
        "min": who_by_min,
        "vectorised": who_vectorised,
        "names in an array": who_with_names_in_an_array,
        "sorted, in a list": who_by_sorting,
        "TensorFlow": who_in_tensorflow,
    },
    "enroll": {
        "spread": enroll_spread,
        "union": enroll_union,
        "copy": enroll_copy,
        "loop with lists": enroll_by_loop,
        "TensorFlow": enroll_in_tensorflow,
    },
    "error_rates": {
        "vectorised": rates_vectorised,
        "loop": rates_by_loop,
        "comprehension": rates_comprehension,
        "search": rates_by_search,
        "TensorFlow": rates_in_tensorflow,
        "stacked": rates_stacked,
    },
}
