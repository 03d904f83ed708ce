"""Style pictures that the course draws itself: seeded, strongly textured, nobody's property.

Each is drawn twice as large as wanted and averaged down, so that its edges are smooth.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Colour = tuple[int, int, int]
FINER = 2


def style_pictures(size: tuple[int, int] = (384, 512)) -> dict[str, NDArray[np.uint8]]:
    """All style pictures by name, (height, width, 3) uint8, RGB; the same on every call.

    "swirls" (brush strokes that turn round stars), "mosaic" (stained glass), "woodcut" (waves, printed), "facets"
    (broken planes) and "marble" (marbled paper).

    Args:
        size: (height, width), each from 64 to 1024.

    Raises:
        ValueError: `size` is out of range.
    """
    return {name: style_picture(name, size) for name in STYLES}


def style_picture(name: str, size: tuple[int, int] = (384, 512)) -> NDArray[np.uint8]:
    """One of `style_pictures`, without drawing the others.

    Raises:
        ValueError: there is no such style, or `size` is out of range.
    """
    if name not in STYLES:
        raise ValueError(f"there is no style {name!r}; there are: {', '.join(STYLES)}")
    if len(size) != 2 or not all(64 <= side <= 1024 for side in size):
        raise ValueError(f"expected size = (height, width), each from 64 to 1024, got {size}")
    return _drawn(name, (int(size[0]), int(size[1]))).copy()


@cache
def _drawn(name: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = size
    large = STYLES[name](np.random.default_rng(7), FINER * height, FINER * width)
    small = large.reshape(height, FINER, width, FINER, 3).mean((1, 3))
    return np.clip(small, 0, 255).round().astype(np.uint8)


# Tools


def _palette(*colours: str) -> Array:
    """(k, 3) floats from colours like "1b3a6b"."""
    return np.array([[int(colour[i : i + 2], 16) for i in (0, 2, 4)] for colour in colours], float)


def _blend(colours: Array, place: Array) -> Array:
    """The colour at `place`, from 0 (the first) to 1 (the last), mixed between neighbours."""
    steps = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(place, steps, colours[:, channel]) for channel in range(3)], axis=-1)


def _noise(rng: np.random.Generator, shape: tuple[int, int], wavelength: float) -> Array:
    """Smooth random hills from -1 to 1, about `wavelength` pixels from one to the next."""
    from PIL import Image

    height, width = shape
    coarse = (max(2, round(height / wavelength)) + 1, max(2, round(width / wavelength)) + 1)
    hills = Image.fromarray(rng.uniform(-1, 1, size=coarse).astype(np.float32))
    return np.clip(np.asarray(hills.resize((width, height), Image.Resampling.BICUBIC)), -1, 1)


def _grid(height: int, width: int) -> tuple[Array, Array]:
    """y and x of every pixel, in units of the height: y from 0 to 1."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    return y / height, x / height


# Swirling strokes


