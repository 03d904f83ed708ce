"""Values travel as text, and a text that an attacker wrote is refused before it costs anything."""

import base64
import json
import random
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course.packing import DTYPES, MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES, PackingError, pack, unpack
from course.stand_ins import Generator, LinearEncoder


def array_text(shape: Any, dtype: Any = "float64", data: Any = "") -> str:
    """The text of an array, its fields as an attacker likes them."""
    return json.dumps({"array": {"dtype": dtype, "shape": shape, "data": data}})


EIGHT_BYTES = base64.b64encode(bytes(8)).decode()
FORGED = {
    "not JSON": "{",
    "not a text": 3,
    "NaN": "NaN",
    "infinity": "[-Infinity]",
    "deep lists": "[" * 100_000 + "]" * 100_000,
    "deep tuples": '{"tuple":[' * 900 + "]}" * 900,
    "an integer of a million digits": "1" * 1_000_000,
    "no known form": '{"object": 1}',
    "an array that is a number": '{"array": 7}',
    "an array without data": '{"array": {"dtype": "float64", "shape": []}}',
    "too few bytes": array_text([2], data=EIGHT_BYTES),
    "too many bytes": array_text([], "float32", EIGHT_BYTES),
    "a shape of a terabyte": array_text([1000, 1000, 1000, 1000]),
    "a huge shape of nothing": array_text([10**12, 0]),
    "a shape beyond 64 bits": array_text([0, 10**30]),
    "a negative shape": array_text([-1, -1], data=EIGHT_BYTES),
    "a shape of booleans": array_text([True], data=EIGHT_BYTES),
    "a shape of fractions": array_text([1.0], data=EIGHT_BYTES),
    "a shape of text": array_text("", data=EIGHT_BYTES),
    "a shape with names": array_text({}, data=EIGHT_BYTES),
    "no shape": array_text(None, data=EIGHT_BYTES),
    "seventeen dimensions": array_text([1] * 17, data=EIGHT_BYTES),
    "an array of objects": array_text([], "object", EIGHT_BYTES),
    "an array of texts": array_text([], "<U2", EIGHT_BYTES),
    "a structured array": array_text([], [["a", "f8"]], EIGHT_BYTES),
    "junk for base64": array_text([1], data="AAAAAAAAA*A="),
    "bytes beyond ASCII": array_text([1], data="ä" * 12),
    "data that are a list": array_text([1], data=[0] * 8),
    "a dict of numbers": '{"dict": [1, 2]}',
    "a dict with a list for a key": '{"dict": [[[1], 2]]}',
    "a dict with a number for a key": '{"dict": [[1, 2]]}',
    "a dict without values": '{"dict": [["key"]]}',
    "an unknown kind": '{"kind": "Popen", "fields": {}}',
    "a kind that is a list": '{"kind": [], "fields": {}}',
    "a kind with fields of another": '{"kind": "Generator", "fields": {"kernel": 1}}',
    "a kind without fields": '{"kind": "Generator"}',
    "too many values": "[" + "[]," * MAX_VALUES + "[]]",
    "too many characters": '"' + "x" * MAX_CHARACTERS + '"',
}
UNPACKABLE = {
    "a set": {1, 2},
    "bytes": b"text",
    "a complex number": 1j,
    "an array of objects": np.array([None]),
    "an array of texts": np.array(["a"]),
    "a dict with a number for a key": {1: 2},
    "a function": len,
    "an integer of ten thousand digits": 10**10_000,
    "a list in itself": (lambda items: items.append(items) or items)([]),
    "a list that is too deep": json.loads("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH),
    "a huge shape of nothing": np.empty((10**12, 0)),
    "too many values": [0.5] * (MAX_VALUES + 2),
    "too many bytes": np.zeros(MAX_CHARACTERS, np.uint8),
}
NUMBERS = arrays.arrays(
    st.sampled_from(sorted(DTYPES)), arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | NUMBERS
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=12,
)


def equal(first: Any, second: Any) -> bool:
    """Equal in type, shape and every bit."""
    if isinstance(first, float) and not isinstance(second, float):
        first = np.asarray(first)  # infinity travels as an array
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        same_kind = first.dtype == second.dtype and first.shape == second.shape
        return same_kind and first.tobytes() == second.tobytes()
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(equal, first, second))
    if isinstance(first, dict):
        return list(first) == list(second) and all(equal(first[key], second[key]) for key in first)
    return bool(first == second)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(VALUES)
def test_what_is_packed_comes_out_the_same(value: Any) -> None:
    assert equal(value, unpack(pack(value), kinds=False))


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_text_is_refused(name: str) -> None:
    with pytest.raises(PackingError):
        unpack(FORGED[name], kinds=False)


@pytest.mark.parametrize("name", UNPACKABLE)
def test_what_cannot_be_sent_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(PackingError, match=r"cannot be sent|nested|too large|too many"):
        pack(UNPACKABLE[name])


def test_kinds_are_built_for_trusted_texts_only() -> None:
    text = pack({"rng": Generator(3)})
    assert unpack(text) == {"rng": Generator(3)}
    with pytest.raises(PackingError, match="kinds are not accepted"):
        unpack(text, kinds=False)


def test_a_kind_travels_with_its_arrays() -> None:
    encoder = LinearEncoder(np.arange(6.0).reshape(3, 2), (3, 1))
    again = unpack(pack(encoder))
    assert np.array_equal(again.kernel, encoder.kernel)
    assert again.image_shape == (3, 1)


def test_a_subclass_of_an_array_arrives_as_an_array() -> None:
    class EqualToEverything(np.ndarray):
        def __eq__(self, other: object) -> Any:
            return True

    arrived = unpack(pack(np.zeros(3).view(EqualToEverything)))
    assert type(arrived) is np.ndarray


def test_an_unpacked_array_can_be_written_to() -> None:
    array = unpack(pack(np.zeros(3)))
    array[0] = 1.0
    assert array.tolist() == [1.0, 0.0, 0.0]


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert unpack(json.dumps(["\ud800", {"dict": [["a\udfff", "b"]]}])) == ["?", {"a?": "b"}]


@pytest.mark.parametrize(
    "text",
    [
        "[" + "[]," * 90_000 + "[]]",
        "[" + '{"array":' * 90_000,
        "[" + "{}," * 90_000 + "{}]",
        array_text([10**9, 10**9]),
        '"' + "x" * 5_000_000 + '"',
        array_text([3_000_000], "uint8", base64.b64encode(bytes(3_000_000)).decode()),
    ],
    ids=["lists", "open dicts", "dicts", "declared shape", "text", "array"],
)
def test_reading_takes_a_small_multiple_of_a_texts_room(text: str) -> None:
    tracemalloc.start()
    try:
        unpack(text, kinds=False)
    except PackingError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 20_000_000 + 5 * len(text)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_a_mutated_text_is_read_or_refused(value: Any, dice: random.Random) -> None:
    characters = list(pack(value))
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(characters))
        characters[place : place + dice.randint(0, 3)] = dice.choice(
            [
                '"',
                "[",
                "]",
                "{",
                "}",
                ",",
                ":",
                "0",
                "-1",
                "1e999",
                "null",
                "NaN",
                "9" * 25,
                '"array"',
                "\\ud800",
            ]
        )
    try:
        read = unpack("".join(characters), kinds=False)
    except PackingError:
        return
    assert equal(read, unpack(pack(read), kinds=False))
