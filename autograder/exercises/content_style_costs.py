"""06_content_style_costs. Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style" (2015), section "Methods"."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise, some_seeds, without_gradient
from course.comparing import DrawnBy, EvenlyBetween
from course.stand_ins import GradientDescent, Pixels, SquaredDistanceTo

ASSIGNMENT = "06_content_style_costs"
Array = NDArray[Any]
Activations = dict[str, Array]
NO_GRADIENT = "NumPy is used inside, so there is no gradient to change the picture with"


# Drawing inputs


def activations(rng: Generator, *shape: int) -> Array:
    """(n_H, n_W, n_C), like activations after ReLU: never negative, each channel with its own strength."""
    strength = rng.uniform(0.5, 1.5, size=shape[-1])
    return (np.abs(rng.normal(size=shape) + 0.4) * strength).astype(np.float32)


def content_and_generated(rng: Generator, *shape: int) -> dict[str, Array]:
    return {"a_C": activations(rng, *shape), "a_G": activations(rng, *shape)}


def style_and_generated(rng: Generator, *shape: int) -> dict[str, Array]:
    return {"a_S": activations(rng, *shape), "a_G": activations(rng, *shape)}


# compute_content_cost


def compute_content_cost(a_C: Array, a_G: Array) -> float:
    return 0.5 * np.square(a_C - a_G).sum()


def content_scaled(scale: Callable[[int, int, int], float]) -> Callable[[Array, Array], float]:
    """The sum of squared differences times `scale(n_H, n_W, n_C)`."""

    def cost(a_C: Array, a_G: Array) -> float:
        n_H, n_W, n_C = a_G.shape
        return scale(n_H, n_W, n_C) * np.square(a_C - a_G).sum()

    return cost


def content_distance(a_C: Array, a_G: Array) -> float:
    return 0.5 * np.sqrt(np.square(a_C - a_G).sum())


def content_unsquared(a_C: Array, a_G: Array) -> float:
    return 0.5 * np.abs(a_C - a_G).sum()


def content_signed(a_C: Array, a_G: Array) -> float:
    return 0.5 * (a_C - a_G).sum()


def content_square_of_sum(a_C: Array, a_G: Array) -> float:
    return 0.5 * np.square((a_C - a_G).sum())


def content_not_added(a_C: Array, a_G: Array) -> Array:
    return 0.5 * np.square(a_C - a_G)


def content_an_entry(a_C: Array, a_G: Array) -> Array:
    return 0.5 * np.square(a_C - a_G).sum(axis=-1)


def content_cases(rng: Generator) -> list[Case]:
    return [
        Case("4 x 5 x 3", content_and_generated(rng, 4, 5, 3), "Every difference counts, squared."),
        Case("7 x 2 x 4", content_and_generated(rng, 7, 2, 4), "Height and width need not be equal."),
        Case("3 x 6 x 5", content_and_generated(rng, 3, 6, 5), "The factor is 1/2, whatever the shape."),
        Case(
            "its gradient",
            content_and_generated(rng, 3, 4, 2),
            "TensorFlow must be able to differentiate the cost with respect to a_G.",
            probe="gradient",
            gradient_of=("a_G",),
        ),
    ]


# gram_matrix


def gram_matrix(a: Array) -> Array:
    return np.einsum("ijk,ijl->kl", a, a)


def gram_of(unroll: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A A^T for another unrolling A of a."""

    def gram(a: Array) -> Array:
        A = unroll(a)
        return A @ A.T

    return gram


def by_position(a: Array) -> Array:
    return a.reshape(-1, a.shape[-1])


def scrambled(a: Array) -> Array:
    return a.reshape(a.shape[-1], -1)


def centred(a: Array) -> Array:
    return (a - a.mean(axis=(0, 1))).transpose(2, 0, 1).reshape(a.shape[-1], -1)


def gram_normalized(a: Array) -> Array:
    return gram_matrix(a) / (a.shape[0] * a.shape[1])


def gram_normalized_by_all(a: Array) -> Array:
    return gram_matrix(a) / a.size


