"""07_convolutions_1d_3d, written as students write it."""

import itertools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.right_answers.tf32 import matmul_tf32

# output_size


def size_floor_division(n, f, p=0, s=1):
    if s < 1:
        raise ValueError(f"the stride must be at least 1, got {s}")
    if n + 2 * p < f:
        raise ValueError(f"a filter of {f} does not fit into {n} + 2 * {p}")
    return (n + 2 * p - f) // s + 1


def size_math_floor(n, f, p=0, s=1):
    if s <= 0 or (n + 2 * p - f) < 0:
        raise ValueError("does not fit")
    return math.floor((n + 2 * p - f) / s) + 1


def size_numpy_float(n, f, p=0, s=1):
    if s == 0:
        raise ValueError("stride 0")
    size = np.floor((n + 2 * p - f) / s + 1)
    if size < 1:
        raise ValueError(f"output of size {size}")
    return size


def size_counted(n, f, p=0, s=1):
    places = list(range(0, n + 2 * p - f + 1, s))
    if not places:
        raise ValueError("the filter does not fit anywhere")
    return len(places)


def size_tensor(n, f, p=0, s=1):
    if s < 1 or f > n + 2 * p:
        raise ValueError("the filter does not fit")
    return tf.constant(n + 2 * p - f) // s + 1


# conv1d


def same_channels(x, filters):
    if np.ndim(x) != np.ndim(filters) - 1 or np.shape(x)[-1] != np.shape(filters)[-2]:
        raise ValueError(f"filters {np.shape(filters)} do not go with an input {np.shape(x)}")


def conv1d_loops(x, filters, bias, stride=1):
    same_channels(x, filters)
    n, c = x.shape
    f, _, k = filters.shape
    out = np.zeros((size_floor_division(n, f, s=stride), k))
    for i in range(out.shape[0]):
        for j in range(k):
            total = bias[j]
            for t in range(f):
                for channel in range(c):
                    total += x[i * stride + t, channel] * filters[t, channel, j]
            out[i, j] = total
    return out


def conv1d_windows(x, filters, bias, stride=1):
    f, c, k = filters.shape
    if x.shape[1] != c:
        raise ValueError("channels")
    out = np.zeros((size_floor_division(len(x), f, 0, stride), k), dtype=np.float32)
    for i in range(len(out)):
        window = x[i * stride : i * stride + f]
        out[i] = np.sum(window[:, :, None] * filters, axis=(0, 1)) + bias
    return out


def conv1d_einsum(x, filters, bias, stride=1):
    same_channels(x, filters)
    windows = sliding_window_view(x, len(filters), axis=0)[::stride]
    return np.einsum("ncf,fck->nk", windows, filters) + bias


def conv1d_matrix(x, filters, bias, stride=1, product=np.matmul):
    same_channels(x, filters)
    f, c, k = filters.shape
    rows = [x[i : i + f].ravel() for i in range(0, len(x) - f + 1, stride)]
    if not rows:
        raise ValueError("the filter is longer than the input")
    return product(np.array(rows), filters.reshape(f * c, k)) + bias


def conv1d_tf32(x, filters, bias, stride=1):
    return conv1d_matrix(x, filters, bias, stride, product=matmul_tf32)


def conv1d_list(x, filters, bias, stride=1):
    return conv1d_windows(np.asarray(x, np.float64), filters, bias, stride).tolist()


def conv1d_library(x, filters, bias, stride=1):
    same_channels(x, filters)
    if len(x) < len(filters):
        raise ValueError("the filter does not fit")
    return tf.nn.conv1d(x[None], filters, stride, "VALID")[0] + bias


@tf.function
def conv1d_graph(x, filters, bias, stride=1):
    if x.shape[1] != filters.shape[1] or x.shape[0] < filters.shape[0]:
        raise ValueError("these filters do not go with this input")
    windows = tf.signal.frame(x, filters.shape[0], stride, axis=0)
    return tf.tensordot(windows, filters, [[1, 2], [0, 1]]) + bias


# conv3d


