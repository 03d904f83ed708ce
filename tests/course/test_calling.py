"""A student's function is called as students write it, and whatever it does, its other cases are asked too."""

import json
from collections import OrderedDict, namedtuple
from enum import IntEnum
from typing import Any

import numpy as np
import pytest

from course.calling import ANSWER_MIME, MAX_MESSAGE, Answer, answer_in_kernel, call, packed, plain
from course.cases import FrozenCase
from course.packing import MAX_CHARACTERS, PackingError, pack, unpack

STUB = 'def f(x):\n    raise NotImplementedError("This exercise is not written yet.")'


class Tensor:
    """What matters of TensorFlow's: it has `numpy`, and turns into an array."""

    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value)

    def numpy(self) -> np.ndarray:
        return self.value

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.value


class Name(str):
    __slots__ = ()


Pair = namedtuple("Pair", ["d", "open"])
Number = IntEnum("Number", {"ONE": 1})
HONEST: dict[str, tuple[Any, Any]] = {
    "a float": (0.5, 0.5),
    "a bool": (True, True),
    "None": (None, None),
    "a text of NumPy's": (np.array(["kian"])[0], "kian"),
    "a subclass of text": (Name("kian"), "kian"),
    "an enumerated integer": (Number.ONE, 1),
    "a tensor": (Tensor([0.5, 1.0]), np.array([0.5, 1.0])),
    "a tensor of one number": (Tensor(0.5), np.array(0.5)),
    "a list of numbers": ([0, 0.5], np.array([0.0, 0.5])),
    "a list of tensors": ([Tensor(0.0), Tensor(0.5)], np.array([0.0, 0.5])),
    "a list of rows": ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
    "a ragged list": ([[1], [2, 3]], [np.array([1]), np.array([2, 3])]),
    "a list with None": ([1, None], [1, None]),
    "a list of texts": (["a", "b"], ["a", "b"]),
    "a tuple": ((Tensor(0.5), True), (np.array(0.5), True)),
    "a named tuple": (Pair(0.5, True), (0.5, True)),
    "an ordered dict": (OrderedDict(kian=Tensor(0.5)), {"kian": np.array(0.5)}),
    "a dict with numbers for keys": ({1: 0.5}, {"1": 0.5}),
    "a masked array": (np.ma.array([1, 2], mask=[0, 1]), np.array([1, 2])),
    "half precision": (np.float16(0.5), np.array(0.5, np.float16)),
}
ODD = {
    "an object": object(),
    "a function": len,
    "a set": {1},
    "bytes": b"1",
    "a generator": (n for n in [1]),
    "a complex number": 1j,
    "an array of objects": np.array([None]),
    "an array of texts": np.array(["kian"]),
    "an object among numbers": [1, object()],
    "a type": int,
}


def question(*inputs: Any) -> dict[str, Any]:
    return {"probe": "value", "inputs": {f"x{i}": x for i, x in enumerate(inputs)}, "gradient_of": ()}


def written(code: str, cell: str) -> Any:
    """The function f that a notebook's cell defines."""
    namespace: dict[str, Any] = {}
    exec(compile(code, cell, "exec"), namespace)
    return namespace["f"]


