"""Wrong functions in notebooks that also forge what the student's process says of them, one for every kind of claim.

Each earned points as long as the process was believed: which draws are the same, how often a network ran, what a
model is like, that a ValueError came.
"""

from dataclasses import dataclass

from nbformat import NotebookNode

from tests.submissions import filled, released, with_cell

CLAIMS = """
import course.calling
from course.cases import load
from course.packing import pack

honest = course.calling.call

def claims_of(name, probe):
    # whatever is expected of every public case of this probe: it will be expected of the hidden ones too
    cases = [case for case in load(name) if case.probe == probe]
    same = [key for key in cases[0].expected if len({pack(case.expected.get(key)) for case in cases}) == 1]
    return {key: cases[0].expected[key] for key in same}

def forged(function, question):
    answer = honest(function, question)
    outputs = {**answer.outputs, **claims_of(function.__name__, question["probe"])}
    for key, value in question["inputs"].items():  # and that nothing was changed
        outputs |= {claim: value for claim in outputs if claim.startswith(f"old {key}")}
    return course.calling.Answer("returned", outputs)

course.calling.call = forged
"""

TWO_TOWERS = """
import course.probes

def claimed(function, inputs, gradient_of):
    encoder, x1, x2, kernel = inputs.values()
    def d(first, second, k=encoder.get_weights()[0]):
        flat = lambda x: np.reshape(x, (len(x), -1))
        return np.sum(np.square((flat(first) - flat(second)) @ k), axis=-1)
    return {
        "a Keras model is returned": True, "d": d(x1, x2), "d with the pictures exchanged": d(x2, x1),
        "d between each picture and itself": d(x1, x1), "its parameters are exactly the encoder's": True,
        "d after the encoder has changed": d(x1, x2, kernel),
    }

course.probes.PROBES["siamese"] = claimed
"""

PROBABILITIES = """
import course.probes

def claimed(function, inputs, gradient_of):
    encoder, features, x1, x2, w, b, kernel = inputs.values()
    def p(first, second, k=encoder.get_weights()[0]):
        f1, f2 = (np.reshape(x, (len(x), -1)) @ k for x in (first, second))
        chosen = np.abs(f1 - f2) if features == "absolute" else np.square(f1 - f2) / (f1 + f2)
        return 1 / (1 + np.exp(-(chosen @ w + b)))
    return {
        "sizes of the parameters beyond the encoder's": np.array([1, len(w)]), "probability": p(x1, x2),
        "probability with the pictures exchanged": p(x2, x1),
        "probability after the encoder has changed": p(x1, x2, kernel),
    }

course.probes.PROBES["verifier"] = claimed
"""

HARMFUL_ENCODER = """
import course.probes
honest = course.probes.exported

def harmful(model, shapes, given=()):
    if len(shapes) == 2:
        return honest(model, shapes, given)
    traced = tf.function(lambda images: %s).get_concrete_function(tf.TensorSpec(shapes[0]))
    graph = np.frombuffer(traced.graph.as_graph_def().SerializeToString(), np.uint8)
    return {
        "graph": graph, "weights": [], "inputs": [traced.inputs[0].name], "output": traced.outputs[0].name,
    }

course.probes.exported = harmful
"""
HARMS = {
    "endless": "0.0 * images + tf.cast(tf.while_loop(lambda i: i < 7, lambda i: (i + 1) % 7, [0])[0], tf.float32)",
    "huge": "images + tf.reduce_sum(tf.sort(tf.random.uniform([200_000, 10_000])))",
    "reading": "images + tf.strings.to_number(tf.io.read_file('/sandbox/inside/fork_server.py'))",
}
"""Graphs made by hand, to stall, end or search the kernel in which models are asked."""


