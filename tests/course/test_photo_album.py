"""The optional photographs: a Debian package through apt-get, and the Qt resource files in it.

Stand-ins for apt-get and dpkg-deb, found through PATH, hand out what the tests build: a bare tar archive.
"""

import hashlib
import io
import os
import struct
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from course.data import photo_album as module
from course.data.carriers import Carrier, DataError, fetch, missing
from course.data.photo_album import album, resources

RESOURCES = "usr/share/toys/toys.rcc"


def resource_file(tree: dict[str, bytes | dict], compressed: tuple[str, ...] = ()) -> bytes:
    """A Qt resource file, format 3, as Qt's own compiler lays it out: folders breadth first."""
    nodes: list[list] = [["", tree, 0]]  # name, content, number of its first child
    for node in nodes:
        if isinstance(node[1], dict):
            node[2] = len(nodes)
            nodes += [[name, content, 0] for name, content in node[1].items()]
    names, files, rows = b"", b"", b""
    for name, content, first in nodes:
        place, names = len(names), names + struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
        if isinstance(content, dict):
            rows += struct.pack(">IHIIQ", place, 2, len(content), first, 0)
        else:
            squeezed = name in compressed
            stored = struct.pack(">I", len(content)) + zlib.compress(content) if squeezed else content
            rows += struct.pack(">IHIIQ", place, int(squeezed), 0, len(files), 0)
            files += struct.pack(">I", len(stored)) + stored
    head = 24
    places = (head + len(files) + len(names), head, head + len(files))
    return b"qres" + struct.pack(">5I", 3, *places, 0) + files + names + rows


def picture_bytes(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(file, "WEBP", lossless=True)
    return file.getvalue()


def toys() -> bytes:
    images = {
        "numbers": {"one.webp": picture_bytes((9, 9, 9))},
        "cars": {"red.webp": picture_bytes((200, 0, 0))},
    }
    return resource_file(
        {"src": {"activities": {"shelf": {"resource": {"images": images, "README": b"who made it"}}}}}
    )


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """An empty cache, and an apt-get that hands out `tmp_path / "toys.deb"`."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, code in {
        "apt-get": 'import os, shutil; os.environ.get("APT_FAILS") and exit("E: Unable to locate package toys");'
        'shutil.copy(os.environ["APT_PACKAGE"], ".")',
        "dpkg-deb": "import sys; sys.stdout.buffer.write(open(sys.argv[-1], 'rb').read())",
    }.items():
        (programs / name).write_text(f"#!{sys.executable}\n{code}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("APT_PACKAGE", str(tmp_path / "toys.deb"))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "cache"))
    return tmp_path


def make_carrier(shop: Path, files: dict[str, bytes], members: list[str]) -> Carrier:
    with tarfile.open(shop / "toys.deb", "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    sha256 = hashlib.sha256((shop / "toys.deb").read_bytes()).hexdigest()
    return Carrier("toys", "toys", "1.0", sha256, 0.1, members, "toys", "the tests", "none", kind="debian")


def test_the_wanted_members_of_a_debian_package_arrive(shop):
    carrier = make_carrier(shop, {RESOURCES: b"bricks", "usr/bin/toys": b"#!"}, ["usr/share/*.rcc"])
    folder = fetch(carrier)
    assert (folder / RESOURCES).read_bytes() == b"bricks"
    assert not (folder / "usr" / "bin").exists()
    (shop / "toys.deb").unlink()
    assert fetch(carrier) == folder


def test_a_changed_debian_package_is_refused(shop):
    carrier = make_carrier(shop, {RESOURCES: b"bricks"}, [RESOURCES])
    make_carrier(shop, {RESOURCES: b"BRICKS"}, [RESOURCES])
    with pytest.raises(DataError, match="broken or was changed"):
        fetch(carrier)


def test_nothing_of_a_debian_package_is_written_outside_the_folder(shop):
    with pytest.raises(DataError, match="unsafe member"):
        fetch(make_carrier(shop, {"../outside.rcc": b"gotcha"}, ["*.rcc"]))
    assert not list(shop.rglob("outside.rcc"))


def test_apt_get_is_quoted_when_it_fails(shop, monkeypatch):
    monkeypatch.setenv("APT_FAILS", "1")
    with pytest.raises(
        DataError, match=r"toys 1\.0.*: Unable to locate package toys\. See whether `apt-get update`"
    ):
        fetch(make_carrier(shop, {RESOURCES: b"bricks"}, [RESOURCES]))


def test_a_package_that_is_no_archive_is_refused_in_one_sentence(shop):
    carrier = make_carrier(shop, {}, [RESOURCES])
    (shop / "toys.deb").write_bytes(b"no archive")
    sha256 = hashlib.sha256(b"no archive").hexdigest()
    with pytest.raises(DataError, match="cannot be unpacked"):
        fetch(Carrier(**{**carrier.__dict__, "sha256": sha256}))


def test_where_there_is_no_apt_get_it_says_so_and_make_data_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    with pytest.raises(DataError, match="this computer has no apt-get; the course goes on without"):
        list(album())
    named = subprocess.run([sys.executable, "-m", "course.data", "album"], capture_output=True, text=True)
    assert (named.returncode, len(named.stderr.splitlines())) == (1, 1)


def test_what_is_optional_is_never_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    assert "faces" in missing()
    assert "album" not in missing()


def test_a_resource_file_gives_its_files_by_path(tmp_path):
    tree = {"a": {"b.txt": b"bee", "c": {"d.txt": b"dee" * 50}}, "é.txt": b"accent"}
    (tmp_path / "some.rcc").write_bytes(resource_file(tree, compressed=("d.txt",)))
    assert resources(tmp_path / "some.rcc") == {
        "/a/b.txt": b"bee",
        "/a/c/d.txt": b"dee" * 50,
        "/é.txt": b"accent",
    }


def test_another_file_is_no_resource_file(tmp_path):
    (tmp_path / "some.rcc").write_bytes(b"PK\3\4 and more")
    with pytest.raises(ValueError, match=r"some\.rcc is no Qt resource file"):
        resources(tmp_path / "some.rcc")


def test_the_album_gives_photographs_by_name_and_nothing_else(shop, monkeypatch):
    carrier = make_carrier(shop, {RESOURCES: toys(), "usr/share/copyright": b"free"}, [RESOURCES])
    monkeypatch.setattr(module, "carriers", lambda: {"album": carrier})
    found = dict(album())
    assert list(found) == ["shelf/cars/red"]
    assert found["shelf/cars/red"].shape == (6, 8, 3)
    assert found["shelf/cars/red"][0, 0].tolist() == [200, 0, 0]
