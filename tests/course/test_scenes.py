"""Pieces of pictures to search for what excites a unit: from the course, and from a folder of one's own."""

import numpy as np
import pytest
from PIL import Image

from course import scenes as module
from course.data import DataError
from course.scenes import scenes, shots


@pytest.fixture(autouse=True)
def few_course_pictures(monkeypatch):
    """Two photographs and a film shot stand for the course's own."""
    rng = np.random.default_rng(0)

    def course_pictures():
        yield "wide", rng.integers(256, size=(1, 60, 90, 3), dtype=np.uint8)
        yield "high", rng.integers(256, size=(1, 80, 50, 3), dtype=np.uint8)
        yield "film 1", rng.integers(256, size=(12, 40, 40, 3), dtype=np.uint8)

    monkeypatch.setattr(module, "_course_pictures", course_pictures)
    monkeypatch.setattr(module, "album", lambda: iter(()))


def save_pictures(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (70, 55), (200, 30, 30)).save(folder / name)


def test_every_source_gives_equally_many_square_pieces():
    found = scenes(size=32, number=9)
    assert found.images.shape == (9, 32, 32, 3)
    assert found.images.dtype == np.float32
    assert found.images.min() >= 0 and found.images.max() <= 1
    assert found.sources.tolist() == ["wide"] * 3 + ["high"] * 3 + ["film 1"] * 3
    assert len(found) == 9


def test_the_same_seed_gives_the_same_pieces_and_another_other_ones():
    first, again, other = (scenes(size=16, number=6, seed=seed).images for seed in (1, 1, 2))
    assert first.shape == again.shape == other.shape
    assert not np.array_equal(first, other)


def test_own_pictures_come_first_also_from_folders_inside(tmp_path):
    save_pictures(tmp_path, "red.png", "trip/beach.JPG")
    (tmp_path / "notes.txt").write_text("no picture")
    found = scenes(tmp_path, size=16, number=5)
    assert found.sources.tolist() == ["red.png", "trip/beach.JPG", "wide", "high", "film 1"]
    np.testing.assert_allclose(
        found.images[0], np.array([200, 30, 30]) / 255 * np.ones((16, 16, 3)), atol=0.01
    )


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_missing_or_empty_folder_is_named(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=name):
        scenes(tmp_path / name)


def test_a_damaged_picture_is_named(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"not a picture at all")
    with pytest.raises(ValueError, match=r"broken\.jpg"):
        scenes(tmp_path)


def test_a_film_is_cut_where_the_picture_changes_at_once():
    frames = np.repeat(np.array([10, 200, 90], np.uint8), [5, 6, 4])[:, None, None, None]
    frames = np.broadcast_to(frames, (15, 24, 32, 3))
    assert [len(shot) for shot in shots(frames)] == [5, 6, 4]


def test_the_album_joins_in_where_it_can_be_had(monkeypatch):
    photograph = np.full((1000, 1500, 3), 80, np.uint8)
    monkeypatch.setattr(module, "album", lambda: iter([("erase/kitten", photograph)]))
    found = scenes(size=16, number=4)
    assert found.sources.tolist() == ["wide", "high", "film 1", "erase/kitten"]
    np.testing.assert_allclose(found.images[3], 80 / 255, atol=0.01)


def test_without_the_album_a_sentence_says_so_and_the_rest_is_there(monkeypatch, capsys):
    def album():
        raise DataError("there is no apt-get here")
        yield

    monkeypatch.setattr(module, "album", album)
    assert scenes(size=16, number=3).sources.tolist() == ["wide", "high", "film 1"]
    assert capsys.readouterr().out == "there is no apt-get here\n"
