"""Matrix products as a GPU makes them at its least exact: inputs rounded to TF32, ten bits of mantissa."""

import tensorflow as tf


def to_tf32(x: tf.Tensor) -> tf.Tensor:
    """float32 rounded to ten bits of mantissa, to nearest."""
    bits = tf.bitcast(tf.cast(x, tf.float32), tf.uint32) + tf.constant(0x1000, tf.uint32)
    return tf.bitcast(tf.bitwise.bitwise_and(bits, tf.constant(0xFFFFE000, tf.uint32)), tf.float32)


def matmul_tf32(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """x @ y, and both products of its gradient, with rounded inputs. Variables are read first."""
    return _matmul_tf32(tf.convert_to_tensor(x), tf.convert_to_tensor(y))


@tf.custom_gradient
def _matmul_tf32(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    x, y = to_tf32(x), to_tf32(y)

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rounded = to_tf32(upstream)
        return tf.matmul(rounded, y, transpose_b=True), tf.matmul(x, rounded, transpose_a=True)

    return tf.matmul(x, y), gradient
