"""A model is asked as a graph: what students build gets its right name, and what claims to be a model gets nothing."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.exercises import exercises_of
from autograder.judge import Verdict, judge
from course.calling import Answer, call, plain
from course.cases import FrozenCase
from course.exams import examined
from course.graphs import MAX_SENT, exported
from course.packing import pack, unpack

layers = keras.layers
ASSIGNMENT = {
    "build_encoder": "02_siamese_encodings",
    "build_siamese": "02_siamese_encodings",
    "build_verifier": "04_binary_verification",
    "build_heartbeat_net": "07_convolutions_1d_3d",
    "build_volume_net": "07_convolutions_1d_3d",
}
Build = Callable[..., Any]


def drawn(name: str, seed: int = 0) -> list[FrozenCase]:
    return exercises_of(ASSIGNMENT[name])[name].frozen(np.random.default_rng(seed))


def travelled(outputs: dict[str, Any]) -> dict[str, Any]:
    return unpack(pack(plain(outputs)), kinds=False)


def judged(name: str, build: Build) -> Verdict:
    """The verdict on a function that builds a model."""
    cases = drawn(name)
    answers = [call(build, case.question()) for case in cases]
    found = [
        examined(case.examination(), Answer(answer.outcome, travelled(answer.outputs), answer.message))
        for case, answer in zip(cases, answers, strict=True)
    ]
    return judge(name, cases, found, 1.0)


def claimed(name: str, outputs: Any) -> Verdict:
    """The verdict on a process that sends `outputs`, whatever is asked."""
    cases = drawn(name)
    answers = [examined(case.examination(), Answer("returned", travelled(outputs))) for case in cases]
    return judge(name, cases, answers, 1.0)


def encoder(
    input_shape: Any, size: int, end: Any = None, convolve: bool = True, before: Any = None
) -> keras.Model:
    x = inputs = keras.Input(input_shape)
    if convolve:
        x = layers.Conv2D(4, 5, activation="relu")(x)
    x = layers.AveragePooling2D(4)(x)
    x = layers.Dense(size, activation=before)(layers.Flatten()(x))
    return keras.Model(inputs, (end or layers.UnitNormalization())(x))


def dead_convolution(input_shape: Any, size: int = 128) -> keras.Model:
    inputs = keras.Input(input_shape)
    x = layers.Dense(size)(layers.Flatten()(layers.AveragePooling2D(4)(inputs)))
    dead = layers.Dense(size)(layers.Flatten()(layers.Conv2D(1, 9, strides=9)(inputs)))
    return keras.Model(inputs, layers.UnitNormalization()(x + 0.0 * dead))


def classes(window: int, num_classes: int, trainable: bool = True, axis: int = -1) -> keras.Model:
    inputs = keras.Input((window, 1))
    x = layers.Conv1D(8, 9, strides=4, activation="relu", trainable=trainable)(inputs)
    return keras.Model(inputs, layers.Softmax(axis)(layers.Dense(num_classes)(layers.Flatten()(x))))


def dense_classes(window: int, num_classes: int) -> keras.Model:
    return keras.Sequential(
        [keras.Input((window, 1)), layers.Flatten(), layers.Dense(num_classes, activation="softmax")]
    )


def copy_of(model: keras.Model) -> keras.Model:
    kernel = model.get_weights()[0]
    dense = layers.Dense(kernel.shape[1], use_bias=False)
    copied = keras.Sequential([keras.Input(model.input_shape[1:]), layers.Flatten(), dense])
    dense.set_weights([kernel])
    return copied


def towers(first: keras.Model, second: keras.Model, last: Any = None) -> keras.Model:
    pictures = [keras.Input(first.input_shape[1:]) for _ in range(2)]
    d = keras.ops.sum(keras.ops.square(first(pictures[0]) - second(pictures[1])), axis=-1)
    return keras.Model(pictures, last(d) if last else d)


def comparing(first: keras.Model, second: keras.Model, features: str, last: Any = None) -> keras.Model:
    x1, x2 = (keras.Input(first.input_shape[1:]) for _ in range(2))
    f1, f2 = first(x1), second(x2)
    compared = keras.ops.abs(f1 - f2)
    if features == "chi_square":
        compared = keras.ops.square(f1 - f2) / (f1 + f2)
    return keras.Model([x1, x2], (last or layers.Dense(1, activation="sigmoid"))(compared))


class Frozen(layers.Layer):
    """Computes with the encoder as it was, in numbers that are no parameters."""

    def __init__(self, encoder: keras.Model) -> None:
        super().__init__()
        self.kernel = tf.constant(encoder.get_weights()[0])

    def call(self, images: Any) -> Any:
        return tf.matmul(tf.reshape(images, (tf.shape(images)[0], -1)), self.kernel)


def frozen_towers(encoder: keras.Model) -> keras.Model:
    pictures = [keras.Input(encoder.input_shape[1:]) for _ in range(2)]
    f1, f2 = (Frozen(encoder)(picture) for picture in pictures)
    return keras.Model(pictures, keras.ops.sum(keras.ops.square(f1 - f2), axis=-1))


class Outside(layers.Layer):
    def call(self, x: Any) -> Any:
        return tf.ensure_shape(tf.numpy_function(lambda a: a / np.linalg.norm(a), [x], tf.float32), x.shape)


class Beside(layers.Layer):
    """Its parameters are no Keras weights."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden_in_a_list = [lambda: None]

    def call(self, x: Any) -> Any:
        return x * HIDDEN