def asked(function: Any, questions: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `answer_in_kernel` displays."""
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda data: shown.append(data[ANSWER_MIME]))
    monkeypatch.setattr("course.calling.sent", lambda: pack(questions))
    answer_in_kernel("f", {"f": function} if function else {})
    return [unpack(text, kinds=False) for text in shown]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_value_becomes_plain_and_can_be_sent(name: str) -> None:
    value, expected = HONEST[name]
    found = plain(value)
    assert type(found) is type(expected)
    assert pack(found) == pack(expected)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_value_is_refused_with_a_sentence(name: str) -> None:
    answer = call(lambda: ODD[name], question())
    assert answer.outcome == "raised"
    assert "expected numbers or an array of numbers" in answer.message


def test_a_function_gets_its_inputs_by_position() -> None:
    answer = call(lambda renamed, also: renamed - also, question(3.0, np.array([1.0, 2.0])))
    assert answer.outputs["value"].tolist() == [2.0, 1.0]


def test_changing_an_input_changes_no_case() -> None:
    x = np.ones(3)
    asked_once = question(x, {"a": x}, [x])

    def changes(array: Any, named: Any, listed: Any) -> float:
        array *= 0
        named["a"] *= 0
        listed[0] *= 0
        named.clear()
        return 0.0

    call(changes, asked_once)
    assert x.tolist() == [1.0, 1.0, 1.0]
    assert asked_once["inputs"]["x1"].keys() == {"a"}


def test_what_a_function_keeps_of_its_output_changes_no_answer() -> None:
    kept = np.ones(2)
    answer = call(lambda: kept, question())
    kept *= 0
    assert answer.outputs["value"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("error", [ValueError, ZeroDivisionError, SystemExit, RecursionError, MemoryError])
def test_what_a_function_raises_is_told(error: type[BaseException]) -> None:
    def raises() -> None:
        raise error("oops" * 1000)

    answer = call(raises, question())
    assert answer.outcome == "raised"
    assert answer.message.startswith(f"{error.__name__}: oops")
    assert len(answer.message) == MAX_MESSAGE


def test_an_untouched_exercise_is_missing() -> None:
    assert call(written(STUB, "cell 1"), question(1)).outcome == "missing"


def test_calling_an_untouched_exercise_is_an_error_that_names_it() -> None:
    caller = written("def f(x):\n    return other(x)", "cell 2")
    caller.__globals__["other"] = written(STUB, "cell 1")
    answer = call(caller, question(1))
    assert answer.outcome == "raised"
    assert answer.message == "NotImplementedError in f: This exercise is not written yet."


def test_every_case_is_asked_whatever_the_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = iter([len, 10**10_000, ["deep"], 0.5])

    def function(x: Any) -> Any:
        value = next(outputs)
        if value == ["deep"]:
            for _ in range(100):
                value = [value, 1]
        return value

    replies = asked(function, [question(0)] * 4, monkeypatch)
    assert [reply["case"] for reply in replies] == [0, 1, 2, 3]
    assert [reply["outcome"] for reply in replies] == ["raised", "raised", "raised", "returned"]
    assert replies[3]["outputs"] == {"value": 0.5}


@pytest.mark.parametrize("namespace", [None, 7])
def test_without_a_function_every_case_is_missing(namespace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = asked(namespace, [question(0)] * 2, monkeypatch)
    assert [reply["outcome"] for reply in replies] == ["missing", "missing"]
    assert replies[0]["message"] == "there is no function f"


def test_too_large_an_answer_is_not_sent() -> None:
    reply = unpack(packed(3, Answer("returned", {"value": np.zeros(MAX_CHARACTERS, np.uint8)})))
    assert (reply["case"], reply["outcome"], reply["outputs"]) == (3, "raised", {})
    assert "too many" in reply["message"]


def test_a_question_holds_no_expected_output() -> None:
    case = FrozenCase("a", "b", {"x": 1}, {"value": "secret"}, mistakes={"secret": None})
    assert "secret" not in json.dumps(json.loads(pack(case.question())))


def test_plain_raises_for_what_it_cannot_send() -> None:
    with pytest.raises(PackingError, match="returned a set"):
        plain({1})


@pytest.fixture(scope="module")
def tf() -> Any:
    import tensorflow

    return tensorflow


@pytest.mark.parametrize("style", ["tensor", "list", "gather"])
def test_a_gradient_is_found_however_the_loss_is_written(tf: Any, style: str) -> None:
    def tensor(x: Any) -> Any:
        return tf.reduce_sum(x**2, axis=-1)

    def listed(x: Any) -> Any:
        return [tf.reduce_sum(row**2) for row in x]

    def gathered(x: Any) -> Any:
        return tensor(tf.gather(x, [0, 1]))

    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    function = {"tensor": tensor, "list": listed, "gather": gathered}[style]
    asked_for = {"probe": "gradient", "inputs": {"x": x}, "gradient_of": ("x",)}
    answer = call(function, asked_for)
    weights = 1.0 + 0.5 * np.cos(np.arange(2))
    assert np.allclose(answer.outputs["gradient of x"], 2 * weights[:, None] * x)


def test_a_loss_outside_tensorflow_has_no_gradient(tf: Any) -> None:
    asked_for = {"probe": "gradient", "inputs": {"x": np.ones((2, 3))}, "gradient_of": ("x",)}
    answer = call(lambda x: np.sum(x, axis=-1), asked_for)
    assert answer.outputs["gradient of x"] is None


def test_an_error_of_tensorflows_is_no_untouched_exercise(tf: Any) -> None:
    answer = call(tf.function(lambda x: np.asarray(x + 1)), question(np.ones(2, np.float32)))
    assert answer.outcome == "raised"
    assert answer.message.startswith("NotImplementedError")