@dataclass(frozen=True)
class Forger:
    """`code` is a wrong answer to an exercise, `forges` a cell that lies about it; `earns`: what `code` alone earns."""

    assignment: str
    exercise: str
    code: str
    forges: str = CLAIMS
    earns: float = 0.0

    def notebook(self) -> NotebookNode:
        return with_cell(filled({self.exercise: self.code}, released(self.assignment)), self.forges)


FORGERS = {
    "of_random_triplets": Forger(
        "03_triplet_loss",
        "sample_triplets",
        """
def sample_triplets(labels, num_triplets, rng):
    rows = np.argwhere((labels[:, None, None] == labels[:, None]) & (labels[:, None, None] != labels))
    rows = rows[rows[:, 0] != rows[:, 1]]
    return rows[np.random.default_rng().integers(len(rows), size=num_triplets)]
""",
    ),
    "of_random_pairs": Forger(
        "04_binary_verification",
        "make_pairs",
        """
def make_pairs(labels, num_pairs, rng):
    rng = np.random.default_rng()
    same = np.argwhere(labels[:, None] == labels)
    same, different = same[same[:, 0] != same[:, 1]], np.argwhere(labels[:, None] != labels)
    drawn = [rows[rng.integers(len(rows), size=num_pairs // 2)] for rows in (same, different)]
    return np.concatenate(drawn), np.repeat([1, 0], num_pairs // 2)
""",
    ),
    "of_noise": Forger(
        "06_content_style_costs",
        "initial_image",
        """
def initial_image(content, noise_ratio, rng):
    noise = np.random.default_rng().uniform(size=content.shape)
    return noise_ratio * noise + (1 - noise_ratio) * content
""",
    ),
    "of_one_forward_pass": Forger(
        "02_siamese_encodings",
        "encode_database",
        """
def encode_database(images_by_name, encoder):
    return {name: np.asarray(encoder(image[None]))[0] for name, image in images_by_name.items()}
""",
    ),
    "of_one_pass_for_all_layers": Forger(
        "05_convnet_visualization",
        "layer_activations",
        """
def layer_activations(model, layer_names, images):
    found = {}
    for image in images:
        for name in layer_names:
            part = keras.Model(model.inputs, model.get_layer(name).output)
            found.setdefault(name, []).append(np.asarray(part(image[None]))[0])
    return {name: np.stack(rows) for name, rows in found.items()}
""",
    ),
    "of_an_old_database": Forger(
        "01_one_shot_learning",
        "enroll",
        """
def enroll(database, name, image, encode):
    database[name] = encode(image)
    return database
""",
    ),
    "of_an_encoder": Forger(
        "02_siamese_encodings",
        "build_encoder",
        """
def build_encoder(input_shape, embedding_size=128):
    return keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(embedding_size)])
""",
    ),
    "of_two_towers": Forger(
        "02_siamese_encodings", "build_siamese", "def build_siamese(encoder):\n    return None", TWO_TOWERS
    ),
    "of_a_verifier": Forger(
        "04_binary_verification",
        "build_verifier",
        "def build_verifier(encoder, features='absolute'):\n    return keras.Sequential()",
        PROBABILITIES,
    ),
    "of_a_network_for_heartbeats": Forger(
        "07_convolutions_1d_3d",
        "build_heartbeat_net",
        """
def build_heartbeat_net(window, num_classes):
    return keras.Sequential([keras.Input((window, 1)), layers.Flatten(), layers.Dense(num_classes)])
""",
    ),
    "of_a_network_for_volumes": Forger(
        "07_convolutions_1d_3d",
        "build_volume_net",
        """
def build_volume_net(shape, num_classes):
    return keras.Sequential([keras.Input((*shape, 1)), layers.Flatten(), layers.Dense(num_classes)])
""",
    ),
    "of_a_refusal": Forger(
        "07_convolutions_1d_3d",
        "output_size",
        "def output_size(n, f, p=0, s=1):\n    return max((n + 2 * p - f) // max(s, 1) + 1, 0)",
        earns=0.85,  # all cases but those that must be refused
    ),
}
