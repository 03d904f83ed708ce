"""02_siamese_encodings. One network for both pictures (DeepFace, Taigman et al. 2014, section 4.2; the idea is Bromley
et al.'s, 1993); encodings of norm 1 as in FaceNet (Schroff et al. 2015, section 3)."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise, without_gradient
from course.comparing import Finite, NotBelow
from course.stand_ins import CountingEncoder, LinearEncoder

ASSIGNMENT = "02_siamese_encodings"
Array = NDArray[Any]

NAMES = ["Ada", "Bo", "Carmen", "Dmitri", "Eun-ji", "Femi", "Goran", "Hana", "Ivo", "Júlia"]


# l2_normalize


def l2_normalize(x: Array, epsilon: float = 1e-12) -> Array:
    return x / np.sqrt(np.maximum(np.square(x).sum(axis=-1, keepdims=True), epsilon))


def divided_by(size: Callable[[Array], Array], protected: bool = True) -> Callable[..., Array]:
    """x divided by `size(x)`, by 1e-6 at least when it is `protected`."""

    def implementation(x: Array, epsilon: float = 1e-12) -> Array:
        divisor = size(x)
        with np.errstate(invalid="ignore"):
            return x / (np.maximum(divisor, 1e-6) if protected else divisor)

    return implementation


def norm(x: Array) -> Array:
    return np.linalg.norm(x, axis=-1, keepdims=True)


def undefined_at_zero(implementation: Callable[..., Array]) -> Callable[..., Array]:
    """For a right value whose gradient is 0 / 0 in a zero row: just beside zero, where differences are taken, NaN."""

    def beside_zero(x: Array, epsilon: float = 1e-12) -> Array:
        size = norm(x)
        return np.where((size > 0) & (size < 1e-4), np.nan, implementation(x, epsilon))

    return beside_zero


NO_FINITE_GRADIENT = "the gradient in a zero row is not a number: 0 is divided by 0 and replaced too late"

NORMALIZE_MISTAKES: dict[str, Callable[..., Any]] = {
    "a zero row is divided by zero": divided_by(norm, protected=False),
    NO_FINITE_GRADIENT: undefined_at_zero(l2_normalize),
    "the rows are divided by the squared norm; the root is missing": divided_by(
        lambda x: np.square(x).sum(axis=-1, keepdims=True)
    ),
    "the rows are divided by the sum of absolute values; the norm is the root of the sum of squares": divided_by(
        lambda x: np.abs(x).sum(axis=-1, keepdims=True)
    ),
    "the rows are divided by their largest number": divided_by(
        lambda x: np.abs(x).max(axis=-1, keepdims=True)
    ),
    "the rows are divided by their sum": divided_by(lambda x: np.abs(x.sum(axis=-1, keepdims=True))),
    "the columns have norm 1 instead of the rows": divided_by(
        lambda x: np.sqrt(np.square(x).sum(0, keepdims=True))
    ),
    "one norm is taken over everything instead of one a row": divided_by(
        lambda x: np.sqrt(np.square(x).sum())
    ),
    "the root of the mean of squares is taken instead of the root of their sum": divided_by(
        lambda x: np.sqrt(np.square(x).mean(axis=-1, keepdims=True))
    ),
    "short rows are cut short: what is added to the norm is not tiny": lambda x, epsilon=1e-12: (
        x / (norm(x) + 1e-2)
    ),
    "nothing is normalised": lambda x, epsilon=1e-12: x,
    "NumPy is used inside, so there is no gradient to train with": without_gradient(l2_normalize),
}


def normalize_cases(rng: Generator) -> list[Case]:
    def rows(m: int, n: int, zero: int | None = None) -> dict[str, Any]:
        """Rows of different norms, from about a hundredth to about ten, and perhaps one of zeros."""
        x = rng.normal(size=(m, n)) * rng.permutation(np.geomspace(0.01, 5, m))[:, None]
        if zero is not None:
            x[zero] = 0.0
        return {"x": x.astype(np.float32), "epsilon": 1e-12}

    with_zero = rows(4, 3, zero=2)
    return [
        Case("five rows", rows(5, 7), "Each row keeps its direction and gets norm 1."),
        Case("two rows", rows(2, 9), "Long or short makes no difference."),
        Case("a zero row", rows(4, 6, zero=1), "A zero row has no direction: it stays zero."),
        Case(
            "its gradient",
            {
                "x": (rng.normal(size=(3, 4)) + np.sign(rng.normal(size=(3, 4)))).astype(np.float32),
                "epsilon": 1e-12,
            },
            "TensorFlow must be able to differentiate it.",
            probe="gradient",
            gradient_of=("x",),
        ),
        Case(
            "the gradient with a zero row",
            with_zero,
            "It may be large, but must be a number: one NaN spoils all parameters.",
            probe="gradient",
            gradient_of=("x",),
            expect={"gradient of x": Finite(with_zero["x"].shape)},
        ),
    ]


# build_encoder


def encoder_like(**otherwise: bool) -> Callable[..., dict[str, Any]]:
    """What the exam `encoder` finds of a right encoder, but for `otherwise` (underscores for spaces)."""

    def seen(input_shape: tuple[int, int, int], embedding_size: int, m: int, seed: int) -> dict[str, Any]:
        right = {
            "a Keras model is returned": True,
            "pictures of input_shape go in": True,
            "shape of the encodings": (m, embedding_size),
            "there is a convolution": True,
            "there is a softmax": False,
            "every encoding has norm 1": True,
            "an encoding depends on its own picture only": True,
            "different pictures have different encodings": True,
            "a black picture has finite encodings": True,
        }
        return right | {name.replace("_", " "): value for name, value in otherwise.items()}

    return seen


def encoder_of_shape(
    shape: Callable[[int, int], tuple[int, ...]], **otherwise: bool
) -> Callable[..., dict[str, Any]]:
    """The same with encodings of another shape, given m and embedding_size."""

    def seen(input_shape: tuple[int, int, int], embedding_size: int, m: int, seed: int) -> dict[str, Any]:
        found = encoder_like(**otherwise)(input_shape, embedding_size, m, seed)
        return found | {"shape of the encodings": shape(m, embedding_size)}

    return seen


def no_model(input_shape: tuple[int, int, int], embedding_size: int, m: int, seed: int) -> dict[str, Any]:
    return {"a Keras model is returned": False}


def model_for_other_pictures(
    input_shape: tuple[int, int, int], embedding_size: int, m: int, seed: int
) -> dict[str, Any]:
    return {"a Keras model is returned": True, "pictures of input_shape go in": False}


ENCODER_MISTAKES: dict[str, Callable[..., Any]] = {
    "no Keras model is returned": no_model,
    "the model takes pictures of another shape than input_shape": model_for_other_pictures,
    "the normalisation at the end is missing: the encodings are not of norm 1": encoder_like(
        every_encoding_has_norm_1=False
    ),
    "a softmax is left at the end, instead of the normalisation": encoder_like(
        there_is_a_softmax=True, every_encoding_has_norm_1=False
    ),
    "a softmax is left before the normalisation": encoder_like(there_is_a_softmax=True),
    "there is no convolution, and a softmax is left at the end": encoder_like(
        there_is_a_convolution=False, there_is_a_softmax=True, every_encoding_has_norm_1=False
    ),
    "there is no convolution, and the normalisation at the end is missing": encoder_like(
        there_is_a_convolution=False, every_encoding_has_norm_1=False
    ),
    "there is no convolution": encoder_like(there_is_a_convolution=False),
    "the encoding has 128 numbers, whatever embedding_size is": encoder_of_shape(lambda m, size: (m, 128)),
    "the encoding has 128 numbers, whatever embedding_size is, and is not of norm 1": encoder_of_shape(
        lambda m, size: (m, 128), every_encoding_has_norm_1=False
    ),
    "the pictures of a batch are normalised together; each encoding must have norm 1 by itself": encoder_like(
        every_encoding_has_norm_1=False, an_encoding_depends_on_its_own_picture_only=False
    ),
    "all pictures have one and the same encoding": encoder_like(
        different_pictures_have_different_encodings=False
    ),
    "a black picture gives encodings that are not numbers: 0 is divided by 0": encoder_like(
        a_black_picture_has_finite_encodings=False
    ),
}


def encoder_cases(rng: Generator) -> list[Case]:
    def case(name: str, shape: tuple[int, int, int], size: int, shows: str) -> Case:
        inputs = {
            "input_shape": shape,
            "embedding_size": size + int(rng.integers(20)),
            "m": int(rng.integers(3, 7)),
            "seed": int(rng.integers(1_000_000)),
        }
        return Case(name, inputs, shows, probe="encoder", hidden=("seed",))

    return [
        case("grey pictures", (48, 41, 1), 30, "Encodings of norm 1 from a ConvNet, no softmax."),
        case("colour pictures", (44, 52, 3), 60, "input_shape is a parameter."),
        case("long encodings", (56, 46, 1), 130, "embedding_size is a parameter."),
    ]


# build_siamese


def squared_distance(f1: Array, f2: Array) -> Array:
    return np.square(f1 - f2).sum(axis=-1)


def towers(
    compare: Callable[[Array, Array], Array] = squared_distance,
    follows: tuple[bool, bool] = (True, True),
    shared: bool = True,
) -> Callable[..., dict[str, Any]]:
    """What the exam `siamese` finds of two towers; `follows` says which of them changes with the encoder."""

    def seen(
        encoder: LinearEncoder, m: int, images1: Array, images2: Array, new_parameters: Array
    ) -> dict[str, Any]:
        after = LinearEncoder(new_parameters, encoder.image_shape)
        first, second = (after if moves else encoder for moves in follows)
        return {
            "a Keras model is returned": True,
            "d": compare(encoder(images1), encoder(images2)),
            "d with the pictures exchanged": compare(encoder(images2), encoder(images1)),
            "d between each picture and itself": compare(encoder(images1), encoder(images1)),
            "its parameters are exactly the encoder's": shared,
            "d after the encoder has changed": compare(first(images1), second(images2)),
        }

    return seen


def cosine_distance(f1: Array, f2: Array) -> Array:
    return 1 - (f1 * f2).sum(-1) / (np.linalg.norm(f1, axis=-1) * np.linalg.norm(f2, axis=-1))


def no_towers(
    encoder: LinearEncoder, m: int, images1: Array, images2: Array, new_parameters: Array
) -> dict[str, Any]:
    return {"a Keras model is returned": False}


SIAMESE_MISTAKES: dict[str, Callable[..., Any]] = {
    "no Keras model is returned": no_towers,
    "the square root is taken; d is the squared distance": towers(
        lambda f1, f2: np.sqrt(squared_distance(f1, f2))
    ),
    "the mean over the numbers of an encoding is taken instead of the sum": towers(
        lambda f1, f2: np.square(f1 - f2).mean(axis=-1)
    ),
    "absolute differences are added up instead of squares": towers(
        lambda f1, f2: np.abs(f1 - f2).sum(axis=-1)
    ),
    "d has shape (m, 1); shape (m,) is wanted": towers(lambda f1, f2: squared_distance(f1, f2)[:, None]),
    "everything is added up to one number; one d a pair is wanted": towers(
        lambda f1, f2: np.square(f1 - f2).sum()
    ),
    "the sum runs over the pairs instead of over the encoding": towers(
        lambda f1, f2: np.square(f1 - f2).sum(axis=0)
    ),
    "the squared differences are not added up": towers(lambda f1, f2: np.square(f1 - f2)),
    "the differences themselves are returned": towers(lambda f1, f2: f1 - f2),
    "the cosine distance is computed": towers(cosine_distance),
    "the second tower is a copy of the encoder, with parameters of its own": towers(
        follows=(True, False), shared=False
    ),
    "the first tower is a copy of the encoder, with parameters of its own": towers(
        follows=(False, True), shared=False
    ),
    "both towers are copies of the encoder": towers(follows=(False, False), shared=False),
    "there are parameters that are not the encoder's": towers(shared=False),
    "the first picture goes into both towers": towers(lambda f1, f2: squared_distance(f1, f1)),
}


def siamese_cases(rng: Generator) -> list[Case]:
    def case(name: str, m: int, shape: tuple[int, ...], size: int, shows: str) -> Case:
        pixels = int(np.prod(shape))
        first, second = (rng.uniform(size=(m, *shape)).astype(np.float32) for _ in range(2))
        kernel, other = (rng.normal(size=(pixels, size)) / np.sqrt(pixels) for _ in range(2))
        inputs = {
            "encoder": LinearEncoder(kernel.astype(np.float32), shape),
            "m": m,
            "images1": first,
            "images2": second,
            "new_parameters": other.astype(np.float32),
        }
        hidden = ("images1", "images2", "new_parameters")
        return Case(name, inputs, shows, probe="siamese", hidden=hidden)

    return [
        case("five pairs", 5, (4, 3, 1), 6, "d is the squared distance; pictures may change places."),
        case("seven pairs", 7, (3, 5, 1), 4, "When the encoder changes, both towers change with it."),
        case("colour", 3, (4, 5, 3), 9, "The encoder says what pictures go in."),
    ]


# pairwise_distances


def pairwise_distances(encodings: Array) -> Array:
    return np.square(encodings[:, None] - encodings[None]).sum(axis=-1)


def by_products(encodings: Array, cross: float = 2.0) -> Array:
    """||a||² + ||b||² - 2 a·b."""
    squares = np.square(encodings).sum(axis=-1)
    return squares[:, None] + squares[None] - cross * encodings @ encodings.T


def rounded_below_zero(encodings: Array) -> Array:
    """What float32 leaves of `by_products` somewhere among equal rows."""
    return np.where(pairwise_distances(encodings) == 0, -1e-7, by_products(encodings))


def infinite_diagonal(encodings: Array) -> Array:
    return pairwise_distances(encodings) + np.diag(np.full(len(encodings), np.inf))


BELOW_ZERO = "rounding leaves some distances below zero"

PAIRWISE_MISTAKES: dict[str, Callable[..., Any]] = {
    BELOW_ZERO: rounded_below_zero,
    "the square root is taken; d is the squared distance": lambda encodings: np.sqrt(
        pairwise_distances(encodings)
    ),
    "the mean over the numbers of an encoding is taken instead of the sum": lambda encodings: (
        pairwise_distances(encodings) / encodings.shape[1]
    ),
    "absolute differences are added up instead of squares": lambda encodings: np.abs(
        encodings[:, None] - encodings[None]
    ).sum(axis=-1),
    "2 - 2 a·b is computed, which is d only for encodings of norm 1": lambda encodings: np.maximum(
        2 - 2 * encodings @ encodings.T, 0
    ),
    "the products of the encodings are returned, not their distances": lambda encodings: (
        encodings @ encodings.T
    ),
    "the factor 2 of the product is missing": lambda encodings: np.maximum(
        by_products(encodings, cross=1.0), 0
    ),
    "the columns are compared instead of the rows": lambda encodings: pairwise_distances(encodings.T),
    "the squared differences are not added up": lambda encodings: np.square(
        encodings[:, None] - encodings[None]
    ),
    "the upper half of the table is zero": lambda encodings: np.tril(pairwise_distances(encodings)),
    "the lower half of the table is zero": lambda encodings: np.triu(pairwise_distances(encodings)),
    "each pair is listed once; a table (m, m) is wanted": lambda encodings: pairwise_distances(encodings)[
        np.triu_indices(len(encodings), k=1)
    ],
    "the diagonal is infinite; everybody is at distance 0 from himself": infinite_diagonal,
}


def pairwise_cases(rng: Generator) -> list[Case]:
    def case(name: str, encodings: Array, shows: str) -> Case:
        encodings = encodings.astype(np.float32)
        expect = {"value": NotBelow(pairwise_distances(encodings.astype(np.float64)), 0.0)}
        return Case(name, {"encodings": encodings}, shows, expect=expect)

    def rows(m: int, n: int, length: float = 1.0) -> Array:
        return length * rng.normal(size=(m, n))

    unit = rows(9, 16)
    unit /= np.linalg.norm(unit, axis=-1, keepdims=True)
    return [
        case("six encodings", rows(6, 4), "A symmetric (6, 6) table with zeros on the diagonal."),
        case("four long ones", rows(4, 7, length=3.0), "Encodings of any norm."),
        case("nine of norm 1", unit, "As the encoder gives them."),
        case("everybody twice", np.tile(rows(11, 24), (2, 1)), "Equal rows are at 0, never below."),
    ]


# encode_database


Encodings = dict[str, Array]


def storing(
    change: Callable[[Encodings], Any] = lambda encodings: encodings,
    passes: Callable[[int], int] = lambda m: 1,
) -> Callable[..., dict[str, Any]]:
    """What the probe `stored_encodings` sees of `change(encodings by name)`, found in `passes(m)` forward passes: one
    for all m people, one for each of them, or several for all.
    """

    def seen(images_by_name: Encodings, encoder: CountingEncoder) -> dict[str, Any]:
        number = passes(len(images_by_name))
        pictures = list(images_by_name.values())
        if number == len(pictures):
            rows = [encoder(picture[None], i)[0] for i, picture in enumerate(pictures, start=1)]
        else:
            rows = list(encoder(np.stack(pictures), number))
        value = change(dict(zip(images_by_name, rows, strict=True)))
        return {"number of forward passes": number, "value": value}

    return seen


def reordered(names: Callable[[list[str]], list[str]]) -> Callable[[Encodings], Encodings]:
    """Encodings under other people's names."""
    return lambda right: dict(zip(names(list(right)), right.values(), strict=True))


