"""A Keras model as a graph: data that can leave a student's process and be asked anew where no student's code has run.

TensorFlow's graph of operations keeps whatever a model is made of, layers of one's own and Lambda too, and no Python.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

MAX_SENT = 20_000
"""Numbers of a parameter that travel with the graph; larger ones are drawn anew where it is asked."""

Exported = dict[str, Any]


def exported(model: Any, shapes: Sequence[tuple[int, ...]], given: Sequence[Any] = ()) -> Exported:
    """The model as a graph from its parameters and inputs to its output.

    Args:
        model: a Keras model of one output.
        shapes: one a input, with the number of pictures first.
        given: variables that came from outside, an encoder's; marked as such.

    Returns:
        "graph": a serialised GraphDef, uint8. "inputs", "output": names of its tensors. "weights": one dict a parameter
        or other number it needs, with "tensor", its name; "kind", which is "given", "own" or "constant"; "trainable";
        "shape"; and "value", None where it is too large.

    Raises:
        TypeError: it holds a tf.Variable beside its Keras weights.
    """
    import tensorflow as tf

    zeros = [tf.zeros(shape) for shape in shapes]
    _ask(model, zeros)  # a model that is built at its first call is built now
    variables = list(model.variables)
    described = _described(variables, given, {id(weight) for weight in model.weights})
    traced = _traced(model, variables, zeros)
    captured = [(outer, inner) for outer, inner in traced.graph.captures if inner.dtype != tf.resource]
    if len(captured) < len(traced.graph.captures):
        raise TypeError("the model holds a tf.Variable beside its layers' weights; use add_weight")
    tensors = [tensor.name for tensor in traced.inputs]
    constants = [_weight("constant", False, outer) for outer, _ in captured]
    split = len(variables), len(variables) + len(zeros)
    names = [*tensors[: split[0]], *tensors[split[1] :]]
    return {
        "graph": np.frombuffer(traced.graph.as_graph_def().SerializeToString(), np.uint8),
        "inputs": tensors[split[0] : split[1]],
        "output": traced.outputs[0].name,
        "weights": [
            {"tensor": name, **weight} for name, weight in zip(names, described + constants, strict=True)
        ],
    }


def _ask(model: Any, inputs: Sequence[Any]) -> Any:
    return model(inputs[0] if len(inputs) == 1 else list(inputs))


def _traced(model: Any, variables: Sequence[Any], inputs: Sequence[Any]) -> Any:
    import keras
    import tensorflow as tf

    def run(values: Sequence[Any], arrays: Sequence[Any]) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return _ask(model, arrays)

    values = [tf.TensorSpec(variable.shape, variable.dtype) for variable in variables]
    arrays = [tf.TensorSpec(array.shape, array.dtype) for array in inputs]
    return tf.function(run, autograph=False).get_concrete_function(values, arrays)


def _described(variables: Sequence[Any], given: Sequence[Any], weights: set[int]) -> list[dict[str, Any]]:
    from_outside = {id(variable) for variable in given}

    def kind(variable: Any) -> str:
        if id(variable) in from_outside:
            return "given"
        return "own" if id(variable) in weights else "constant"  # a random layer's seed is no weight

    return [_weight(kind(variable), bool(variable.trainable), variable) for variable in variables]


def _weight(kind: str, trainable: bool, value: Any) -> dict[str, Any]:
    array = np.asarray(value)
    sent = array if array.size <= MAX_SENT else None
    return {"kind": kind, "trainable": trainable, "shape": tuple(array.shape), "value": sent}


class Network:
    """A model that came as a graph, which anybody may have made.

    Attributes:
        weights: as `exported` gives them, values filled in; change a "value" to ask it with other parameters.
        operations: the kinds of TensorFlow operations that its output hangs on.

    Raises:
        ValueError: it is no such graph, or one that runs Python.
    """

    def __init__(self, exported: Any, rng: np.random.Generator) -> None:
        import tensorflow as tf

        graph = tf.compat.v1.GraphDef()
        try:
            graph.ParseFromString(exported["graph"].tobytes())
            weights = [dict(weight) for weight in exported["weights"]]
            names = [*(weight["tensor"] for weight in weights), *exported["inputs"]]
            wrapped = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph, name=""), [])
            tensor = wrapped.graph.get_tensor_by_name
            given = list(map(tensor, names))
            # Without a signature every call fails first, and TensorFlow writes out all values to say how.
            specs = tuple(tf.TensorSpec(each.shape, each.dtype) for each in given)
            self._function = wrapped.prune(given, tensor(exported["output"]), input_signature=(specs, {}))
            self._inputs = [tensor(name) for name in exported["inputs"]]
            self.weights = [_filled(weight, tensor(weight["tensor"]), rng) for weight in weights]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"what came is no graph of a model ({type(error).__name__})") from None
        pruned = self._function.graph.as_graph_def()
        nodes = [*pruned.node, *(node for function in pruned.library.function for node in function.node_def)]
        self.operations = {node.op for node in nodes}
        if any("PyFunc" in operation for operation in self.operations):
            raise ValueError(
                "the model computes something outside TensorFlow, by numpy_function or py_function"
            )

    @property
    def input_shapes(self) -> list[tuple[int, ...]]:
        """One a input, with the number of pictures first."""
        return [tuple(tensor.shape) for tensor in self._inputs]

    @property
    def size(self) -> int:
        """How many numbers the model holds: parameters, and constants that are numbers with a fraction."""
        numbers = [
            int(np.prod(weight["shape"])) for weight in self.weights if weight["value"].dtype.kind == "f"
        ]
        operations = self._function.graph.get_operations()
        constants = [operation.outputs[0] for operation in operations if operation.type == "Const"]
        return sum(numbers) + sum(c.shape.num_elements() for c in constants if c.dtype.is_floating)

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """The output for these inputs."""
        import tensorflow as tf

        values = [weight["value"] for weight in self.weights]
        arrays = [np.asarray(array, np.float32) for array in inputs]
        return np.asarray(self._function(*map(tf.constant, [*values, *arrays])))


def _filled(weight: dict[str, Any], tensor: Any, rng: np.random.Generator) -> dict[str, Any]:
    """The weight with a value of its tensor's shape: its own, else one drawn, of the size that layers begin with."""
    shape, value = tuple(tensor.shape), weight["value"]
    if value is None:
        fan_in = max(np.prod(shape[:-1]), 1)
        value = rng.normal(size=shape) / np.sqrt(fan_in)
    if np.shape(value) != shape or weight["kind"] not in ("given", "own", "constant"):
        raise TypeError
    filled = np.asarray(value, tensor.dtype.as_numpy_dtype)
    return {**weight, "shape": shape, "value": filled, "trainable": weight["trainable"] is True}