def gram_cosine(a: Array) -> Array:
    norms = np.sqrt(np.diag(gram_matrix(a)))
    return gram_matrix(a) / np.outer(norms, norms)


def gram_diagonal_matrix(a: Array) -> Array:
    return np.diag(np.diag(gram_matrix(a)))


def gram_diagonal(a: Array) -> Array:
    return np.diag(gram_matrix(a))


def gram_of_sums(a: Array) -> Array:
    sums = a.sum(axis=(0, 1))
    return np.outer(sums, sums)


def gram_each_row(a: Array) -> Array:
    return np.einsum("ijk,ijl->ikl", a, a)


GRAM_MISTAKES: dict[str, Callable[[Array], Array]] = {
    "positions are compared with positions; channels with channels is wanted, (n_C, n_C)": gram_of(
        by_position
    ),
    "a is reshaped to (n_C, n_H n_W) without a transpose, which scrambles the channels": gram_of(scrambled),
    "the mean is subtracted; the Gram matrix is not a covariance": gram_of(centred),
    "it is divided by n_H n_W; the Gram matrix is a plain sum": gram_normalized,
    "it is divided by n_H n_W n_C; the Gram matrix is a plain sum": gram_normalized_by_all,
    "the channels are brought to norm 1 first; the Gram matrix is a plain sum": gram_cosine,
    "only the diagonal is filled: a channel with itself": gram_diagonal_matrix,
    "only the diagonal is returned: a channel with itself": gram_diagonal,
    "the channels are added up first and multiplied then": gram_of_sums,
    "the sum runs over the columns only, not over the rows": gram_each_row,
}


def gram_cases(rng: Generator) -> list[Case]:
    return [
        Case("4 x 5 x 3", {"a": activations(rng, 4, 5, 3)}, "One row and one column for each channel."),
        Case("5 x 3 x 7", {"a": activations(rng, 5, 3, 7)}, "More channels."),
        Case("2 x 3 x 6", {"a": activations(rng, 2, 3, 6)}, "As many positions as channels, by chance."),
        Case(
            "positive and negative", {"a": rng.normal(size=(3, 4, 5)).astype(np.float32)}, "Any real numbers."
        ),
        Case(
            "its gradient",
            {"a": activations(rng, 2, 5, 3)},
            "TensorFlow must be able to differentiate the Gram matrix.",
            probe="gradient",
            gradient_of=("a",),
        ),
    ]


# compute_layer_style_cost


def compute_layer_style_cost(a_S: Array, a_G: Array) -> float:
    n_H, n_W, n_C = a_G.shape
    return np.square(gram_matrix(a_S) - gram_matrix(a_G)).sum() / (2 * n_H * n_W * n_C) ** 2


def layer_cost(
    scale: Callable[[int, int, int], float] | None = None,
    gram: Callable[[Array], Array] = gram_matrix,
    total: Callable[[Array], float] = lambda difference: np.square(difference).sum(),
) -> Callable[[Array, Array], float]:
    """The style cost of a layer with another constant, Gram matrix or way to add up."""

    def cost(a_S: Array, a_G: Array) -> float:
        n_H, n_W, n_C = a_G.shape
        constant = scale(n_H, n_W, n_C) if scale else 1 / (2 * n_H * n_W * n_C) ** 2
        return constant * total(gram(a_S) - gram(a_G))

    return cost


