"""03_triplet_loss. FaceNet (Schroff et al. 2015), section 3: the loss 3.1, the choice of triplets 3.2."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise, some_seeds, without_gradient
from course.comparing import AnyOrder, DrawnBy, RowsAmong
from course.stand_ins import GradientDescent, LinearEncoder

ASSIGNMENT = "03_triplet_loss"
Array = NDArray[Any]


# Drawing inputs


def unit(rows: Array) -> Array:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def encodings(rng: Generator, m: int, size: int, easy: bool = True) -> dict[str, Array]:
    """Anchors, positives and negatives of norm 1. Odd triplets are hard; even ones too, unless some are `easy`."""
    anchor = unit(rng.normal(size=(m, size)))
    positive = unit(anchor + 0.25 * rng.normal(size=(m, size)))
    far = unit(-anchor + 0.3 * rng.normal(size=(m, size)))
    near = unit(anchor + 0.15 * rng.normal(size=(m, size)))
    negative = np.where((np.arange(m)[:, None] % 2 == 0) & easy, far, near)
    return {"anchor": anchor, "positive": positive, "negative": negative}


def pictures_of(rng: Generator, labels: list[int]) -> dict[str, Array]:
    """Squared distances between encodings of pictures whose people are `labels`, in an order of chance."""
    people = rng.permutation(np.array(labels))
    points = unit(rng.normal(size=(len(people), 5)))
    return {"distances": squared_distances(points), "labels": people}


def squared_distances(points: Array) -> Array:
    return (np.square(points[:, None] - points[None]).sum(-1)).astype(np.float32)


# triplet_loss


def squared_distance(x1: Array, x2: Array) -> Array:
    return np.square(x1 - x2).sum(axis=-1)


def triplet_loss(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return np.maximum(squared_distance(anchor, positive) - squared_distance(anchor, negative) + alpha, 0.0)


def loss_unclamped(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return squared_distance(anchor, positive) - squared_distance(anchor, negative) + alpha


def loss_of_unsquared(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    d_ap, d_an = (np.sqrt(squared_distance(anchor, other)) for other in (positive, negative))
    return np.maximum(d_ap - d_an + alpha, 0.0)


def loss_swapped(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return triplet_loss(anchor, negative, positive, alpha)


def loss_without_margin(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return triplet_loss(anchor, positive, negative, 0.0)


def loss_margin_subtracted(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return triplet_loss(anchor, positive, negative, -alpha)


def loss_margin_fixed(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return triplet_loss(anchor, positive, negative, 0.2)


def loss_mean_over_features(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    d_ap, d_an = (np.square(anchor - other).mean(axis=-1) for other in (positive, negative))
    return np.maximum(d_ap - d_an + alpha, 0.0)


def loss_reduced_first(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    d_ap, d_an = (np.square(anchor - other).sum() for other in (positive, negative))
    return np.maximum(d_ap - d_an + alpha, 0.0)


def loss_summed(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    return triplet_loss(anchor, positive, negative, alpha).sum()


def loss_over_triplets(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> Array:
    d_ap, d_an = (np.square(anchor - other).sum(axis=0) for other in (positive, negative))
    return np.maximum(d_ap - d_an + alpha, 0.0)


LOSS_MISTAKES: dict[str, Callable[..., Any]] = {
    "the maximum with zero is missing": loss_unclamped,
    "the distances are not squared": loss_of_unsquared,
    "positive and negative are swapped": loss_swapped,
    "the margin alpha is forgotten": loss_without_margin,
    "the margin alpha is subtracted": loss_margin_subtracted,
    "the margin is fixed at 0.2 instead of alpha": loss_margin_fixed,
    "the mean over the features is taken instead of the sum": loss_mean_over_features,
    "everything is reduced to one number first, so the whole batch shares one margin": loss_reduced_first,
    "the losses are added up; one loss a triplet is wanted": loss_summed,
    "the sum runs over the triplets instead of over the features": loss_over_triplets,
}


def loss_cases(rng: Generator) -> list[Case]:
    return [
        Case("five triplets", encodings(rng, 5, 7) | {"alpha": 0.2}, "Some teach, some are easy and give 0."),
        Case("a wide margin", encodings(rng, 4, 9) | {"alpha": 0.6}, "alpha is a parameter, here 0.6."),
        Case("no margin", encodings(rng, 6, 3) | {"alpha": 0.0}, "Without a margin only wrong orders cost."),
        Case(
            "two triplets", encodings(rng, 2, 5) | {"alpha": 0.3}, "A small batch still gives one loss each."
        ),
        Case(
            "its gradient",
            encodings(rng, 3, 4) | {"alpha": 0.25},
            "TensorFlow must be able to differentiate the loss.",
            probe="gradient",
            gradient_of=("anchor", "positive", "negative"),
        ),
    ]


# triplet_cost


def triplet_cost(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> float:
    return triplet_loss(anchor, positive, negative, alpha).sum()


def cost_mean(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> float:
    return triplet_loss(anchor, positive, negative, alpha).mean()


def summing(loss: Callable[..., Array]) -> Callable[..., float]:
    def cost(anchor: Array, positive: Array, negative: Array, alpha: float = 0.2) -> float:
        return loss(anchor, positive, negative, alpha).sum()

    return cost


def cost_cases(rng: Generator) -> list[Case]:
    return [
        Case("five triplets", encodings(rng, 5, 7) | {"alpha": 0.2}, "J is the sum of the losses."),
        Case("a wide margin", encodings(rng, 8, 4) | {"alpha": 0.6}, "alpha is a parameter, here 0.6."),
        Case(
            "hard triplets",
            encodings(rng, 3, 6, easy=False) | {"alpha": 0.9},
            "Every triplet costs something.",
        ),
        Case(
            "its gradient",
            encodings(rng, 4, 3) | {"alpha": 0.25},
            "TensorFlow must be able to differentiate the cost.",
            probe="gradient",
            gradient_of=("anchor", "positive", "negative"),
        ),
    ]


# valid_triplets


def same_person(labels: Array) -> Array:
    return np.equal(labels[:, None], labels[None, :])


def valid_triplets(labels: Array) -> Array:
    same = same_person(labels)
    other_picture = ~np.eye(len(labels), dtype=bool)
    return (same & other_picture)[:, :, None] & ~same[:, None, :]


def valid_with_itself(labels: Array) -> Array:
    same = same_person(labels)
    return same[:, :, None] & ~same[:, None, :]


def valid_with_any_negative(labels: Array) -> Array:
    same = same_person(labels)
    positive = same & ~np.eye(len(labels), dtype=bool)
    return np.repeat(positive[:, :, None], len(labels), axis=2)


def valid_with_any_positive(labels: Array) -> Array:
    same = same_person(labels)
    return np.repeat(~same[:, None, :], len(labels), axis=1)


def valid_swapped(labels: Array) -> Array:
    return valid_triplets(labels).transpose(0, 2, 1)


def valid_cases(rng: Generator) -> list[Case]:
    return [
        Case(
            "six pictures", {"labels": rng.permutation([4, 4, 7, 7, 7, 9])}, "Person 9 has a single picture."
        ),
        Case("seven pictures", {"labels": rng.permutation([2, 2, 2, 5, 5, 8, 8])}, "Three people."),
        Case(
            "five pictures", {"labels": rng.permutation([0, 0, 30, 30, 1])}, "0 is a person like any other."
        ),
        Case("one person", {"labels": np.array([3, 3, 3])}, "No negative, so no triplet.", edge=True),
        Case("all different", {"labels": np.array([1, 2, 3, 4])}, "No positive, so no triplet.", edge=True),
    ]


# sample_triplets


def drawing(rows_of: Callable[[Array, int, Generator], Array]) -> Callable[..., dict[str, Any]]:
    """What the probe `draws` sees of a sampler."""

    def drawn(labels: Array, num_triplets: int, seeds: tuple[int, ...]) -> dict[str, Any]:
        return {"value": tuple(rows_of(labels, num_triplets, np.random.default_rng(seed)) for seed in seeds)}

    return drawn


def choosing_from(mask_of: Callable[[Array], Array]) -> Callable[[Array, int, Generator], Array]:
    def rows_of(labels: Array, num_triplets: int, rng: Generator) -> Array:
        allowed = np.argwhere(mask_of(labels))
        return allowed[rng.integers(len(allowed), size=num_triplets)]

    return rows_of


sample_triplets = choosing_from(valid_triplets)


def sample_always_the_same(labels: Array, num_triplets: int, rng: Generator) -> Array:
    return sample_triplets(labels, num_triplets, np.random.default_rng(0))


def sample_from_global_state(labels: Array, num_triplets: int, rng: Generator) -> Array:
    return sample_triplets(labels, num_triplets, np.random.default_rng())


def sample_first_ones(labels: Array, num_triplets: int, rng: Generator) -> Array:
    allowed = np.argwhere(valid_triplets(labels))
    return allowed[rng.permutation(num_triplets) % (len(allowed) // 2)]


def sample_without_replacement(labels: Array, num_triplets: int, rng: Generator) -> Array:
    return rng.permutation(np.argwhere(valid_triplets(labels)))[:num_triplets]


def sample_cases(rng: Generator) -> list[Case]:
    def case(name: str, labels: list[int], count: int, cover: bool, shows: str) -> Case:
        people, seeds = rng.permutation(labels), some_seeds(rng)
        expect = {"value": DrawnBy(seeds, RowsAmong(valid_triplets(people), count, cover))}
        inputs = {"labels": people, "num_triplets": count, "seeds": seeds}
        return Case(name, inputs, shows, probe="draws", expect=expect)

    return [
        case("forty triplets", [1, 1, 1, 2, 2, 2, 3, 3, 3, 4], 40, False, "Every row is a valid triplet."),
        case("another forty", [5, 5, 6, 6, 7, 8, 9], 40, False, "Three of the five people have one picture."),
        case("two thousand", [3, 3, 5, 5, 5, 9], 2000, True, "Every valid triplet has its chance."),
    ]


SAMPLE_MISTAKES: dict[str, Callable[..., Any]] = {
    "a picture is taken as its own positive": drawing(choosing_from(valid_with_itself)),
    "the negative may be the same person": drawing(choosing_from(valid_with_any_negative)),
    "every generator gives the same draw": drawing(sample_always_the_same),
    "the generator that is given is not used": drawing(sample_from_global_state),
    "only some of the valid triplets are ever drawn": drawing(sample_first_ones),
    "no triplet is drawn twice, so there are not enough": drawing(sample_without_replacement),
}


# hardest_triplets


def hardest_triplets(distances: Array, labels: Array) -> Array:
    rows = []
    for anchor in range(len(labels)):
        positives = [j for j in range(len(labels)) if labels[j] == labels[anchor] and j != anchor]
        negatives = [k for k in range(len(labels)) if labels[k] != labels[anchor]]
        if positives and negatives:
            farthest = max(positives, key=lambda j: distances[anchor, j])
            nearest = min(negatives, key=lambda k: distances[anchor, k])
            rows.append((anchor, farthest, nearest))
    return np.array(rows, dtype=int).reshape(-1, 3)


def masked_hardest(
    distances: Array, labels: Array, positive: Array, negative: Array, lonely: str = "drop"
) -> Array:
    """Batch-hard with the given masks; an anchor without a positive or negative is dropped, kept or padded."""
    farthest = np.where(positive, distances, -np.inf).argmax(1)
    nearest = np.where(negative, distances, np.inf).argmin(1)
    rows = np.stack([np.arange(len(labels)), farthest, nearest], axis=1)
    complete = np.any(positive, axis=1) & np.any(negative, axis=1)
    if lonely == "pad":
        return np.where(complete[:, None], rows, -1)
    return rows if lonely == "keep" else rows[complete]


def masks(labels: Array) -> tuple[Array, Array, Array]:
    same = same_person(labels)
    return same & ~np.eye(len(labels), dtype=bool), ~same, same


def hardest_own_positive(distances: Array, labels: Array) -> Array:
    _, negative, same = masks(labels)
    return masked_hardest(distances, labels, same, negative)


def hardest_own_positive_kept(distances: Array, labels: Array) -> Array:
    _, negative, same = masks(labels)
    return masked_hardest(distances, labels, same, negative, lonely="keep")


def hardest_nearest_positive(distances: Array, labels: Array) -> Array:
    positive, negative, _ = masks(labels)
    rows = masked_hardest(distances, labels, positive, negative)
    nearest = np.where(positive, distances, np.inf).argmin(1)
    return np.stack([rows[:, 0], nearest[rows[:, 0]], rows[:, 2]], axis=1)


def hardest_farthest_negative(distances: Array, labels: Array) -> Array:
    positive, negative, _ = masks(labels)
    rows = masked_hardest(distances, labels, positive, negative)
    farthest = np.where(negative, distances, -np.inf).argmax(1)
    return np.stack([rows[:, 0], rows[:, 1], farthest[rows[:, 0]]], axis=1)


def hardest_padded(distances: Array, labels: Array) -> Array:
    positive, negative, _ = masks(labels)
    return masked_hardest(distances, labels, positive, negative, lonely="pad")


def hardest_lonely_kept(distances: Array, labels: Array) -> Array:
    positive, negative, _ = masks(labels)
    return masked_hardest(distances, labels, positive, negative, lonely="keep")


def hardest_any_positive(distances: Array, labels: Array) -> Array:
    positive, negative, _ = masks(labels)
    anybody = np.ones_like(positive) & np.any(positive, axis=1)[:, None]
    return masked_hardest(distances, labels, anybody, negative)


def hardest_any_negative(distances: Array, labels: Array) -> Array:
    positive, negative, _ = masks(labels)
    anybody = ~np.eye(len(labels), dtype=bool) & np.any(negative, axis=1)[:, None]
    return masked_hardest(distances, labels, positive, anybody)


def row_case(
    rows_of: Callable[..., Array], name: str, inputs: dict[str, Any], shows: str, edge: bool = False
) -> Case:
    """A case in which the rows may come in any order."""
    return Case(name, inputs, shows, expect={"value": AnyOrder(rows_of(**inputs))}, edge=edge)


def hardest_cases(rng: Generator) -> list[Case]:
    def case(name: str, labels: list[int], shows: str, edge: bool = False) -> Case:
        return row_case(hardest_triplets, name, pictures_of(rng, labels), shows, edge)

    return [
        case("nine pictures", [1, 1, 1, 2, 2, 2, 2, 6, 6], "Every anchor has a positive."),
        case(
            "two lonely people", [1, 1, 1, 1, 2, 2, 2, 3, 4], "Persons 3 and 4 have one picture: no anchors."
        ),
        case("twelve pictures", [0, 0, 0, 0, 5, 5, 5, 5, 7, 7, 7, 8], "Three positives for most anchors."),
        case("no positives", [1, 2, 3, 4], "No rows: an array of shape (0, 3).", edge=True),
        case("no negatives", [1, 1, 1], "No rows: an array of shape (0, 3).", edge=True),
    ]


# is_semi_hard


def is_semi_hard(d_ap: Array, d_an: Array, alpha: float = 0.2) -> Array:
    return (d_ap < d_an) & (d_an < d_ap + alpha)


def semi_hard_with_borders(d_ap: Array, d_an: Array, alpha: float = 0.2) -> Array:
    return (d_ap <= d_an) & (d_an <= d_ap + alpha)


def semi_hard_with_hard(d_ap: Array, d_an: Array, alpha: float = 0.2) -> Array:
    return d_an < d_ap + alpha


def semi_hard_with_easy(d_ap: Array, d_an: Array, alpha: float = 0.2) -> Array:
    return d_ap < d_an


def semi_hard_fixed(d_ap: Array, d_an: Array, alpha: float = 0.2) -> Array:
    return is_semi_hard(d_ap, d_an, 0.2)


def semi_hard_swapped(d_ap: Array, d_an: Array, alpha: float = 0.2) -> Array:
    return is_semi_hard(d_an, d_ap, alpha)


def is_semi_hard_cases(rng: Generator) -> list[Case]:
    def around(shape: tuple[int, ...], alpha: float) -> dict[str, Any]:
        d_ap = rng.uniform(0.2, 1.0, size=shape)
        offset = rng.permutation(np.linspace(-1.3, 2.3, d_ap.size)).reshape(shape)
        d_an = d_ap + alpha * offset
        return {"d_ap": d_ap.astype(np.float32), "d_an": d_an.astype(np.float32), "alpha": alpha}

    # Eighths and quarters are exact, so the borders are the borders in float32, too.
    near = rng.permutation(np.repeat(np.arange(2, 8), 2)) / 8
    offsets = rng.permutation([-0.25, 0.0, 0.0, 0.0, 0.125, 0.125, 0.125, 0.125, 0.25, 0.25, 0.25, 0.5])
    borders = {"d_ap": near, "d_an": near + offsets, "alpha": 0.25}
    return [
        Case("eleven triplets", around((11,), 0.2), "Hard, semi-hard and easy ones."),
        Case("a wide margin", around((7,), 0.6), "alpha is a parameter, here 0.6."),
        Case("a table of triplets", around((3, 4), 0.35), "Any shape, element by element."),
        Case("on the borders", borders, "Both inequalities are strict."),
    ]


# semi_hard_triplets


def pairs(labels: Array) -> list[tuple[int, int]]:
    """(anchor, positive) index pairs, both ways round."""
    m = len(labels)
    return [(i, j) for i in range(m) for j in range(m) if i != j and labels[i] == labels[j]]


def nearest_between(
    distances: Array, labels: Array, low: float, high: float, pick: Callable[..., int] = min
) -> Callable[[int, int], list[int]]:
    """For a pair, the negative picked among those with low < d(A,N) - d(A,P) < high, as a list of one or none."""

    def negative_of(anchor: int, positive: int) -> list[int]:
        gap = distances[anchor] - distances[anchor, positive]
        found = [k for k in range(len(labels)) if labels[k] != labels[anchor] and low < gap[k] < high]
        return [pick(found, key=lambda k: distances[anchor, k])] if found else []

    return negative_of


def rows_for(chosen: list[tuple[int, int]], negative_of: Callable[[int, int], list[int]]) -> Array:
    rows = [(i, j, k) for i, j in chosen for k in negative_of(i, j)]
    return np.array(rows, dtype=int).reshape(-1, 3)


def semi_hard_triplets(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    return rows_for(pairs(labels), nearest_between(distances, labels, 0.0, alpha))


def semi_hard_take_farthest(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    return rows_for(pairs(labels), nearest_between(distances, labels, 0.0, alpha, pick=max))


def semi_hard_no_upper_bound(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    return rows_for(pairs(labels), nearest_between(distances, labels, 0.0, np.inf))


def semi_hard_no_lower_bound(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    return rows_for(pairs(labels), nearest_between(distances, labels, -np.inf, alpha))


def semi_hard_margin_fixed(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    return semi_hard_triplets(distances, labels, 0.2)


def semi_hard_pairs_once(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    once = [(i, j) for i, j in pairs(labels) if i < j]
    return rows_for(once, nearest_between(distances, labels, 0.0, alpha))


def semi_hard_one_an_anchor(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    rows = semi_hard_triplets(distances, labels, alpha)
    return rows[np.unique(rows[:, 0], return_index=True)[1]] if len(rows) else rows


def semi_hard_every_negative(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    chosen = [
        (i, j, k)
        for i, j in pairs(labels)
        for k in range(len(labels))
        if labels[k] != labels[i] and 0 < distances[i, k] - distances[i, j] < alpha
    ]
    return np.array(chosen, dtype=int).reshape(-1, 3)


def semi_hard_own_positive(distances: Array, labels: Array, alpha: float = 0.2) -> Array:
    with_itself = pairs(labels) + [(i, i) for i in range(len(labels))]
    return rows_for(with_itself, nearest_between(distances, labels, 0.0, alpha))


def graded_distances(rng: Generator, labels: list[int], alpha: float) -> dict[str, Any]:
    """Distances in which every pair finds negatives nearer, in the band (two of them) and farther, clear of the borders.

    Each row has distances of its own to sort, so the matrix is not symmetric; the function reads rows only.
    """
    people = rng.permutation(labels)
    m = len(people)
    distances = np.zeros((m, m))
    for i in range(m):
        same = (people == people[i]) & (np.arange(m) != i)
        others = people != people[i]
        distances[i, same] = 0.5 + 0.1 * alpha * rng.permutation(same.sum())
        offsets = np.resize([-0.6, 0.6, 0.45, 1.8, 2.4, 0.75], others.sum()) + rng.uniform(
            -0.02, 0.02, others.sum()
        )
        distances[i, others] = 0.5 + alpha * rng.permutation(offsets)
    return {"distances": distances.astype(np.float32), "labels": people, "alpha": alpha}


def semi_hard_cases(rng: Generator) -> list[Case]:
    def case(name: str, inputs: dict[str, Any], shows: str, edge: bool = False) -> Case:
        return row_case(semi_hard_triplets, name, inputs, shows, edge)

    nothing = {
        "distances": np.array([[0, 0.1, 0.9], [0.1, 0, 0.8], [0.9, 0.8, 0]]),
        "labels": np.array([1, 1, 2]),
    }
    return [
        case(
            "ten pictures",
            graded_distances(rng, [1, 1, 1, 2, 2, 2, 3, 3, 4, 4], 0.2),
            "Every pair, both ways.",
        ),
        case("a wide margin", graded_distances(rng, [5, 5, 5, 6, 6, 7, 8, 9, 9], 0.5), "alpha is 0.5 here."),
        case("a narrow margin", graded_distances(rng, [1, 1, 2, 2, 3, 4, 4, 4], 0.1), "alpha is 0.1 here."),
        case("nothing to learn", nothing | {"alpha": 0.2}, "All easy: an array of shape (0, 3).", edge=True),
    ]


# train_step


def step_with(
    gradient_scale: float = 1.0, swapped: bool = False, margin: float | None = None, cost_after: bool = False
) -> Callable[..., dict[str, Any]]:
    """A training step of a `LinearEncoder`, right or with one thing wrong. Gradient by hand: d ||a - p||² = 2 (a - p)."""

    def step(
        encoder: LinearEncoder, optimizer: GradientDescent, images: Array, triplets: Array, alpha: float = 0.2
    ) -> dict[str, Any]:
        chosen = triplets[:, [0, 2, 1]] if swapped else triplets
        used = alpha if margin is None else margin
        pixels = np.reshape(images, (len(images), -1))

        def cost_and_gradient(kernel: Array) -> tuple[float, Array]:
            x_a, x_p, x_n = (pixels[column] for column in chosen.T)
            ap, an = (x_a - x_p) @ kernel, (x_a - x_n) @ kernel
            loss = np.maximum(np.square(ap).sum(-1) - np.square(an).sum(-1) + used, 0.0)
            active = (loss > 0)[:, None]
            gradient = 2 * (x_a - x_p).T @ (active * ap) - 2 * (x_a - x_n).T @ (active * an)
            return loss.sum(), gradient

        kernel = np.asarray(encoder.kernel, dtype=np.float64)
        cost, gradient = cost_and_gradient(kernel)
        after = kernel - optimizer.learning_rate * gradient_scale * gradient
        returned = cost_and_gradient(after)[0] if cost_after else cost
        return {"value": returned, "the encoder after the step": after}

    return step


def step_mean(
    encoder: LinearEncoder, optimizer: GradientDescent, images: Array, triplets: Array, alpha: float = 0.2
) -> dict[str, Any]:
    scaled = step_with(gradient_scale=1 / len(triplets))(encoder, optimizer, images, triplets, alpha)
    return scaled | {"value": scaled["value"] / len(triplets)}


def step_cases(rng: Generator) -> list[Case]:
    def case(
        name: str, m: int, shape: tuple[int, int], size: int, alpha: float, rate: float, shows: str
    ) -> Case:
        pixels = int(np.prod(shape))
        images = rng.uniform(size=(m, *shape)).astype(np.float32)
        kernel = rng.normal(size=(pixels, size), scale=0.6 / np.sqrt(pixels)).astype(np.float32)
        triplets = np.stack([rng.permutation(m)[:3] for _ in range(m + 2)])
        inputs = {
            "encoder": LinearEncoder(kernel, shape),
            "optimizer": GradientDescent(rate),
            "images": images,
            "triplets": triplets,
            "alpha": alpha,
        }
        return Case(name, inputs, shows, probe="train_step")

    return [
        case("one step", 6, (5, 4), 3, 0.3, 0.02, "J before the step, and the encoder after it."),
        case("a longer step", 8, (3, 4), 5, 0.2, 0.06, "The optimizer that is given sets the step."),
        case("a wide margin", 5, (4, 6), 2, 0.9, 0.03, "alpha is a parameter, here 0.9."),
    ]


EXERCISES = (
    Exercise(
        "triplet_loss",
        triplet_loss,
        loss_cases,
        LOSS_MISTAKES
        | {"NumPy is used inside, so there is no gradient to train with": without_gradient(triplet_loss)},
    ),
    Exercise(
        "triplet_cost",
        triplet_cost,
        cost_cases,
        {
            "the mean is taken; J is the sum": cost_mean,
            "the losses are not added up; J is one number": triplet_loss,
            "NumPy is used inside, so there is no gradient to train with": without_gradient(triplet_cost),
        }
        | {
            f"the loss it adds up is not right: {name}": summing(wrong)
            for name, wrong in LOSS_MISTAKES.items()
            if wrong is not loss_summed
        },
    ),
    Exercise(
        "valid_triplets",
        valid_triplets,
        valid_cases,
        {
            "a picture is taken as its own positive (i != j is forgotten)": valid_with_itself,
            "the negative may be the same person": valid_with_any_negative,
            "the positive may be another person": valid_with_any_positive,
            "positive and negative are swapped": valid_swapped,
        },
    ),
    Exercise(
        "sample_triplets",
        drawing(sample_triplets),
        sample_cases,
        SAMPLE_MISTAKES,
        unnamed=frozenset(SAMPLE_MISTAKES),
    ),
    Exercise(
        "hardest_triplets",
        hardest_triplets,
        hardest_cases,
        {
            "an anchor without a positive is its own positive": hardest_own_positive,
            "no anchor is left out: one without a positive is its own": hardest_own_positive_kept,
            "the nearest positive is taken; the farthest is the hardest": hardest_nearest_positive,
            "the farthest negative is taken; the nearest is the hardest": hardest_farthest_negative,
            "anchors without a positive or a negative are kept": hardest_lonely_kept,
            "anchors without a positive or a negative are padded with -1; leave them out": hardest_padded,
            "the positive may be another person": hardest_any_positive,
            "the negative may be the same person": hardest_any_negative,
        },
    ),
    Exercise(
        "is_semi_hard",
        is_semi_hard,
        is_semi_hard_cases,
        {
            "the borders are included; both inequalities are strict": semi_hard_with_borders,
            "hard ones count too: d(A,P) < d(A,N) is missing": semi_hard_with_hard,
            "easy ones count too: d(A,N) < d(A,P) + alpha is missing": semi_hard_with_easy,
            "the margin is fixed at 0.2 instead of alpha": semi_hard_fixed,
            "d_ap and d_an are swapped": semi_hard_swapped,
        },
    ),
    Exercise(
        "semi_hard_triplets",
        semi_hard_triplets,
        semi_hard_cases,
        {
            "the farthest semi-hard negative is taken instead of the nearest": semi_hard_take_farthest,
            "negatives beyond the margin are taken: d(A,N) < d(A,P) + alpha is missing": semi_hard_no_upper_bound,
            "hard negatives are taken: d(A,P) < d(A,N) is missing": semi_hard_no_lower_bound,
            "the margin is fixed at 0.2 instead of alpha": semi_hard_margin_fixed,
            "each pair is taken one way only; both pictures can be the anchor": semi_hard_pairs_once,
            "only one positive an anchor is used": semi_hard_one_an_anchor,
            "every semi-hard negative is returned instead of the nearest": semi_hard_every_negative,
            "a picture is taken as its own positive": semi_hard_own_positive,
        },
    ),
    Exercise(
        "train_step",
        step_with(),
        step_cases,
        {
            "the mean over the triplets is taken; J is the sum": step_mean,
            "the encoder is not changed": step_with(gradient_scale=0.0),
            "the step goes uphill": step_with(gradient_scale=-1.0),
            "positive and negative are swapped": step_with(swapped=True),
            "the margin is fixed at 0.2 instead of alpha": step_with(margin=0.2),
            "J after the step is returned; J before it is wanted": step_with(cost_after=True),
        },
    ),
)
