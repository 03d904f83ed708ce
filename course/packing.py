"""Arrays and simple values as JSON text and back: how cases travel and how answers come home.

Both ends may be hostile to each other, so nothing here runs code: no pickle, a short list of number types,
and every size is checked before memory is taken for it.
"""

import base64
import dataclasses
import json
import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

DTYPES = frozenset({np.dtype(code).name for code in "?bhilBHILefdFD"})
MAX_CHARACTERS = 64_000_000
MAX_VALUES = 100_000  # lists, entries and arrays of one text; a parsed one takes some hundred bytes
MAX_DEPTH = 32  # lists in lists
MAX_DIMENSIONS = 16

_kinds: dict[str, type] = {}
_Kind = TypeVar("_Kind", bound=type)


class PackingError(ValueError):
    """A value that cannot be packed, or a text that is not a packed value."""


def packable(kind: _Kind) -> _Kind:
    """Class decorator: lets a frozen dataclass travel by its name and fields."""
    _kinds[kind.__name__] = kind
    return kind


def pack(value: Any) -> str:
    """`value` as JSON text.

    Args:
        value: None, bool, int, float, str, a NumPy array or scalar of a number type, a `packable` dataclass,
            or lists, tuples and dicts with string keys of these.

    Raises:
        PackingError: the value holds anything else, or more than `unpack` takes.
    """
    try:
        text = json.dumps(_to_tree(value, MAX_DEPTH), allow_nan=False, separators=(",", ":"))
    except PackingError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise PackingError(f"a value cannot be sent: {error}") from None
    _limit_size(text)
    return text


def unpack(text: str, kinds: bool = True) -> Any:
    """The value that `pack` made `text` from; half of a surrogate pair, which no file can hold, becomes "?".

    Args:
        text: JSON text, at most `MAX_CHARACTERS` long.
        kinds: whether `packable` dataclasses are built; False for a text that comes from a student's process.

    Raises:
        PackingError: the text is too long, holds too much, or is not what `pack` makes.
    """
    if not isinstance(text, str):
        raise PackingError(f"expected a text, got a {type(text).__name__}")
    _limit_size(text)
    try:
        return _from_tree(json.loads(text, parse_constant=_no_constant), kinds, MAX_DEPTH)
    except PackingError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PackingError(f"not a packed value: {type(error).__name__}") from None


def _limit_size(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise PackingError(f"{len(text):,} characters are too many; at most {MAX_CHARACTERS:,} are sent")
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise PackingError(f"too many values; at most {MAX_VALUES:,} are sent, arrays counted once")


def _limit_shape(shape: Sequence[int]) -> None:
    if len(shape) > MAX_DIMENSIONS or math.prod(n or 1 for n in shape) > MAX_CHARACTERS:
        raise PackingError("an array's shape is too large")  # also where some length is 0


def _to_tree(value: Any, depth: int) -> Any:
    if depth == 0:
        raise PackingError("nested too deeply")
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, float | np.ndarray | np.generic):
        return {"array": _array_to_tree(np.asarray(value))}
    if type(value) in (list, tuple):
        items = [_to_tree(item, depth - 1) for item in value]
        return items if type(value) is list else {"tuple": items}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": [[key, _to_tree(item, depth - 1)] for key, item in value.items()]}
    if type(value).__name__ in _kinds and dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        fields = {name: _to_tree(getattr(value, name), depth - 1) for name in names}
        return {"kind": type(value).__name__, "fields": fields}
    raise PackingError(f"a value of type {type(value).__name__} cannot be sent")


def _from_tree(tree: Any, kinds: bool, depth: int) -> Any:
    if depth == 0:
        raise PackingError("nested too deeply")
    if tree is None or type(tree) in (bool, int, float):
        return tree
    if type(tree) is str:
        return _writable(tree)
    if type(tree) is list:
        return [_from_tree(item, kinds, depth - 1) for item in tree]
    if "array" in tree:
        return _array_from_tree(tree["array"])
    if "tuple" in tree:
        return tuple(_from_tree(item, kinds, depth - 1) for item in tree["tuple"])
    if "dict" in tree:
        return {_writable(key): _from_tree(item, kinds, depth - 1) for key, item in tree["dict"]}
    if not kinds:
        raise PackingError("kinds are not accepted here")
    fields = {name: _from_tree(item, kinds, depth - 1) for name, item in tree["fields"].items()}
    return _kinds[tree["kind"]](**fields)


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _no_constant(name: str) -> float:
    raise PackingError(f"{name} comes in an array or not at all")


def _array_to_tree(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.name not in DTYPES:
        raise PackingError(f"an array of {array.dtype} cannot be sent; expected numbers or booleans")
    _limit_shape(array.shape)
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def _array_from_tree(tree: dict[str, Any]) -> np.ndarray:
    shape, name = tree["shape"], tree["dtype"]
    if type(shape) is not list or any(type(n) is not int or n < 0 for n in shape):
        raise PackingError("a shape is a list of lengths")
    _limit_shape(shape)
    if name not in DTYPES:
        raise PackingError("an array of something else than numbers")
    data = base64.b64decode(tree["data"], validate=True)
    if math.prod(shape) * np.dtype(name).itemsize != len(data):
        raise PackingError("an array's data do not fill its shape")
    return np.frombuffer(data, dtype=name).reshape(shape).copy()
