"""What stands around a style transfer: smoothness, pixel steps, compiled costs, borders, sizes, the easel."""

import base64
import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from course.style_transfer import Easel, compiled, crop, pixel_momentum, reflect, resize, total_variation


def random_image(*size):
    return np.random.default_rng(3).uniform(size=(*size, 3)).astype(np.float32)


def test_total_variation_is_zero_for_one_colour_and_two_for_a_chessboard():
    chessboard = np.indices((6, 8)).sum(0)[..., None] % 2 * np.ones(3, np.float32)
    assert float(total_variation(np.full((5, 7, 3), 0.4))) == 0
    assert float(total_variation(chessboard)) == pytest.approx(2)


def test_total_variation_has_a_gradient_that_smooths():
    image = tf.Variable(random_image(6, 9))
    before = float(total_variation(image))
    with tf.GradientTape() as tape:
        cost = total_variation(image)
    image.assign_sub(5.0 * tape.gradient(cost, image))
    assert float(total_variation(image)) < before


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_first_step_is_of_the_size_asked_for_whatever_the_gradient_is_measured_in(scale):
    image, gradient = tf.Variable(np.full((4, 5, 3), 0.5, np.float32)), random_image(4, 5) - 0.5
    pixel_momentum(steps=10, first=2.0, last=0.5).apply_gradients([(tf.constant(scale * gradient), image)])
    moved = image.numpy() - 0.5
    assert np.abs(moved).mean() * 255 == pytest.approx(2.0, rel=1e-3)
    assert np.array_equal(np.sign(moved), -np.sign(gradient))


def test_steps_gather_momentum_and_shrink_to_the_last():
    image, optimizer = tf.Variable([0.5]), pixel_momentum(steps=4, first=2.0, last=0.5)
    moved, before = [], 0.5
    for _ in range(5):
        optimizer.apply_gradients([(tf.constant([-1.0]), image)])
        moved.append(255 * (float(image[0]) - before))
        before = float(image[0])
    rates = 2.0 * (0.5 / 2.0) ** (np.arange(5) / 4)
    expected = [sum(0.9 ** (k - j) * rates[j] for j in range(k + 1)) for k in range(5)]
    assert moved == pytest.approx(expected, rel=1e-3)
    assert rates[-1] == pytest.approx(0.5)


def test_a_zero_gradient_moves_nothing():
    image = tf.Variable([0.5, 0.25])
    pixel_momentum(steps=5).apply_gradients([(tf.zeros(2), image)])
    assert image.numpy().tolist() == [0.5, 0.25]


def test_a_compiled_cost_has_the_same_value_and_gradient():
    target = random_image(4, 6)

    def cost(image):
        return tf.reduce_sum(tf.sin(3.0 * image) * target)

    image = tf.Variable(random_image(4, 6) ** 2)
    with tf.GradientTape() as tape:
        found = compiled(cost)(image)
    gradient = tape.gradient(found, image)
    assert float(found) == pytest.approx(float(cost(image)), rel=1e-5)
    assert np.allclose(gradient, 3 * np.cos(3 * image.numpy()) * target, atol=1e-5)


def test_a_compiled_cost_is_traced_once_and_weighted_by_what_is_done_with_it():
    traces = []

    def cost(image):
        traces.append(image.shape)
        return tf.reduce_sum(image**2)

    fast, image = compiled(cost), tf.Variable(random_image(3, 5))
    for _ in range(3):
        with tf.GradientTape() as tape:
            weighted = 4.0 * fast(image)
    assert len(traces) == 1
    assert np.allclose(tape.gradient(weighted, image), 8 * image.numpy(), atol=1e-5)


def test_reflecting_mirrors_the_border_and_cropping_undoes_it():
    image = random_image(7, 5)
    framed = reflect(image, 3)
    assert framed.shape == (13, 11, 3)
    assert np.array_equal(framed[0, 3], image[3, 0])
    assert np.array_equal(framed[3, -1], image[0, -4])
    assert np.array_equal(crop(framed, 3), image)
    assert np.array_equal(crop(image, 0), image)


def test_resizing_keeps_colours_and_range():
    image = np.zeros((8, 12, 3), np.float32)
    image[:, 6:] = [1.0, 0.5, 0.0]
    larger = resize(image, (16, 30))
    assert larger.shape == (16, 30, 3) and larger.dtype == np.float32
    assert larger.min() == 0 and larger.max() == 1
    assert np.allclose(larger[:, -5], [1.0, 0.5, 0.0], atol=0.03)


class Place:
    """A display handle that notes what it is given."""

    def __init__(self):
        self.pages = []

    def update(self, page):
        self.pages.append(page.data)


def test_the_easel_shows_every_third_and_the_last_picture_in_one_place(monkeypatch):
    import IPython.display

    place = Place()

    def display(page, display_id):
        place.update(page)
        return place

    monkeypatch.setattr(IPython.display, "display", display)
    easel, image = Easel(steps=7), np.full((4, 6, 3), 0.2)
    for step in range(7):
        easel.show(image, cost=10.0 - step)
    assert ["step 3 of 7, cost 8.00" in place.pages[0], "step 6 of 7" in place.pages[1]] == [True, True]
    assert len(place.pages) == 3 and "step 7 of 7, cost 4.00" in place.pages[2]
    data = place.pages[2].split("base64,")[1].split('"')[0]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert shown.shape == (4, 6, 3) and (shown == 51).all()
