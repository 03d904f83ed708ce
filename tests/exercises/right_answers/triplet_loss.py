"""03_triplet_loss as students write it, all of it right."""

import itertools
from typing import Any

import numpy as np
import tensorflow as tf

from tests.exercises.right_answers.tf32 import matmul_tf32

Rows = list[tuple[int, int, int]]


# triplet_loss


def loss_in_tensorflow(anchor, positive, negative, alpha=0.2):
    d_ap = tf.reduce_sum(tf.square(anchor - positive), axis=-1)
    d_an = tf.reduce_sum(tf.square(anchor - negative), axis=-1)
    return tf.maximum(d_ap - d_an + alpha, 0.0)


def loss_with_relu(anchor, positive, negative, alpha=0.2):
    difference = tf.reduce_sum((anchor - positive) ** 2 - (anchor - negative) ** 2, axis=1)
    return tf.nn.relu(difference + alpha)


def loss_with_norm(anchor, positive, negative, alpha=0.2):
    d_ap = tf.norm(tf.subtract(anchor, positive), axis=-1) ** 2
    d_an = tf.norm(tf.subtract(anchor, negative), axis=-1) ** 2
    return tf.math.maximum(0.0, tf.add(tf.subtract(d_ap, d_an), alpha))


def loss_one_by_one(anchor, positive, negative, alpha=0.2):
    losses = []
    for a, p, n in zip(tf.unstack(anchor), tf.unstack(positive), tf.unstack(negative), strict=True):
        losses.append(tf.maximum(tf.reduce_sum((a - p) ** 2) - tf.reduce_sum((a - n) ** 2) + alpha, 0.0))
    return tf.stack(losses)


def loss_with_einsum(anchor, positive, negative, alpha=0.2):
    ap, an = tf.convert_to_tensor(anchor - positive), tf.convert_to_tensor(anchor - negative)
    return tf.nn.relu(tf.einsum("mn,mn->m", ap, ap) - tf.einsum("mn,mn->m", an, an) + alpha)


def loss_in_float64(anchor, positive, negative, alpha=0.2):
    a, p, n = (tf.cast(x, tf.float64) for x in (anchor, positive, negative))
    return tf.maximum(tf.reduce_sum((a - p) ** 2 - (a - n) ** 2, axis=-1) + alpha, 0)


def loss_in_keras(anchor, positive, negative, alpha=0.2):
    from keras import ops

    d_ap = ops.sum(ops.square(anchor - positive), axis=-1)
    d_an = ops.sum(ops.square(anchor - negative), axis=-1)
    return ops.maximum(d_ap - d_an + alpha, 0.0)


def loss_in_tf32(anchor, positive, negative, alpha=0.2):
    ones = tf.ones((anchor.shape[1], 1))
    gap = tf.square(anchor - positive) - tf.square(anchor - negative)
    return tf.maximum(matmul_tf32(gap, ones)[:, 0] + alpha, 0.0)


# triplet_cost


def cost_in_tensorflow(anchor, positive, negative, alpha=0.2):
    return tf.reduce_sum(loss_in_tensorflow(anchor, positive, negative, alpha))


def cost_in_one_line(anchor, positive, negative, alpha=0.2):
    return tf.reduce_sum(
        tf.nn.relu(tf.reduce_sum((anchor - positive) ** 2 - (anchor - negative) ** 2, -1) + alpha)
    )


def cost_by_adding(anchor, positive, negative, alpha=0.2):
    return tf.add_n(tf.unstack(loss_one_by_one(anchor, positive, negative, alpha)))


def cost_as_python_sum(anchor, positive, negative, alpha=0.2):
    return sum(loss_with_relu(anchor, positive, negative, alpha))


def cost_in_float64(anchor, positive, negative, alpha=0.2):
    return tf.reduce_sum(loss_in_float64(anchor, positive, negative, alpha))


def cost_in_tf32(anchor, positive, negative, alpha=0.2):
    return tf.reduce_sum(loss_in_tf32(anchor, positive, negative, alpha))


# valid_triplets


def valid_with_masks(labels):
    same = labels[:, None] == labels[None, :]
    positive = same & ~np.eye(len(labels), dtype=bool)
    return positive[:, :, None] & ~same[:, None, :]


def valid_with_loops(labels):
    m = len(labels)
    valid = np.zeros((m, m, m), dtype=bool)
    for i in range(m):
        for j in range(m):
            for k in range(m):
                valid[i, j, k] = i != j and labels[i] == labels[j] and labels[i] != labels[k]
    return valid


def valid_as_lists(labels):
    every = range(len(labels))
    return [
        [[bool(labels[i] == labels[j] != labels[k] and i != j) for k in every] for j in every] for i in every
    ]


