"""When is an answer right? The one set of rules, used by `check` and by the grader.

What comes in as `output` may have been made by an attacker, so it is only ever looked at as numbers, text,
lists and dicts that `packing.unpack` built.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol, runtime_checkable

import numpy as np

from course.packing import packable

TOLERANCE = 2e-3
"""Allowed error of a number, as a share of itself plus the largest number of its array.

Measured by tests/course/tolerance.py over all exercises, ten seeds each: a right answer in float32 uses 0.003 of it,
with matrix products that round their inputs to TF32 (a GPU at its worst) up to 0.70, with a small constant added
inside a logarithm up to 0.79. The nearest listed mistake would pass only if it were 7 times as wide.
"""

MAX_DESCRIPTION = 200


@dataclass(frozen=True)
class Mismatch:
    """Why an answer is not right. `summary`, "has the wrong shape", gives no numbers away; `numbers` does."""

    summary: str
    numbers: str = ""
    subject: str = ""

    def at(self, place: str) -> "Mismatch":
        """The same, inside a tuple, dict or named output."""
        return Mismatch(self.summary, self.numbers, f"{place}: {self.subject}" if self.subject else place)

    @property
    def sentence(self) -> str:
        """Subject and summary: "the gradient of a_G has the wrong shape"."""
        return f"{self.subject or 'it'} {self.summary}"


@runtime_checkable
class Expectation(Protocol):
    """What an answer must be like where many answers are right. Data, so that it can be frozen and shown."""

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None: ...


def mismatch(expected: Any, output: Any, tolerance: float = TOLERANCE) -> Mismatch | None:
    """None when `output` is as `expected`, else why not.

    Args:
        expected: number, array, text, None, tuple or list, dict with text keys, or an `Expectation`.
        output: what a student's function gave, after `packing.unpack`.
        tolerance: see `TOLERANCE`; booleans and integers must be equal.
    """
    if isinstance(expected, Expectation):
        return expected.mismatch(output, tolerance)
    if expected is None or isinstance(expected, str):
        return _text_mismatch(expected, output)
    if isinstance(expected, tuple | list):
        return _tuple_mismatch(expected, output, tolerance)
    if isinstance(expected, Mapping):
        return _dict_mismatch(expected, output, tolerance)
    return _array_mismatch(np.asarray(expected), output, tolerance)


def as_numbers(output: Any) -> np.ndarray | None:
    """`output` as an array of numbers or booleans, or None when it is no such thing."""
    if not _only_numbers(output):
        return None
    try:
        array = np.asarray(output)
    except (ValueError, OverflowError):
        return None
    return array if array.dtype.kind in "biuf" else None


def _only_numbers(output: Any) -> bool:
    """Looked at before an array is made: with a text in it, NumPy would take a long text's room for every item."""
    if isinstance(output, list | tuple):
        return all(map(_only_numbers, output))
    return isinstance(output, bool | int | float | np.ndarray | np.generic)


