"""The ready-made encoder: what it gives, what it refuses, and that its weights are what its script made."""

import hashlib
import shutil
import sys
import tarfile

import keras
import numpy as np
import pytest

from course.data import DataError, faces, shrink
from course.evaluation import measure
from course.models import face_api, face_encoder, face_network
from course.models.training import augment, batches, new_encoder, new_optimizer


@pytest.fixture(scope="module")
def encoder():
    return face_encoder()


@pytest.fixture(scope="module")
def strangers():
    """People 31 to 40, on whom nothing was trained."""
    return faces().test


def test_encodings_have_128_numbers_and_norm_1(encoder, strangers):
    f = np.asarray(encoder(strangers.images[:7]))
    assert f.shape == (7, 128)
    assert f.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(f, axis=1), 1, atol=1e-5)


def test_it_knows_strangers_far_better_than_pixels_do(encoder, strangers):
    ours = measure(encoder(strangers.images), strangers.people)
    pixels = measure(strangers.images, strangers.people)
    assert ours.auc >= 0.975 > pixels.auc
    assert ours.one_shot >= 0.87 > pixels.one_shot
    assert ours.equal_error_rate < pixels.equal_error_rate


def test_large_and_small_pictures_mean_the_same(encoder, strangers):
    large = strangers.images[::20]
    np.testing.assert_allclose(encoder(large), encoder(shrink(large, (56, 46))), atol=1e-5)


def test_a_mirrored_or_dimmed_picture_has_the_same_encoding(encoder, strangers):
    images = strangers.images[::20]
    expected = np.asarray(encoder(images))
    np.testing.assert_allclose(encoder(images[:, :, ::-1]), expected, atol=1e-4)
    np.testing.assert_allclose(encoder(0.5 * images + 0.1), expected, atol=1e-3)


def test_every_way_of_calling_agrees(encoder, strangers):
    images = strangers.images[:6]
    expected = np.asarray(encoder(images))
    np.testing.assert_allclose(encoder.predict(images, verbose=0), expected, atol=1e-5)
    np.testing.assert_allclose(encoder(images.astype(np.float64)), expected, atol=1e-5)
    np.testing.assert_allclose(
        np.concatenate([encoder(image[None]) for image in images]), expected, atol=1e-5
    )
    one = keras.Input((56, 46))
    wrapped = keras.Model(one, encoder(one))
    np.testing.assert_allclose(wrapped(shrink(images, (56, 46))), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        ((2, 112, 92, 3), r"grey pictures .* got shape \(2, 112, 92, 3\): take images\.mean"),
        ((112, 92, 3), "grey pictures"),
        ((112, 92), r"a batch of pictures .* write image\[None\]"),
        ((2, 46, 56), r"got shape \(2, 46, 56\): cut and shrink"),
        ((2, 100, 100), "cut and shrink"),
        ((2,), "cut and shrink"),
    ],
)
def test_pictures_of_another_shape_are_refused(encoder, shape, complaint):
    with pytest.raises(ValueError, match=complaint):
        encoder(np.zeros(shape, np.float32))


def test_pictures_of_eight_bits_are_refused(encoder, strangers):
    with pytest.raises(ValueError, match=r"values in \[0, 1\], got 0 to .* divide 8-bit pictures by 255"):
        encoder(np.round(strangers.images[:2] * 255))


def test_missing_weights_are_one_clear_error(tmp_path):
    with pytest.raises(DataError, match=r"missing; restore the file .* or make it anew"):
        face_network.load(tmp_path / "face_encoder.npz")


