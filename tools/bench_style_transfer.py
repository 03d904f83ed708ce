"""Seconds a step of style transfer: the course's way against a plain one, in turns, in one run.

The plain one does what the well-known Keras example does (keras.io/examples/generative/neural_style_transfer):
content, style and generated picture go through the whole of VGG-16 together at every step, with the example's Gram
matrix, costs and total variation, compiled by tf.function. Layers, sizes and optimizer are the same for all.
`python tools/bench_style_transfer.py [--rounds N] [--size HEIGHT WIDTH]` prints wall and CPU seconds and the ratio.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from art import CONTENT_LAYER, STYLE_LAYERS, Picture, cost_of, step_of, tf

from course.data import picture, style_picture
from course.models.vgg16 import LAYERS, preprocess, vgg16
from course.style_transfer import compiled

Step = Callable[[], Any]


def course_step(content: Picture, style: Picture) -> Step:
    """A step as tools/art.py makes it: to the deepest layer needed, targets computed once, compiled as a whole."""
    cost = cost_of(vgg16([*STYLE_LAYERS, CONTENT_LAYER]), content, style, 10.0, 40.0)
    return step_of(cost, tf.Variable(content), new_optimizer())


def notebook_step(content: Picture, style: Picture) -> Step:
    """A step as the notebook makes it, where the student's own Python makes the step around a compiled cost."""
    cost = compiled(cost_of(vgg16([*STYLE_LAYERS, CONTENT_LAYER]), content, style, 10.0, 40.0))
    image, optimizer = tf.Variable(content), new_optimizer()

    def step() -> Any:
        with tf.GradientTape() as tape:
            J = cost(image)
        optimizer.apply_gradients([(tape.gradient(J, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        return J

    return step


def plain_network() -> Any:
    """Keras's own layers with the course's weights: all thirteen convolutions, each an output."""
    import keras

    ours = vgg16(LAYERS)
    plain = keras.applications.VGG16(include_top=False, weights=None)
    convolutions = [layer for layer in plain.layers if layer.weights]
    for name, layer in zip(LAYERS, convolutions, strict=True):
        layer.set_weights(ours.get_layer(name).get_weights())
    outputs = {name: layer.output for name, layer in zip(LAYERS, convolutions, strict=True)}
    return keras.Model(plain.inputs, outputs)


def example_gram_matrix(a: Any) -> Any:
    """(n_C, n_C), by way of the channels first."""
    features = tf.reshape(tf.transpose(a, (2, 0, 1)), (a.shape[-1], -1))
    return tf.matmul(features, tf.transpose(features))


def example_total_variation(images: Any) -> Any:
    down = tf.square(images[:, :-1, :-1] - images[:, 1:, :-1])
    right = tf.square(images[:, :-1, :-1] - images[:, :-1, 1:])
    return tf.reduce_sum(tf.pow(down + right, 1.25))


def plain_step(content: Picture, style: Picture, compile_it: bool) -> Step:
    """A step of the plain way: three preprocessed pictures at a time through all thirteen layers."""
    network, optimizer = plain_network(), new_optimizer()
    base, reference = preprocess(content[None]), preprocess(style[None])
    image, pixels = tf.Variable(base), float(content.shape[0] * content.shape[1])

    def cost_and_gradient() -> Any:
        with tf.GradientTape() as tape:
            a = network(tf.concat([base, reference, image], axis=0))
            J = 2.5e-8 * tf.reduce_sum(tf.square(a[CONTENT_LAYER][2] - a[CONTENT_LAYER][0]))
            for layer in STYLE_LAYERS:
                difference = example_gram_matrix(a[layer][1]) - example_gram_matrix(a[layer][2])
                share = tf.reduce_sum(tf.square(difference)) / (4.0 * (3 * pixels) ** 2)
                J += 1e-6 / len(STYLE_LAYERS) * share
            J += 1e-6 * example_total_variation(image)
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
        "notebook": notebook_step(content, style),
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
