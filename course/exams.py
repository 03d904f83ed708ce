"""What a model that a student's function built is like, asked where no student's code has run.

A student's process could claim anything of its model. So it sends the model itself, as a graph, and knows neither the
pictures nor the parameters with which the graph is asked here. Each exam takes the graph as `probes` sent it and the
case's inputs, and gives named outputs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course.calling import ANSWER_MIME, MAX_MESSAGE, Answer, call, packed, plain, sent
from course.cases import FrozenCase
from course.graphs import Network
from course.packing import unpack

MAX_PARAMETERS = 100_000
NEAR = 2e-3
"""How far the norm of an encoding and the sum of probabilities may be from 1, and a number from itself."""
CONVOLUTIONS = {"Conv2D", "DepthwiseConv2dNative"}, {"Conv3D"}
"""Operations of TensorFlow: for one or two sides, for three."""

Inputs = Mapping[str, Any]
Exam = Callable[[Network, Inputs], dict[str, Any]]


def examined(question: Mapping[str, Any], answer: Answer) -> Answer:
    """What the case's exam finds of the model in `answer`; an answer without one stays as it is.

    Args:
        question: see `FrozenCase.examination`: the name of the exam, and the case's inputs, all of them.
        answer: what the student's function gave to `FrozenCase.question`.
    """
    if answer.outcome != "returned":
        return answer
    sent = answer.outputs.get("model")
    if sent is None:
        return Answer("returned", {"a Keras model is returned": False})
    if sent == "refused":
        return Answer("returned", {"a Keras model is returned": True, "pictures of input_shape go in": False})
    try:
        network = Network(sent, np.random.default_rng(question["inputs"].get("seed", 0)))
        found = EXAMS[question["exam"]](network, question["inputs"])
    except Exception as error:
        return Answer("raised", message=f"the model cannot be run: {error}"[:MAX_MESSAGE])
    return Answer("returned", {"a Keras model is returned": True} | {k: plain(v) for k, v in found.items()})


def asked(function: Callable[..., Any], case: FrozenCase) -> Answer:
    """The answer of `function` to a case, with the exam of what it built, all in this process."""
    answer = call(function, case.question())
    return examined(case.examination(), answer) if case.probe in EXAMS else answer


def examine_in_kernel() -> None:
    """The grader's way in: displays the packed answer to the packed pair of question and a student's outputs that was
    sent."""
    from IPython.display import publish_display_data

    question, outputs = unpack(sent())
    publish_display_data({ANSWER_MIME: packed(0, examined(question, Answer("returned", outputs)))})


def encoder(network: Network, inputs: Inputs) -> dict[str, Any]:
    """Encodings of coarse blocks: their shape and norm, what they depend on, what is in the network."""
    (m, n_H, n_W, n_C), rng = network.input_shapes[0], np.random.default_rng(inputs["seed"])
    blocks = rng.uniform(size=(m, n_H // 8 + 1, n_W // 8 + 1, n_C))
    images = blocks.repeat(8, axis=1).repeat(8, axis=2)[:, :n_H, :n_W]
    encodings = network(images)
    rows = encodings.reshape(m, -1)
    return {
        "pictures of input_shape go in": (n_H, n_W, n_C) == tuple(inputs["input_shape"]),
        "shape of the encodings": encodings.shape,
        "there is a convolution": bool(_convolutions(network, 2, images, encodings, rng)),
        "there is a softmax": "Softmax" in network.operations,
        "every encoding has norm 1": bool(np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=NEAR)),
        "an encoding depends on its own picture only": _first_alone(network, images, encodings),
        "different pictures have different encodings": bool((np.ptp(rows, axis=0) > 1e-6).any()),
        "a black picture has finite encodings": bool(np.isfinite(network(0 * images)).all()),
    }


def siamese(network: Network, inputs: Inputs) -> dict[str, Any]:
    """The distances d, and again with other parameters in the encoder."""
    first, second, encoder = inputs["images1"], inputs["images2"], inputs["encoder"]
    weights = [weight for weight in network.weights if weight["kind"] != "constant"]
    given = [weight for weight in weights if weight["kind"] == "given"]
    found = {
        "d": network(first, second),
        "d with the pictures exchanged": network(second, first),
        "d between each picture and itself": network(first, first),
        "its parameters are exactly the encoder's": [w["shape"] for w in weights] == [encoder.kernel.shape]
        and len(given) == 1,
    }
    _set(given, inputs["new_parameters"])
    return found | {"d after the encoder has changed": network(first, second)}


def verifier(network: Network, inputs: Inputs) -> dict[str, Any]:
    """Probabilities with w and b set, and again with another encoder inside.

    Without exactly one array of n weights and one bias beside the encoder's parameters there is nothing to set, and
    the probabilities are None.
    """
    first, second, w, b = (inputs[name] for name in ("images1", "images2", "w", "b"))
    own = sorted((weight for weight in network.weights if weight["kind"] == "own"), key=_size)
    given = [weight for weight in network.weights if weight["kind"] == "given"]
    sizes = [_size(weight) for weight in own]
    known = sizes == [1, len(w)]
    if known:
        _set(own[:1], b)
        _set(own[1:], w)

    def probability(one: np.ndarray, other: np.ndarray) -> Any:
        return np.reshape(network(one, other), len(one)) if known else None

    found = {
        "sizes of the parameters beyond the encoder's": np.array(sizes),
        "probability": probability(first, second),
        "probability with the pictures exchanged": probability(second, first),
    }
    _set(given, inputs["kernel"])
    return found | {"probability after the encoder has changed": probability(first, second)}


def classifier(network: Network, inputs: Inputs) -> dict[str, Any]:
    """Probabilities of noise, what they depend on, what is in the network."""
    sides = np.atleast_1d(next(iter(inputs.values())))
    shape, rng = network.input_shapes[0], np.random.default_rng(inputs["seed"])
    x = rng.normal(size=shape)
    rows = network(x)
    convolutions = _convolutions(network, len(sides), x, rows, rng)
    sums = rows.sum(axis=-1)
    return {
        "shape of an input": np.array(shape[1:]),
        "shape of the output for three inputs": np.array(rows.shape),
        "each row is made of probabilities that add up to 1": bool(
            (rows >= 0).all() and np.allclose(sums, 1.0, atol=NEAR)
        ),
        "each input is judged on its own": _first_alone(network, x, rows),
        "there is a convolution over all sides of the input": len(convolutions) > 0,
        "all its convolutions learn": all(weight["trainable"] for weight in convolutions),
        "it has at most 100,000 parameters": network.size <= MAX_PARAMETERS,
    }


def _first_alone(network: Network, inputs: np.ndarray, together: np.ndarray) -> bool:
    """Whether the output for the first input stays as it is in `together`, that of all, when the others are zero."""
    apart = network(np.concatenate([inputs[:1], 0 * inputs[1:]]))
    return bool(np.allclose(together[:1], apart[:1], atol=NEAR))


def _convolutions(
    network: Network, num_sides: int, inputs: np.ndarray, before: np.ndarray, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """The filters over that many sides, if the network convolves and its output, `before`, depends on them."""
    filters = [w for w in network.weights if len(w["shape"]) == num_sides + 2]
    if not network.operations & CONVOLUTIONS[num_sides == 3] or not filters:
        return []
    kept = [weight["value"] for weight in filters]
    for weight in filters:
        weight["value"] = rng.normal(size=weight["shape"]).astype(np.float32)
    after = network(inputs)
    for weight, value in zip(filters, kept, strict=True):
        weight["value"] = value
    return [] if np.array_equal(before, after) else filters


def _set(weights: Sequence[dict[str, Any]], value: Any) -> None:
    """Gives all of them this value, in a shape of their own."""
    for weight in weights:
        weight["value"] = np.reshape(np.asarray(value, np.float32), weight["shape"])


def _size(weight: dict[str, Any]) -> int:
    return int(np.prod(weight["shape"]))


EXAMS: dict[str, Exam] = {exam.__name__: exam for exam in (encoder, siamese, verifier, classifier)}
