"""06_content_style_costs as students write it, all of it right."""

import numpy as np
import tensorflow as tf

from tests.exercises.right_answers.tf32 import matmul_tf32

# compute_content_cost


def content_in_tensorflow(a_C, a_G):
    return 0.5 * tf.reduce_sum(tf.square(a_C - a_G))


def content_with_norm(a_C, a_G):
    return tf.norm(tf.convert_to_tensor(a_C - a_G)) ** 2 / 2


def content_with_l2_loss(a_C, a_G):
    return tf.nn.l2_loss(a_C - a_G)


def content_unrolled(a_C, a_G):
    difference = tf.reshape(a_C, [-1]) - tf.reshape(a_G, [-1])
    return tf.tensordot(difference, difference, axes=1) / 2


def content_a_channel_at_a_time(a_C, a_G):
    cost = 0.0
    for channel in range(a_C.shape[-1]):
        cost += tf.reduce_sum((a_C[..., channel] - a_G[..., channel]) ** 2)
    return cost / 2


def content_in_float64(a_C, a_G):
    return tf.reduce_sum((tf.cast(a_C, tf.float64) - tf.cast(a_G, tf.float64)) ** 2) / 2


def content_in_keras(a_C, a_G):
    from keras import ops

    return 0.5 * ops.sum(ops.square(ops.subtract(a_G, a_C)))


def content_in_tf32(a_C, a_G):
    difference = tf.reshape(a_C - a_G, [1, -1])
    return matmul_tf32(difference, tf.transpose(difference))[0, 0] / 2


# gram_matrix


def gram_in_tensorflow(a):
    A = tf.transpose(tf.reshape(a, [-1, a.shape[-1]]))
    return tf.matmul(A, tf.transpose(A))


def gram_transposed_first(a):
    n_H, n_W, n_C = a.shape
    A = tf.reshape(tf.transpose(a, perm=[2, 0, 1]), [n_C, n_H * n_W])
    return A @ tf.transpose(A)


def gram_the_other_way_round(a):
    A = tf.reshape(a, [-1, a.shape[2]])
    return tf.matmul(A, A, transpose_a=True)


def gram_with_einsum(a):
    return tf.einsum("ijk,ijl->kl", a, a)


def gram_with_tensordot(a):
    return tf.tensordot(a, a, axes=[[0, 1], [0, 1]])


def gram_with_loops(a):
    channels = tf.unstack(tf.convert_to_tensor(a), axis=-1)
    return tf.stack([tf.stack([tf.reduce_sum(one * other) for other in channels]) for one in channels])


def gram_in_float64(a):
    A = tf.reshape(tf.cast(a, tf.float64), [-1, a.shape[-1]])
    return tf.transpose(A) @ A


def gram_in_tf32(a):
    A = tf.reshape(a, [-1, a.shape[-1]])
    return matmul_tf32(tf.transpose(A), A)


# compute_layer_style_cost


def layer_in_tensorflow(a_S, a_G):
    n_H, n_W, n_C = a_G.shape
    difference = gram_in_tensorflow(a_S) - gram_in_tensorflow(a_G)
    return tf.reduce_sum(tf.square(difference)) / (2 * n_H * n_W * n_C) ** 2


def layer_with_published_constant(a_S, a_G):
    n_H, n_W, n_C = a_G.shape
    difference = gram_with_einsum(a_S) - gram_with_einsum(a_G)
    return tf.reduce_sum(difference**2) / (4 * n_C**2 * (n_H * n_W) ** 2)


def layer_divided_early(a_S, a_G):
    size = tf.cast(tf.size(a_G), tf.float32)
    S, G = (gram_the_other_way_round(a) / (2 * size) for a in (a_S, a_G))
    return tf.reduce_sum((S - G) ** 2)


def layer_in_float64(a_S, a_G):
    difference = gram_in_float64(a_S) - gram_in_float64(a_G)
    return tf.norm(difference) ** 2 / (2.0 * np.prod(a_G.shape)) ** 2


@tf.function
def layer_compiled(a_S, a_G):
    shape = tf.cast(tf.shape(a_G), tf.float32)
    return 2 * tf.nn.l2_loss(gram_with_einsum(a_S) - gram_with_einsum(a_G)) / (2 * tf.reduce_prod(shape)) ** 2


