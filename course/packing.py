"""Arrays and simple values as JSON text and back: how cases travel and how answers come home.

Both ends may be hostile to each other, so nothing here runs code: no pickle, a short list of number types,
and every size is checked before memory is taken for it.
"""

import base64
import dataclasses
import json
import math
from typing import Any, TypeVar

import numpy as np

DTYPES = frozenset({np.dtype(code).name for code in "?bhilBHILefdFD"})
MAX_CHARACTERS = 64_000_000
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
        PackingError: the value holds anything else.
    """
    return json.dumps(_to_tree(value), allow_nan=False, separators=(",", ":"))


def unpack(text: str, kinds: bool = True) -> Any:
    """The value that `pack` made `text` from.

    Args:
        text: JSON text, at most `MAX_CHARACTERS` long.
        kinds: whether `packable` dataclasses are built; False for a text that comes from a student's process.

    Raises:
        PackingError: the text is too long, or is not what `pack` makes.
    """
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        raise PackingError(f"expected a text of at most {MAX_CHARACTERS} characters")
    try:
        return _from_tree(json.loads(text), kinds)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PackingError(f"not a packed value: {type(error).__name__}") from None


def _to_tree(value: Any) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, float | np.ndarray | np.generic):
        return {"array": _array_to_tree(np.asarray(value))}
    if type(value) in (list, tuple):
        items = [_to_tree(item) for item in value]
        return items if type(value) is list else {"tuple": items}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": [[key, _to_tree(item)] for key, item in value.items()]}
    if type(value).__name__ in _kinds and dataclasses.is_dataclass(value):
        fields = {field.name: _to_tree(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"kind": type(value).__name__, "fields": fields}
    raise PackingError(f"a value of type {type(value).__name__} cannot be sent")


def _from_tree(tree: Any, kinds: bool) -> Any:
    if tree is None or type(tree) in (bool, int, float, str):
        return tree
    if type(tree) is list:
        return [_from_tree(item, kinds) for item in tree]
    if "array" in tree:
        return _array_from_tree(tree["array"])
    if "tuple" in tree:
        return tuple(_from_tree(item, kinds) for item in tree["tuple"])
    if "dict" in tree:
        return {str(key): _from_tree(item, kinds) for key, item in tree["dict"]}
    if not kinds:
        raise PackingError("kinds are not accepted here")
    fields = {name: _from_tree(item, kinds) for name, item in tree["fields"].items()}
    return _kinds[tree["kind"]](**fields)


def _array_to_tree(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.name not in DTYPES:
        raise PackingError(f"an array of {array.dtype} cannot be sent; expected numbers or booleans")
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def _array_from_tree(tree: dict[str, Any]) -> np.ndarray:
    shape, name = tree["shape"], tree["dtype"]
    if name not in DTYPES or len(shape) > MAX_DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
        raise PackingError("not an array")
    data = base64.b64decode(tree["data"], validate=True)
    if math.prod(shape) * np.dtype(name).itemsize != len(data):
        raise PackingError("an array's data do not fill its shape")
    return np.frombuffer(data, dtype=name).reshape(shape).copy()