def in_rows(right: Encodings) -> Encodings:
    return {name: encoding[None] for name, encoding in right.items()}


def pictures_stored(images_by_name: Encodings, encoder: CountingEncoder) -> dict[str, Any]:
    return {"number of forward passes": 0, "value": dict(images_by_name)}


DATABASE_MISTAKES: dict[str, Callable[..., Any]] = {
    "there is a forward pass for each picture; one for all of them together is wanted": storing(
        passes=lambda m: m
    ),
    "there are two forward passes; one is enough": storing(passes=lambda m: 2),
    "there is a forward pass for each picture, and each encoding has shape (1, n); (n,) is wanted": storing(
        in_rows, passes=lambda m: m
    ),
    "each encoding has shape (1, n); (n,) is wanted": storing(in_rows),
    "the names are sorted and the pictures are not, so the encodings get mixed up": storing(
        reordered(sorted)
    ),
    "the names are in the opposite order of the encodings": storing(reordered(lambda names: names[::-1])),
    "everybody gets the first encoding": storing(
        lambda right: dict.fromkeys(right, next(iter(right.values())))
    ),
    "everybody gets the last encoding": storing(lambda right: dict.fromkeys(right, list(right.values())[-1])),
    "everybody gets the encodings of all": storing(
        lambda right: dict.fromkeys(right, np.stack(list(right.values())))
    ),
    "the encodings are returned without the names": storing(lambda right: np.stack(list(right.values()))),
    "the pictures are stored; their encodings are wanted": pictures_stored,
}