LAYER_MISTAKES: dict[str, Callable[[Array, Array], float]] = {
    "n_H stands where n_W should": layer_cost(lambda n_H, n_W, n_C: 1 / (2 * n_H * n_H * n_C) ** 2),
    "n_W stands where n_H should": layer_cost(lambda n_H, n_W, n_C: 1 / (2 * n_W * n_W * n_C) ** 2),
    "the constant is not squared": layer_cost(lambda n_H, n_W, n_C: 1 / (2 * n_H * n_W * n_C)),
    "the 2 of the constant is not squared": layer_cost(lambda n_H, n_W, n_C: 0.5 / (n_H * n_W * n_C) ** 2),
    "the 2 of the constant is missing": layer_cost(lambda n_H, n_W, n_C: 1 / (n_H * n_W * n_C) ** 2),
    "n_H n_W is not squared": layer_cost(lambda n_H, n_W, n_C: 1 / (4 * n_C**2 * n_H * n_W)),
    "n_H and n_W are missing in the constant": layer_cost(lambda n_H, n_W, n_C: 1 / (4 * n_C**2)),
    "n_C is missing in the constant": layer_cost(lambda n_H, n_W, n_C: 1 / (2 * n_H * n_W) ** 2),
    "the constant is missing": layer_cost(lambda n_H, n_W, n_C: 1.0),
    "the differences are not squared": layer_cost(total=lambda difference: np.abs(difference).sum()),
    "the mean over the Gram matrix is taken instead of the sum": layer_cost(
        total=lambda difference: np.square(difference).mean()
    ),
    "the activations are compared; their Gram matrices should be": layer_cost(gram=lambda a: a),
} | {
    f"the Gram matrices are not right: {name}": layer_cost(gram=wrong)
    for name, wrong in GRAM_MISTAKES.items()
    if wrong is not gram_diagonal  # the same sum as that of the matrix with a diagonal only
}


def layer_cases(rng: Generator) -> list[Case]:
    return [
        Case("4 x 5 x 3", style_and_generated(rng, 4, 5, 3), "One number from two layers' activations."),
        Case("6 x 2 x 4", style_and_generated(rng, 6, 2, 4), "Height, width and channels all count."),
        Case("3 x 7 x 2", style_and_generated(rng, 3, 7, 2), "Wider than high."),
        Case(
            "its gradient",
            style_and_generated(rng, 3, 4, 2),
            "TensorFlow must be able to differentiate the cost with respect to a_G.",
            probe="gradient",
            gradient_of=("a_G",),
        ),
    ]


# compute_style_cost


def compute_style_cost(
    style_activations: Activations, generated_activations: Activations, weights: dict[str, float]
) -> float:
    return sum(
        weight * compute_layer_style_cost(style_activations[layer], generated_activations[layer])
        for layer, weight in weights.items()
    )


def style_cost_with(
    layer_cost: Callable[[Array, Array], float] = compute_layer_style_cost,
    factor: Callable[[str, dict[str, float]], float] = lambda layer, weights: weights[layer],
    layers: Callable[[dict[str, float]], list[str]] = list,
) -> Callable[..., float]:
    """The style cost with another cost, factor or choice of layers."""

    def cost(
        style_activations: Activations, generated_activations: Activations, weights: dict[str, float]
    ) -> float:
        return sum(
            factor(layer, weights) * layer_cost(style_activations[layer], generated_activations[layer])
            for layer in layers(weights)
        )

    return cost


def style_by_position(
    style_activations: Activations, generated_activations: Activations, weights: dict[str, float]
) -> float:
    paired = zip(style_activations.values(), generated_activations.values(), weights.values(), strict=False)
    return sum(weight * compute_layer_style_cost(a_S, a_G) for a_S, a_G, weight in paired)


def style_of_all_layers(
    style_activations: Activations, generated_activations: Activations, weights: dict[str, float]
) -> float:
    return sum(
        weights[layer] * compute_layer_style_cost(style_activations[layer], generated_activations[layer])
        for layer in generated_activations
    )


def style_not_added(
    style_activations: Activations, generated_activations: Activations, weights: dict[str, float]
) -> Array:
    return np.array(
        [
            weight * compute_layer_style_cost(style_activations[layer], generated_activations[layer])
            for layer, weight in weights.items()
        ]
    )


def layers_of(
    rng: Generator, shapes: Mapping[str, tuple[int, ...]], weights: dict[str, float]
) -> dict[str, Any]:
    """Activations of the layers in `shapes`, which differ by a factor of up to 3 in strength."""
    strengths = {layer: rng.uniform(0.8, 2.4) for layer in shapes}

    def picture() -> Activations:
        return {layer: strengths[layer] * activations(rng, *shape) for layer, shape in shapes.items()}

    return {"style_activations": picture(), "generated_activations": picture(), "weights": weights}


