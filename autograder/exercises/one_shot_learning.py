"""01_one_shot_learning. Verification 1:1 and recognition 1:K by a distance d and a threshold tau, as in DeepFace
(Taigman et al. 2014) and FaceNet (Schroff et al. 2015, section 4: false accepts, and d <= tau)."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.exercise import Case, Exercise
from course.comparing import Says
from course.stand_ins import Projection

ASSIGNMENT = "01_one_shot_learning"
Array = NDArray[Any]
Database = dict[str, Array]

NAMES = ["Ada", "Bo", "Carmen", "Dmitri", "Eun-ji", "Femi", "Goran", "Hana", "Ivo", "Júlia"]
EXACT_STEPS = [
    (3, 4, 0),
    (2, 3, 6),
    (1, 4, 8),
    (4, 4, 7),
    (2, 6, 9),
    (6, 6, 7),
    (1, 2, 2),
    (2, 4, 4),
    (3, 6, 6),
]
"""Whole numbers whose squares add up to a square: in 256ths, both d and its root are exact in float32."""


# Drawing inputs


def some_names(rng: Generator, count: int) -> list[str]:
    return [NAMES[i] for i in rng.permutation(len(NAMES))[:count]]


def camera(rng: Generator, shape: tuple[int, int], size: int) -> tuple[Array, Projection]:
    """A picture, and the stand-in for the network that encodes it in `size` numbers."""
    image = rng.uniform(size=shape).astype(np.float32)
    kernel = rng.normal(size=(image.size, size)).astype(np.float32)
    return image, Projection(kernel)


def exact_camera(rng: Generator, shape: tuple[int, int], size: int) -> tuple[Array, Projection]:
    """The same with numbers so round that float32 makes no error."""
    image = (rng.integers(9, size=shape) / 8).astype(np.float32)
    return image, Projection(rng.integers(-1, 2, size=(image.size, size)).astype(np.float32))


def entry_at(rng: Generator, encoding: Array, d: float) -> Array:
    """An encoding whose squared distance from `encoding` is d."""
    direction = rng.normal(size=encoding.shape)
    return (encoding + np.sqrt(d) * direction / np.linalg.norm(direction)).astype(np.float32)


def exact_entry(rng: Generator, encoding: Array) -> tuple[Array, float]:
    """An encoding near `encoding` and their squared distance, both without rounding."""
    steps = np.zeros(encoding.shape)
    places = rng.permutation(len(steps))[:3]
    wide = EXACT_STEPS[rng.integers(len(EXACT_STEPS))]
    steps[places] = np.array(wide) * rng.integers(20, 50) / 256 * rng.choice([-1, 1], size=3)
    return (encoding + steps).astype(np.float32), float(np.square(steps).sum())


def database_at(rng: Generator, encoding: Array, names: list[str], distances: list[float]) -> Database:
    """People whose squared distances from `encoding` are `distances`, in this order."""
    return {name: entry_at(rng, encoding, d) for name, d in zip(names, distances, strict=True)}


# error_free_probability and required_accuracy


def error_free_probability(accuracy: Any, num_people: Any) -> Any:
    return np.asarray(accuracy, dtype=np.float64) ** num_people


def required_accuracy(error_free_probability: Any, num_people: Any) -> Any:
    return np.asarray(error_free_probability, dtype=np.float64) ** (1 / np.asarray(num_people))


PROBABILITY_MISTAKES: dict[str, Callable[..., Any]] = {
    "the chance of at least one error is returned; wanted is the chance of none": (
        lambda accuracy, num_people: 1 - accuracy**num_people
    ),
    "the chance of at least one right comparison is returned; all must be right": (
        lambda accuracy, num_people: 1 - (1 - accuracy) ** num_people
    ),
    "the accuracy is multiplied by num_people instead of raised to that power": (
        lambda accuracy, num_people: accuracy * num_people
    ),
    "the error rates are added up; that is only near the truth while they are tiny": (
        lambda accuracy, num_people: 1 - num_people * (1 - accuracy)
    ),
    "one comparison too few is counted": lambda accuracy, num_people: accuracy ** (num_people - 1.0),
    "one comparison too many is counted": lambda accuracy, num_people: accuracy ** (num_people + 1),
    "people are compared with each other; each is compared with the one picture at the door": (
        lambda accuracy, num_people: accuracy ** (num_people * (num_people - 1) / 2)
    ),
    "the inverse is computed (the num_people-th root)": (
        lambda accuracy, num_people: accuracy ** (1 / np.asarray(num_people))
    ),
    "the chance that every comparison is wrong is returned": (
        lambda accuracy, num_people: (1 - accuracy) ** np.asarray(num_people)
    ),
    "the accuracy of one comparison is returned, whatever num_people is": (
        lambda accuracy, num_people: accuracy + np.zeros(np.shape(num_people))
    ),
    "num_people is fixed at 100": lambda accuracy, num_people: accuracy**100 + np.zeros(np.shape(num_people)),
}

ACCURACY_MISTAKES: dict[str, Callable[..., Any]] = {
    "the power is taken again; the inverse is the num_people-th root": (
        lambda error_free_probability, num_people: error_free_probability**num_people
    ),
    "the allowed error is divided evenly; that is only near the truth while it is tiny": (
        lambda error_free_probability, num_people: 1 - (1 - error_free_probability) / num_people
    ),
    "the probability is divided by num_people; wanted is the num_people-th root": (
        lambda error_free_probability, num_people: error_free_probability / num_people
    ),
    "the error rate is returned; the accuracy is one minus that": (
        lambda error_free_probability, num_people: 1 - error_free_probability ** (1 / num_people)
    ),
    "the root is taken of the chance of an error": (
        lambda error_free_probability, num_people: 1 - (1 - error_free_probability) ** (1 / num_people)
    ),
    "the square root is taken, whatever num_people is": (
        lambda error_free_probability, num_people: (
            error_free_probability**0.5 + np.zeros(np.shape(num_people))
        )
    ),
    "one comparison too many is counted": (
        lambda error_free_probability, num_people: error_free_probability ** (1 / (num_people + 1))
    ),
    "one comparison too few is counted": (
        lambda error_free_probability, num_people: error_free_probability ** (1 / (num_people - 1))
    ),
    "num_people is fixed at 100": (
        lambda error_free_probability, num_people: (
            error_free_probability**0.01 + np.zeros(np.shape(num_people))
        )
    ),
}


def probability_cases(rng: Generator) -> list[Case]:
    def case(name: str, low: float, high: float, num_people: Any, shows: str) -> Case:
        return Case(name, {"accuracy": float(rng.uniform(low, high)), "num_people": num_people}, shows)

    many = {
        "accuracy": rng.uniform(0.9, 0.99, size=(3, 1)).astype(np.float32),
        "num_people": rng.permutation(np.arange(2, 60))[:4],
    }
    return [
        case("a dozen people", 0.85, 0.98, 12, "All twelve comparisons must be right."),
        case("three people", 0.6, 0.9, 3, "A poor verifier at a small door."),
        case("a company", 0.992, 0.999, 150, "Even a good verifier fails over 150 people."),
        Case("a table", many, "Arrays broadcast, element by element: (3, 1) and (4,) give (3, 4)."),
    ]


def accuracy_cases(rng: Generator) -> list[Case]:
    def case(name: str, low: float, high: float, num_people: Any, shows: str) -> Case:
        inputs = {"error_free_probability": float(rng.uniform(low, high)), "num_people": num_people}
        # Accuracies crowd just below 1: only digits further on tell the right one from others.
        return Case(name, inputs, shows, tolerance=1e-5)

    many = {
        "error_free_probability": rng.uniform(0.2, 0.95, size=(2, 1)).astype(np.float32),
        "num_people": rng.permutation(np.arange(3, 50))[:5],
    }
    return [
        case("four people", 0.3, 0.7, 4, "The fourth root."),
        case("two people", 0.2, 0.6, 2, "The smallest choice there is."),
        case("a company", 0.4, 0.9, 250, "Nearly perfect comparisons are needed."),
        Case(
            "a table",
            many,
            "Arrays broadcast, element by element: (2, 1) and (5,) give (2, 5).",
            tolerance=1e-5,
        ),
    ]


# distance


def distance(encoding1: Array, encoding2: Array) -> Array:
    return np.square(encoding1 - encoding2).sum(axis=-1)


def distance_cosine(encoding1: Array, encoding2: Array) -> Array:
    norms = np.linalg.norm(encoding1, axis=-1) * np.linalg.norm(encoding2, axis=-1)
    return 1 - (encoding1 * encoding2).sum(axis=-1) / norms


DISTANCE_MISTAKES: dict[str, Callable[..., Any]] = {
    "the square root is taken; d is the squared distance": lambda a, b: np.sqrt(distance(a, b)),
    "the mean over the numbers of an encoding is taken instead of the sum": (
        lambda a, b: np.square(a - b).mean(axis=-1)
    ),
    "absolute differences are added up instead of squares": lambda a, b: np.abs(a - b).sum(axis=-1),
    "the differences are added up first and squared afterwards": lambda a, b: np.square((a - b).sum(axis=-1)),
    "everything is added up, not only along the last axis": lambda a, b: np.square(a - b).sum(),
    "the root of everything added up is taken; wanted are squares, along the last axis": (
        lambda a, b: np.linalg.norm(a - b)
    ),
    "the sum runs over the first axis instead of the last": lambda a, b: np.square(a - b).sum(axis=0),
    "the squared differences are not added up": lambda a, b: np.square(a - b),
    "the encodings are added instead of subtracted": lambda a, b: np.square(a + b).sum(axis=-1),
    "the squares are subtracted; wanted is the square of the difference": (
        lambda a, b: (np.square(a) - np.square(b)).sum(axis=-1)
    ),
    "the sum is divided by two": lambda a, b: distance(a, b) / 2,
    "the cosine distance is computed": distance_cosine,
    "only a single pair is compared; many at once fail": lambda a, b: np.dot(a - b, a - b),
}


def positional(implementation: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """`implementation` under the reference's parameter names."""

    def named(**inputs: Any) -> Any:
        return implementation(*(inputs[name] for name in names))

    return named