def layer_with_loops(a_S, a_G):
    S, G = tf.unstack(gram_with_loops(a_S)), tf.unstack(gram_with_loops(a_G))
    total = sum(tf.reduce_sum((s - g) ** 2) for s, g in zip(S, G, strict=True))
    return total * (1 / (2 * a_S.shape[0] * a_S.shape[1] * a_S.shape[2])) ** 2


def layer_in_tf32(a_S, a_G):
    difference = gram_in_tf32(a_S) - gram_in_tf32(a_G)
    return tf.reduce_sum(difference**2) / (2 * np.prod(a_G.shape)) ** 2


# compute_style_cost


def style_with_loop(style_activations, generated_activations, weights):
    J = 0
    for layer in weights:
        J += weights[layer] * layer_in_tensorflow(style_activations[layer], generated_activations[layer])
    return J


def style_in_one_line(style_activations, generated_activations, weights):
    return sum(
        weight * layer_with_published_constant(style_activations[name], generated_activations[name])
        for name, weight in weights.items()
    )


def style_added_up_by_tensorflow(style_activations, generated_activations, weights):
    costs = [layer_compiled(style_activations[name], generated_activations[name]) for name in weights]
    return tf.add_n([weight * cost for weight, cost in zip(weights.values(), costs, strict=True)])


def style_as_dot_product(style_activations, generated_activations, weights):
    costs = tf.stack([layer_divided_early(style_activations[k], generated_activations[k]) for k in weights])
    return tf.reduce_sum(costs * tf.constant(list(weights.values()), tf.float32))


def style_of_weighted_layers(style_activations, generated_activations, weights):
    total = tf.constant(0.0)
    for name, a_G in generated_activations.items():
        if name in weights:
            total = total + weights[name] * layer_in_tensorflow(style_activations[name], a_G)
    return total


def style_in_float64(style_activations, generated_activations, weights):
    return sum(
        w * layer_in_float64(style_activations[k], generated_activations[k]) for k, w in weights.items()
    )


def style_in_tf32(style_activations, generated_activations, weights):
    return sum(w * layer_in_tf32(style_activations[k], generated_activations[k]) for k, w in weights.items())


# total_cost


def total_in_one_line(J_content, J_style, alpha=10, beta=40):
    return alpha * J_content + beta * J_style


def total_in_tensorflow(J_content, J_style, alpha=10, beta=40):
    return tf.add(tf.multiply(float(alpha), J_content), tf.multiply(float(beta), J_style))


@tf.function
def total_compiled(J_content, J_style, alpha=10.0, beta=40.0):
    return beta * J_style + alpha * J_content


def total_of_stack(J_content, J_style, alpha=10, beta=40):
    costs = tf.stack([tf.cast(J_content, tf.float32), tf.cast(J_style, tf.float32)])
    return tf.reduce_sum(costs * [alpha, beta])


def total_in_keras(J_content, J_style, alpha=10, beta=40):
    from keras import ops

    return ops.add(alpha * ops.convert_to_tensor(J_content), beta * ops.convert_to_tensor(J_style))


def total_in_float64(J_content, J_style, alpha=10, beta=40):
    return alpha * tf.cast(J_content, tf.float64) + beta * tf.cast(J_style, tf.float64)


# initial_image


def image_in_one_line(content, noise_ratio, rng):
    return noise_ratio * rng.uniform(size=content.shape) + (1 - noise_ratio) * content


def image_in_float32(content, noise_ratio, rng):
    noise = rng.random(content.shape, dtype=np.float32)
    return np.float32(noise_ratio) * noise + np.float32(1 - noise_ratio) * content


def image_clipped(content, noise_ratio, rng):
    noise = rng.uniform(0.0, 1.0, content.shape).astype("float32")
    return np.clip(content * (1 - noise_ratio) + noise * noise_ratio, 0.0, 1.0)


def image_as_tensor(content, noise_ratio, rng):
    noise = tf.constant(rng.random(np.shape(content)), tf.float32)
    return tf.convert_to_tensor(content) + noise_ratio * (noise - content)


