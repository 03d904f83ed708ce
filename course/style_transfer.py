"""What stands around the costs of a style transfer: smoothness, the way downhill, borders, and speed.

The costs themselves and the step on the pixels are the student's own.
"""

import base64
import functools
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

Picture = NDArray[np.float32]


def total_variation(image: Any) -> Any:
    """How much neighbouring pixels differ: the mean squared difference, down and to the right.

    A little of it in the cost keeps single pixels from sticking out.

    Args:
        image: (n_H, n_W, 3) in [0, 1], array or tensor.

    Returns:
        A scalar tensor, from 0 (one colour) to 2.
    """
    import tensorflow as tf

    down = tf.reduce_mean(tf.square(image[1:] - image[:-1]))
    right = tf.reduce_mean(tf.square(image[:, 1:] - image[:, :-1]))
    return down + right


def pixel_momentum(steps: int, first: float = 1.5, last: float = 0.3) -> "keras.Optimizer":
    """An optimizer for pixels: momentum 0.9 on the gradient divided by its mean magnitude.

    So a step moves a pixel by a known amount, whatever the cost is measured in.

    Args:
        steps: for how many steps it will be used.
        first, last: the mean step at the beginning and at the end, in units of 1/255; between them it falls
            exponentially.

    Returns:
        A Keras optimizer.
    """
    import keras

    schedule = keras.optimizers.schedules.ExponentialDecay(first / 255, steps, last / first)
    return _normalized_momentum()(schedule, momentum=0.9)


@functools.cache
def _normalized_momentum() -> type:
    """The optimizer's class, made on first use because Keras is imported only then."""
    import keras

    class NormalizedMomentum(keras.optimizers.SGD):
        """Gradient descent with momentum on gradients of mean magnitude 1."""

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            magnitude = keras.ops.mean(keras.ops.abs(gradient)) + 1e-12
            super().update_step(gradient / magnitude, variable, learning_rate)

    return NormalizedMomentum


def compiled(cost: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same cost, which TensorFlow computes together with its gradient in one compiled graph.

    Without it each operation would be called from Python, and the gradient of every weight of the network would
    be computed on the way to that of the image.

    Args:
        cost: from an image, a tensor (n_H, n_W, 3), to a scalar tensor. It is traced once for each shape.

    Returns:
        A function of an image, tensor or variable, that gives the scalar; tapes differentiate it once.
    """
    import tensorflow as tf

    @tf.function
    def cost_and_gradient(image: Any) -> tuple[Any, Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(image)
            found = cost(image)
        return found, tape.gradient(found, image)

    @tf.custom_gradient
    def known(image: Any) -> tuple[Any, Callable[[Any], Any]]:
        found, gradient = cost_and_gradient(image)
        return found, lambda upstream: upstream * gradient

    return lambda image: known(tf.convert_to_tensor(image))


def reflect(image: Picture, margin: int) -> Picture:
    """`image` (n_H, n_W, 3) with `margin` mirrored pixels on every side; the network is less sure at borders."""
    return np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode="reflect")


def crop(image: Picture, margin: int) -> Picture:
    """`image` without `margin` pixels on every side: undoes `reflect`."""
    return image[margin : image.shape[0] - margin, margin : image.shape[1] - margin]


def resize(image: Picture, size: tuple[int, int]) -> Picture:
    """`image` (n_H, n_W, 3) float32 in [0, 1] made larger or smaller, to (height, width)."""
    import tensorflow as tf

    resized = tf.image.resize(image, size, method="bicubic", antialias=True)
    return np.clip(resized, 0, 1).astype(np.float32)


class Easel:
    """Shows a picture in one place of the notebook while it is painted, with a progress bar above it."""

    def __init__(self, steps: int, width: int = 480) -> None:
        """`steps`: how many there will be in all; `width`: of the picture shown, in pixels."""
        self.steps, self.width, self.step = steps, width, 0
        self._place: Any = None

    def show(self, image: Picture, cost: float) -> None:
        """To be called after each step; `image` (n_H, n_W, 3) in [0, 1] is drawn at every third and at the last."""
        from IPython.display import HTML, display

        self.step += 1
        if self.step % 3 and self.step < self.steps:
            return
        bar = f'<progress value="{self.step}" max="{self.steps}"></progress>'
        words = f"step {self.step} of {self.steps}, cost {cost:.2f}"
        alternative = "the picture as it is now"
        page = HTML(
            f"<p>{bar} {words}</p>"
            f'<img alt="{alternative}" width="{self.width}" src="data:image/png;base64,{_png(image)}">'
        )
        if self._place is None:
            self._place = display(page, display_id=True)
        else:
            self._place.update(page)


def _png(image: Picture) -> str:
    """The picture as a PNG file in base64."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray((np.clip(image, 0, 1) * 255).round().astype(np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