def distance_cases(rng: Generator) -> list[Case]:
    def case(name: str, shape1: tuple[int, ...], shape2: tuple[int, ...], shows: str) -> Case:
        first, second = (rng.normal(size=shape).astype(np.float32) for shape in (shape1, shape2))
        return Case(name, {"encoding1": first, "encoding2": second}, shows)

    return [
        case("two encodings", (7,), (7,), "Two vectors give one number."),
        case("five pairs", (5, 4), (5, 4), "Row by row: five numbers."),
        case("one against many", (6,), (3, 6), "One encoding against three."),
        case("everybody against everybody", (4, 1, 5), (1, 3, 5), "Leading axes broadcast: a (4, 3) table."),
    ]


# is_same_person


def is_same_person(d: Any, tau: Any) -> Any:
    return d <= tau


SAME_MISTAKES: dict[str, Callable[..., Any]] = {
    "d == tau does not count; it is the same person": lambda d, tau: d < tau,
    "it is the wrong way round: a small d means the same person": lambda d, tau: d > tau,
    "it is the wrong way round, with d == tau on both sides": lambda d, tau: d >= tau,
    "the square root of d is compared with tau (or d with tau squared); both are squared already": (
        lambda d, tau: d <= np.square(tau)
    ),
    "d is squared once more": lambda d, tau: np.square(d) <= tau,
    "tau is fixed at 0.7": lambda d, tau: d <= 0.7,
    "one answer is given for all: every d must be within tau": lambda d, tau: np.all(d <= tau),
    "one answer is given for all: some d is within tau": lambda d, tau: np.any(d <= tau),
}