def image_as_variable(content, noise_ratio, rng):
    return tf.Variable(image_in_float32(content, noise_ratio, rng))


def image_with_loops(content, noise_ratio, rng):
    image = np.empty(content.shape)
    for row in range(content.shape[0]):
        for column in range(content.shape[1]):
            for colour in range(3):
                old = content[row, column, colour]
                image[row, column, colour] = noise_ratio * rng.random() + (1 - noise_ratio) * old
    return image


# transfer_step


def step_with_tape(image, cost, optimizer):
    with tf.GradientTape() as tape:
        J = cost(image)
    gradient = tape.gradient(J, image)
    optimizer.apply_gradients([(gradient, image)])
    image.assign(tf.clip_by_value(image, 0.0, 1.0))
    return J


def step_in_keras_3(image, cost, optimizer):
    with tf.GradientTape() as tape:
        J = cost(image)
    optimizer.apply([tape.gradient(J, image)], [image])
    image.assign(tf.minimum(tf.maximum(image, 0.0), 1.0))
    return J


def step_that_gives_a_float(image, cost, optimizer):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        J = cost(image)
    optimizer.apply_gradients(zip(tape.gradient(J, [image]), [image], strict=True))
    image.assign(np.clip(image.numpy(), 0, 1))
    return float(J)


def step_with_a_copy(image, cost, optimizer):
    copy = tf.Variable(image)
    with tf.GradientTape() as tape:
        J = cost(copy)
    optimizer.apply_gradients([(tape.gradient(J, copy), copy)])
    image.assign(tf.clip_by_value(copy, 0, 1))
    return J.numpy()


@tf.function
def step_compiled(image, cost, optimizer):
    with tf.GradientTape() as tape:
        J = cost(image)
    optimizer.apply_gradients([(tape.gradient(J, image), image)])
    image.assign(tf.clip_by_value(image, 0.0, 1.0))
    return J


RIGHT = {
    "compute_content_cost": {
        "TensorFlow": content_in_tensorflow,
        "norm": content_with_norm,
        "l2_loss": content_with_l2_loss,
        "unrolled": content_unrolled,
        "loop over channels": content_a_channel_at_a_time,
        "float64": content_in_float64,
        "Keras": content_in_keras,
        "tf.function": tf.function(content_in_tensorflow),
        "tf32": content_in_tf32,
    },
    "gram_matrix": {
        "TensorFlow": gram_in_tensorflow,
        "transposed first": gram_transposed_first,
        "the other way round": gram_the_other_way_round,
        "einsum": gram_with_einsum,
        "tensordot": gram_with_tensordot,
        "loops": gram_with_loops,
        "float64": gram_in_float64,
        "tf.function": tf.function(gram_in_tensorflow),
        "tf32": gram_in_tf32,
    },
    "compute_layer_style_cost": {
        "TensorFlow": layer_in_tensorflow,
        "published constant": layer_with_published_constant,
        "divided early": layer_divided_early,
        "float64": layer_in_float64,
        "tf.function": layer_compiled,
        "loops": layer_with_loops,
        "tf32": layer_in_tf32,
    },
    "compute_style_cost": {
        "loop": style_with_loop,
        "one line": style_in_one_line,
        "add_n": style_added_up_by_tensorflow,
        "dot product": style_as_dot_product,
        "only weighted layers": style_of_weighted_layers,
        "float64": style_in_float64,
        "tf32": style_in_tf32,
    },
    "total_cost": {
        "one line": total_in_one_line,
        "TensorFlow": total_in_tensorflow,
        "tf.function": total_compiled,
        "stack": total_of_stack,
        "Keras": total_in_keras,
        "float64": total_in_float64,
    },
    "initial_image": {
        "one line": image_in_one_line,
        "float32": image_in_float32,
        "clipped": image_clipped,
        "tensor": image_as_tensor,
        "variable": image_as_variable,
        "loops": image_with_loops,
    },
    "transfer_step": {
        "tape": step_with_tape,
        "Keras 3": step_in_keras_3,
        "a float": step_that_gives_a_float,
        "a copy": step_with_a_copy,
        "tf.function": step_compiled,
    },
}