def style_cases(rng: Generator) -> list[Case]:
    two = {"conv1_1": (4, 6, 2), "conv2_1": (2, 3, 4)}
    three = {"conv1_1": (6, 4, 2), "conv2_1": (3, 2, 3), "conv3_1": (2, 1, 5)}
    same_shape = {"conv4_1": (3, 5, 2), "conv4_3": (3, 5, 2), "conv4_2": (3, 5, 2)}
    turned = layers_of(rng, same_shape, {"conv4_3": 0.9, "conv4_2": 0.25, "conv4_1": 0.4})
    turned["style_activations"] = dict(reversed(turned["style_activations"].items()))
    return [
        Case(
            "two layers", layers_of(rng, two, {"conv1_1": 0.75, "conv2_1": 0.4}), "Each with its own weight."
        ),
        Case(
            "three layers",
            layers_of(rng, three, {"conv1_1": 2.0, "conv2_1": 0.5, "conv3_1": 1.25}),
            "The weights need not add up to 1.",
        ),
        Case("dicts in other orders", turned, "What belongs together has the same name."),
        Case(
            "a layer without a weight",
            layers_of(rng, two | {"conv4_2": (1, 2, 3)}, {"conv1_1": 0.6, "conv2_1": 1.5}),
            "conv4_2 is there for the content; only layers in weights count.",
        ),
        Case(
            "its gradient",
            layers_of(rng, {"conv1_1": (3, 4, 2), "conv2_1": (1, 2, 3)}, {"conv1_1": 0.5, "conv2_1": 1.75}),
            "TensorFlow must be able to differentiate the cost with respect to every layer.",
            probe="gradient",
            gradient_of=("generated_activations",),
        ),
    ]


# total_cost