def valid_in_tensorflow(labels):
    labels = tf.convert_to_tensor(labels)
    same = tf.equal(labels[:, None], labels[None, :])
    other_picture = tf.logical_not(tf.eye(len(labels), dtype=tf.bool))
    return tf.logical_and(tf.logical_and(same, other_picture)[:, :, None], tf.logical_not(same)[:, None, :])


def valid_with_indices(labels):
    i, j, k = np.indices((len(labels),) * 3)
    return (labels[i] == labels[j]) & (i != j) & (labels[i] != labels[k])


def valid_as_product(labels):
    same = (labels[:, None] == labels).astype(int)
    return np.einsum("ij,ik->ijk", same - np.eye(len(labels), dtype=int), 1 - same) == 1


# sample_triplets


def sample_from_mask(labels, num_triplets, rng):
    allowed = np.argwhere(valid_with_masks(labels))
    return allowed[rng.integers(len(allowed), size=num_triplets)]


def sample_with_choice(labels, num_triplets, rng):
    return rng.choice(np.argwhere(valid_with_masks(labels)), size=num_triplets)


def sample_one_by_one(labels, num_triplets, rng):
    rows: Rows = []
    while len(rows) < num_triplets:
        i, j, k = rng.integers(len(labels), size=3)
        if i != j and labels[i] == labels[j] and labels[i] != labels[k]:
            rows.append((i, j, k))
    return rows


def sample_in_stages(labels, num_triplets, rng):
    rows = []
    anchors = [i for i in range(len(labels)) if (labels == labels[i]).sum() > 1]
    for anchor in rng.choice(anchors, size=num_triplets):
        positives = np.flatnonzero((labels == labels[anchor]) & (np.arange(len(labels)) != anchor))
        rows.append((anchor, rng.choice(positives), rng.choice(np.flatnonzero(labels != labels[anchor]))))
    return np.array(rows)


def sample_as_tensor(labels, num_triplets, rng):
    allowed = tf.where(valid_with_masks(labels))
    return tf.gather(allowed, rng.integers(0, allowed.shape[0], num_triplets))


def sample_with_random(labels, num_triplets, rng):
    allowed = np.stack(np.nonzero(valid_with_masks(labels)), axis=-1).astype(np.float64)
    return allowed[(rng.random(num_triplets) * len(allowed)).astype(int)]


# hardest_triplets


def hardest_with_masks(distances, labels):
    same = labels[:, None] == labels[None, :]
    positive = same & ~np.eye(len(labels), dtype=bool)
    farthest = np.where(positive, distances, -np.inf).argmax(axis=1)
    nearest = np.where(same, np.inf, distances).argmin(axis=1)
    rows = np.stack([np.arange(len(labels)), farthest, nearest], axis=1)
    return rows[positive.any(axis=1) & ~same.all(axis=1)]


def hardest_with_loops(distances, labels):
    rows = []
    for i in range(len(labels)):
        positives = [j for j in range(len(labels)) if labels[j] == labels[i] and j != i]
        negatives = [k for k in range(len(labels)) if labels[k] != labels[i]]
        if positives and negatives:
            farthest = positives[int(np.argmax([distances[i, j] for j in positives]))]
            nearest = negatives[int(np.argmin([distances[i, k] for k in negatives]))]
            rows.append([i, farthest, nearest])
    return rows


def hardest_in_tensorflow(distances, labels):
    same = tf.equal(labels[:, None], labels[None, :])
    positive = tf.logical_and(same, tf.logical_not(tf.eye(len(labels), dtype=tf.bool)))
    farthest = tf.argmax(tf.where(positive, distances, -1.0), axis=1)
    nearest = tf.argmin(tf.where(same, 1e9, distances), axis=1)
    rows = tf.stack([tf.range(len(labels), dtype=tf.int64), farthest, nearest], axis=1)
    complete = tf.reduce_any(positive, axis=1) & ~tf.reduce_all(same, axis=1)
    return tf.boolean_mask(rows, complete)


def hardest_from_all(distances, labels):
    """The hardest of an anchor is the valid triplet with the largest d(A, P) - d(A, N)."""
    gap = np.where(valid_with_masks(labels), distances[:, :, None] - distances[:, None, :], -np.inf)
    best = gap.reshape(len(labels), -1).argmax(axis=1)
    rows = np.stack([np.arange(len(labels)), *np.divmod(best, len(labels))], axis=1)
    return rows[np.isfinite(gap).any(axis=(1, 2))]


def hardest_backwards(distances, labels):
    rows = np.array(hardest_with_loops(distances, labels), dtype=np.float64).reshape(-1, 3)
    return rows[::-1]


# is_semi_hard


