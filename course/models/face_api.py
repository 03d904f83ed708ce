"""Somebody else's face encoder, for comparison: trained on millions of faces, fetched with npm, never needed.

@vladmandic/face-api (MIT) carries the residual network of dlib's face recognition (Davis King, 2017), its
weights quantised to 8 bits.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from course.data import DataError, cache_folder
from course.models.face_network import FaceModel

PACKAGE = "@vladmandic/face-api@1.7.15"
MODEL = "face_recognition_model"
SHA256 = {
    f"{MODEL}-weights_manifest.json": "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
    f"{MODEL}.bin": "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
}
CHANNEL_MEANS = (122.782, 117.001, 104.298)
# The residual blocks by their number of channels; "down" halves the sides.
BLOCKS = ["32_1", "32_2", "32_3", "64_down", "64_1", "64_2", "64_3", "128_down", "128_1", "128_2"]
BLOCKS += ["256_down", "256_1", "256_2", "256_down_out"]


def load() -> FaceModel:
    """Faces (m, 112, 92) or (m, 56, 46), grey in [0, 1], to encodings (m, 128), whose norms are not 1.

    Raises:
        DataError: npm is missing or cannot fetch the package, or what came is not the known file.
    """
    weights = _weights(_fetch())
    faces = keras.Input((None, None))
    x = ops.image.resize(ops.expand_dims(faces, -1), (112, 92))
    x = ops.image.resize(x[:, 28:, 4:88], (150, 150))  # brows to chin: the crop that suits people 1-30 best
    x = ops.repeat(x, 3, axis=-1) - np.array(CHANNEL_MEANS, np.float32) / 255
    x = layers.ReLU()(_convolution(x, weights, "conv32_down", stride=2))
    x = layers.MaxPooling2D(3, 2)(x)
    for block in BLOCKS:
        x = _residual(x, weights, f"conv{block}")
    x = layers.GlobalAveragePooling2D()(x)
    return FaceModel(faces, ops.matmul(x, weights["fc"]), name="face_api")


def _residual(x: Any, weights: dict[str, NDArray[np.float32]], name: str) -> Any:
    down = "down" in name
    out = layers.ReLU()(_convolution(x, weights, f"{name}/conv1", stride=2 if down else 1))
    out = _convolution(out, weights, f"{name}/conv2")
    if down:
        x = layers.AveragePooling2D(2)(x)
        missing = [new - old for new, old in zip(x.shape[1:3], out.shape[1:3], strict=True)]
        out = layers.ZeroPadding2D(((0, missing[0]), (0, missing[1])))(out)
        x = ops.pad(x, [(0, 0), (0, 0), (0, 0), (0, out.shape[-1] - x.shape[-1])])
    return layers.ReLU()(x + out)


def _convolution(x: Any, weights: dict[str, NDArray[np.float32]], name: str, stride: int = 1) -> Any:
    """A convolution and the scaling behind it, as one convolution."""
    filters, scale = weights[f"{name}/conv/filters"], weights[f"{name}/scale/weights"]
    bias = weights[f"{name}/conv/bias"] * scale + weights[f"{name}/scale/biases"]
    layer = layers.Conv2D(filters.shape[-1], filters.shape[0], stride, "valid" if stride == 2 else "same")
    out = layer(x)
    layer.set_weights([filters * scale, bias])
    return out


def _weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Every array by its name: float32 as it is, or bytes q that stand for q * scale + min."""
    manifest = json.loads((folder / f"{MODEL}-weights_manifest.json").read_text(encoding="utf-8"))
    data = (folder / f"{MODEL}.bin").read_bytes()
    weights, place = {}, 0
    for entry in manifest[0]["weights"]:
        code = entry.get("quantization", {"dtype": "float32", "scale": 1, "min": 0})
        stored = np.frombuffer(data, code["dtype"], int(np.prod(entry["shape"])), place)
        values = stored * np.float32(code["scale"]) + np.float32(code["min"])
        weights[entry["name"]] = values.reshape(entry["shape"])
        place += stored.nbytes
    return weights


def _fetch() -> Path:
    """The folder in the cache with the checked files; asks npm if they are not there."""
    folder = cache_folder() / "face-api-1.7.15"
    if _is_right(folder):
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise DataError(
            "The encoder of face-api comes through npm, which is missing: install Node.js, or do without it."
        )
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder(), prefix=".fetching-") as workshop:
        unpacked = _unpack(npm, Path(workshop))
        if not _is_right(unpacked):
            raise DataError(
                f"npm delivered {PACKAGE} with another content than expected; run `npm cache verify`, try again."
            )
        shutil.rmtree(folder, ignore_errors=True)
        unpacked.rename(folder)
    return folder


def _unpack(npm: str, workshop: Path) -> Path:
    command = [npm, "pack", "--silent", "--pack-destination", str(workshop), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=workshop)
    archives = list(workshop.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DataError(
            f"npm could not fetch {PACKAGE} ({why}); see whether `npm ping` works, or do without it."
        )
    unpacked = workshop / "unpacked"
    unpacked.mkdir()
    try:
        with tarfile.open(archives[0]) as archive:
            for name in SHA256:
                member = archive.extractfile(f"package/model/{name}")
                (unpacked / name).write_bytes(member.read() if member else b"")
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise DataError(
            f"npm's archive of {PACKAGE} is damaged ({error}); run `npm cache verify`, try again."
        ) from error
    return unpacked


def _is_right(folder: Path) -> bool:
    try:
        return all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha for name, sha in SHA256.items()
        )
    except OSError:
        return False