@pytest.mark.parametrize("damage", ["cut off", "overwritten", "flipped"])
def test_damaged_weights_are_one_clear_error(tmp_path, damage):
    content = bytearray(face_network.WEIGHTS.read_bytes())
    if damage == "cut off":
        content = content[: len(content) // 2]
    elif damage == "overwritten":
        content = bytearray(b"<html>not found</html>")
    else:
        content[len(content) // 2] ^= 255
    (tmp_path / "damaged.npz").write_bytes(content)
    with pytest.raises(DataError, match="are damaged"):
        face_network.load(tmp_path / "damaged.npz")


def test_weights_of_another_network_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", kernel=np.zeros((3, 3)))
    with pytest.raises(DataError, match="belong to another network"):
        face_network.load(tmp_path / "other.npz")


def test_the_weights_file_is_small_and_whole(encoder):
    assert face_network.WEIGHTS.stat().st_size < 3_000_000
    for name, value in face_network.weights_of(encoder).items():
        assert value.dtype == np.float16
        assert np.isfinite(value).all(), name


def test_an_unknown_source_names_the_known():
    with pytest.raises(ValueError, match="'course' or 'face-api', got 'imagenet'"):
        face_encoder("imagenet")


def test_a_fresh_encoder_follows_its_seed():
    images = faces().train.images[:5]
    small = shrink(images, (56, 46))
    first, again, other = (np.asarray(new_encoder(seed)(small)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)


def test_batches_have_the_asked_people_and_pictures():
    images, labels = next(batches(faces().train, people=6, pictures=3, seed=1))
    assert images.shape == (18, 56, 46)
    assert sorted(np.unique(labels, return_counts=True)[1]) == [3] * 6
    again, _ = next(batches(faces().train, people=6, pictures=3, seed=1))
    np.testing.assert_array_equal(images, again)
    other, _ = next(batches(faces().train, people=6, pictures=3, seed=2))
    assert np.abs(images - other).max() > 0.1


def test_augmentation_changes_every_picture_and_stays_near():
    small = shrink(faces().train.images[:40], (56, 46))
    changed = augment(small, (1, 2)).numpy()
    assert changed.shape == small.shape
    assert np.isfinite(changed).all()
    gaps = [
        min(np.abs(c - s).mean(), np.abs(c - s[:, ::-1]).mean()) for c, s in zip(changed, small, strict=True)
    ]
    assert 0.005 < min(gaps) < max(gaps) < 0.5


def test_an_optimizer_moves_as_keras_own_adam_does():
    """The compiled step gives the numbers of the plain one, and the rate reaches 0 with the last step."""
    plain = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, 4))
    ours, start = new_optimizer(4), np.array([1.0, -2.0, 3.0], np.float32)
    a, b = keras.Variable(start), keras.Variable(start)
    for gradient in ([1.0, -1.0, 0.5], [0.2, 0.1, 3.0], [-1.0, 1.0, 0.0], [1.0, 1.0, 1.0]):
        plain.apply([keras.ops.convert_to_tensor(gradient)], [a])
        ours.apply([keras.ops.convert_to_tensor(gradient)], [b])
    np.testing.assert_allclose(a, b, rtol=1e-6)
    assert np.abs(np.asarray(b) - start).min() > 1e-4
    assert float(ours.learning_rate) == pytest.approx(0, abs=1e-9)


NPM = """#!{python}
import os, shutil, sys
if "NPM_FAILS" in os.environ:
    sys.exit("npm error 404 Not Found")
shutil.copy(os.environ["NPM_ARCHIVE"], sys.argv[sys.argv.index("--pack-destination") + 1])
"""


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """An empty cache, and an npm that hands out `package.tgz`, in which both files say "model"."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "npm").write_text(NPM.format(python=sys.executable))
    (tmp_path / "bin" / "npm").chmod(0o755)
    (tmp_path / "model").write_text("model")
    with tarfile.open(tmp_path / "package.tgz", "w:gz") as archive:
        for name in face_api.SHA256:
            archive.add(tmp_path / "model", f"package/model/{name}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("NPM_ARCHIVE", str(tmp_path / "package.tgz"))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "cache"))
    return tmp_path


def test_without_npm_one_sentence_says_so(npm):
    (npm / "bin" / "npm").unlink()
    with pytest.raises(DataError, match="npm, which is missing: install"):
        face_encoder("face-api")


def test_a_failing_npm_is_quoted(npm, monkeypatch):
    monkeypatch.setenv("NPM_FAILS", "1")
    with pytest.raises(DataError, match="404 Not Found"):
        face_encoder("face-api")
    assert list((npm / "cache").iterdir()) == []


def test_a_changed_package_is_refused(npm):
    with pytest.raises(DataError, match="another content than expected"):
        face_encoder("face-api")
    assert list((npm / "cache").iterdir()) == []


def test_a_damaged_archive_is_refused(npm):
    (npm / "package.tgz").write_bytes((npm / "package.tgz").read_bytes()[:100])
    with pytest.raises(DataError, match="is damaged"):
        face_encoder("face-api")


def test_a_right_package_is_kept_and_a_damaged_one_fetched_again(npm, monkeypatch):
    monkeypatch.setattr(
        face_api, "SHA256", dict.fromkeys(face_api.SHA256, hashlib.sha256(b"model").hexdigest())
    )
    folder = face_api._fetch()
    file = folder / f"{face_api.MODEL}.bin"
    assert file.read_text() == "model"
    file.write_text("mode")
    assert face_api._fetch() == folder
    assert file.read_text() == "model"
    monkeypatch.setenv("NPM_FAILS", "1")
    assert face_api._fetch() == folder


@pytest.mark.skipif(shutil.which("npm") is None, reason="the optional encoder needs npm")
def test_an_encoder_trained_on_millions_knows_strangers_better_still(encoder, strangers):
    theirs = measure(face_encoder("face-api")(strangers.images), strangers.people)
    assert theirs.auc > 0.985
    assert theirs.one_shot > measure(encoder(strangers.images), strangers.people).one_shot