def same_cases(rng: Generator) -> list[Case]:
    def around(shape: tuple[int, ...], tau: float) -> dict[str, Any]:
        d = tau * rng.permutation(np.linspace(0.1, 2.1, int(np.prod(shape)))).reshape(shape)
        return {"d": d.astype(np.float32), "tau": tau}

    borders = rng.permutation([0.5, 0.75, 1.25, 1.25, 1.25, 1.5, 1.75, 2.0, 0.0, 1.125]).astype(np.float32)
    return [
        Case("eleven pairs", around((11,), 0.6), "True where d is at most tau."),
        Case("a generous door", around((9,), 1.4), "tau is a parameter, here 1.4."),
        Case("a table", around((3, 4), 0.9), "Any shape, element by element."),
        Case("at the threshold", {"d": borders, "tau": 1.25}, "d == tau is the same person."),
        Case(
            "one number",
            {"d": float(rng.uniform(0.1, 0.4)), "tau": 0.5},
            "A single d gives one answer.",
            edge=True,
        ),
    ]


# verify


def verifying(
    answer: Callable[[Any, float], Any] = lambda d, tau: (d, d <= tau),
    unknown: Callable[[str], Any] | None = None,
) -> Callable[..., Any]:
    """A verifier that answers `answer(d, tau)`, and `unknown(identity)` or a KeyError for an unknown identity."""

    def verify(image: Array, identity: str, database: Database, encode: Projection, tau: float) -> Any:
        if unknown and identity not in database:
            return unknown(identity)
        return answer(distance(encode(image), database[identity]), tau)

    return verify


