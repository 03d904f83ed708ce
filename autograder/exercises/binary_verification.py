"""04_binary_verification. Face verification as binary classification: DeepFace (Taigman et al. 2014), section 4."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise, some_seeds, without_gradient
from course.comparing import BalancedPairs, DrawnBy
from course.stand_ins import LinearEncoder

ASSIGNMENT = "04_binary_verification"
Array = NDArray[Any]


# Drawing inputs


def two_encodings(rng: Generator, *shape: int) -> dict[str, Array]:
    """Two arrays of encodings of either sign, no element of one within 0.1 of the other's."""
    f1 = rng.normal(size=shape)
    gap = rng.uniform(0.1, 1.5, size=shape) * rng.choice([-1, 1], size=shape)
    return {"f1": f1.astype(np.float32), "f2": (f1 + gap).astype(np.float32)}


def rectified_encodings(rng: Generator, *shape: int) -> dict[str, Array]:
    """Two arrays of encodings as a ReLU gives them: none negative, some 0, in some places both."""
    f1, f2 = rng.uniform(0.2, 2.0, size=(2, *shape)) * rng.choice([0, 1, 1], size=(2, *shape))
    flat1, flat2 = f1.reshape(-1), f2.reshape(-1)
    flat1[1], flat2[1], flat1[2], flat2[2] = 0.0, 0.0, 0.0, 1.3
    return {"f1": f1.astype(np.float32), "f2": f2.astype(np.float32)}


# absolute_difference


def absolute_difference(f1: Array, f2: Array) -> Array:
    return np.abs(f1 - f2)


def difference_signed(f1: Array, f2: Array) -> Array:
    return f1 - f2


def difference_squared(f1: Array, f2: Array) -> Array:
    return np.square(f1 - f2)


def difference_summed(f1: Array, f2: Array) -> Array:
    return np.abs(f1 - f2).sum(axis=-1)


def difference_averaged(f1: Array, f2: Array) -> Array:
    return np.abs(f1 - f2).mean(axis=-1)


def difference_rectified(f1: Array, f2: Array) -> Array:
    return np.maximum(f1 - f2, 0.0)


def difference_of_sizes(f1: Array, f2: Array) -> Array:
    return np.abs(np.abs(f1) - np.abs(f2))


def difference_cases(rng: Generator) -> list[Case]:
    return [
        Case("five pairs", two_encodings(rng, 5, 7), "One row of features a pair."),
        Case("one pair", two_encodings(rng, 9), "Two single encodings give a single row."),
        Case("many pairs", two_encodings(rng, 12, 3), "Element by element, whatever the size."),
        Case(
            "its gradient",
            two_encodings(rng, 4, 5),
            "TensorFlow must be able to differentiate the features.",
            probe="gradient",
            gradient_of=("f1", "f2"),
        ),
    ]


# chi_square