def total_cost(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return alpha * J_content + beta * J_style


def total_swapped(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return beta * J_content + alpha * J_style


def total_defaults_swapped(J_content: float, J_style: float, alpha: float = 40, beta: float = 10) -> float:
    return alpha * J_content + beta * J_style


def total_no_defaults(J_content: float, J_style: float, alpha: float, beta: float) -> float:
    return alpha * J_content + beta * J_style


def total_fixed(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return 10 * J_content + 40 * J_style


def total_unweighted(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return J_content + J_style


def total_without_alpha(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return J_content + beta * J_style


def total_without_beta(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return alpha * J_content + J_style


def total_average(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return total_cost(J_content, J_style, alpha, beta) / (alpha + beta)


def total_product(J_content: float, J_style: float, alpha: float = 10, beta: float = 40) -> float:
    return alpha * J_content * beta * J_style


def costs(rng: Generator) -> dict[str, Any]:
    J_content, J_style = rng.uniform([0.3, 1.5], [1.2, 4.0]).astype(np.float32)
    return {"J_content": np.asarray(J_content), "J_style": np.asarray(J_style)}


def total_cases(rng: Generator) -> list[Case]:
    return [
        Case("the usual weights", costs(rng), "Left out, alpha is 10 and beta 40."),
        Case("much style", costs(rng) | {"alpha": 1.0, "beta": 300.0}, "alpha and beta are parameters."),
        Case("much content", costs(rng) | {"alpha": 50.0, "beta": 0.5}, "alpha belongs to the content."),
        Case("no style", costs(rng) | {"alpha": 3.0, "beta": 0.0}, "With beta = 0 only the content counts."),
        Case(
            "its gradient",
            costs(rng) | {"alpha": 7.0, "beta": 2.5},
            "TensorFlow must be able to differentiate the cost.",
            probe="gradient",
            gradient_of=("J_content", "J_style"),
        ),
    ]


# initial_image


def mixing(
    mix: Callable[[Array, float, Array], Array], noise: Callable[[Generator, tuple[int, ...]], Array]
) -> Callable[..., dict[str, Any]]:
    """What the probe `draws` sees of an initial image made by `mix(content, noise_ratio, noise)`."""

    def drawn(content: Array, noise_ratio: float, seeds: tuple[int, ...]) -> dict[str, Any]:
        generators = map(np.random.default_rng, seeds)
        return {"value": tuple(mix(content, noise_ratio, noise(rng, content.shape)) for rng in generators)}

    return drawn


def mixed(content: Array, noise_ratio: float, noise: Array) -> Array:
    return noise_ratio * noise + (1 - noise_ratio) * content


def mixed_swapped(content: Array, noise_ratio: float, noise: Array) -> Array:
    return mixed(content, 1 - noise_ratio, noise)


def mixed_added(content: Array, noise_ratio: float, noise: Array) -> Array:
    return np.clip(content + noise_ratio * noise, 0, 1)


def mixed_added_unclipped(content: Array, noise_ratio: float, noise: Array) -> Array:
    return content + noise_ratio * noise


def mixed_around_content(content: Array, noise_ratio: float, noise: Array) -> Array:
    return np.clip(content + noise_ratio * (2 * noise - 1), 0, 1)


def mixed_half(content: Array, noise_ratio: float, noise: Array) -> Array:
    return mixed(content, 0.5, noise)


def mixed_all_noise(content: Array, noise_ratio: float, noise: Array) -> Array:
    return noise


def uniform(rng: Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(size=shape)


def normal(rng: Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(size=shape)


def bytes_of_noise(rng: Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(0, 255, size=shape)


def around_zero(rng: Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(-1, 1, size=shape)


def grey(rng: Generator, shape: tuple[int, ...]) -> Array:
    return np.broadcast_to(rng.uniform(size=(*shape[:2], 1)), shape)


def one_number(rng: Generator, shape: tuple[int, ...]) -> Array:
    return np.full(shape, rng.uniform())


def of_fixed_seed(rng: Generator, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(0).uniform(size=shape)


def of_no_seed(rng: Generator, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng().uniform(size=shape)


def clipped_mix(content: Array, noise_ratio: float, noise: Array) -> Array:
    return np.clip(mixed(content, noise_ratio, noise), 0, 1)


def noise_cases(rng: Generator) -> list[Case]:
    def case(name: str, shape: tuple[int, int], ratio: float, shows: str, edge: bool = False) -> Case:
        content = rng.uniform(size=(*shape, 3)).astype(np.float32)
        seeds = some_seeds(rng)
        inputs = {"content": content, "noise_ratio": ratio, "seeds": seeds}
        low = (1 - ratio) * content.astype(np.float64)
        expect = {"value": DrawnBy(seeds, EvenlyBetween(low, low + ratio))} if ratio else {}
        return Case(name, inputs, shows, probe="draws", expect=expect, edge=edge)

    return [
        case("some noise", (11, 16), 0.4, "Each number is 0.6 of the content and 0.4 of noise."),
        case("much noise", (17, 9), 0.8, "noise_ratio is the share of the noise."),
        case("pure noise", (13, 10), 1.0, "Nothing of the content is left.", edge=True),
        case("no noise", (7, 5), 0.0, "The content itself.", edge=True),
    ]


# transfer_step


def step_with(
    slope: float = 1.0,
    clip: tuple[float, float] = (0.0, 1.0),
    rate: float | None = None,
    steps: int = 1,
    cost_after: bool = False,
    returns: Callable[[Array, float], Any] = lambda image, cost: cost,
) -> Callable[..., dict[str, Any]]:
    """A step on the pixels under a `SquaredDistanceTo`, right or with one thing wrong."""

    def step(image: Pixels, cost: SquaredDistanceTo, optimizer: GradientDescent) -> dict[str, Any]:
        weights, target = (np.asarray(array, np.float64) for array in (cost.weights, cost.target))
        learning_rate = optimizer.learning_rate if rate is None else rate
        after = np.asarray(image.values, np.float64)
        before = cost(after)
        for _ in range(steps):
            after = np.clip(after - learning_rate * slope * 2 * weights * (after - target), *clip)
        return {
            "value": returns(after, cost(after) if cost_after else before),
            "the image after the step": after,
        }

    return step


def step_sign(image: Pixels, cost: SquaredDistanceTo, optimizer: GradientDescent) -> dict[str, Any]:
    pixels = np.asarray(image.values, np.float64)
    after = pixels - optimizer.learning_rate * np.sign(pixels - cost.target)
    return {"value": cost(pixels), "the image after the step": np.clip(after, 0, 1)}


def step_unit(image: Pixels, cost: SquaredDistanceTo, optimizer: GradientDescent) -> dict[str, Any]:
    pixels = np.asarray(image.values, np.float64)
    gradient = 2 * cost.weights * (pixels - cost.target)
    after = pixels - optimizer.learning_rate * gradient / np.linalg.norm(gradient)
    return {"value": cost(pixels), "the image after the step": np.clip(after, 0, 1)}


def step_cases(rng: Generator) -> list[Case]:
    def case(name: str, shape: tuple[int, int], reach: float, rate: float, shows: str) -> Case:
        """`reach`: how far beyond black and white the target lies."""
        values = rng.uniform(0.05, 0.95, size=(*shape, 3)).astype(np.float32)
        target = rng.uniform(-reach, 1 + reach, size=(*shape, 3)).astype(np.float32)
        weights = rng.uniform(0.4, 1.6, size=(*shape, 3)).astype(np.float32)
        inputs = {
            "image": Pixels(values),
            "cost": SquaredDistanceTo(target, weights),
            "optimizer": GradientDescent(rate),
        }
        return Case(name, inputs, shows, probe="transfer_step")

    return [
        case("one step", (4, 5), 0.3, 0.1, "The cost before the step, and the image after it."),
        case("a longer step", (6, 3), 0.5, 0.3, "The optimizer that is given sets the step."),
        case("beyond black and white", (3, 7), 1.5, 0.25, "No value may leave [0, 1]."),
    ]


EXERCISES = (
    Exercise(
        "compute_content_cost",
        compute_content_cost,
        content_cases,
        {
            "the factor 1/2 is missing": content_scaled(lambda *shape: 1.0),
            "the mean is taken; half the sum is wanted": content_scaled(lambda *shape: 1 / np.prod(shape)),
            "half the mean is taken; half the sum is wanted": content_scaled(
                lambda *shape: 0.5 / np.prod(shape)
            ),
            "the factor is 1/(4 n_H n_W n_C), another course's constant; here it is 1/2": content_scaled(
                lambda *shape: 0.25 / np.prod(shape)
            ),
            "the factor is 1/4 instead of 1/2": content_scaled(lambda *shape: 0.25),
            "the square root is taken; the squared distance is wanted": content_distance,
            "the differences are not squared": content_unsquared,
            "the differences are not squared, so that they cancel": content_signed,
            "the differences are added up before they are squared": content_square_of_sum,
            "the squares are not added up; one number is wanted": content_not_added,
            "the squares are added up over the channels only; one number is wanted": content_an_entry,
            NO_GRADIENT: without_gradient(compute_content_cost),
        },
    ),
    Exercise(
        "gram_matrix",
        gram_matrix,
        gram_cases,
        GRAM_MISTAKES | {NO_GRADIENT: without_gradient(gram_matrix)},
    ),
    Exercise(
        "compute_layer_style_cost",
        compute_layer_style_cost,
        layer_cases,
        LAYER_MISTAKES | {NO_GRADIENT: without_gradient(compute_layer_style_cost)},
    ),
    Exercise(
        "compute_style_cost",
        compute_style_cost,
        style_cases,
        {
            "the weights are ignored": style_cost_with(factor=lambda layer, weights: 1.0),
            "the mean over the layers is taken instead of the sum": style_cost_with(
                factor=lambda layer, weights: weights[layer] / len(weights)
            ),
            "the weights are brought to a sum of 1 first": style_cost_with(
                factor=lambda layer, weights: weights[layer] / sum(weights.values())
            ),
            "the weights are squared": style_cost_with(factor=lambda layer, weights: weights[layer] ** 2),
            "only the last layer counts": style_cost_with(layers=lambda weights: list(weights)[-1:]),
            "only the first layer counts": style_cost_with(layers=lambda weights: list(weights)[:1]),
            "layers are paired by their order; their names say what belongs together": style_by_position,
            "layers without a weight are asked for; only those in weights count": style_of_all_layers,
            "the layers are not added up; one number is wanted": style_not_added,
            NO_GRADIENT: without_gradient(compute_style_cost),
        }
        | {
            f"the cost of each layer is not right: {name}": style_cost_with(wrong)
            for name, wrong in LAYER_MISTAKES.items()
        },
    ),
    Exercise(
        "total_cost",
        total_cost,
        total_cases,
        {
            "alpha and beta are swapped": total_swapped,
            "the usual weights are swapped: alpha is 10 and beta 40": total_defaults_swapped,
            "alpha and beta have lost their default values": total_no_defaults,
            "alpha and beta are fixed at 10 and 40": total_fixed,
            "alpha and beta are forgotten": total_unweighted,
            "alpha is forgotten": total_without_alpha,
            "beta is forgotten": total_without_beta,
            "the weighted mean is taken instead of the weighted sum": total_average,
            "the costs are multiplied instead of added": total_product,
            NO_GRADIENT: without_gradient(total_cost),
        },
    ),
    Exercise(
        "initial_image",
        mixing(mixed, uniform),
        noise_cases,
        {
            "content and noise are swapped: noise_ratio is the share of the noise": mixing(
                mixed_swapped, uniform
            ),
            "noise is added to the whole content; the content's share is 1 - noise_ratio": mixing(
                mixed_added, uniform
            ),
            "noise is added to the whole content, so that values leave [0, 1]": mixing(
                mixed_added_unclipped, uniform
            ),
            "the noise lies around the content; it should be mixed with it": mixing(
                mixed_around_content, uniform
            ),
            "half noise, half content is taken instead of noise_ratio": mixing(mixed_half, uniform),
            "it is pure noise, whatever noise_ratio is": mixing(mixed_all_noise, uniform),
            "the noise is normal instead of uniform": mixing(mixed, normal),
            "the noise is normal instead of uniform, clipped to [0, 1]": mixing(clipped_mix, normal),
            "the noise runs from 0 to 255 instead of from 0 to 1": mixing(mixed, bytes_of_noise),
            "the noise runs from -1 to 1 instead of from 0 to 1": mixing(mixed, around_zero),
            "the noise runs from -1 to 1 instead of from 0 to 1, clipped": mixing(clipped_mix, around_zero),
            "the noise is grey: red, green and blue get the same": mixing(mixed, grey),
            "a single random number is used for the whole image": mixing(mixed, one_number),
            "a seed of its own is used instead of rng": mixing(mixed, of_fixed_seed),
            "rng is not used": mixing(mixed, of_no_seed),
        },
        unnamed=frozenset(["rng is not used"]),
    ),
    Exercise(
        "transfer_step",
        step_with(),
        step_cases,
        {
            "the image is not changed": step_with(slope=0.0),
            "the step goes uphill": step_with(slope=-1.0),
            "the image is not clipped to [0, 1]": step_with(clip=(-np.inf, np.inf)),
            "the image may exceed 1: its values lie in [0, 1], not in [0, 255]": step_with(
                clip=(0.0, np.inf)
            ),
            "the image may fall below 0: its values lie in [0, 1]": step_with(clip=(-np.inf, 1.0)),
            "the cost after the step is returned; the one before it is wanted": step_with(cost_after=True),
            "the image is returned; the cost before the step is wanted": step_with(
                returns=lambda image, cost: image
            ),
            "nothing is returned; the cost before the step is wanted": step_with(
                returns=lambda image, cost: None
            ),
            "two steps are taken instead of one": step_with(steps=2),
            "the gradient is halved": step_with(slope=0.5),
            "a learning rate of its own is used instead of the optimizer": step_with(rate=0.01),
            "only the sign of the gradient is used": step_sign,
            "the gradient is divided by its norm": step_unit,
        },
    ),
)
