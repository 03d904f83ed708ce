"""Five ways to be right in the whole notebook; each must get full marks."""

from collections.abc import Callable

from nbformat import NotebookNode

from tests.submissions import filled, solved, with_cell

LOOPS = {
    "triplet_loss": """
def triplet_loss(anchor, positive, negative, alpha=0.2):
    losses = []
    for i in range(len(anchor)):
        d_ap = tf.reduce_sum((anchor[i] - positive[i]) ** 2)
        d_an = tf.reduce_sum((anchor[i] - negative[i]) ** 2)
        losses.append(tf.nn.relu(d_ap - d_an + alpha))
    return tf.stack(losses)
""",
    "valid_triplets": """
def valid_triplets(labels):
    m = len(labels)
    valid = np.zeros((m, m, m), dtype=bool)
    for i in range(m):
        for j in range(m):
            for k in range(m):
                valid[i, j, k] = i != j and labels[i] == labels[j] and labels[i] != labels[k]
    return valid
""",
    "sample_triplets": """
def sample_triplets(labels, num_triplets, rng):
    rows = []
    while len(rows) < num_triplets:
        i, j, k = rng.integers(len(labels), size=3)
        if i != j and labels[i] == labels[j] and labels[i] != labels[k]:
            rows.append([i, j, k])
    return np.array(rows)
""",
}

NUMPY = {
    "is_semi_hard": """
def is_semi_hard(d_ap, d_an, alpha=0.2):
    return np.logical_and(np.less(d_ap, d_an), np.less(d_an, np.add(d_ap, alpha)))
""",
    "hardest_triplets": """
def hardest_triplets(distances, labels):
    distances, labels = np.asarray(distances), np.asarray(labels)
    rows = []
    for i, label in enumerate(labels):
        positives = np.flatnonzero((labels == label) & (np.arange(len(labels)) != i))
        negatives = np.flatnonzero(labels != label)
        if len(positives) and len(negatives):
            rows.append([i, positives[distances[i, positives].argmax()], negatives[distances[i, negatives].argmin()]])
    return np.array(rows, dtype=int).reshape(-1, 3)
""",
}

COMPILED = {
    "triplet_loss": """
@tf.function
def triplet_loss(anchor, positive, negative, alpha=0.2):
    d = lambda x, y: tf.einsum("ij,ij->i", x - y, x - y)
    return tf.nn.relu(d(anchor, positive) - d(anchor, negative) + alpha)
"""
}

USES_HELPER = {
    "triplet_loss": """
def triplet_loss(anchor, positive, negative, alpha=0.2):
    return clamped(squared(anchor, positive) - squared(anchor, negative) + alpha)
""",
    "triplet_cost": """
def triplet_cost(anchor, positive, negative, alpha=0.2):
    return tf.math.reduce_sum(triplet_loss(anchor, positive, negative, alpha))
""",
}
HELPER = """
def squared(x, y):
    return tf.reduce_sum(tf.math.squared_difference(x, y), axis=1)

def clamped(x):
    return tf.where(x > 0, x, tf.zeros_like(x))
"""

RIGHT: dict[str, Callable[[], NotebookNode]] = {
    "as_in_the_source": solved,
    "with_loops": lambda: filled(LOOPS, solved()),
    "in_numpy_where_allowed": lambda: filled(NUMPY, solved()),
    "compiled_einsum": lambda: filled(COMPILED, solved()),
    "helper_in_a_cell_below": lambda: with_cell(filled(USES_HELPER, solved()), HELPER),
}