def conv3d_loops(x, filters, bias, stride=1):
    same_channels(x, filters)
    n1, n2, n3, _ = x.shape
    f1, f2, f3, _, k = filters.shape
    o1, o2, o3 = (size_floor_division(n, f, s=stride) for n, f in ((n1, f1), (n2, f2), (n3, f3)))
    out = np.zeros((o1, o2, o3, k))
    for h in range(o1):
        for i in range(o2):
            for j in range(o3):
                a, b, c = h * stride, i * stride, j * stride
                window = x[a : a + f1, b : b + f2, c : c + f3]
                for filter_number in range(k):
                    out[h, i, j, filter_number] = (
                        np.sum(window * filters[..., filter_number]) + bias[filter_number]
                    )
    return out


def conv3d_tensordot(x, filters, bias, stride=1):
    same_channels(x, filters)
    sides = [size_math_floor(n, f, 0, stride) for n, f in zip(x.shape, filters.shape[:3], strict=False)]
    out = np.empty((*sides, filters.shape[-1]), np.float32)
    for place in itertools.product(*map(range, sides)):
        a, b, c = (stride * i for i in place)
        f1, f2, f3 = filters.shape[:3]
        out[place] = np.tensordot(x[a : a + f1, b : b + f2, c : c + f3], filters, axes=4) + bias
    return out


def conv3d_einsum(x, filters, bias, stride=1):
    same_channels(x, filters)
    windows = sliding_window_view(x, filters.shape[:3], axis=(0, 1, 2))[::stride, ::stride, ::stride]
    return np.einsum("hijcabd,abdck->hijk", windows, filters) + bias


def conv3d_by_taps(x, filters, bias, stride=1):
    """One shifted copy of the volume for each place in the filter."""
    same_channels(x, filters)
    sides = [size_floor_division(n, f, s=stride) for n, f in zip(x.shape, filters.shape[:3], strict=False)]
    ends = [stride * (side - 1) + 1 for side in sides]
    out = np.zeros((*sides, filters.shape[-1]))
    for a, b, c in np.ndindex(*filters.shape[:3]):
        shifted = x[a : a + ends[0] : stride, b : b + ends[1] : stride, c : c + ends[2] : stride]
        out += shifted @ filters[a, b, c]
    return out + bias


def conv3d_tf32(x, filters, bias, stride=1):
    same_channels(x, filters)
    windows = sliding_window_view(x, filters.shape[:3], axis=(0, 1, 2))[::stride, ::stride, ::stride]
    sides, k = windows.shape[:3], filters.shape[-1]
    rows = np.moveaxis(windows, 3, -1).reshape(np.prod(sides), -1)
    return tf.reshape(matmul_tf32(rows, filters.reshape(-1, k)), (*sides, k)) + bias


def conv3d_library(x, filters, bias, stride=1):
    same_channels(x, filters)
    if any(f > n for f, n in zip(filters.shape[:3], x.shape, strict=False)):
        raise ValueError("the filter does not fit")
    return tf.nn.conv3d(x[None], filters, [1, stride, stride, stride, 1], "VALID")[0] + bias


# num_parameters


def parameters_product(filter_shape, in_channels, num_filters):
    return math.prod(filter_shape) * in_channels * num_filters + num_filters


def parameters_numpy(filter_shape, in_channels, num_filters):
    return (np.prod(filter_shape) * in_channels + 1) * num_filters


def parameters_loop(filter_shape, in_channels, num_filters):
    weights = in_channels
    for side in filter_shape:
        weights *= side
    return float((weights + 1) * num_filters)


def parameters_of_arrays(filter_shape, in_channels, num_filters):
    filters = np.zeros((*filter_shape, in_channels, num_filters))
    bias = np.zeros(num_filters)
    return filters.size + bias.size


def parameters_tensor(filter_shape, in_channels, num_filters):
    return tf.reduce_prod(tf.constant([*filter_shape, in_channels, num_filters])) + num_filters


# build_heartbeat_net


