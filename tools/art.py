"""Paints a larger picture than the notebook does: `make art CONTENT=my.jpg STYLE=swirls OUT=art.png`.

The costs are those of 06_content_style_costs; so this file is for those who have solved it, or need not.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course.data import STYLES, DataError, picture, style_picture
from course.quiet import quietly
from course.style_transfer import crop, pixel_momentum, reflect, resize, total_variation

with quietly():
    import tensorflow as tf

    from course.models.vgg16 import preprocess, vgg16

Picture = NDArray[np.float32]
STYLE_LAYERS = ("conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1")
CONTENT_LAYER = "conv4_2"
MARGIN = 16
SMOOTHNESS = 15.0


def gram_matrix(a: Any) -> Any:
    """(n_C, n_C) from activations (n_H, n_W, n_C)."""
    A = tf.reshape(a, [-1, a.shape[-1]])
    return tf.matmul(A, A, transpose_a=True)


def cost_of(
    network: Any, content: Picture, style: Picture, alpha: float, beta: float
) -> Callable[[Any], Any]:
    """image -> J. What depends on content and style alone is computed here, once."""

    def activations_of(image: Any) -> Mapping[str, Any]:
        return {name: a[0] for name, a in network(preprocess(image)[None]).items()}

    a_C, a_S = activations_of(content), activations_of(style)
    grams = {layer: gram_matrix(a_S[layer]) for layer in STYLE_LAYERS}
    differences = {layer: tf.nn.l2_loss(grams[layer] - gram_matrix(a_C[layer])) for layer in STYLE_LAYERS}
    unit = tf.nn.l2_loss(a_C[CONTENT_LAYER] - a_S[CONTENT_LAYER])

    def cost(image: Any) -> Any:
        a_G = activations_of(image)
        J_content = tf.nn.l2_loss(a_C[CONTENT_LAYER] - a_G[CONTENT_LAYER]) / unit
        shares = [
            tf.nn.l2_loss(grams[layer] - gram_matrix(a_G[layer])) / differences[layer]
            for layer in STYLE_LAYERS
        ]
        J_style = tf.add_n(shares) / len(STYLE_LAYERS)
        return alpha * J_content + beta * J_style + SMOOTHNESS * total_variation(image)

    return cost


def step_of(cost: Callable[[Any], Any], image: Any, optimizer: Any) -> Callable[[], Any]:
    """A function that makes one step on the pixels, compiled as a whole, and gives J before it."""
    optimizer.build([image])

    @tf.function
    def step() -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(image)
            J = cost(image)
        optimizer.apply_gradients([(tape.gradient(J, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        return J

    return step


def transfer(
    network: Any, content: Picture, style: Picture, start: Picture, steps: int, first: float, beta: float
) -> Picture:
    """`steps` steps from `start`; all pictures are (n_H, n_W, 3) in [0, 1] and of one size."""
    cost = cost_of(network, reflect(content, MARGIN), reflect(style, MARGIN), 10.0, beta)
    image = tf.Variable(reflect(start, MARGIN))
    make_step = step_of(cost, image, pixel_momentum(steps, first))
    for step in range(1, steps + 1):
        J = make_step()
        height, width = content.shape[:2]
        print(f"\r{height} x {width}: step {step} of {steps}, cost {float(J):.2f}  ", end="", flush=True)
    print()
    return crop(image.numpy(), MARGIN)


def paint(content: Picture, style: Picture, beta: float) -> Picture:
    """From a quarter of the size to the half to the whole: large shapes first, then detail."""
    network = vgg16([*STYLE_LAYERS, CONTENT_LAYER], pooling="average")
    height, width = content.shape[:2]
    noise = np.random.default_rng(2).uniform(size=content.shape).astype(np.float32)
    image = 0.1 * noise + 0.9 * content
    for part, steps, first in ((4, 60, 2.0), (2, 24, 1.0), (1, 12, 0.7)):
        size = (height // part, width // part)
        small_content, small_style, start = (resize(whole, size) for whole in (content, style, image))
        image = transfer(network, small_content, small_style, start, steps, first, beta)
    return image


def size_within(shape: tuple[int, ...], longest: int) -> tuple[int, int]:
    """(height, width) of a picture whose longer side is made `longest`, both divisible by 16."""
    scale = longest / max(shape[:2])
    height, width = (max(64, 16 * round(side * scale / 16)) for side in shape[:2])
    return height, width


def main(arguments: list[str]) -> int:
    """The program; 0 when the picture was written."""
    parser = argparse.ArgumentParser(prog="make art", description=__doc__)
    parser.add_argument("content", help="a picture file, or a photograph of the course such as china")
    parser.add_argument("style", help=f"a picture file, or one of {', '.join(STYLES)}")
    parser.add_argument("out", type=Path, help="the file to write: .png or .jpg")
    parser.add_argument("--longest", type=int, default=768, help="the longer side in pixels, 256 to 1024")
    parser.add_argument(
        "--beta", type=float, default=30.0, help="how much the style counts; the content counts 10"
    )
    options = parser.parse_args(arguments)
    if not 256 <= options.longest <= 1024:
        parser.error(f"--longest should be from 256 to 1024, got {options.longest}")
    if options.out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        parser.error(f"the file to write should end in .png or .jpg, got {options.out}")
    try:
        size = size_within(picture(options.content).shape, options.longest)
        content = picture(options.content, size)
        style = (
            style_picture(options.style, size) if options.style in STYLES else picture(options.style, size)
        )
    except (OSError, ValueError, DataError) as error:
        print(error, file=sys.stderr)
        return 1
    art = paint((content / 255).astype(np.float32), (style / 255).astype(np.float32), options.beta)
    save(art, options.out)
    print(f"written: {options.out}")
    return 0


def save(art: Picture, path: Path) -> None:
    """Writes the picture; a file that was there stays whole until the new one is."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".unfinished-{path.name}")
    Image.fromarray((art * 255).round().astype(np.uint8)).save(unfinished, quality=92)
    unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
