"""Calls a student's function on one case and packs what it gives. Used by `check` and inside the grader's sandbox."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from course.packing import DTYPES, PackingError, pack, unpack
from course.probes import PROBES
from course.stand_ins import built

ANSWER_MIME = "application/vnd.course.answer"
MAX_MESSAGE = 400

Outcome = Literal["returned", "raised", "missing", "timed_out", "crashed"]


@dataclass(frozen=True)
class Answer:
    """What came of one call: named outputs, or why there are none. An exception is outputs too: see `raised`."""

    outcome: Outcome
    outputs: dict[str, Any] = field(default_factory=dict)
    message: str = ""


def call(function: Callable[..., Any], question: Mapping[str, Any]) -> Answer:
    """Puts one question (see `FrozenCase.question`) to `function`; what the function raises becomes the answer."""
    inputs = built(unpack(pack(question["inputs"])))
    try:
        outputs = PROBES[question["probe"]](function, inputs, tuple(question["gradient_of"]))
        return Answer("returned", {name: plain(value) for name, value in outputs.items()})
    except NotImplementedError as error:
        return _not_implemented(function, error)
    except (Exception, SystemExit) as error:
        return raised(error)


def raised(error: BaseException) -> Answer:
    """The answer that an exception is: of what built-in kind, and what it says."""
    kind = next(base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins")
    outputs = {"exception": kind, "message": str(error)[:MAX_MESSAGE]}
    return Answer("raised", outputs, f"{type(error).__name__}: {error}"[:MAX_MESSAGE])


def plain(value: Any) -> Any:
    """`value` as NumPy arrays, numbers, text, None, tuples and dicts: tensors and lists of numbers become arrays.

    Raises:
        PackingError: it holds something else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)  # NumPy's texts are texts
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, list):
        return _plain_list(value)
    if isinstance(value, np.ndarray | np.generic) or hasattr(value, "numpy"):
        array = np.array(value)
        if array.dtype.name in DTYPES:
            return array
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    raise PackingError(
        f"the function returned a {type(value).__name__}; expected numbers or an array of numbers"
    )


def sent() -> str:
    """The text that the grader sent beside the cell that runs now."""
    from IPython import get_ipython

    return str(get_ipython().get_parent()["metadata"]["sent"])


def answer_in_kernel(name: str, namespace: Mapping[str, Any]) -> None:
    """The grader's way in: calls `namespace[name]` on each packed question that was sent and displays each packed
    answer."""
    from IPython.display import publish_display_data

    for index, question in enumerate(unpack(sent())):
        if callable(namespace.get(name)):
            answer = call(namespace[name], question)
        else:
            answer = Answer("missing", message=f"there is no function {name}")
        publish_display_data({ANSWER_MIME: packed(index, answer)})


def packed(case: int, answer: Answer) -> str:
    """The answer to a case as it is sent; what is too large or too odd to send becomes "raised"."""
    reply = {"case": case, "outcome": answer.outcome, "outputs": answer.outputs, "message": answer.message}
    try:
        return pack(reply)
    except PackingError as error:
        return pack({**reply, "outcome": "raised", "outputs": {}, "message": f"PackingError: {error}"})


def _not_implemented(function: Callable[..., Any], error: NotImplementedError) -> Answer:
    """Untouched, if the error comes from the function's own cell; else from TensorFlow or another exercise it calls."""
    own = getattr(getattr(function, "python_function", function), "__code__", None)
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    if own is not None and frame.f_code.co_filename == own.co_filename:
        return Answer("missing", message="not attempted")
    return Answer("raised", message=f"NotImplementedError in {frame.f_code.co_name}: {error}"[:MAX_MESSAGE])


def _plain_list(items: list[Any]) -> Any:
    plain_items = [plain(item) for item in items]
    try:
        array = np.asarray(plain_items)
    except ValueError:
        return plain_items
    return array if array.dtype.name in DTYPES else plain_items