HIDDEN = tf.Variable(2.0)

WRONG: dict[str, tuple[str, Build, str]] = {
    "no model": ("build_encoder", lambda shape, size: lambda images: images, "no Keras model is returned"),
    "other pictures": (
        "build_encoder",
        lambda shape, size: encoder((40, 40, 1), size),
        "the model takes pictures of another shape than input_shape",
    ),
    "no norm": (
        "build_encoder",
        lambda shape, size: encoder(shape, size, layers.Identity()),
        "the normalisation at the end is missing: the encodings are not of norm 1",
    ),
    "softmax": (
        "build_encoder",
        lambda shape, size: encoder(shape, size, before="softmax"),
        "a softmax is left before the normalisation",
    ),
    "no convolution": (
        "build_encoder",
        lambda shape, size: encoder(shape, size, convolve=False),
        "there is no convolution",
    ),
    "a convolution for show": ("build_encoder", dead_convolution, "there is no convolution"),
    "over the batch": (
        "build_encoder",
        lambda shape, size: encoder(shape, size, layers.Lambda(lambda x: x / (tf.norm(x) + 1e-9))),
        "the pictures of a batch are normalised together; each encoding must have norm 1 by itself",
    ),
    "one encoding": (
        "build_encoder",
        lambda shape, size: encoder(
            shape, size, layers.Lambda(lambda x: tf.math.l2_normalize(0 * x + 1, axis=-1))
        ),
        "",
    ),
    "black is not a number": (
        "build_encoder",
        lambda shape, size: encoder(
            shape, size, layers.Lambda(lambda x: x / tf.norm(x, axis=-1, keepdims=True))
        ),
        "a black picture gives encodings that are not numbers: 0 is divided by 0",
    ),
    "a copy": (
        "build_siamese",
        lambda encoder: towers(encoder, copy_of(encoder)),
        "the second tower is a copy of the encoder, with parameters of its own",
    ),
    "the other copy": (
        "build_siamese",
        lambda encoder: towers(copy_of(encoder), encoder),
        "the first tower is a copy of the encoder, with parameters of its own",
    ),
    "two copies": (
        "build_siamese",
        lambda encoder: towers(copy_of(encoder), copy_of(encoder)),
        "both towers are copies of the encoder",
    ),
    "numbers instead of parameters": (
        "build_siamese",
        frozen_towers,
        "both towers are copies of the encoder",
    ),
    "one more parameter": (
        "build_siamese",
        lambda encoder: towers(
            encoder, encoder, lambda d: layers.Dense(1, kernel_initializer="ones")(d[:, None])[:, 0]
        ),
        "there are parameters that are not the encoder's",
    ),
    "a copy in the verifier": (
        "build_verifier",
        lambda encoder, features: comparing(encoder, copy_of(encoder), features),
        "the towers have parameters of their own; use one encoder for both pictures",
    ),
    "no bias": (
        "build_verifier",
        lambda encoder, features: comparing(
            encoder, encoder, features, layers.Dense(1, activation="sigmoid", use_bias=False)
        ),
        "the bias b is missing",
    ),
    "no sigmoid": (
        "build_verifier",
        lambda encoder, features: comparing(encoder, encoder, features, layers.Dense(1)),
        "the sigmoid is missing",
    ),
    "frozen": (
        "build_heartbeat_net",
        lambda window, num_classes: classes(window, num_classes, trainable=False),
        "its convolutions are frozen",
    ),
    "softmax over the batch": (
        "build_heartbeat_net",
        lambda window, num_classes: classes(window, num_classes, axis=0),
        "the softmax runs over the batch; it should run over the classes",
    ),
    "dense alone": (
        "build_heartbeat_net",
        dense_classes,
        "there is no convolution in it that fits the data",
    ),
    "too large": (
        "build_heartbeat_net",
        lambda window, num_classes: keras.Sequential(
            [
                keras.Input((window, 1)),
                layers.Conv1D(64, 3, activation="relu"),
                layers.Flatten(),
                layers.Dense(64, activation="relu"),
                layers.Dense(num_classes, activation="softmax"),
            ]
        ),
        "it has too many parameters: use larger strides or pooling before you flatten",
    ),
    "slices as channels": (
        "build_volume_net",
        lambda shape, num_classes: keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(4, 3, activation="relu"),
                layers.GlobalAveragePooling2D(),
                layers.Dense(num_classes, activation="softmax"),
            ]
        ),
        "the slices are taken for channels of a 2-D network",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_model_loses_points_and_gets_its_name(wrong: str) -> None:
    name, build, mistake = WRONG[wrong]
    verdict = judged(name, build)
    assert verdict.score < 1.0
    assert (verdict.mistake or "") == mistake, [found.summary for found in verdict.cases]