def chi_square(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.square(f1 - f2) / (f1 + f2 + epsilon)


def chi_unsquared(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.abs(f1 - f2) / (f1 + f2 + epsilon)


def chi_signed(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return (f1 - f2) / (f1 + f2 + epsilon)


def chi_without_denominator(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.square(f1 - f2)


def chi_without_epsilon(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.square(f1 - f2) / (f1 + f2)


def chi_epsilon_fixed(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return chi_square(f1, f2, 1e-8)


def chi_epsilon_in_numerator(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return (np.square(f1 - f2) + epsilon) / (f1 + f2 + epsilon)


def chi_epsilon_outside(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.square(f1 - f2) / (f1 + f2) + epsilon


def chi_ratio_squared(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.square((f1 - f2) / (f1 + f2 + epsilon))


def chi_squares_below(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return np.square(f1 - f2) / (np.square(f1) + np.square(f2) + epsilon)


def chi_summed(f1: Array, f2: Array, epsilon: float = 1e-8) -> Array:
    return chi_square(f1, f2, epsilon).sum(axis=-1)


def chi_cases(rng: Generator) -> list[Case]:
    return [
        Case("five pairs", rectified_encodings(rng, 5, 7) | {"epsilon": 1e-8}, "0 where both are 0."),
        Case("one pair", rectified_encodings(rng, 9) | {"epsilon": 1e-6}, "Two single encodings."),
        Case("a large epsilon", rectified_encodings(rng, 6, 4) | {"epsilon": 0.3}, "epsilon is a parameter."),
        Case(
            "its gradient",
            rectified_encodings(rng, 3, 5) | {"epsilon": 0.05},
            "TensorFlow must be able to differentiate the features, also where both are 0.",
            probe="gradient",
            gradient_of=("f1", "f2"),
        ),
    ]


# same_person_probability


def sigmoid(z: Array) -> Array:
    """Right for any z: the exponential is only ever taken of numbers that are not positive."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def same_person_probability(features: Array, w: Array, b: float) -> Array:
    return sigmoid(np.asarray(features @ w + b))


def probability_without_bias(features: Array, w: Array, b: float) -> Array:
    return sigmoid(features @ w)


def probability_bias_subtracted(features: Array, w: Array, b: float) -> Array:
    return sigmoid(features @ w - b)


def probability_without_sigmoid(features: Array, w: Array, b: float) -> Array:
    return features @ w + b


def probability_flipped(features: Array, w: Array, b: float) -> Array:
    return sigmoid(-(features @ w + b))


def probability_tanh(features: Array, w: Array, b: float) -> Array:
    return np.tanh(features @ w + b)


def probability_of_mean(features: Array, w: Array, b: float) -> Array:
    return sigmoid((features * w).mean(axis=-1) + b)


def probability_unsummed(features: Array, w: Array, b: float) -> Array:
    return sigmoid(features * w + b)


def probability_bias_a_feature(features: Array, w: Array, b: float) -> Array:
    return sigmoid((features * w + b).sum(axis=-1))


def probability_overflowing(features: Array, w: Array, b: float) -> Array:
    z = features @ w + b
    return np.exp(z) / (1.0 + np.exp(z))


def probability_decided(features: Array, w: Array, b: float) -> Array:
    return np.asarray(features @ w + b) > 0


def probability_cases(rng: Generator) -> list[Case]:
    def inputs(n: int, *leading: int, scale: float = 1.0) -> dict[str, Any]:
        features = rng.uniform(0.0, 1.5, size=(*leading, n)).astype(np.float32)
        w = (scale * rng.normal(size=n)).astype(np.float32)
        return {"features": features, "w": w, "b": float(rng.choice([-1, 1]) * rng.uniform(0.6, 1.2))}

    sure = inputs(4, 7)
    sure["features"] = (sure["features"] + np.array([[900], [-800], [0], [2000], [0], [-950], [0]])).astype(
        np.float32
    )
    sure["w"] = rng.uniform(0.5, 1.5, size=4).astype(np.float32)
    last = inputs(5, 3)
    return [
        Case("five pairs", inputs(7, 5), "One probability a pair."),
        Case("one pair", inputs(9), "A single row of features gives a single number."),
        Case("hardly sure", inputs(6, 11, scale=0.2), "Many pairs, small weights."),
        Case("very sure", sure, "z of some thousands, of either sign: no NaN."),
        Case(
            "its gradient",
            last | {"b": np.array(last["b"], np.float32)},
            "TensorFlow must be able to differentiate the probability, so that w and b can be learnt.",
            probe="gradient",
            gradient_of=("features", "w", "b"),
        ),
    ]


# binary_cross_entropy


def binary_cross_entropy(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return losses(y, np.clip(y_hat, epsilon, 1 - epsilon)).mean()


def losses(y: Array, y_hat: Array) -> Array:
    return -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))


def entropy_negative(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return -binary_cross_entropy(y, y_hat, epsilon)


def entropy_summed(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return losses(y, np.clip(y_hat, epsilon, 1 - epsilon)).sum()


def entropy_unreduced(y: Array, y_hat: Array, epsilon: float = 1e-7) -> Array:
    return losses(y, np.clip(y_hat, epsilon, 1 - epsilon))


def entropy_same_only(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return -(y * np.log(np.clip(y_hat, epsilon, 1 - epsilon))).mean()


def entropy_different_only(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return -((1 - y) * np.log(1 - np.clip(y_hat, epsilon, 1 - epsilon))).mean()


def entropy_classes_swapped(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return binary_cross_entropy(1 - y, y_hat, epsilon)


def entropy_arguments_swapped(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return binary_cross_entropy(y_hat, y, epsilon)


def entropy_unclipped(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return losses(y, y_hat).mean()


def entropy_clipped_below(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return losses(y, np.maximum(y_hat, epsilon)).mean()


def entropy_epsilon_fixed(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return binary_cross_entropy(y, y_hat, 1e-7)


def entropy_base_two(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return binary_cross_entropy(y, y_hat, epsilon) / np.log(2)


def squared_error(y: Array, y_hat: Array, epsilon: float = 1e-7) -> float:
    return np.square(y - y_hat).mean()


def entropy_cases(rng: Generator) -> list[Case]:
    def inputs(m: int, epsilon: float) -> dict[str, Any]:
        y = rng.permutation(np.arange(m) % 3 == 0).astype(np.float32)
        return {"y": y, "y_hat": rng.uniform(0.1, 0.9, size=m).astype(np.float32), "epsilon": epsilon}

    right, wrong = inputs(7, 1e-7), inputs(int(rng.integers(8, 14)), float(10 ** rng.uniform(-4, -2.5)))
    right["y_hat"][right["y"] == 0] *= rng.permutation([0, 0, 1, 1]).astype(np.float32)
    wrong["y_hat"] = wrong["y"].copy()
    for kind in (0, 1):
        wrong["y_hat"][np.flatnonzero(wrong["y"] == kind)[0]] = 1 - kind
    return [
        Case("five pairs", inputs(5, 1e-7), "One number for all pairs: the mean."),
        Case("eleven pairs", inputs(11, 1e-7), "The mean does not grow with the number of pairs."),
        Case("sure and right", right, "y_hat of exactly 0 where y is 0: still a finite number."),
        Case("sure and wrong", wrong, "y_hat of exactly 0 and 1, now and then wrong: costly, but finite."),
        Case(
            "its gradient",
            inputs(4, 1e-7),
            "TensorFlow must be able to differentiate the cost.",
            probe="gradient",
            gradient_of=("y_hat",),
        ),
    ]


# make_pairs


Pairs = tuple[Array, Array]


def drawing(pairs_of: Callable[[Array, int, Generator], Pairs]) -> Callable[..., dict[str, Any]]:
    """What the probe `draws` sees of a sampler."""

    def drawn(labels: Array, num_pairs: int, seeds: tuple[int, ...]) -> dict[str, Any]:
        return {"value": tuple(pairs_of(labels, num_pairs, np.random.default_rng(seed)) for seed in seeds)}

    return drawn


def allowed_pairs(labels: Array) -> tuple[Array, Array]:
    """All (i, j) with i != j: those of one person, those of two."""
    same = labels[:, None] == labels[None, :]
    return np.argwhere(same & ~np.eye(len(labels), dtype=bool)), np.argwhere(~same)


def pick(rows: Array, count: int, rng: Generator) -> Array:
    return rows[rng.integers(len(rows), size=count)]


def with_y(same: Array, different: Array) -> Pairs:
    return np.concatenate([same, different]), np.repeat([1, 0], [len(same), len(different)])


def make_pairs(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    same, different = allowed_pairs(labels)
    return with_y(pick(same, num_pairs // 2, rng), pick(different, num_pairs // 2, rng))


def pairs_with_itself(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    _, different = allowed_pairs(labels)
    same = np.argwhere(labels[:, None] == labels[None, :])
    return with_y(pick(same, num_pairs // 2, rng), pick(different, num_pairs // 2, rng))


def pairs_of_chance(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    rows = pick(np.concatenate(allowed_pairs(labels)), num_pairs, rng)
    return rows, (labels[rows[:, 0]] == labels[rows[:, 1]]).astype(int)


def pairs_all_same(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    return pick(allowed_pairs(labels)[0], num_pairs, rng), np.ones(num_pairs, int)


def pairs_different_by_index(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    same, different = allowed_pairs(labels)
    half = num_pairs // 2
    return with_y(pick(same, half, rng), pick(np.concatenate([same, different]), half, rng))


def pairs_y_swapped(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    rows, y = make_pairs(labels, num_pairs, rng)
    return rows, 1 - y


def pairs_y_not_shuffled_along(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    rows, y = make_pairs(labels, num_pairs, rng)
    return rng.permutation(rows), y


def pairs_of_people(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    rows, y = make_pairs(labels, num_pairs, rng)
    return labels[rows], y


def pairs_always_the_same(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    return make_pairs(labels, num_pairs, np.random.default_rng(0))


def pairs_from_global_state(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    return make_pairs(labels, num_pairs, np.random.default_rng())


def pairs_first_ones(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    same, different = allowed_pairs(labels)
    half = num_pairs // 2
    return with_y(pick(same[:2], half, rng), pick(different[: len(different) // 3], half, rng))


def pairs_of_first_person(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    same, different = allowed_pairs(labels)
    one_person = same[labels[same[:, 0]] == labels[same[0, 0]]]
    return with_y(pick(one_person, num_pairs // 2, rng), pick(different, num_pairs // 2, rng))


def pairs_without_replacement(labels: Array, num_pairs: int, rng: Generator) -> Pairs:
    same, different = (rng.permutation(rows)[: num_pairs // 2] for rows in allowed_pairs(labels))
    return with_y(same, different)


PAIRS_MISTAKES: dict[str, Callable[..., Any]] = {
    "a picture is paired with itself": drawing(pairs_with_itself),
    "the kinds come as chance has it, instead of half and half": drawing(pairs_of_chance),
    "all pairs are of the same person": drawing(pairs_all_same),
    "a different picture is taken for a different person": drawing(pairs_different_by_index),
    "y is swapped: 1 means the same person": drawing(pairs_y_swapped),
    "the pairs are shuffled and y is not": drawing(pairs_y_not_shuffled_along),
    "labels are returned instead of indices": drawing(pairs_of_people),
    "every generator gives the same draw": drawing(pairs_always_the_same),
    "the generator that is given is not used": drawing(pairs_from_global_state),
    "only some of the pairs are ever drawn": drawing(pairs_first_ones),
    "pairs of the same person are drawn from one person only": drawing(pairs_of_first_person),
    "no pair is drawn twice, so there are not enough": drawing(pairs_without_replacement),
}


def pairs_cases(rng: Generator) -> list[Case]:
    def case(name: str, labels: list[int], count: int, cover: bool, shows: str) -> Case:
        people, seeds = rng.permutation(labels), some_seeds(rng)
        inputs = {"labels": people, "num_pairs": count, "seeds": seeds}
        expect = {"value": DrawnBy(seeds, BalancedPairs(people, count, cover))}
        return Case(name, inputs, shows, probe="draws", expect=expect)

    return [
        case("sixty pairs", [1, 1, 1, 2, 2, 2, 3, 3, 3, 4], 60, False, "Half of them the same person."),
        case("another fifty", [5, 5, 6, 6, 0, 8, 9], 50, False, "Three of the five people have one picture."),
        case("three thousand", [3, 3, 3, 5, 5, 9], 3000, True, "Every pair has its chance."),
    ]


# build_verifier


def verifying(
    features_of: dict[str, Callable[[Array, Array], Array]] | None = None,
    activation: Callable[[Array], Array] = sigmoid,
    beyond_the_encoder: Callable[[LinearEncoder], list[int]] | None = None,
) -> Callable[..., dict[str, Any]]:
    """What the exam `verifier` finds of a verifier, right or with one thing wrong.

    `beyond_the_encoder`: the sizes of its parameters that are not the encoder's; where they are not n and 1, they
    cannot be set, and there is no probability.
    """

    def seen(
        encoder: LinearEncoder,
        features: str,
        m: int,
        images1: Array,
        images2: Array,
        w: Array,
        b: float,
        kernel: Array,
    ) -> dict[str, Any]:
        chosen = (features_of or {"absolute": absolute_difference, "chi_square": chi_square})[features]
        right = [1, len(w)]
        found = sorted(beyond_the_encoder(encoder)) if beyond_the_encoder else right

        def probability(first: Array, second: Array, used: LinearEncoder) -> Array | None:
            return activation(chosen(used(first), used(second)) @ w + b) if found == right else None

        changed = LinearEncoder(kernel, encoder.image_shape)
        return {
            "a Keras model is returned": True,
            "sizes of the parameters beyond the encoder's": np.array(found),
            "probability": probability(images1, images2, encoder),
            "probability with the pictures exchanged": probability(images2, images1, encoder),
            "probability after the encoder has changed": probability(images1, images2, changed),
        }

    return seen


def forgetting_the_encoder() -> Callable[..., dict[str, Any]]:
    """A verifier with a copy of the encoder's values: it does not notice that the encoder changes."""

    def seen(encoder: LinearEncoder, **inputs: Any) -> dict[str, Any]:
        return verifying()(encoder, **inputs | {"kernel": encoder.kernel})

    return seen


def verifier_cases(rng: Generator) -> list[Case]:
    def case(name: str, m: int, shape: tuple[int, ...], n: int, features: str, shows: str) -> Case:
        pixels = int(np.prod(shape))
        kernels = rng.uniform(0.0, 2.0 / pixels, size=(2, pixels, n)) * rng.choice(
            [0.3, 3.0], size=(2, pixels, n)
        )
        images1, images2 = rng.uniform(size=(2, m, *shape)).astype(np.float32)
        inputs = {
            "encoder": LinearEncoder(kernels[0].astype(np.float32), shape),
            "features": features,
            "m": m,
            "images1": images1,
            "images2": images2,
            "w": (3 * rng.normal(size=n)).astype(np.float32),
            "b": float(rng.normal()),
            "kernel": kernels[1].astype(np.float32),
        }
        hidden = ("images1", "images2", "w", "b", "kernel")
        return Case(name, inputs, shows, probe="verifier", hidden=hidden)

    return [
        case("absolute", 5, (4, 3), 7, "absolute", "sigmoid(w · |f(x1) - f(x2)| + b), with w and b set."),
        case(
            "chi-square",
            4,
            (3, 5),
            6,
            "chi_square",
            "sigmoid(w · chi-square features + b), with w and b set.",
        ),
        case(
            "a larger encoding",
            3,
            (2, 6, 1),
            11,
            "absolute",
            "Any encoder: n + 1 parameters more than it has.",
        ),
    ]


# verify_with_database


def verify_with_database(encoding: Array, database: dict[str, Array], w: Array, b: float) -> dict[str, Any]:
    return {
        name: same_person_probability(absolute_difference(encoding, stored), w, b)
        for name, stored in database.items()
    }


def answering(
    probability: Callable[..., Any] = same_person_probability,
    features: Callable[[Array, Array], Array] = absolute_difference,
) -> Callable[..., dict[str, Any]]:
    def verify(encoding: Array, database: dict[str, Array], w: Array, b: float) -> dict[str, Any]:
        return {name: probability(features(encoding, stored), w, b) for name, stored in database.items()}

    return verify


def database_only_best(encoding: Array, database: dict[str, Array], w: Array, b: float) -> Any:
    found = verify_with_database(encoding, database, w, b)
    best = max(found, key=lambda name: found[name])
    return {best: found[best]}


def database_names_lost(encoding: Array, database: dict[str, Array], w: Array, b: float) -> Any:
    return np.array(list(verify_with_database(encoding, database, w, b).values()))


def database_distances(encoding: Array, database: dict[str, Array], w: Array, b: float) -> Any:
    return {name: np.square(encoding - stored).sum() for name, stored in database.items()}


def database_cases(rng: Generator) -> list[Case]:
    def case(name: str, names: list[str], n: int, shows: str, edge: bool = False) -> Case:
        inputs = {
            "encoding": rng.normal(size=n).astype(np.float32),
            "database": {who: rng.normal(size=n).astype(np.float32) for who in names},
            "w": rng.normal(size=n, scale=0.4).astype(np.float32),
            "b": float(rng.choice([-1, 1]) * rng.uniform(0.6, 1.2)),
        }
        return Case(name, inputs, shows, edge=edge)

    return [
        case("four people", ["Noor", "Wim", "Ada", "Jo"], 7, "One probability a name."),
        case("three people", ["Zoe", "Bo", "Cem"], 12, "Encodings of any length."),
        case("one person", ["Ravi"], 5, "A database of one."),
        case("nobody", [], 6, "An empty database gives an empty dict.", edge=True),
    ]


NO_GRADIENT = "NumPy is used inside, so there is no gradient to train with"

EXERCISES = (
    Exercise(
        "absolute_difference",
        absolute_difference,
        difference_cases,
        {
            "the absolute value is missing": difference_signed,
            "the difference is squared": difference_squared,
            "the differences are added up; one feature an element is wanted": difference_summed,
            "the differences are averaged; one feature an element is wanted": difference_averaged,
            "negative differences become 0 instead of positive": difference_rectified,
            "the absolute value is taken before the difference": difference_of_sizes,
            NO_GRADIENT: without_gradient(absolute_difference),
        },
    ),
    Exercise(
        "chi_square",
        chi_square,
        chi_cases,
        {
            "the difference is not squared": chi_unsquared,
            "the difference is neither squared nor made positive": chi_signed,
            "the denominator f1 + f2 is missing": chi_without_denominator,
            "epsilon is missing, so 0 / 0 gives NaN": chi_without_epsilon,
            "epsilon is fixed instead of taken from the argument": chi_epsilon_fixed,
            "epsilon is added to the numerator too": chi_epsilon_in_numerator,
            "epsilon is added to the quotient instead of to the denominator": chi_epsilon_outside,
            "the whole quotient is squared instead of the numerator": chi_ratio_squared,
            "the denominator holds the squares of f1 and f2": chi_squares_below,
            "the features are added up; one feature an element is wanted": chi_summed,
            NO_GRADIENT: without_gradient(chi_square),
        },
    ),
    Exercise(
        "same_person_probability",
        same_person_probability,
        probability_cases,
        {
            "the bias b is missing": probability_without_bias,
            "the bias b is subtracted": probability_bias_subtracted,
            "the sigmoid is missing": probability_without_sigmoid,
            "the sign inside the sigmoid is wrong": probability_flipped,
            "tanh is taken instead of the sigmoid": probability_tanh,
            "the mean over the features is taken instead of the sum": probability_of_mean,
            "the sum over the features is missing": probability_unsummed,
            "the bias b is added once a feature instead of once": probability_bias_a_feature,
            "exp(z) overflows for large z; write the sigmoid as 1 / (1 + exp(-z))": probability_overflowing,
            "a decision is returned instead of a probability": probability_decided,
            NO_GRADIENT: without_gradient(same_person_probability),
        },
    ),
    Exercise(
        "binary_cross_entropy",
        binary_cross_entropy,
        entropy_cases,
        {
            "the minus sign is missing": entropy_negative,
            "the sum is taken instead of the mean": entropy_summed,
            "the mean is missing; one number for all pairs is wanted": entropy_unreduced,
            "the term of the different pairs, (1 - y) log(1 - y_hat), is missing": entropy_same_only,
            "the term of the same pairs, y log(y_hat), is missing": entropy_different_only,
            "y and 1 - y are swapped": entropy_classes_swapped,
            "y and y_hat are swapped": entropy_arguments_swapped,
            "epsilon is not used, so y_hat of 0 or 1 gives infinity or NaN": entropy_unclipped,
            "y_hat is kept away from 0, and not from 1": entropy_clipped_below,
            "epsilon is fixed instead of taken from the argument": entropy_epsilon_fixed,
            "the logarithm has base 2; the natural one is wanted": entropy_base_two,
            "the squared error is taken instead of the cross-entropy": squared_error,
            NO_GRADIENT: without_gradient(binary_cross_entropy),
        },
    ),
    Exercise(
        "make_pairs",
        drawing(make_pairs),
        pairs_cases,
        PAIRS_MISTAKES,
        unnamed=frozenset(PAIRS_MISTAKES),
    ),
    Exercise(
        "build_verifier",
        verifying(),
        verifier_cases,
        {
            "the towers have parameters of their own; use one encoder for both pictures": verifying(
                beyond_the_encoder=lambda encoder: [1, encoder.kernel.shape[1], encoder.kernel.size]
            ),
            "both towers are copies of the encoder; use the encoder itself": verifying(
                beyond_the_encoder=lambda encoder: [1, encoder.kernel.shape[1]] + 2 * [encoder.kernel.size]
            ),
            "the encodings were computed once and do not follow the encoder": forgetting_the_encoder(),
            "the two encodings are concatenated; compare them element by element": verifying(
                beyond_the_encoder=lambda encoder: [1, 2 * encoder.kernel.shape[1]]
            ),
            "the features are added up first, so there is one weight instead of one a feature": verifying(
                beyond_the_encoder=lambda encoder: [1, 1]
            ),
            "the bias b is missing": verifying(beyond_the_encoder=lambda encoder: [encoder.kernel.shape[1]]),
            "there are two outputs, as for a softmax; one probability is wanted": verifying(
                beyond_the_encoder=lambda encoder: [2, 2 * encoder.kernel.shape[1]]
            ),
            "the sigmoid is missing": verifying(activation=lambda z: z),
            "there is a ReLU in place of the sigmoid": verifying(activation=lambda z: np.maximum(z, 0.0)),
            "the features are always absolute differences": verifying(
                {"absolute": absolute_difference, "chi_square": absolute_difference}
            ),
            "the two kinds of features are swapped": verifying(
                {"absolute": chi_square, "chi_square": absolute_difference}
            ),
            "the absolute value is missing, so the order of the pictures matters": verifying(
                {"absolute": difference_signed, "chi_square": chi_square}
            ),
            "the difference is squared instead of absolute": verifying(
                {"absolute": difference_squared, "chi_square": chi_square}
            ),
            "the denominator of the chi-square features is missing": verifying(
                {"absolute": absolute_difference, "chi_square": difference_squared}
            ),
        },
    ),
    Exercise(
        "verify_with_database",
        verify_with_database,
        database_cases,
        {
            "the bias b is missing": answering(probability_without_bias),
            "the sigmoid is missing": answering(probability_without_sigmoid),
            "the sign inside the sigmoid is wrong": answering(probability_flipped),
            "decisions are returned instead of probabilities": answering(probability_decided),
            "the absolute value is missing": answering(features=difference_signed),
            "the difference is squared instead of absolute": answering(features=difference_squared),
            "distances are returned instead of probabilities": database_distances,
            "only the most probable name is returned": database_only_best,
            "the names are lost: a dict from name to probability is wanted": database_names_lost,
        },
    ),
)
