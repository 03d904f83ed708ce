"""Some 250 photographs of animals, buildings and tools, where Debian's package can be had."""

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course.data.carriers import carriers, fetch
from course.data.pictures import picture

NOT_PHOTOGRAPHS = ("/alphabets/", "/numbers/")
COMPRESSED, FOLDER = 1, 2


def album() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Name ("erase/kitten", ...) and photograph, (n_H, n_W, 3) uint8, RGB, one after the other.

    Together they would fill half a gigabyte.

    Animals, fishes, famous buildings, windmills, tools, musicians, mostly one thing in the middle. Who made each,
    and its licence, is said in the file `copyright` beside them.

    Raises:
        DataError: they are not in the cache and cannot be fetched: there is no apt-get, say. The rest of the
            course does without them.
    """
    carrier = carriers()["album"]
    folder = fetch(carrier)
    for member in carrier.members:
        if member.endswith(".rcc"):
            for path, content in resources(folder / member).items():
                if path.endswith(".webp") and not any(part in path for part in NOT_PHOTOGRAPHS):
                    yield _name(path), picture(io.BytesIO(content))


def _name(path: str) -> str:
    """ "erase/kitten" from "/gcompris/src/activities/erase/resource/kitten.webp"."""
    activity, place = path.removesuffix(".webp").split("/resource/")
    return f"{activity.rsplit('/', 1)[-1]}/{place.removeprefix('images/')}"


def resources(path: Path) -> dict[str, bytes]:
    """The files in a Qt resource file (.rcc, format 3), by their paths.

    It begins with "qres", the version, and where the tree of names, the files and the names themselves lie.

    Raises:
        ValueError: it is no such file.
    """
    data = path.read_bytes()
    if data[:8] != b"qres\0\0\0\3":
        raise ValueError(f"{path} is no Qt resource file of format 3")
    tree, files, names = (_number(data, place) for place in (8, 12, 16))

    def walk(node: int, above: str) -> Iterator[tuple[str, bytes]]:
        place = tree + 22 * node
        label = names + _number(data, place)
        path = (
            f"{above}/{data[label + 6 :][: 2 * _number(data, label, 2)].decode('utf-16-be')}" if node else ""
        )
        flags, first, second = (
            _number(data, place + 4, 2),
            _number(data, place + 6),
            _number(data, place + 10),
        )
        if flags & FOLDER:  # `first` children, one after the other from number `second`
            for child in range(second, second + first):
                yield from walk(child, path)
        else:
            start = files + second
            content = data[start + 4 : start + 4 + _number(data, start)]
            yield path, zlib.decompress(content[4:]) if flags & COMPRESSED else content

    return dict(walk(0, ""))


def _number(data: bytes, place: int, width: int = 4) -> int:
    return int.from_bytes(data[place : place + width], "big")