def nameless(identity: str) -> Any:
    raise KeyError("not in the database")


def another_error(identity: str) -> Any:
    raise ValueError(f"{identity} is unknown")


def against_anybody(
    image: Array, identity: str, database: Database, encode: Projection, tau: float
) -> tuple[Any, Any]:
    if identity not in database:
        raise KeyError(identity)
    d = min(distance(encode(image), known) for known in database.values())
    return d, d <= tau


def against_the_first(
    image: Array, identity: str, database: Database, encode: Projection, tau: float
) -> tuple[Any, Any]:
    if identity not in database:
        raise KeyError(identity)
    d = distance(encode(image), next(iter(database.values())))
    return d, d <= tau


VERIFY_MISTAKES: dict[str, Callable[..., Any]] = {
    "the door never opens": verifying(lambda d, tau: (d, False)),
    "the door always opens": verifying(lambda d, tau: (d, True)),
    "the door stays shut at d == tau": verifying(lambda d, tau: (d, d < tau)),
    "the door opens for the wrong people: a small d means the same person": verifying(
        lambda d, tau: (d, d > tau)
    ),
    "the square root is taken; d is the squared distance": verifying(
        lambda d, tau: (np.sqrt(d), np.sqrt(d) <= tau)
    ),
    "the square root of d is returned; the door is right": verifying(lambda d, tau: (np.sqrt(d), d <= tau)),
    "the square root of d is compared with tau (or d with tau squared); both are squared already": verifying(
        lambda d, tau: (d, np.sqrt(d) <= tau)
    ),
    "d is squared once more before it is compared with tau": verifying(lambda d, tau: (d, d * d <= tau)),
    "tau is fixed at 0.7": verifying(lambda d, tau: (d, d <= 0.7)),
    "only door_open is returned; (d, door_open) is wanted": verifying(lambda d, tau: d <= tau),
    "only d is returned; (d, door_open) is wanted": verifying(lambda d, tau: d),
    "d and door_open are swapped": verifying(lambda d, tau: (d <= tau, d)),
    "for an unknown identity a closed door is returned; a KeyError is wanted": verifying(
        unknown=lambda identity: (np.inf, False)
    ),
    "for an unknown identity None is returned instead of d; a KeyError is wanted": verifying(
        unknown=lambda identity: (None, False)
    ),
    "the KeyError for an unknown identity does not name the identity": verifying(unknown=nameless),
    "an unknown identity ends in another exception than a KeyError": verifying(unknown=another_error),
    "the picture is compared with everybody; only the claimed identity counts": against_anybody,
    "the picture is compared with the first person in the database, not with the claimed one": against_the_first,
}