def semi_hard_with_and(d_ap, d_an, alpha=0.2):
    return (d_ap < d_an) & (d_an < d_ap + alpha)


def semi_hard_by_gap(d_ap, d_an, alpha=0.2):
    gap = np.asarray(d_an) - np.asarray(d_ap)
    return np.logical_and(gap > 0, gap < alpha)


def semi_hard_in_tensorflow(d_ap, d_an, alpha=0.2):
    return tf.logical_and(tf.less(d_ap, d_an), tf.less(d_an, tf.add(d_ap, alpha)))


def semi_hard_one_by_one(d_ap, d_an, alpha=0.2):
    answers = np.zeros(np.shape(d_ap), dtype=bool)
    for index in np.ndindex(np.shape(d_ap)):
        answers[index] = bool(d_ap[index] < d_an[index] < d_ap[index] + alpha)
    return answers


def semi_hard_as_product(d_ap, d_an, alpha=0.2):
    return ((d_ap < d_an) * (d_an < d_ap + alpha)).tolist()


def semi_hard_vectorized(d_ap, d_an, alpha=0.2):
    return np.vectorize(lambda ap, an: ap < an < ap + alpha)(d_ap, d_an)


# semi_hard_triplets


def choose_with_masks(distances, labels, alpha=0.2):
    d_ap, d_an = distances[:, :, None], distances[:, None, :]
    semi_hard = valid_with_masks(labels) & semi_hard_with_and(d_ap, d_an, alpha)
    nearest = np.where(semi_hard, d_an, np.inf).argmin(axis=2)
    anchor, positive = np.nonzero(semi_hard.any(axis=2))
    return np.stack([anchor, positive, nearest[anchor, positive]], axis=1)


def choose_with_loops(distances, labels, alpha=0.2):
    rows = []
    for i in range(len(labels)):
        for j in range(len(labels)):
            if i == j or labels[i] != labels[j]:
                continue
            best = None
            for k in range(len(labels)):
                between = distances[i, j] < distances[i, k] < distances[i, j] + alpha
                if (
                    labels[k] != labels[i]
                    and between
                    and (best is None or distances[i, k] < distances[i, best])
                ):
                    best = k
            if best is not None:
                rows.append((i, j, best))
    return np.array(rows, dtype=np.int32).reshape(len(rows), 3)


def choose_by_sorting(distances, labels, alpha=0.2):
    rows = []
    for i, j in itertools.permutations(range(len(labels)), 2):
        if labels[i] == labels[j]:
            by_distance = [k for k in np.argsort(distances[i]) if labels[k] != labels[i]]
            found = [k for k in by_distance if semi_hard_with_and(distances[i, j], distances[i, k], alpha)]
            rows += [[i, j, found[0]]] if found else []
    return rows


def choose_in_tensorflow(distances, labels, alpha=0.2):
    d_ap, d_an = tf.constant(distances)[:, :, None], tf.constant(distances)[:, None, :]
    semi_hard = valid_in_tensorflow(labels) & (d_ap < d_an) & (d_an < d_ap + alpha)
    nearest = tf.argmin(tf.where(semi_hard, d_an, 1e9), axis=2)
    pairs = tf.where(tf.reduce_any(semi_hard, axis=2))
    return tf.concat([pairs, tf.gather_nd(nearest, pairs)[:, None]], axis=1)


def choose_anchor_by_anchor(distances, labels, alpha=0.2):
    rows: Rows = []
    for i, row in enumerate(distances):
        others = np.flatnonzero(labels != labels[i])
        for j in np.flatnonzero(labels == labels[i]):
            band = others[(row[others] > row[j]) & (row[others] < row[j] + alpha)]
            if j != i and len(band):
                rows.append((i, int(j), int(band[np.argmin(row[band])])))
    return np.array(rows).reshape(-1, 3)


# train_step


def step_with_gather(encoder, optimizer, images, triplets, alpha=0.2):
    with tf.GradientTape() as tape:
        encodings = encoder(images, training=True)
        anchor, positive, negative = (tf.gather(encodings, column) for column in triplets.T)
        cost = cost_in_tensorflow(anchor, positive, negative, alpha)
    gradients = tape.gradient(cost, encoder.trainable_variables)
    optimizer.apply_gradients(zip(gradients, encoder.trainable_variables, strict=True))
    return cost


def step_with_three_passes(encoder, optimizer, images, triplets, alpha=0.2):
    with tf.GradientTape() as tape:
        encodings = [encoder(images[triplets[:, column]], training=True) for column in range(3)]
        cost = cost_in_one_line(*encodings, alpha)
    optimizer.apply(tape.gradient(cost, encoder.trainable_variables), encoder.trainable_variables)
    return float(cost)


