"""The questions put to real data: what the inputs are, and that nothing in a test set was near training."""

from pathlib import Path

import numpy as np
import pytest

from course.data import Brain, Heartbeat, brain, heartbeat
from course.tasks import baselines, heartbeats, motion
from course.tasks import brain as brains
from course.tasks.training import accuracy, predict, train


@pytest.fixture(scope="module")
def recording() -> Heartbeat:
    return heartbeat()


@pytest.fixture(scope="module")
def beats(recording: Heartbeat) -> heartbeats.Beats:
    return heartbeats.find_beats(recording)


@pytest.fixture(scope="module")
def volume() -> Brain:
    return brain()


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


class TestHeartbeats:
    def test_about_five_hundred_beats_are_found_and_clearly_narrow_or_wide(
        self, recording: Heartbeat, beats: heartbeats.Beats
    ) -> None:
        assert 490 <= len(heartbeats.find_peaks(recording.signal, recording.rate)) <= 520
        assert not ((beats.widths >= 40) & (beats.widths <= 60)).any()
        assert np.array_equal(beats.labels, beats.widths > 60)
        assert 80 <= beats.labels.sum() <= 120

    def test_two_peaks_are_never_nearer_than_a_heart_can_beat(self, recording: Heartbeat) -> None:
        peaks = heartbeats.find_peaks(recording.signal, recording.rate)
        assert np.diff(peaks).min() > 0.2 * recording.rate

    def test_peaks_that_are_drawn_are_found_where_they_are(self) -> None:
        places = np.array([200, 500, 905])
        signal = sum(np.exp(-0.5 * ((np.arange(1200) - place) / 8) ** 2) for place in places)
        assert np.abs(heartbeats.find_peaks(signal + 3.0, 360) - places).max() <= 1

    def test_a_width_is_measured_at_half_height(self) -> None:
        level = np.concatenate([np.zeros(50), np.linspace(0, 1, 37), np.linspace(1, 0, 37)[1:], np.zeros(50)])
        assert heartbeats.half_height_width(level, int(level.argmax()), 360) == pytest.approx(1000 * 37 / 360)

    def test_no_window_reaches_over_the_split_or_the_end(
        self, recording: Heartbeat, beats: heartbeats.Beats
    ) -> None:
        reach = heartbeats.WINDOW // 2 + int(heartbeats.SHIFT_MS * recording.rate / 1000)
        train, test = heartbeats.split(beats, recording)
        border = heartbeats.TRAIN_SECONDS * recording.rate
        assert train.peaks.min() - reach >= 0
        assert train.peaks.max() + reach < border < test.peaks.min() - reach
        assert test.peaks.max() + reach < len(recording.signal)
        assert len(train) > 300 and len(test) > 120

    def test_windows_carry_their_beat_and_the_noise_that_was_asked_for(
        self, recording: Heartbeat, beats: heartbeats.Beats
    ) -> None:
        _, test = heartbeats.split(beats, recording)
        x, labels = heartbeats.windows(recording, test, rng(), draws=2, noise=0.0)
        noisy, _ = heartbeats.windows(recording, test, rng(), draws=2, noise=0.4)
        assert x.shape == (2 * len(test), heartbeats.WINDOW, 1) and x.dtype == np.float32
        assert np.array_equal(labels, np.tile(test.labels, 2))
        assert np.abs(x.mean(axis=1)).max() < 1e-5
        assert (noisy - x).std() == pytest.approx(0.4, rel=0.05)

    def test_the_same_generator_gives_the_same_windows(
        self, recording: Heartbeat, beats: heartbeats.Beats
    ) -> None:
        train_beats, _ = heartbeats.split(beats, recording)
        first, again = (heartbeats.windows(recording, train_beats, rng())[0] for _ in range(2))
        assert np.array_equal(first, again)

    @pytest.mark.parametrize("peak", [100, 107_900])
    def test_a_window_over_an_end_of_the_recording_is_refused(self, recording: Heartbeat, peak: int) -> None:
        beat = heartbeats.Beats(np.array([peak]), np.array([20], np.float32), np.array([0]))
        with pytest.raises(ValueError, match="144 samples from the ends"):
            heartbeats.windows(recording, beat, rng())

    def test_an_own_recording_is_read(self, tmp_path: Path) -> None:
        signal = np.sin(np.arange(400) / 10).astype(np.float32)
        np.savetxt(tmp_path / "own.txt", signal)
        np.save(tmp_path / "own.npy", signal)
        for name in ("own.txt", "own.npy"):
            assert np.allclose(heartbeats.read_recording(tmp_path / name, 250).signal, signal)

    @pytest.mark.parametrize(
        "content", [b"", b"not a number\n", b"\x00\xff\x93NUMPY", b"1 2\n3 4\n", b"1\nnan\n" * 300]
    )
    @pytest.mark.parametrize("name", ["own.txt", "own.npy"])
    @pytest.mark.filterwarnings("ignore:loadtxt")
    def test_an_unreadable_recording_is_refused_by_name(
        self, tmp_path: Path, name: str, content: bytes
    ) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=r"own\.(txt|npy)"):
            heartbeats.read_recording(tmp_path / name, 250)

    def test_a_missing_recording_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match=r"nothing\.txt"):
            heartbeats.read_recording(tmp_path / "nothing.txt", 250)

    def test_a_signal_of_two_rows_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"one row .* got shape \(2, 500\)"):
            heartbeats.find_peaks(np.zeros((2, 500)), 360)