@pytest.mark.parametrize("name", ASSIGNMENT)
def test_a_claim_without_a_model_earns_nothing(name: str) -> None:
    for case in drawn(name):
        assert claimed(name, {**case.expected, "a Keras model is returned": True}).score == 0.0
        assert claimed(name, {**case.expected, "model": "refused"}).score == 0.0


def right_model() -> dict[str, Any]:
    (case, *_) = drawn("build_siamese")
    encoder, m = (case.question()["inputs"][name] for name in ("encoder", "m"))
    live = encoder.build()
    return exported(towers(live, live), [(m, *encoder.image_shape)] * 2, live.variables)


GARBAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a number": lambda model: 7,
    "a text": lambda model: "model",
    "no weights": lambda model: {**model, "weights": []},
    "weights of another kind": lambda model: {
        **model, "weights": [{**weight, "kind": "free"} for weight in model["weights"]]
    },
    "a value of another shape": lambda model: {
        **model, "weights": [{**weight, "value": np.zeros(3)} for weight in model["weights"]]
    },
    "names of nothing": lambda model: {**model, "output": "nothing:0"},
    "names of something else": lambda model: {**model, "output": model["inputs"][0]},
    "the pictures as weights": lambda model: {**model, "inputs": []},
    "not a graph": lambda model: {**model, "graph": np.arange(200, dtype=np.uint8)},
    "half a graph": lambda model: {**model, "graph": model["graph"][: len(model["graph"]) // 2]},
    "an empty graph": lambda model: {**model, "graph": np.zeros(0, np.uint8)},
    "a graph in floats": lambda model: {**model, "graph": model["graph"].astype(float)},
}  # fmt: skip


@pytest.mark.parametrize("kind", GARBAGE)
def test_what_is_no_model_is_refused_and_ends_nothing(kind: str) -> None:
    assert claimed("build_siamese", {"model": GARBAGE[kind](right_model())}).score == 0.0


def test_a_right_model_for_another_encoder_earns_nothing() -> None:
    """A model that was right once: the next cases have other pictures, parameters and sizes."""
    cases = drawn("build_siamese", seed=1)
    outputs = travelled({"model": right_model()})
    answers = [examined(case.examination(), Answer("returned", outputs)) for case in cases[1:]]
    assert judge("build_siamese", cases[1:], answers, 1.0).score == 0.0


def test_a_model_that_runs_python_is_refused_with_a_sentence() -> None:
    verdict = judged("build_encoder", lambda shape, size: encoder(shape, size, Outside()))
    assert verdict.outcome == "raised"
    assert "outside TensorFlow" in verdict.message


def test_a_variable_beside_the_layers_is_told() -> None:
    verdict = judged("build_siamese", lambda encoder: towers(encoder, encoder, Beside()))
    assert verdict.outcome == "raised"
    assert "use add_weight" in verdict.message


def test_large_parameters_do_not_travel() -> None:
    model = keras.Sequential([keras.Input((300,)), layers.Dense(200)])
    kernel, bias = exported(model, [(2, 300)])["weights"]
    assert MAX_SENT < 300 * 200
    assert (kernel["value"], bias["value"].shape) == (None, (200,))
