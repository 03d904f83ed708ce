"""Photographs of the course, and anybody's own picture file, as arrays."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from course.data.carriers import carriers, fetch

if TYPE_CHECKING:
    from PIL import Image


def photographs() -> dict[str, NDArray[np.uint8]]:
    """Photographs and textures by name ("astronaut", "chelsea" (a cat), ...): (n_H, n_W, 3) uint8, RGB.

    Their sizes differ. The textures ("brick", "grass", "gravel") and some others are grey: three equal
    channels.
    Who made each is said in the documentation of scikit-image and scikit-learn, which carry them.

    Raises:
        DataError: they are not in the cache and cannot be fetched.
    """
    return {path.stem: picture(path) for path in _photograph_files()}


def picture(path_or_name: str | Path | BinaryIO, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """A file of your own, or a photograph of the course by its name: (height, width, 3) uint8, RGB.

    It is turned upright as the camera noted (EXIF); transparent parts become white; grey and CMYK become
    RGB; of an animation the first frame is taken.

    Args:
        path_or_name: a picture file that Pillow can read (PNG, JPEG, WebP, ...), its path or open for reading
            bytes; or a key of `photographs()`.
        size: (height, width) wanted; the picture is scaled and its middle cut out, never distorted.
            None leaves it as it is.

    Raises:
        FileNotFoundError: there is neither such a file nor such a photograph.
        ValueError: the file is no picture, is damaged or has over 89 million pixels, or `size` makes no
            sense.
        DataError: a photograph of the course is not in the cache and cannot be fetched.
    """
    from PIL import Image, ImageOps

    if size is not None and not (len(size) == 2 and all(1 <= side <= 10_000 for side in size)):
        raise ValueError(f"expected size = (height, width), each from 1 to 10000, got {size}")
    path = _find(path_or_name) if isinstance(path_or_name, str | Path) else path_or_name
    try:
        with warnings.catch_warnings():  # so large a picture is an error here, not only a warning
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            file = Image.open(path)
            image = _as_rgb(ImageOps.exif_transpose(file))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"{path} is too large a picture ({error}); make it smaller") from error
    except (OSError, SyntaxError) as error:
        raise ValueError(f"{path} cannot be read as a picture ({error}); save it as PNG or JPEG") from error
    if size is not None:
        image = ImageOps.fit(image, (size[1], size[0]), Image.Resampling.LANCZOS)
    return np.array(image)


def _find(path_or_name: str | Path) -> Path:
    path = Path(path_or_name).expanduser()
    if path.is_file():
        return path
    known = {file.stem: file for file in _photograph_files()}
    if str(path_or_name) not in known:
        raise FileNotFoundError(
            f"there is no file {path} here ({Path.cwd()}), and no photograph of that name; "
            f"there are: {', '.join(sorted(known))}"
        )
    return known[str(path_or_name)]


def _photograph_files() -> list[Path]:
    table = carriers()
    return sorted(
        fetch(table[key]) / member
        for key in ("photographs", "more_photographs")
        for member in table[key].members
    )


def _as_rgb(image: "Image.Image") -> "Image.Image":
    """Any Pillow mode as RGB, transparency on white, 16 bits a pixel brought down to 8."""
    from PIL import Image

    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) / 257).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return image.convert("RGB")
