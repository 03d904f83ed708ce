"""Seconds a step of style transfer: the course's way against a plain one, in turns, in one run.

The plain one is in the manner of the well-known Keras example: content, style and generated picture go through
the whole of VGG-16 together at every step, compiled by tf.function, with the same layers, size and optimizer.
`python tools/bench_style_transfer.py [--rounds N] [--size HEIGHT WIDTH]` prints wall and CPU seconds and the ratio.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from art import CONTENT_LAYER, STYLE_LAYERS, Picture, cost_of, gram_matrix, tf

from course.data import picture, style_picture
from course.models.vgg16 import LAYERS, preprocess, vgg16

Step = Callable[[], Any]


def course_step(content: Picture, style: Picture) -> Step:
    """A step as tools/art.py and the notebook make it."""
    network = vgg16([*STYLE_LAYERS, CONTENT_LAYER])
    cost = cost_of(network, content, style, 10.0, 40.0)
    image, optimizer = tf.Variable(content), new_optimizer()

    def step() -> Any:
        with tf.GradientTape() as tape:
            J = cost(image)
        optimizer.apply_gradients([(tape.gradient(J, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        return J

    return step


def plain_step(content: Picture, style: Picture, compile_it: bool) -> Step:
    """A step of the plain way: three pictures at a time through all thirteen layers."""
    network = vgg16(LAYERS)
    image, optimizer = tf.Variable(content), new_optimizer()

    def cost() -> Any:
        a = network(preprocess(tf.stack([tf.constant(content), tf.constant(style), image])))
        J = tf.nn.l2_loss(a[CONTENT_LAYER][2] - a[CONTENT_LAYER][0]) * 1e-6
        for layer in STYLE_LAYERS:
            difference = gram_matrix(a[layer][1]) - gram_matrix(a[layer][2])
            size = float(np.prod(a[layer].shape[1:]))
            J += tf.reduce_sum(tf.square(difference)) / (2 * size) ** 2 / len(STYLE_LAYERS)
        return J

    def cost_and_gradient() -> Any:
        with tf.GradientTape() as tape:
            J = cost()
        return J, tape.gradient(J, image)

    run = tf.function(cost_and_gradient) if compile_it else cost_and_gradient

    def step() -> Any:
        J, gradient = run()
        optimizer.apply_gradients([(gradient, image)])
        return J

    return step


def new_optimizer() -> Any:
    """The same for every way; what it does hardly counts."""
    import keras

    return keras.optimizers.SGD(1e-3)


def seconds(step: Step) -> tuple[float, float]:
    """(wall, CPU) seconds of one step."""
    wall, cpu = time.perf_counter(), time.process_time()
    float(step())
    return time.perf_counter() - wall, time.process_time() - cpu


def main(arguments: list[str]) -> None:
    """Runs the ways in turns, so that whatever else the machine does meets all of them alike."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--size", type=int, nargs=2, default=(128, 192), metavar=("HEIGHT", "WIDTH"))
    options = parser.parse_args(arguments)
    size = (options.size[0], options.size[1])
    content = (picture("china", size) / 255).astype(np.float32)
    style = (style_picture("mosaic", size) / 255).astype(np.float32)
    ways = {
        "course": course_step(content, style),
        "plain, compiled": plain_step(content, style, compile_it=True),
        "plain, eager": plain_step(content, style, compile_it=False),
    }
    for step in ways.values():
        step()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, step in ways.items():
            taken[name].append(seconds(step))
    wall, cpu = (
        {name: statistics.median(pair[kind] for pair in pairs) for name, pairs in taken.items()}
        for kind in (0, 1)
    )
    print(f"one step at {size[0]} x {size[1]}, median of {options.rounds} rounds")
    for name in ways:
        ratios = f"{wall[name] / wall['course']:.2f} times the wall, {cpu[name] / cpu['course']:.2f} times the CPU time"
        print(f"{name:16} {wall[name]:7.3f} s wall {cpu[name]:7.3f} s CPU   {ratios}")


if __name__ == "__main__":
    main(sys.argv[1:])