def database_cases(rng: Generator) -> list[Case]:
    def case(name: str, people: int, shape: tuple[int, ...], size: int, shows: str) -> Case:
        names = [NAMES[i] for i in rng.permutation(len(NAMES))[:people]]
        while names in (sorted(names), sorted(names)[::-1]):
            names = names[1:] + names[:1]
        images = {person: rng.uniform(size=shape).astype(np.float32) for person in names}
        kernel = rng.normal(size=(int(np.prod(shape)), size)).astype(np.float32)
        inputs = {"images_by_name": images, "encoder": CountingEncoder(kernel, shape)}
        return Case(name, inputs, shows, probe="stored_encodings")

    return [
        case("five people", 5, (4, 3, 1), 7, "Everybody's encoding under the right name."),
        case("nine people", 9, (3, 5, 1), 4, "One forward pass, however many there are."),
        case("colour", 3, (5, 4, 3), 6, "Pictures of any shape."),
    ]


EXERCISES = (
    Exercise(
        "l2_normalize",
        l2_normalize,
        normalize_cases,
        NORMALIZE_MISTAKES,
        unnamed=frozenset(
            {NO_FINITE_GRADIENT, "a zero row is divided by zero"}
        ),  # NaN looks like no other number
    ),
    Exercise("build_encoder", encoder_like(), encoder_cases, ENCODER_MISTAKES),
    Exercise("build_siamese", towers(), siamese_cases, SIAMESE_MISTAKES),
    Exercise(
        "pairwise_distances",
        pairwise_distances,
        pairwise_cases,
        PAIRWISE_MISTAKES,
        unnamed=frozenset({BELOW_ZERO}),  # where it happens is chance; the failing case itself says what
    ),
    Exercise("encode_database", storing(), database_cases, DATABASE_MISTAKES),
)