def step_in_a_graph(encoder, optimizer, images, triplets, alpha=0.2):
    optimizer.build(encoder.trainable_variables)

    @tf.function
    def step(batch, rows):
        with tf.GradientTape() as tape:
            encodings = tf.gather(encoder(batch, training=True), rows)
            cost = cost_in_tensorflow(encodings[:, 0], encodings[:, 1], encodings[:, 2], alpha)
        optimizer.apply(tape.gradient(cost, encoder.trainable_variables), encoder.trainable_variables)
        return cost

    return step(tf.constant(images), tf.constant(triplets)).numpy()


def step_one_at_a_time(encoder, optimizer, images, triplets, alpha=0.2):
    with tf.GradientTape() as tape:
        cost = 0.0
        for i, j, k in triplets:
            a, p, n = tf.split(encoder(images[[i, j, k]], training=True), 3)
            cost += loss_in_tensorflow(a, p, n, alpha)[0]
    optimizer.apply(tape.gradient(cost, encoder.trainable_weights), encoder.trainable_weights)
    return cost.numpy()


def step_with_keras_loss(encoder, optimizer, images, triplets, alpha=0.2):
    variables = encoder.trainable_variables
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([variable.value for variable in variables])
        encodings = tf.gather(encoder(tf.convert_to_tensor(images), training=True), triplets, axis=0)
        cost = tf.reduce_sum(loss_in_keras(*tf.unstack(encodings, axis=1), alpha))
    optimizer.apply_gradients(list(zip(tape.gradient(cost, variables), variables, strict=True)))
    return [float(cost)][0]


def step_in_tf32(encoder, optimizer, images, triplets, alpha=0.2):
    (kernel,) = encoder.trainable_variables
    with tf.GradientTape() as tape:
        encodings = matmul_tf32(np.reshape(images, (len(images), -1)), tf.convert_to_tensor(kernel))
        cost = cost_in_tensorflow(*(tf.gather(encodings, column) for column in triplets.T), alpha)
    optimizer.apply(tape.gradient(cost, [kernel]), [kernel])
    return cost


RIGHT: dict[str, dict[str, Any]] = {
    "triplet_loss": {
        "TensorFlow": loss_in_tensorflow,
        "relu": loss_with_relu,
        "norm, squared": loss_with_norm,
        "a loop over the triplets": loss_one_by_one,
        "einsum": loss_with_einsum,
        "float64": loss_in_float64,
        "keras.ops": loss_in_keras,
        "tf.function": tf.function(loss_in_tensorflow),
        "tf32": loss_in_tf32,
    },
    "triplet_cost": {
        "a helper": cost_in_tensorflow,
        "one line": cost_in_one_line,
        "one by one": cost_by_adding,
        "Python's sum": cost_as_python_sum,
        "float64": cost_in_float64,
        "tf.function": tf.function(cost_in_tensorflow),
        "tf32": cost_in_tf32,
    },
    "valid_triplets": {
        "masks": valid_with_masks,
        "loops": valid_with_loops,
        "lists": valid_as_lists,
        "TensorFlow": valid_in_tensorflow,
        "indices": valid_with_indices,
        "einsum": valid_as_product,
        "tf.function": tf.function(valid_in_tensorflow),
    },
    "sample_triplets": {
        "from the mask": sample_from_mask,
        "choice": sample_with_choice,
        "one by one, a list of tuples": sample_one_by_one,
        "in stages": sample_in_stages,
        "a tensor": sample_as_tensor,
        "float64": sample_with_random,
    },
    "hardest_triplets": {
        "masks": hardest_with_masks,
        "loops, a list": hardest_with_loops,
        "TensorFlow": hardest_in_tensorflow,
        "from all valid ones": hardest_from_all,
        "backwards, float64": hardest_backwards,
    },
    "is_semi_hard": {
        "and": semi_hard_with_and,
        "by the gap": semi_hard_by_gap,
        "TensorFlow": semi_hard_in_tensorflow,
        "loops": semi_hard_one_by_one,
        "a product, a list": semi_hard_as_product,
        "vectorize": semi_hard_vectorized,
        "tf.function": tf.function(semi_hard_in_tensorflow),
    },
    "semi_hard_triplets": {
        "masks": choose_with_masks,
        "loops, int32": choose_with_loops,
        "by sorting, a list": choose_by_sorting,
        "TensorFlow": choose_in_tensorflow,
        "anchor by anchor": choose_anchor_by_anchor,
    },
    "train_step": {
        "gather": step_with_gather,
        "three passes, a Python float": step_with_three_passes,
        "tf.function": step_in_a_graph,
        "one triplet at a time": step_one_at_a_time,
        "keras.ops, an explicit watch": step_with_keras_loss,
        "tf32": step_in_tf32,
    },
}