def verify_cases(rng: Generator) -> list[Case]:
    def case(
        name: str, shape: tuple[int, int], tau: float, distances: list[float], claimed: int, shows: str
    ) -> Case:
        image, encode = camera(rng, shape, 5)
        names = some_names(rng, len(distances))
        database = database_at(rng, encode(image), names, distances)
        return question(name, image, names[claimed], database, encode, tau, shows)

    def question(
        name: str,
        image: Array,
        identity: str,
        database: Database,
        encode: Projection,
        tau: float,
        shows: str,
    ) -> Case:
        inputs = {"image": image, "identity": identity, "database": database, "encode": encode, "tau": tau}
        if identity in database:
            return Case(name, inputs, shows)
        return Case(name, inputs, shows, raises="KeyError", expect={"message": Says(identity)}, edge=True)

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    tight, usual, wide = between(0.3, 0.45), between(0.8, 0.87), between(1.3, 1.6)
    image, encode = exact_camera(rng, (3, 5), 6)
    border, d = exact_entry(rng, encode(image))
    first, second, stranger = some_names(rng, 3)
    at_tau = {first: entry_at(rng, encode(image), 9.0), second: border}
    unknown_image, unknown_encode = camera(rng, (4, 3), 4)
    known = database_at(rng, unknown_encode(unknown_image), [first, second], [0.1, 2.0])
    return [
        case(
            "the right person", (4, 3), usual, [3.1, 0.9 * usual, 2.2], 1, "d is within tau: the door opens."
        ),
        case("somebody else", (5, 3), tight, [1.15 * tight, 2.7], 0, "d is beyond tau: the door stays shut."),
        case("a generous door", (3, 4), wide, [4.0, 5.0, 0.8 * wide], 2, "tau is a parameter."),
        case(
            "a false claim",
            (5, 4),
            usual,
            [0.2, 2.5, between(1.3, 2.1)],
            2,
            "Looking like somebody else is no help.",
        ),
        question("at the threshold", image, second, at_tau, encode, d, "d == tau opens the door."),
        question(
            "an unknown identity",
            unknown_image,
            stranger,
            known,
            unknown_encode,
            0.5,
            "A KeyError that names the identity.",
        ),
    ]


# who_is_it


def recognising(
    answer: Callable[[dict[str, Any], float], Any],
) -> Callable[[Array, Database, Projection, float], Any]:
    """A recogniser that answers `answer(d by name, tau)`."""

    def who_is_it(image: Array, database: Database, encode: Projection, tau: float) -> Any:
        encoding = encode(image)
        return answer({name: distance(encoding, known) for name, known in database.items()}, tau)

    return who_is_it