def same_answer(first: Any, second: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether two outputs are one and the same answer, neither being the truth."""
    return mismatch(first, second, tolerance) is None


def describe(value: Any, length: int = MAX_DESCRIPTION) -> str:
    """`value` in a few words, at most `length` characters, for a table."""
    text = _described(value, length).replace("\n", "")
    return text if len(text) <= length else text[: length - 1] + "…"


def _described(value: Any, length: int) -> str:
    array = as_numbers(value)
    if array is not None:
        return _described_numbers(array)
    half = length // 2  # so that what is nested ends soon
    if isinstance(value, tuple | list) and half:
        items = ", ".join(describe(item, half) for item in value[:4])
        return f"({items}{', …' if len(value) > 4 else ''})"
    if isinstance(value, dict) and half:
        pairs = [f"{describe(key, half)}: {describe(item, half)}" for key, item in list(value.items())[:4]]
        return f"{{{', '.join(pairs)}{', …' if len(value) > 4 else ''}}}"
    if isinstance(value, str):
        return repr(value[:length])
    return "a very large integer" if isinstance(value, int) else str(value)


def _described_numbers(array: np.ndarray) -> str:
    if array.size == 1 and array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
    if array.size > 12 or array.size == 0:
        return f"array of shape {array.shape}"
    return np.array2string(array, precision=4, separator=", ")


def _text_mismatch(expected: str | None, output: Any) -> Mismatch | None:
    if type(output) is type(expected) and output == expected:
        return None
    return Mismatch("is not the expected value", f"expected {expected!r}, got {describe(output)}")


def _tuple_mismatch(expected: tuple | list, output: Any, tolerance: float) -> Mismatch | None:
    sequence = isinstance(output, tuple | list) or (isinstance(output, np.ndarray) and output.ndim > 0)
    if not sequence or len(output) != len(expected):
        return Mismatch(f"should be a tuple of {len(expected)} values", f"got {describe(output)}")
    for index, (wanted, item) in enumerate(zip(expected, output, strict=True)):
        found = mismatch(wanted, item, tolerance)
        if found:
            return found.at(f"value {index + 1} of {len(expected)}")
    return None


def _dict_mismatch(expected: Mapping, output: Any, tolerance: float) -> Mismatch | None:
    if not isinstance(output, dict):
        return Mismatch("should be a dict", f"got {describe(output)}")
    if set(output) != set(expected):
        keys = describe(sorted(output))
        return Mismatch("has other keys than it should", f"expected {describe(sorted(expected))}, got {keys}")
    for key, wanted in expected.items():
        found = mismatch(wanted, output[key], tolerance)
        if found:
            return Mismatch(found.summary, f"{key!r}: {found.numbers}", found.subject).at("an entry")
    return None


def _array_mismatch(expected: np.ndarray, output: Any, tolerance: float) -> Mismatch | None:
    array = as_numbers(output)
    if array is None:
        return Mismatch("should be numbers", f"got {describe(output)}")
    if array.shape != expected.shape:
        return Mismatch("has the wrong shape", f"expected {expected.shape}, got {array.shape}")
    if (np.isnan(array) & ~np.isnan(expected)).any():  # only a mistake's outputs hold NaN themselves
        return Mismatch("contains NaN (not a number)")
    wrong = _too_far(expected, array, tolerance)
    if not wrong.any():
        return None
    share = f" in {wrong.sum()} of {wrong.size} places" if wrong.size > 1 else ""
    worst = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = f" at {list(worst)}" if worst else ""
    numbers = f"expected {describe(expected[worst])}{where}, got {describe(array[worst])}"
    return Mismatch(f"has the wrong value{share}", f"{numbers} (tolerance {tolerance:g})")


def _too_far(expected: np.ndarray, array: np.ndarray, tolerance: float) -> np.ndarray:
    if expected.dtype.kind in "biu":
        return np.asarray(array != expected)
    finite = np.isfinite(expected)
    scale = np.abs(expected[finite]).max(initial=0.0)
    allowed = tolerance * (np.abs(np.where(finite, expected, 0.0)) + scale)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(array.astype(np.float64) - np.where(finite, expected, 0.0)) <= allowed + 1e-12
    return ~np.where(finite, near, (array == expected) | (np.isnan(array) & np.isnan(expected)))


@packable
@dataclass(frozen=True)
class AnyOrder:
    """Rows of integers, each exactly once, in any order. `rows`: (r, c)."""

    rows: np.ndarray

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        array = as_numbers(output)
        if array is None:
            return Mismatch("should be rows of integers", f"got {describe(output)}")
        if len(self.rows) == 0 and array.size == 0:
            return None
        if array.shape != self.rows.shape:
            return Mismatch("has the wrong shape", f"expected {self.rows.shape}, got {array.shape}")
        if not np.array_equal(_sorted_rows(array), _sorted_rows(self.rows)):
            return Mismatch(
                "holds other rows than it should", f"expected, in any order, {self.rows.tolist()}"
            )
        return None


@packable
@dataclass(frozen=True)
class RowsAmong:
    """`count` rows of indices at which `mask` is True. `mask`: booleans of any number of dimensions.

    With `cover`, every such place must come up: for random rows drawn often enough.
    """

    mask: np.ndarray
    count: int
    cover: bool = False

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        rows = as_numbers(output)
        if rows is None or rows.shape != (self.count, self.mask.ndim):
            shape = describe(output) if rows is None else rows.shape
            return Mismatch("has the wrong shape", f"expected {(self.count, self.mask.ndim)}, got {shape}")
        inside = (rows >= 0).all(-1) & (rows < self.mask.shape).all(-1) & (rows == np.floor(rows)).all(-1)
        if not inside.all() or not self.mask[tuple(rows.astype(int).T)].all():
            return Mismatch("holds a row that is not allowed")
        if self.cover and len(np.unique(rows, axis=0)) < self.mask.sum():
            return Mismatch("never draws some of the allowed rows")
        return None


@packable
@dataclass(frozen=True)
class Finite:
    """Numbers of the given shape, none of them NaN or infinite."""

    shape: tuple

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        array = as_numbers(output)
        if array is None or array.shape != tuple(self.shape):
            shape = describe(output) if array is None else array.shape
            return Mismatch("has the wrong shape", f"expected {tuple(self.shape)}, got {shape}")
        return None if np.isfinite(array).all() else Mismatch("contains NaN or infinity")


@packable
@dataclass(frozen=True)
class Between:
    """Numbers of the given shape, each from `low` to `high`, both included."""

    shape: tuple
    low: float
    high: float

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        found = Finite(self.shape).mismatch(output, tolerance)
        if found:
            return found
        array = np.asarray(output)
        if (array < self.low).any() or (array > self.high).any():
            return Mismatch(
                f"should lie between {self.low:g} and {self.high:g}",
                f"got values from {array.min():.6g} to {array.max():.6g}",
            )
        return None


@packable
@dataclass(frozen=True)
class BalancedPairs:
    """(pairs, y): `count` pairs of different indices into `labels`, and y, 1 for half of them, which are of one label.

    `labels`: (m,). With `cover`, every pair there is must come up, in either order: for random pairs drawn often enough.
    """

    labels: np.ndarray
    count: int
    cover: bool = False

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        if not isinstance(output, tuple | list) or len(output) != 2:
            return Mismatch("should be a tuple of pairs and y", f"got {describe(output)}")
        pairs, y = as_numbers(output[0]), as_numbers(output[1])
        for name, array, shape in (("pairs", pairs, (self.count, 2)), ("y", y, (self.count,))):
            if array is None or array.shape != shape:
                got = describe(array) if array is None else array.shape
                return Mismatch("has the wrong shape", f"expected {shape}, got {got}").at(name)
        return self._content_mismatch(np.asarray(pairs), np.asarray(y))

    def _content_mismatch(self, pairs: np.ndarray, y: np.ndarray) -> Mismatch | None:
        if not np.isin(pairs, np.arange(len(self.labels))).all():
            return Mismatch("hold something that is no index of a label").at("pairs")
        first, second = pairs.astype(int).T
        same = self.labels[first] == self.labels[second]
        if (first == second).any():
            return Mismatch("hold something together with itself").at("pairs")
        if not np.array_equal(y, same):
            return Mismatch("should be 1 where both are of the same label, else 0").at("y")
        if 2 * same.sum() != self.count:
            return Mismatch("should be half same, half different", f"got {same.sum()} same").at("pairs")
        m = len(self.labels)
        if self.cover and len(np.unique(np.sort(pairs, axis=1), axis=0)) < m * (m - 1) // 2:
            return Mismatch("leave out some of the possible ones, however many are drawn").at("pairs")
        return None


@packable
@dataclass(frozen=True)
class EvenlyBetween:
    """Numbers drawn at random, each evenly from its place in `low` to its place in `high`, none like another.

    Where `low` equals `high` there is only that number. Needs some hundred numbers to judge by.
    """

    low: np.ndarray
    high: np.ndarray

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        array = as_numbers(output)
        if array is None or array.shape != self.low.shape:
            shape = describe(output) if array is None else array.shape
            return Mismatch("has the wrong shape", f"expected {self.low.shape}, got {shape}")
        width = self.high - self.low
        room = tolerance * np.abs(self.high).max(initial=0.0)
        if not ((array >= self.low - room) & (array <= self.high + room)).all():
            return Mismatch("has values outside the range in which they should be drawn")
        drawn = width > 0
        shares, low = (array - self.low)[drawn] / width[drawn], self.low[drawn]
        if len(shares) == 0:
            return None
        if len(np.unique(shares.round(5))) < 0.9 * len(shares):
            return Mismatch("repeats the same random number in many places")
        if low.std() > 0 and abs(np.corrcoef(shares, low)[0, 1]) > 5 / np.sqrt(len(shares)):
            return Mismatch("is not drawn independently of what else is there")
        steps = (np.arange(len(shares)) + 0.5) / len(shares)
        if np.abs(np.sort(shares) - steps).max() > 2.5 / np.sqrt(len(shares)):
            return Mismatch("is not drawn evenly over its range")
        return None


@packable
@dataclass(frozen=True)
class DrawnBy:
    """A tuple of random draws, one a seed, each as `each`: the same for the same seed, another for another."""

    seeds: tuple
    each: Any

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        draws = output if isinstance(output, tuple) else ()
        found = next(filter(None, (self.each.mismatch(draw, tolerance) for draw in draws)), None)
        if found or len(draws) != len(self.seeds):
            return found or Mismatch(f"should be {len(self.seeds)} draws", f"got {describe(output)}")
        for i, j in combinations(range(len(draws)), 2):
            same = self.seeds[i] == self.seeds[j]
            if same and not _equal(draws[i], draws[j]):
                return Mismatch("gives another draw although the generator is seeded the same")
            if not same and _equal(draws[i], draws[j]):
                return Mismatch("gives the same draw for differently seeded generators")
        return None


@packable
@dataclass(frozen=True)
class NotBelow:
    """Numbers near `values`, but none of them less than `low`, not even by rounding."""

    values: np.ndarray
    low: float

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        found = mismatch(self.values, output, tolerance)
        below = None if found else (np.asarray(output) < self.low).sum()
        return Mismatch(f"falls below {self.low:g} in {below} places") if below else found


@packable
@dataclass(frozen=True)
class Says:
    """A text with `part` in it, and something else than blanks."""

    part: str = ""

    def mismatch(self, output: Any, tolerance: float) -> Mismatch | None:
        if isinstance(output, str) and output.strip() and self.part in output:
            return None
        lacks = "does not name what was asked for" if self.part else "does not say what is wrong"
        return Mismatch(lacks, f"expected a text with {self.part!r} in it, got {describe(output)}")


def _equal(first: Any, second: Any) -> bool:
    """Whether two draws are one and the same."""
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        return len(first) == len(second) and all(map(_equal, first, second))
    return np.array_equal(np.asarray(first), np.asarray(second))


def _sorted_rows(rows: np.ndarray) -> np.ndarray:
    return rows[np.lexsort(rows.T[::-1])]
