"""The network behind the ready-made face encoder, and its weights file."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from course.data import DataError

SIZES = ((56, 46), (112, 92))
WEIGHTS = Path(__file__).with_name("face_encoder.npz")


class FaceModel(keras.Model):
    """A Keras model that says clearly which pictures it takes: (m, 56, 46) or (m, 112, 92), grey, in [0, 1].

    Raises (when called):
        ValueError: the pictures have another size, colours, or values beyond [0, 1].
    """

    def __call__(self, pictures: Any, *args: Any, **kwargs: Any) -> Any:
        _check(pictures)
        return super().__call__(pictures, *args, **kwargs)


class FaceEncoder(FaceModel):
    """Grey pictures of faces (m, 56, 46) or (m, 112, 92) in [0, 1], to encodings (m, 128) of norm 1.

    All preprocessing is inside: large pictures shrink by area, every picture is standardised, and the
    encodings of the picture and of its mirror image are averaged. `body` is the network that does the work.
    """

    def __init__(self) -> None:
        pictures = keras.Input((None, None))
        # Halving a side by bilinear interpolation is the mean of 2 x 2 pixels; 56 x 46 stays as it is. (The layer
        # Resizing does the same, but puts every layer behind it into training mode, in Keras 3.15.)
        small = ops.image.resize(ops.expand_dims(pictures, -1), SIZES[0])
        body = _body()
        both = body(small) + body(small[:, :, ::-1])
        super().__init__(pictures, layers.UnitNormalization(name="norm_1")(both), name="face_encoder")
        self.body = body


def load(path: Path = WEIGHTS) -> FaceEncoder:
    """The encoder with the weights of this file.

    Raises:
        DataError: the file is missing, damaged, or belongs to another network.
    """
    encoder = FaceEncoder()
    variables = _named_variables(encoder.body)
    try:
        with np.load(path, allow_pickle=False) as file:
            weights = {name: file[name].astype(np.float32) for name in file.files}
    except FileNotFoundError:
        raise DataError(f"The face encoder's weights {path} are missing; {REPAIR}.") from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"The face encoder's weights {path} are damaged ({error}); {REPAIR}.") from error
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != {name: value.shape for name, value in weights.items()}:
        raise DataError(f"The weights in {path} belong to another network; {REPAIR}.")
    for name, variable in variables.items():
        variable.assign(weights[name])
    return encoder


REPAIR = (
    "restore the file with `git checkout`, or make it anew with `python tools/train_face_encoder.py --save`"
)


def weights_of(encoder: FaceEncoder) -> dict[str, NDArray[np.float16]]:
    """All parameters by name, in the 16 bits in which they are stored."""
    return {name: np.asarray(value, np.float16) for name, value in _named_variables(encoder.body).items()}


def _body() -> keras.Model:
    """(m, 56, 46, 1) to encodings (m, 128): three convolutions, then a dense layer on all that is left."""
    picture = keras.Input((*SIZES[0], 1))
    x = layers.LayerNormalization(
        axis=[1, 2, 3], center=False, scale=False, epsilon=1e-6, name="standardise"
    )(picture)
    for number, (filters, size, stride) in enumerate([(32, 5, 2), (64, 3, 1), (128, 3, 1)], start=1):
        x = layers.Conv2D(filters, size, stride, padding="same", use_bias=False, name=f"conv{number}")(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"batch_norm{number}")(x)
        x = layers.ReLU()(x)
        if number < 3:
            x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(picture, layers.UnitNormalization()(layers.Dense(128, name="dense")(x)), name="body")


def _named_variables(body: keras.Model) -> dict[str, Any]:
    kept = (layers.Conv2D, layers.BatchNormalization, layers.Dense)
    return {
        f"{part.name}/{v.name}": v for part in body.layers if isinstance(part, kept) for v in part.variables
    }


def _check(pictures: Any) -> None:
    """Raises ValueError unless these are grey faces of a known size with values in [0, 1]."""
    shape = tuple(getattr(pictures, "shape", None) or np.shape(pictures))
    if len(shape) == 2:
        raise ValueError(
            f"expected a batch of pictures (m, 56, 46), got one of shape {shape}: write image[None]"
        )
    if len(shape) == 4 or (len(shape) == 3 and shape[-1] == 3):
        raise ValueError(
            f"expected grey pictures (m, 56, 46), got shape {shape}: take images.mean(axis=-1) of colour pictures"
        )
    if len(shape) != 3 or not any(_fits(shape[1:], size) for size in SIZES):
        raise ValueError(
            f"expected pictures (m, 56, 46) or (m, 112, 92), got shape {shape}: cut and shrink them first"
        )
    if hasattr(pictures, "shape") and not isinstance(pictures, np.ndarray) and not hasattr(pictures, "numpy"):
        return  # a symbolic tensor: its values are not known yet
    values = np.asarray(pictures)
    if values.size and not (values.min() >= -0.01 and values.max() <= 1.01):
        raise ValueError(
            f"expected values in [0, 1], got {values.min():.3g} to {values.max():.3g}: divide 8-bit pictures by 255"
        )


def _fits(sides: tuple[int | None, ...], size: tuple[int, int]) -> bool:
    return all(side in (None, wanted) for side, wanted in zip(sides, size, strict=True))