def _swirls(rng: np.random.Generator, height: int, width: int) -> Array:
    """A night sky: strokes follow a wind that winds round each star."""
    from PIL import Image, ImageDraw

    stars = _scattered(rng, 7, height, width, margin=0.12)
    radii = rng.uniform(0.10, 0.24, size=len(stars)) * height
    spins = rng.choice([-1.0, 1.0], size=len(stars))
    y, x = np.mgrid[0:height:4, 0:width:4].reshape(2, -1)
    ground = _night_colours(rng, np.stack([y, x], 1), stars, radii).reshape(
        -(-height // 4), -(-width // 4), 3
    )
    image = Image.fromarray(ground.astype(np.uint8)).resize((width, height))
    draw = ImageDraw.Draw(image)
    for thickness, count in ((0.034, 2000), (0.022, 3400), (0.013, 2600)):
        starts = rng.uniform(-0.05 * height, np.array([height, width]) + 0.05 * height, size=(count, 2))
        lengths = 0.13 * height * rng.uniform(0.6, 1.4, size=count)
        paths = _stream_lines(starts, lengths, stars, radii, spins)
        colours = _night_colours(rng, paths[:, 5], stars, radii)
        for path, colour in zip(paths, colours, strict=True):
            _stroke(draw, rng, path, colour, thickness * height * rng.uniform(0.7, 1.3))
    return np.asarray(image, float)


def _scattered(rng: np.random.Generator, count: int, height: int, width: int, margin: float) -> Array:
    """(count, 2) places, each the farthest from those before among some tries."""
    low, high = margin * height, np.array([height, width]) - margin * height
    chosen = [rng.uniform(low, high)]
    while len(chosen) < count:
        tries = rng.uniform(low, high, size=(30, 2))
        gaps = np.linalg.norm(tries[:, None] - np.array(chosen)[None], axis=-1).min(axis=1)
        chosen.append(tries[gaps.argmax()])
    return np.array(chosen)


def _stream_lines(starts: Array, lengths: Array, stars: Array, radii: Array, spins: Array) -> Array:
    """(m, 12, 2) points of m paths through the stream: a wind, and a whirl round each star."""
    points = [starts]
    for _ in range(11):
        away = points[-1][:, None] - stars
        distance = np.linalg.norm(away, axis=-1, keepdims=True) + 1e-6
        strength = 2.5 * spins[:, None] * np.exp(-((distance / (1.5 * radii[:, None])) ** 2))
        whirl = (away[..., ::-1] * [-1, 1] / distance * strength).sum(axis=1)
        wind = np.stack([0.35 * np.sin(0.9 * points[-1][:, 1] / radii.mean()), np.ones(len(starts))], axis=1)
        flow = whirl + wind
        step = flow / np.linalg.norm(flow, axis=1, keepdims=True) * lengths[:, None] / 11
        points.append(points[-1] + step)
    return np.stack(points, axis=1)


def _night_colours(rng: np.random.Generator, places: Array, stars: Array, radii: Array) -> Array:
    """(m, 3): yellow near a star, then green and blue."""
    glow = _palette("fff6c8", "fbd95b", "f2a832", "8fc1a9", "4f93b8", "2c5d9e", "1c3f7c", "142a5c")
    distance = (np.linalg.norm(places[:, None] - stars, axis=-1) / radii).min(axis=1)
    ring = 0.42 * distance + 0.05 * np.sin(9 * distance) + rng.normal(0, 0.05, size=len(places))
    return np.clip(_blend(glow, ring) + rng.normal(0, 10, size=(len(places), 1)), 0, 255)


def _stroke(draw: Any, rng: np.random.Generator, path: Array, colour: Array, thickness: float) -> None:
    """One brush stroke: bristles side by side, lighter and darker, which follow the path (12, 2)."""
    normal = np.gradient(path, axis=0)[:, ::-1] * [1, -1]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    for bristle in range(5):
        side = (bristle / 4 - 0.5) * thickness
        shade = np.clip(colour * (1 + 0.18 * np.cos(2.2 * bristle)) + rng.normal(0, 7), 0, 255)
        line = (path + side * normal)[:, ::-1].ravel().tolist()
        draw.line(line, fill=tuple(shade.astype(int).tolist()), width=max(1, round(thickness / 3)))


# Stained glass


def _mosaic(rng: np.random.Generator, height: int, width: int) -> Array:
    """A rising sun in stained glass: panes between lines of lead."""
    y, x = _grid(height, width)
    border, pane = _panes(rng, y, x, size=0.085)
    down, right = 1.02 - pane["y"], pane["x"] - 0.5 * width / height
    radius, rays = np.hypot(down, right), np.sin(9 * np.arctan2(down, right)) > 0
    sun = _palette("fff3b0", "ffd23f", "ff9f1c", "f2542d", "c81d4e", "8b1a6b")
    sky = _palette("19b5c4", "1580c0", "2647b0", "3a1c81", "123a72", "0b5e6f")
    warm = _blend(sun, 0.9 * radius + 0.12 * pane["tint"])
    cool = _blend(sky, 0.85 * radius + 0.3 * pane["tint"] - 0.2)
    colour = np.where((rays | (radius < 0.4))[..., None], warm, cool)
    colour = np.where((pane["chance"] > 0.96)[..., None], _palette("e8f6ef")[0], colour)
    glass = 1 + 0.20 * _noise(rng, y.shape, 0.02 * height) + 0.16 * _noise(rng, y.shape, 0.1 * height)
    light = 0.74 + 0.40 * np.clip(border / 0.03, 0, 1) + 0.14 * pane["tint"]
    lead = _palette("18141a")[0] + 70 * np.exp(-(((border - 0.002) / 0.0015) ** 2))[..., None]
    clear = np.clip((border - 0.0055) / 0.002, 0, 1)[..., None]
    return clear * np.clip(colour * (glass * light)[..., None], 0, 255) + (1 - clear) * lead


def _panes(rng: np.random.Generator, y: Array, x: Array, size: float) -> tuple[Array, dict[str, Array]]:
    """How far each pixel is from the border of its pane (a Voronoi cell), and facts about the pane."""
    rows, columns = int(1 / size) + 5, int(x.max() / size) + 5
    jitter = rng.uniform(0.08, 0.92, size=(2, rows, columns))
    seed_y = ((np.arange(rows)[:, None] - 2 + jitter[0]) * size).ravel()
    seed_x = ((np.arange(columns)[None] - 2 + jitter[1]) * size).ravel()
    home = ((y / size).astype(int) + 2) * columns + (x / size).astype(int) + 2
    around = [down * columns + right for down in (-2, -1, 0, 1, 2) for right in (-2, -1, 0, 1, 2)]

    def distance(seed: Array) -> Array:
        return np.hypot(y - seed_y[seed], x - seed_x[seed])

    own = home.copy()
    for step in around:
        own = np.where(distance(home + step) < distance(own), home + step, own)
    border = np.full(y.shape, np.inf)
    for step in around:
        other = home + step
        apart = np.hypot(seed_y[other] - seed_y[own], seed_x[other] - seed_x[own])
        gap = (distance(other) ** 2 - distance(own) ** 2) / (2 * np.where(other == own, 1, apart))
        border = np.minimum(border, np.where(other == own, np.inf, gap))
    tint, chance = rng.uniform(-1, 1, seed_y.size), rng.uniform(size=seed_y.size)
    return border, {"y": seed_y[own], "x": seed_x[own], "tint": tint[own], "chance": chance[own]}


# Woodcut


def _woodcut(rng: np.random.Generator, height: int, width: int) -> Array:
    """Waves under a red sun, as if cut in wood: lines that follow each wave, and foam."""
    y, x = _grid(height, width)
    aspect = width / height
    paper = _palette("f3e6c8")[0] + 6 * _noise(rng, y.shape, 6)[..., None]
    sky = paper - np.clip(0.35 - y, 0, 1)[..., None] * np.array([150, 110, 60])
    lines = np.abs((y * 34 + 0.25 * _noise(rng, y.shape, height * 0.3)) % 1 - 0.5) < 0.06 + 0.2 * np.clip(
        0.3 - y, 0, 1
    )
    picture = np.where((lines & (y < 0.5))[..., None], sky - 38, sky)
    sun = np.hypot(y - 0.27, x - 0.70 * aspect)
    picture = np.where(
        (sun < 0.15)[..., None],
        _palette("d8432e")[0] - 22 * (np.abs((y * 60) % 1 - 0.5) < 0.14)[..., None],
        picture,
    )
    blues = _palette("a9c6c4", "6fa3b5", "3f7ca0", "285f8f", "1c467a", "142f5e")
    for layer in range(6):
        share = layer / 5
        crest, slope = _wave(
            rng, x, level=0.36 + 0.12 * layer, size=0.05 + 0.045 * share, wavelength=0.42 + 0.35 * share
        )
        picture = _print_wave(picture, rng, y, x, crest, slope, blues[layer], paper, 0.016 + 0.012 * share)
    return picture


def _wave(
    rng: np.random.Generator, x: Array, level: float, size: float, wavelength: float
) -> tuple[Array, Array]:
    phase = 2 * np.pi * (x[0] / wavelength + rng.uniform()) + 0.6 * np.sin(
        2 * np.pi * x[0] / (2.3 * wavelength)
    )
    lean = phase + 0.75 * np.sin(phase)
    line = level - size * (1.0 * np.abs(np.cos(lean / 2)) ** 1.5 * 2 - 1)
    return line[None], np.gradient(line)[None] * x.shape[0]


def _print_wave(
    picture: Array,
    rng: np.random.Generator,
    y: Array,
    x: Array,
    crest: Array,
    slope: Array,
    blue: Array,
    paper: Array,
    pitch: float,
) -> Array:
    """One wave over what is there: body with carved lines, foam along its crest, a dark outline."""
    depth = (y - crest) / np.sqrt(1 + 0.5 * slope**2)
    foam_edge = 0.022 + 0.016 * np.abs(np.sin(x * 95 + 2 * np.sin(x * 31))) + 0.01 * np.sin(x * 23)
    body = blue + 40 * np.clip(0.12 - depth, 0, 1)[..., None] / 0.12
    wobble = 0.35 * _noise(rng, y.shape, y.shape[0] * 0.08)
    carved = (depth / pitch + wobble) % 1
    thin = np.abs(carved - 0.5) < 0.10 + 0.16 * np.clip(1 - depth / 0.12, 0, 1)
    body = np.where(thin[..., None], 0.25 * body + 0.75 * paper, body)
    cut = np.abs(carved - 0.05) < 0.05
    body = np.where(cut[..., None], body * 0.55, body)
    foam = depth < foam_edge
    rim = np.abs(depth - foam_edge) < 0.0035
    wave = np.where(foam[..., None], paper + 6, body)
    wave = np.where((rim | (np.abs(depth) < 0.0045))[..., None], _palette("14244a")[0], wave)
    return np.where((depth > -0.0045)[..., None], wave, picture)


# Facets


def _facets(rng: np.random.Generator, height: int, width: int) -> Array:
    """Planes broken by lines and arcs, each shaded from edge to edge, in earth colours and blue."""
    y, x = _grid(height, width)
    earth = _palette("e9dcbc", "d8b27a", "c27a3e", "8f4526", "4a2a25", "27303f", "3f5f78", "86a6ad", "d5d3bd")
    facet = _broken(rng, y, x, pieces=130)
    count = facet.max() + 1
    turn, tone = rng.uniform(0, 2 * np.pi, size=count), rng.uniform(size=count)
    across = y * np.sin(turn)[facet] + x * np.cos(turn)[facet]
    along = x * np.sin(turn)[facet] - y * np.cos(turn)[facet]
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, facet.ravel(), across.ravel())
    np.maximum.at(high, facet.ravel(), across.ravel())
    shade = (across - low[facet]) / (high - low + 1e-9)[facet]
    hills = _noise(rng, y.shape, 0.5 * height)
    colour = _blend(earth, np.clip(tone[facet] * 0.75 + 0.16 * hills + 0.12 + 0.10 * shade, 0, 1))
    strokes = np.sin(
        2 * np.pi * (across * 55 + 0.8 * _noise(rng, y.shape, 0.05 * height) + 0.4 * np.sin(along * 40))
    )
    light = 0.70 + 0.60 * shade + 0.09 * strokes + 0.07 * _noise(rng, y.shape, 0.012 * height)
    return np.clip(colour * light[..., None], 0, 255) * (1 - 0.8 * _outline(facet, height)[..., None])


