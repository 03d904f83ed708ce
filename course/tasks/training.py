"""One short recipe for training a classifier, the same for every network that is compared."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def train(
    build: Callable[[], Any],
    x: NDArray[np.float32],
    labels: ArrayLike,
    epochs: int,
    learning_rate: float = 5e-3,
    weight_decay: float = 0.0,
    batch_size: int = 64,
    seed: int = 0,
    name: str = "",
) -> Any:
    """A new classifier, trained with AdamW while the learning rate falls to 0 along a cosine.

    Args:
        build: makes the untrained Keras model, which gives probabilities (m, classes) for (m, ...).
        x: (m, ...) inputs.
        labels: (m,) integers.
        epochs: how often every input is seen.
        learning_rate: at the start.
        weight_decay: every step shrinks the parameters by this times the learning rate, so that what is of no use
            fades and filters can be read.
        batch_size: inputs in a step.
        seed: the model's first parameters and the order of the inputs follow from it.
        name: what the line of progress begins with; "" shows none.

    Returns:
        The trained model.
    """
    import keras

    keras.utils.set_random_seed(seed)
    model = build()
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * -(-len(x) // batch_size))
    optimizer = keras.optimizers.AdamW(rate, weight_decay=weight_decay)
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    progress = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: _show(name, epoch + 1, epochs, logs["loss"])
    )
    model.fit(x, np.asarray(labels), batch_size, epochs, verbose=0, callbacks=[progress] if name else [])
    return model


def predict(model: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities (m, classes) that a Keras classifier gives to inputs (m, ...)."""
    return model.predict(x, batch_size=256, verbose=0)


def accuracy(model: Any, x: NDArray[np.float32], labels: ArrayLike) -> float:
    """The share of inputs (m, ...) to which a Keras classifier gives the right one of labels (m,)."""
    return float((predict(model, x).argmax(axis=-1) == np.asarray(labels)).mean())


def _show(name: str, epoch: int, epochs: int, cost: float) -> None:
    end = "\n" if epoch == epochs else ""
    print(f"\r{name}: epoch {epoch} of {epochs}, cost {cost:.3f}", end=end, flush=True)