class TestBrain:
    def test_places_have_their_tissue_and_slab_half_of_each(self, volume: Brain) -> None:
        places = brains.sample(volume, brains.TEST_SLAB, 200, rng())
        at = tuple(places.centres.T)
        assert np.array_equal(places.labels, np.repeat([0, 1], 100))
        assert (np.where(places.labels == 0, volume.grey[at], volume.white[at]) > 0.6).all()
        assert places.centres[:, 1].min() >= brains.TEST_SLAB[0]
        assert places.centres[:, 1].max() < brains.TEST_SLAB[1]

    def test_no_training_patch_shares_a_voxel_with_a_test_patch(self) -> None:
        assert brains.TRAIN_SLAB[1] - 1 + brains.SIDE // 2 < brains.TEST_SLAB[0] - brains.SIDE // 2

    def test_cubes_are_cut_around_their_centres(self) -> None:
        block = np.arange(20 * 21 * 22).reshape(20, 21, 22)
        cubes = brains.cubes(block, np.array([[7, 8, 9], [12, 13, 15]]))
        assert np.array_equal(cubes[0], block[0:14, 1:15, 2:16])
        assert np.array_equal(cubes[1], block[5:19, 6:20, 8:22])

    def test_a_volume_that_is_not_3_d_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"3 axes.*\(20, 20\)"):
            brains.cubes(np.zeros((20, 20)), np.array([[8, 8, 8]]))

    @pytest.mark.parametrize("centre", [[6, 9, 9], [9, 9, 14]])
    def test_a_cube_over_the_edge_is_refused(self, centre: list[int]) -> None:
        with pytest.raises(ValueError, match="7 voxels from the edge"):
            brains.cubes(np.zeros((20, 20, 20)), np.array([centre]))

    def test_the_centre_is_hidden_and_nothing_else(self, volume: Brain) -> None:
        x, labels = brains.patches(volume, brains.sample(volume, brains.TRAIN_SLAB, 40, rng()), rng())
        assert x.shape == (40, 14, 14, 14, 1) and x.dtype == np.float32 and len(labels) == 40
        hidden = np.zeros((14, 14, 14), dtype=bool)
        hidden[5:9, 5:9, 5:9] = True
        assert (x[:, hidden] == 0).all()
        assert (x[:, ~hidden] != 0).all()

    def test_mirroring_turns_patches_over_and_leaves_the_given_ones_alone(self) -> None:
        x = rng().normal(size=(60, 3, 4, 5)).astype(np.float32)
        before, turned = x.copy(), brains.mirror(x, rng())
        ways = [tuple(a for a in (0, 1, 2) if number >> a & 1) for number in range(8)]
        found = {
            way
            for old, new in zip(x, turned, strict=True)
            for way in ways
            if (np.flip(old, way) == new).all()
        }
        assert np.array_equal(x, before)
        assert found == set(ways)

    def test_places_in_planes_lie_in_one_of_the_three_slices_and_in_the_slab(self, volume: Brain) -> None:
        point = (70, 170, 85)
        places = brains.in_planes(volume, point, brains.TEST_SLAB, every=6)
        assert (places.centres == point).any(axis=1).all()
        assert (places.centres == point).any(axis=0).all()
        assert places.centres[:, 1].min() >= brains.TEST_SLAB[0]