def _broken(rng: np.random.Generator, y: Array, x: Array, pieces: int) -> Array:
    """(height, width) integers: which piece each pixel belongs to, after the largest one was split again and again."""
    parts = [np.arange(y.size)]
    flat_y, flat_x = y.ravel(), x.ravel()
    while len(parts) < pieces:
        part = parts.pop(int(np.argmax([len(part) * rng.uniform(0.3, 1) for part in parts])))
        middle = rng.choice(part)
        dy, dx = flat_y[part] - flat_y[middle], flat_x[part] - flat_x[middle]
        turn = rng.choice([0.35, 1.25, 2.2]) + rng.normal(0, 0.22)
        bend = rng.choice([0.0, 0.0, rng.uniform(-1.6, 1.6)])
        side = dx * np.cos(turn) + dy * np.sin(turn) + bend * (dx**2 + dy**2) > 0
        parts += [half for half in (part[side], part[~side]) if len(half)]
    facet = np.empty(y.size, int)
    for number, part in enumerate(parts):
        facet[part] = number
    return facet.reshape(y.shape)


def _outline(facet: Array, height: int) -> Array:
    """Dark lines between pieces, from 0 to 1."""
    from PIL import Image, ImageFilter

    edge = np.zeros(facet.shape, np.uint8)
    edge[1:] |= (facet[1:] != facet[:-1]).astype(np.uint8)
    edge[:, 1:] |= (facet[:, 1:] != facet[:, :-1]).astype(np.uint8)
    thick = Image.fromarray(255 * edge).filter(ImageFilter.MaxFilter(2 * (height // 320) + 1))
    return np.asarray(thick.filter(ImageFilter.GaussianBlur(height / 900)), float) / 255


# Marbled paper


def _marble(rng: np.random.Generator, height: int, width: int) -> Array:
    """Bands of colour on water, drawn through by combs (the "nonpareil" pattern), then curled."""
    y, x = _grid(height, width)
    for _ in range(7):
        centre_y, centre_x = rng.uniform(0, 1), rng.uniform(0, width / height)
        away_y, away_x = y - centre_y, x - centre_x
        angle = rng.choice([-1, 1]) * 2.2 * np.exp(-((np.hypot(away_y, away_x) / 0.16) ** 2))
        y = centre_y + np.cos(angle) * away_y - np.sin(angle) * away_x
        x = centre_x + np.sin(angle) * away_y + np.cos(angle) * away_x
    tine = np.abs((x / 0.085) % 1 - 0.5) * 0.085
    y = y - 0.16 * np.exp(-tine / 0.016)
    x = x + 0.035 * np.sin(2 * np.pi * y / 0.4)
    inks = _palette("f4ead2", "b3202c", "f4ead2", "16365c", "e0a32e", "f4ead2", "0f6b66", "16365c", "d96f32")
    place = (y / 0.23 + 0.12 * _noise(rng, y.shape, 0.06 * height)) * len(inks)
    band = place.astype(int) % len(inks)
    edge = np.minimum(place % 1, 1 - place % 1)
    grain = 1 + 0.05 * _noise(rng, y.shape, 0.008 * height)
    return inks[band] * (grain * (0.72 + 0.28 * np.clip(edge / 0.16, 0, 1)))[..., None]


STYLES: dict[str, Callable[[np.random.Generator, int, int], Array]] = {
    "swirls": _swirls,
    "mosaic": _mosaic,
    "woodcut": _woodcut,
    "facets": _facets,
    "marble": _marble,
}
