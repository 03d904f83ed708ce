"""The listed mistakes of `triplet_loss`, as a student types them: mistake -> (submission's name, code)."""

HEAD = "def triplet_loss(anchor, positive, negative, alpha=0.2):\n"
D_AP = "    d_ap = tf.reduce_sum(tf.square(anchor - positive), axis=-1)\n"
D_AN = "    d_an = tf.reduce_sum(tf.square(anchor - negative), axis=-1)\n"

MISTAKEN: dict[str, tuple[str, str]] = {
    "the maximum with zero is missing": ("forgot_max", HEAD + D_AP + D_AN + "    return d_ap - d_an + alpha"),
    "the distances are not squared": (
        "not_squared",
        HEAD
        + "    d_ap = tf.norm(anchor - positive, axis=-1)\n    d_an = tf.norm(anchor - negative, axis=-1)\n"
        + "    return tf.maximum(d_ap - d_an + alpha, 0.0)",
    ),
    "positive and negative are swapped": (
        "swapped",
        HEAD + D_AP + D_AN + "    return tf.maximum(d_an - d_ap + alpha, 0.0)",
    ),
    "the margin alpha is forgotten": (
        "no_margin",
        HEAD + D_AP + D_AN + "    return tf.maximum(d_ap - d_an, 0.0)",
    ),
    "the margin alpha is subtracted": (
        "margin_subtracted",
        HEAD + D_AP + D_AN + "    return tf.maximum(d_ap - d_an - alpha, 0.0)",
    ),
    "the margin is fixed at 0.2 instead of alpha": (
        "margin_fixed",
        HEAD + D_AP + D_AN + "    return tf.maximum(d_ap - d_an + 0.2, 0.0)",
    ),
    "the mean over the features is taken instead of the sum": (
        "mean_over_features",
        HEAD
        + (D_AP + D_AN).replace("reduce_sum", "reduce_mean")
        + "    return tf.maximum(d_ap - d_an + alpha, 0.0)",
    ),
    "everything is reduced to one number first, so the whole batch shares one margin": (
        "reduced_first",
        HEAD + (D_AP + D_AN).replace(", axis=-1", "") + "    return tf.maximum(d_ap - d_an + alpha, 0.0)",
    ),
    "the losses are added up; one loss a triplet is wanted": (
        "summed",
        HEAD + D_AP + D_AN + "    return tf.reduce_sum(tf.maximum(d_ap - d_an + alpha, 0.0))",
    ),
    "the sum runs over the triplets instead of over the features": (
        "wrong_axis",
        HEAD + (D_AP + D_AN).replace("axis=-1", "axis=0") + "    return tf.maximum(d_ap - d_an + alpha, 0.0)",
    ),
    "NumPy is used inside, so there is no gradient to train with": (
        "numpy_inside",
        HEAD
        + "    d_ap = np.sum(np.power(anchor - positive, 2), axis=-1)\n"
        + "    d_an = np.sum(np.power(anchor - negative, 2), axis=-1)\n"
        + "    return np.maximum(d_ap - d_an + alpha, 0.0)",
    ),
}