def nearest(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    if not d:
        return np.inf, None
    name = min(d, key=lambda person: d[person])
    return d[name], name if d[name] <= tau else None


def nearest_strict(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    smallest, name = nearest(d, np.inf)
    return smallest, name if smallest < tau else None


def nearest_anyhow(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    return nearest(d, np.inf)


def first_within(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    within = [name for name in d if d[name] <= tau]
    return (d[within[0]], within[0]) if within else nearest(d, tau)


def last_within(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    within = [name for name in d if d[name] <= tau]
    return (d[within[-1]], within[-1]) if within else nearest(d, tau)


def farthest(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    if not d:
        return np.inf, None
    name = max(d, key=lambda person: d[person])
    return d[name], name if d[name] <= tau else None


def infinite_when_nobody(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    smallest, name = nearest(d, tau)
    return (smallest, name) if name else (np.inf, None)


def none_when_nobody(d: dict[str, Any], tau: float) -> tuple[Any, str | None] | None:
    return nearest(d, tau) if nearest(d, tau)[1] else None


def some_word(d: dict[str, Any], tau: float) -> tuple[Any, str]:
    smallest, name = nearest(d, tau)
    return smallest, name or "nobody"


def crash_when_empty(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    name = min(d, key=lambda person: d[person])
    return d[name], name if d[name] <= tau else None


def starting_at_100(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    smallest, name = nearest(d, np.inf)
    if smallest >= 100:
        return 100, None
    return smallest, name if smallest <= tau else None


def unsquared_nearest(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    return nearest({name: np.sqrt(value) for name, value in d.items()}, tau)


def unsquared_from_100(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    return starting_at_100({name: np.sqrt(value) for name, value in d.items()}, tau)


def unsquared_or_crash(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    return crash_when_empty({name: np.sqrt(value) for name, value in d.items()}, tau)


def against_squared_tau(d: dict[str, Any], tau: float) -> tuple[Any, str | None]:
    return nearest(d, tau**2)


WHO_MISTAKES: dict[str, Callable[..., Any]] = {
    "the nearest person is named even when nobody is within tau": recognising(nearest_anyhow),
    "the first person within tau is named instead of the nearest": recognising(first_within),
    "the last person within tau is named instead of the nearest": recognising(last_within),
    "the farthest person is taken instead of the nearest": recognising(farthest),
    "d == tau does not count; it is the same person": recognising(nearest_strict),
    "an empty database raises an exception; nobody is known then, and d is infinite": recognising(
        crash_when_empty
    ),
    "d is infinite when nobody is within tau; the smallest d is wanted": recognising(infinite_when_nobody),
    "only None is returned when nobody is within tau; (d, None) is wanted": recognising(none_when_nobody),
    "a word stands for nobody; None is wanted": recognising(some_word),
    "the search for the smallest d starts at 100 instead of infinity": recognising(starting_at_100),
    "the square root is taken; d is the squared distance": recognising(unsquared_nearest),
    "the square root is taken (d is the squared distance), and the search starts at 100 instead of infinity": (
        recognising(unsquared_from_100)
    ),
    "the square root is taken (d is the squared distance), and an empty database raises an exception": (
        recognising(unsquared_or_crash)
    ),
    "the square root of d is compared with tau (or d with tau squared); both are squared already": recognising(
        against_squared_tau
    ),
    "d and the name are swapped": recognising(lambda d, tau: nearest(d, tau)[::-1]),
    "only the name is returned; (d, name) is wanted": recognising(lambda d, tau: nearest(d, tau)[1]),
    "tau is fixed at 0.7": recognising(lambda d, tau: nearest(d, 0.7)),
}


def who_cases(rng: Generator) -> list[Case]:
    def question(
        name: str,
        image: Array,
        database: Database,
        encode: Projection,
        tau: float,
        shows: str,
        edge: bool = False,
    ) -> Case:
        inputs = {"image": image, "database": database, "encode": encode, "tau": tau}
        return Case(name, inputs, shows, edge=edge)

    def case(name: str, shape: tuple[int, int], tau: float, distances: list[float], shows: str) -> Case:
        image, encode = camera(rng, shape, 6)
        near = float(rng.uniform(0.94, 1.0))
        names = some_names(rng, len(distances))
        database = database_at(rng, encode(image), names, [near * d for d in distances])
        return question(name, image, database, encode, tau, shows)

    image, encode = exact_camera(rng, (5, 4), 7)
    border, d = exact_entry(rng, encode(image))
    first, second, third = some_names(rng, 3)
    far_away = {name: entry_at(rng, encode(image), 30.0) for name in (first, third)}
    at_tau = {first: far_away[first], second: border, third: far_away[third]}
    empty_image, empty_encode = camera(rng, (3, 4), 5)
    return [
        case(
            "several are near",
            (4, 3),
            0.6,
            [2.0, 0.55, 0.45, 1.4, 0.5],
            "Three are within tau: the nearest counts.",
        ),
        case("a generous door", (5, 3), 1.5, [1.3, 2.9, 1.1, 3.3], "tau is a parameter, here 1.5."),
        case(
            "nobody is near enough", (3, 5), 0.55, [1.9, 0.72, 2.4], "The smallest d, and None for the name."
        ),
        case("nobody is anywhere near", (4, 5), 0.5, [150.0, 210.0], "d may be as large as it likes."),
        question("at the threshold", image, at_tau, encode, d, "d == tau is the same person."),
        question(
            "an empty database",
            empty_image,
            {},
            empty_encode,
            0.6,
            "Nobody is known: d is infinite.",
            edge=True,
        ),
    ]


# enroll


def enrolling(change: Callable[..., Database | None]) -> Callable[..., dict[str, Any]]:
    """What the probe `new_database` sees."""

    def seen(
        database: Database, name: str, image: Array, encode: Projection, following: tuple[str, Array]
    ) -> dict[str, Any]:
        old = dict(database)
        found = {
            "new database": copy.copy(change(old, name, image, encode)),
            "old database afterwards": dict(old),
        }
        return found | {"new database of a second call": change(old, *following, encode)}

    return seen


def enroll(database: Database, name: str, image: Array, encode: Projection) -> Database:
    return {**database, name: encode(image)}


def enroll_in_place(database: Database, name: str, image: Array, encode: Projection) -> Database:
    database[name] = encode(image)
    return database


def enroll_in_place_silently(database: Database, name: str, image: Array, encode: Projection) -> None:
    database[name] = encode(image)


def enroll_both(database: Database, name: str, image: Array, encode: Projection) -> Database:
    database[name] = encode(image)
    return {name: encode(image)}


ENROLL_MISTAKES: dict[str, Callable[..., Any]] = {
    "the old database is changed; a new dict is wanted": enrolling(enroll_in_place),
    "the old database is changed and nothing is returned; a new dict is wanted": enrolling(
        enroll_in_place_silently
    ),
    "the old database is changed and only the new entry is returned": enrolling(enroll_both),
    "only the new entry is returned; everybody else is forgotten": enrolling(
        lambda database, name, image, encode: {name: encode(image)}
    ),
    "the picture itself is stored; its encoding is wanted": enrolling(
        lambda database, name, image, encode: {**database, name: image}
    ),
    "somebody known already keeps the old encoding; the new one is wanted": enrolling(
        lambda database, name, image, encode: {name: encode(image), **database}
    ),
    "nobody is added": enrolling(lambda database, name, image, encode: dict(database)),
    "the entry is called 'name' instead of the person's name": enrolling(
        lambda database, name, image, encode: {**database, "name": encode(image)}
    ),
}


def enroll_cases(rng: Generator) -> list[Case]:
    def case(name: str, known: int, again: bool, shape: tuple[int, int], size: int, shows: str) -> Case:
        image, encode = camera(rng, shape, size)
        people = some_names(rng, known + 2)
        database = {person: rng.normal(size=size).astype(np.float32) for person in people[:known]}
        newcomer = people[known // 2] if again else people[known]
        inputs = {"database": database, "name": newcomer, "image": image, "encode": encode}
        following = (people[known + 1], rng.uniform(size=shape).astype(np.float32))
        return Case(name, inputs | {"following": following}, shows, probe="new_database")

    return [
        case("a new employee", 3, False, (4, 3), 5, "One more entry; the old dict stays as it was."),
        case("the first employee", 0, False, (3, 5), 4, "An empty database to begin with."),
        case(
            "a new picture", 4, True, (5, 4), 3, "Somebody known gets a new encoding, in the new dict only."
        ),
    ]


# error_rates


def error_rates(distances: Array, same: Array, taus: Array) -> tuple[Array, Array]:
    accepted = distances[None, :] <= taus[:, None]
    return accepted[:, ~same].mean(axis=1), 1 - accepted[:, same].mean(axis=1)


def rates(
    counts: Callable[[Array, Array, Array], tuple[Array, Array]], strict: bool = False
) -> Callable[..., tuple[Array, Array]]:
    """Two rates from which pairs are accepted (t, m), which are the same person (m,), and tau (t,)."""

    def implementation(distances: Array, same: Array, taus: Array) -> tuple[Array, Array]:
        table = distances[None, :] < taus[:, None] if strict else distances[None, :] <= taus[:, None]
        return counts(table, same, taus)

    return implementation


def right_rates(accepted: Array, same: Array, taus: Array) -> tuple[Array, Array]:
    return accepted[:, ~same].mean(axis=1), 1 - accepted[:, same].mean(axis=1)


def of_all_pairs(accepted: Array, same: Array, taus: Array) -> tuple[Array, Array]:
    return (accepted & ~same).mean(axis=1), (~accepted & same).mean(axis=1)


def of_the_decisions(accepted: Array, same: Array, taus: Array) -> tuple[Array, Array]:
    wrong_in, wrong_out = (accepted & ~same).sum(axis=1), (~accepted & same).sum(axis=1)
    return wrong_in / np.maximum(accepted.sum(axis=1), 1), wrong_out / np.maximum((~accepted).sum(axis=1), 1)


RATE_MISTAKES: dict[str, Callable[..., Any]] = {
    "the two rates are swapped; false acceptance comes first": lambda distances, same, taus: error_rates(
        distances, same, taus
    )[::-1],
    "pairs at d == tau are rejected; they count as the same person": rates(right_rates, strict=True),
    "the errors are divided by the number of all pairs": rates(of_all_pairs),
    "the errors are divided by the number of decisions of their kind (accepted, rejected)": rates(
        of_the_decisions
    ),
    "the errors are counted, not divided by anything": rates(
        lambda accepted, same, taus: ((accepted & ~same).sum(axis=1), (~accepted & same).sum(axis=1))
    ),
    "right decisions are counted instead of errors": rates(
        lambda accepted, same, taus: (
            1 - right_rates(accepted, same, taus)[0],
            1 - right_rates(accepted, same, taus)[1],
        )
    ),
    "the share of the right people who are let in is returned as the second rate": rates(
        lambda accepted, same, taus: (right_rates(accepted, same, taus)[0], accepted[:, same].mean(axis=1))
    ),
    "same and different pairs are mixed up": lambda distances, same, taus: error_rates(
        distances, ~same, taus
    ),
    "only one threshold is used": lambda distances, same, taus: tuple(
        np.full(len(taus), rate[0]) for rate in error_rates(distances, same, taus)
    ),
    "the thresholds are sorted; the rates belong to taus as they are given": lambda distances, same, taus: (
        error_rates(distances, same, np.sort(taus))
    ),
    "the square root of d is compared with tau (or d with tau squared); both are squared already": (
        lambda distances, same, taus: error_rates(distances, same, taus**2)
    ),
}


def rate_cases(rng: Generator) -> list[Case]:
    def pairs(num_same: int, num_other: int, grid: float) -> dict[str, Array]:
        """Distances that overlap, rounded to `grid`, in an order of chance."""
        d = np.append(rng.uniform(0.1, 1.5, size=num_same), rng.uniform(0.6, 2.6, size=num_other))
        same = np.append(np.ones(num_same, bool), np.zeros(num_other, bool))
        order = rng.permutation(len(d))
        return {"distances": (np.round(d / grid) * grid).astype(np.float32)[order], "same": same[order]}

    def at(*taus: float) -> dict[str, Array]:
        return {"taus": rng.permutation(np.array(taus, dtype=np.float32))}

    on_the_grid = pairs(16, 24, 0.125)
    on_the_grid["distances"][:4] = 1.25, 0.75, 1.0, 1.25
    on_the_grid["same"][:4] = True, True, False, False
    return [
        Case(
            "thirty pairs", pairs(11, 19, 2**-12) | at(0.4 + 2**-14, 0.7, 0.9, 1.1, 1.3), "Five thresholds."
        ),
        Case("few of the same", pairs(7, 33, 2**-12) | at(0.61, 0.83, 1.21), "Each kind has its own total."),
        Case(
            "at the thresholds",
            on_the_grid | at(0.75, 1.0, 1.25, 1.75),
            "d == tau counts as the same person.",
        ),
        Case(
            "many thresholds", pairs(17, 13, 2**-12) | at(*np.linspace(0.31, 2.37, 8)), "Eight, in any order."
        ),
    ]


EXERCISES = (
    Exercise("error_free_probability", error_free_probability, probability_cases, PROBABILITY_MISTAKES),
    Exercise("required_accuracy", required_accuracy, accuracy_cases, ACCURACY_MISTAKES),
    Exercise(
        "distance",
        distance,
        distance_cases,
        {name: positional(wrong, "encoding1", "encoding2") for name, wrong in DISTANCE_MISTAKES.items()},
    ),
    Exercise("is_same_person", is_same_person, same_cases, SAME_MISTAKES),
    Exercise(
        "verify",
        verifying(),
        verify_cases,
        VERIFY_MISTAKES,
    ),
    Exercise("who_is_it", recognising(nearest), who_cases, WHO_MISTAKES),
    Exercise("enroll", enrolling(enroll), enroll_cases, ENROLL_MISTAKES),
    Exercise("error_rates", error_rates, rate_cases, RATE_MISTAKES),
)