class TestMotion:
    def test_what_is_seen_moves_the_way_the_label_says(self) -> None:
        picture = rng().uniform(size=(60, 70)).astype(np.float32)
        x, directions = motion.films([picture], 40, rng(), noise=0.0)
        assert x.shape == (40, 8, 16, 16, 1) and x.dtype == np.float32
        assert set(directions) == {0, 1, 2, 3}
        for film, direction in zip(x[..., 0], directions, strict=True):
            moved = np.roll(film[:-1], tuple(motion.STEPS[direction]), axis=(1, 2))
            assert np.allclose(moved[:, 1:-1, 1:-1], film[1:, 1:-1, 1:-1], atol=1e-5)

    def test_films_are_standardised_before_the_noise(self) -> None:
        picture = rng().uniform(size=(60, 70)).astype(np.float32)
        clean, _ = motion.films([picture], 30, rng(), noise=0.0)
        assert np.allclose(clean.std(axis=(1, 2, 3, 4)), 1, atol=1e-4)
        noisy, _ = motion.films([picture], 30, rng(), noise=0.5)
        assert noisy.var() == pytest.approx(1.25, rel=0.05)

    def test_no_picture_is_both_trained_on_and_tested(self) -> None:
        assert not set(motion.TRAIN_PICTURES) & set(motion.TEST_PICTURES)
        assert len(motion.grey_pictures(motion.TRAIN_PICTURES + motion.TEST_PICTURES)) == 13

    def test_shuffling_keeps_the_frames_and_loses_their_order(self) -> None:
        x = np.arange(5 * 8).reshape(5, 8, 1, 1, 1)
        shuffled = motion.shuffle_frames(x, rng())
        assert np.array_equal(np.sort(shuffled, axis=1), x)
        assert not np.array_equal(shuffled, x)

    @pytest.mark.parametrize("shape", [(29, 60), (60, 60, 3)])
    def test_a_picture_that_is_too_small_or_has_colours_is_refused(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="at least 30 x 30"):
            motion.films([np.ones(shape, np.float32)], 4, rng())

    def test_a_picture_that_shows_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="something to see"):
            motion.films([np.ones((40, 40), np.float32)], 4, rng())


class TestBaselines:
    def test_the_majority_is_the_share_of_the_most_frequent(self) -> None:
        assert baselines.majority([0, 1, 1, 2, 1]) == 0.6

    def test_the_threshold_with_the_fewest_errors_is_found(self) -> None:
        values, labels = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0, 0, 1, 0, 1, 1]
        assert baselines.fitted_threshold(values, labels) in (2.0, 4.0)

    def test_logistic_regression_finds_a_plane_and_knows_nothing_of_noise(self) -> None:
        generator = rng()
        x, noise = generator.normal(size=(600, 2, 3)), generator.integers(2, size=600)
        labels = (x[:, 0, 1] - 2 * x[:, 1, 2] > 0.3).astype(int)
        assert (baselines.logistic_regression(x[:400], labels[:400])(x[400:]) == labels[400:]).mean() > 0.97
        assert (
            abs((baselines.logistic_regression(x[:400], noise[:400])(x[400:]) == noise[400:]).mean() - 0.5)
            < 0.12
        )

    def test_a_histogram_counts_values_wherever_they_are(self) -> None:
        x = np.array([[[-9.0, 0.1], [0.2, 2.9]], [[2.9, 0.1], [-3.0, 0.2]]])
        counted = baselines.histograms(x, bins=6)
        assert np.array_equal(counted, [[0.25, 0, 0, 0.5, 0, 0.25]] * 2)

    def test_the_picture_net_takes_pictures_of_unequal_sides(self) -> None:
        rows = predict(baselines.build_picture_net((9, 12), 4), np.zeros((5, 9, 12, 1), np.float32))
        assert rows.shape == (5, 4)
        assert np.allclose(rows.sum(axis=1), 1)


class TestTraining:
    def test_a_network_learns_and_says_how_far_it_is(self, capsys: pytest.CaptureFixture[str]) -> None:
        x = rng().normal(size=(256, 8, 8, 1)).astype(np.float32)
        labels = (x.mean(axis=(1, 2, 3)) > 0).astype(int)
        net = train(lambda: baselines.build_picture_net((8, 8), 2), x, labels, epochs=12, name="means")
        assert accuracy(net, x, labels) > 0.9
        assert "means: epoch 12 of 12" in capsys.readouterr().out

    def test_the_same_seed_gives_the_same_network(self) -> None:
        x, labels = rng().normal(size=(96, 8, 8, 1)).astype(np.float32), np.arange(96) % 2
        first, again, other = (
            predict(train(lambda: baselines.build_picture_net((8, 8), 2), x, labels, epochs=1, seed=seed), x)
            for seed in (5, 5, 6)
        )
        assert np.allclose(first, again, atol=1e-4)
        assert not np.allclose(first, other, atol=1e-2)
