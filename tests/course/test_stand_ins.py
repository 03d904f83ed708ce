"""A stand-in is the same thing twice: in NumPy for references, live for a student's function."""

from typing import Any

import numpy as np
import pytest

from course.packing import pack, unpack
from course.stand_ins import (
    CountingEncoder,
    Generator,
    GradientDescent,
    LinearEncoder,
    PixelResponse,
    Pixels,
    PixelScore,
    Projection,
    SmallConvNet,
    SquaredDistanceTo,
    built,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.random((5, 4, 3))
PICTURE = RNG.random((6, 7, 3))
ENCODER = LinearEncoder(RNG.normal(size=(12, 2)), (4, 3))
COUNTING = CountingEncoder(RNG.normal(size=(12, 2)), (4, 3))
NET = SmallConvNet({"shallow": RNG.normal(size=(3, 3, 3, 4)), "deep": RNG.normal(size=(3, 3, 4, 2))})
WEIGHTS = RNG.normal(size=PICTURE.shape)
STAND_INS = [
    Generator(3),
    ENCODER,
    GradientDescent(0.5),
    Pixels(PICTURE),
    SquaredDistanceTo(PICTURE, WEIGHTS),
    Projection(RNG.normal(size=(12, 2))),
    COUNTING,
    NET,
    PixelScore(WEIGHTS),
    PixelResponse(WEIGHTS),
]


@pytest.mark.parametrize("stand_in", STAND_INS, ids=lambda stand_in: type(stand_in).__name__)
def test_a_stand_in_travels(stand_in: Any) -> None:
    assert pack(unpack(pack(stand_in))) == pack(stand_in)


def test_stand_ins_are_built_wherever_they_lie() -> None:
    found = built({"rng": Generator(3), "list": [Generator(3)], "tuple": (1, Generator(3)), "text": "x"})
    drawn = [rng.random() for rng in (found["rng"], found["list"][0], found["tuple"][1])]
    assert drawn == [np.random.default_rng(3).random()] * 3
    assert (found["tuple"][0], found["text"]) == (1, "x")


def test_building_twice_gives_two() -> None:
    first, second = Generator(3).build(), Generator(3).build()
    first.random(100)
    assert second.random() == np.random.default_rng(3).random()


def test_a_projection_is_a_plain_function() -> None:
    projection = Projection(np.arange(24.0).reshape(12, 2))
    assert np.array_equal(built(projection)(IMAGES[0]), projection(IMAGES[0]))


def test_a_score_is_a_number() -> None:
    score = PixelScore(WEIGHTS)
    assert np.isclose(built(score)(PICTURE.tolist()), (WEIGHTS * PICTURE**2).sum())


@pytest.fixture(scope="module")
def tf() -> Any:
    import tensorflow

    return tensorflow


def test_an_encoder_computes_the_same_live(tf: Any) -> None:
    live = ENCODER.build()
    assert np.allclose(np.asarray(live(IMAGES.astype(np.float32))), ENCODER(IMAGES), atol=1e-5)
    assert [tuple(variable.shape) for variable in live.trainable_variables] == [(12, 2)]


def test_gradient_descent_takes_its_step(tf: Any) -> None:
    variable = tf.Variable([1.0, 2.0])
    GradientDescent(0.5).build().apply_gradients([(tf.constant([2.0, -2.0]), variable)])
    assert variable.numpy().tolist() == [0.0, 3.0]


def test_pixels_can_be_changed(tf: Any) -> None:
    live = Pixels(PICTURE).build()
    live.assign_add(tf.ones_like(live))
    assert np.allclose(live.numpy(), PICTURE + 1)


@pytest.mark.parametrize(
    ("stand_in", "reference"),
    [
        (SquaredDistanceTo(PICTURE, WEIGHTS), SquaredDistanceTo(PICTURE, WEIGHTS)),
        (PixelResponse(WEIGHTS), PixelScore(WEIGHTS)),
    ],
    ids=["SquaredDistanceTo", "PixelResponse"],
)
def test_a_live_cost_is_the_same_and_has_a_gradient(tf: Any, stand_in: Any, reference: Any) -> None:
    image = tf.Variable(PICTURE[::-1].copy(), dtype=tf.float32)
    with tf.GradientTape() as tape:
        cost = stand_in.build()(image)
    assert np.isclose(cost.numpy(), reference(PICTURE[::-1]), rtol=1e-4)
    assert np.abs(tape.gradient(cost, image)).max() > 0


@pytest.mark.parametrize(
    ("ask", "passes"),
    [
        (lambda encoder: encoder(IMAGES), 1),
        (lambda encoder: encoder(IMAGES, training=False), 1),
        (lambda encoder: encoder.predict_on_batch(IMAGES), 1),
        (lambda encoder: encoder.predict(IMAGES, verbose=0), 1),
        (lambda encoder: encoder.predict(IMAGES, batch_size=2), 3),
        (lambda encoder: np.concatenate([encoder(image[None]) for image in IMAGES]), 5),
    ],
)
def test_a_counting_encoder_counts_every_way_of_asking(tf: Any, ask: Any, passes: int) -> None:
    live = COUNTING.build()
    found = np.asarray(ask(live))
    assert live.passes == passes
    assert np.allclose(found, COUNTING(IMAGES), atol=1e-5) == (passes == 1)


@pytest.mark.parametrize("stand_in", [COUNTING, NET], ids=lambda stand_in: type(stand_in).__name__)
def test_what_comes_out_tells_how_often_and_with_what_a_network_was_asked(stand_in: Any) -> None:
    def numbers(images: Any, passes: int = 1) -> Any:
        found = stand_in(images, passes)
        return found["deep"] if isinstance(found, dict) else found

    images = RNG.random((5, 4, 3)) if stand_in is COUNTING else RNG.random((5, 6, 7, 3))
    at_once = numbers(images)
    one_by_one = np.concatenate([numbers(image[None]) for image in images])
    for other in (one_by_one, numbers(images, 2)):
        assert np.abs(at_once - other).max() > 0.1 * np.abs(at_once).max()


def test_a_counting_encoder_says_what_it_expects(tf: Any) -> None:
    with pytest.raises(
        ValueError, match=r"expects a batch of shape \(None, 4, 3\), got pictures of shape \(4, 3\)"
    ):
        COUNTING.build()(IMAGES[0])


def test_a_small_convnet_computes_the_same_live_and_counts(tf: Any) -> None:
    import keras

    live = NET.build()
    shallow = keras.Model(live.inputs[0], live.get_layer("shallow").output)
    batch = PICTURE[None].astype(np.float32)
    assert np.allclose(np.asarray(live(batch)), NET(PICTURE[None])["deep"], atol=1e-4)
    assert np.allclose(np.asarray(shallow(batch)), NET(PICTURE[None], 2)["shallow"], atol=1e-4)
    assert live.get_layer("passes").count.numpy() == 2