def heartbeat_sequential(window, num_classes):
    return keras.Sequential(
        [
            keras.Input((window, 1)),
            layers.Conv1D(12, 15, strides=2, activation="relu"),
            layers.Conv1D(16, 7, strides=2, activation="relu"),
            layers.Conv1D(24, 5, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


def heartbeat_functional(window, num_classes):
    x = inputs = keras.Input((window, 1))
    for channels in (8, 16, 32):
        x = layers.Conv1D(channels, 5, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling1D(2)(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


def heartbeat_compiled(window, num_classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=(window, 1)))
    model.add(layers.Conv1D(16, kernel_size=9, activation="tanh"))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(num_classes))
    model.add(layers.Softmax())
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def heartbeat_any_length(window, num_classes):
    x = inputs = keras.Input((None, 1))
    x = layers.SeparableConv1D(10, 7, activation="relu")(x)
    x = layers.Conv1D(num_classes, 1)(x)
    return keras.Model(inputs, layers.Activation("softmax")(layers.GlobalAveragePooling1D()(x)))


class HeartbeatNet(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.convolution = layers.Conv1D(12, 11, strides=4, activation="relu")
        self.pool = layers.GlobalMaxPooling1D()
        self.dense = layers.Dense(num_classes, activation="softmax")

    def call(self, x, training=False):
        return self.dense(self.pool(self.convolution(x)))


def heartbeat_subclass(window, num_classes):
    return HeartbeatNet(num_classes)


def heartbeat_nested(window, num_classes):
    features = keras.Sequential(
        [layers.Conv1D(8, 5, activation="relu"), layers.MaxPooling1D(4), layers.Flatten()]
    )
    return keras.Sequential(
        [keras.Input((window, 1)), features, layers.Dense(num_classes, activation="softmax")]
    )


# build_volume_net


def volume_sequential(shape, num_classes):
    return keras.Sequential(
        [
            keras.Input((*shape, 1)),
            layers.Conv3D(12, 5, strides=2, padding="same", activation="relu"),
            layers.Conv3D(24, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


def volume_functional(shape, num_classes):
    inputs = keras.Input((*shape, 1))
    x = layers.Conv3D(8, 3, activation="relu")(inputs)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3D(16, 3, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling3D()(x)
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


def volume_normalised(shape, num_classes):
    model = keras.Sequential([keras.Input((*shape, 1))])
    for channels in (8, 16):
        model.add(layers.Conv3D(channels, (3, 3, 3), padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.AveragePooling3D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def volume_reshaped(shape, num_classes):
    n1, n2, n3 = shape
    x = inputs = keras.Input((n1, n2, n3, 1))
    x = layers.Conv3D(6, (2, 3, 3), strides=(1, 2, 2), activation="elu")(x)
    x = layers.Conv3D(12, 2, strides=2, activation="elu")(x)
    x = layers.GlobalMaxPooling3D()(x)
    x = layers.Dense(16, activation="relu")(x)
    return keras.Model(inputs, layers.Softmax()(layers.Dense(num_classes)(x)))


def volume_residual(shape, num_classes):
    x = inputs = keras.Input((*shape, 1))
    x = layers.Conv3D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.add([x, layers.Conv3D(8, 3, padding="same", activation="relu")(x)])
    x = layers.GlobalAveragePooling3D()(x)
    return keras.Model(inputs, layers.Dense(num_classes, "softmax")(x))


RIGHT = {
    "output_size": {
        "floor division": size_floor_division,
        "math.floor": size_math_floor,
        "a NumPy float": size_numpy_float,
        "counting the places": size_counted,
        "a tensor": size_tensor,
    },
    "conv1d": {
        "four loops": conv1d_loops,
        "a loop over windows": conv1d_windows,
        "einsum": conv1d_einsum,
        "one matrix product": conv1d_matrix,
        "tf32": conv1d_tf32,
        "a list": conv1d_list,
        "the library": conv1d_library,
        "tf.function": conv1d_graph,
    },
    "conv3d": {
        "loops": conv3d_loops,
        "tensordot": conv3d_tensordot,
        "einsum": conv3d_einsum,
        "a shift for each place in the filter": conv3d_by_taps,
        "tf32": conv3d_tf32,
        "the library": conv3d_library,
    },
    "num_parameters": {
        "math.prod": parameters_product,
        "NumPy": parameters_numpy,
        "a loop and a float": parameters_loop,
        "counting zeros": parameters_of_arrays,
        "a tensor": parameters_tensor,
    },
    "build_heartbeat_net": {
        "Sequential": heartbeat_sequential,
        "functional": heartbeat_functional,
        "compiled": heartbeat_compiled,
        "any length": heartbeat_any_length,
        "subclass": heartbeat_subclass,
        "nested": heartbeat_nested,
    },
    "build_volume_net": {
        "Sequential": volume_sequential,
        "functional": volume_functional,
        "normalised": volume_normalised,
        "reshaped": volume_reshaped,
        "residual": volume_residual,
    },
}
