"""What a network must beat: rules and models without convolutions through time or depth."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Classifier = Callable[[NDArray[np.floating]], NDArray[np.int64]]


def majority(labels: ArrayLike) -> float:
    """The accuracy of always giving the most frequent of these labels, (m,) integers from 0."""
    counts = np.bincount(np.asarray(labels))
    return float(counts.max() / counts.sum())


def fitted_threshold(values: ArrayLike, labels: ArrayLike) -> float:
    """The threshold above which label 1 is given with the fewest errors.

    Args:
        values: (m,) numbers.
        labels: (m,) 0 or 1.
    """
    v, y = np.asarray(values), np.asarray(labels)
    candidates = np.unique(v)
    right = [((v > threshold) == y).sum() for threshold in candidates]
    return float(candidates[int(np.argmax(right))])


def logistic_regression(x: NDArray[np.floating], labels: ArrayLike, ridge: float = 1.0) -> Classifier:
    """Fits a logistic regression; every number of an input is a feature.

    Args:
        x: (m, ...); a feature is standardised as it is here.
        labels: (m,) 0 or 1.
        ridge: weight of the sum of squares that keeps the parameters small.

    Returns:
        A function from inputs (t, ...) to labels (t,), 0 or 1. Fitted by eight of Newton's steps.
    """
    features = np.reshape(x, (len(x), -1)).astype(np.float64)
    mean, deviation = features.mean(0), features.std(0) + 1e-6

    def rows_of(inputs: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.c_[(np.reshape(inputs, (len(inputs), -1)) - mean) / deviation, np.ones(len(inputs))]

    rows, y = rows_of(x), np.asarray(labels)
    w = np.zeros(rows.shape[1])
    for _ in range(8):
        probability = 1 / (1 + np.exp(-np.clip(rows @ w, -30, 30)))
        gradient = rows.T @ (probability - y) + ridge * w
        curvature = (rows.T * (probability * (1 - probability))) @ rows + ridge * np.eye(len(w))
        w = w - np.linalg.solve(curvature, gradient)
    return lambda inputs: (rows_of(inputs) @ w > 0).astype(np.int64)


def histograms(x: NDArray[np.floating], bins: int = 24, reach: float = 3.0) -> NDArray[np.float64]:
    """How often each brightness occurs in each input, wherever it is: (m, bins) from (m, ...), -reach to reach."""
    place = np.clip((x.reshape(len(x), -1) + reach) / (2 * reach) * bins, 0, bins - 1).astype(np.int64)
    counts = np.bincount((place + bins * np.arange(len(x))[:, None]).ravel(), minlength=bins * len(x))
    return counts.reshape(len(x), bins) / place.shape[1]


def build_picture_net(shape: tuple[int, int], num_classes: int) -> Any:
    """A 2-D ConvNet: what a network can tell from one slice or one frame, (n_H, n_W, 1)."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((*shape, 1)),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
