"""Narrow or wide? The beats of a real heart, cut from a recording into windows that hide the answer a little."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course.data import Heartbeat

Array = NDArray[np.float32]

CLASSES = ("narrow", "wide")
NARROW_MS, WIDE_MS = 40.0, 60.0
"""Beats narrower than the first are called narrow, wider than the second wide, those between are left out."""
WINDOW = 216
"""Samples in a window: 0.6 s at 360 Hz."""
TRAIN_SECONDS = 210.0
MARGIN_SECONDS = 0.6
"""Beats nearer than this to the split, or to the ends of the recording, are left out: windows never overlap."""
SHIFT_MS = 100.0
NOISE_MV = 0.3


@dataclass(frozen=True)
class Beats:
    """Beats with pseudo-labels: the labels come from the signal itself, not from a cardiologist.

    Attributes:
        peaks: (m,) int64, the sample at which each beat peaks.
        widths: (m,) float32, its width at half height in ms, measured on the clean signal.
        labels: (m,) int64, 0 narrow, 1 wide.
    """

    peaks: NDArray[np.int64]
    widths: Array
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.peaks)

    def where(self, chosen: NDArray[np.bool_]) -> "Beats":
        """The beats at which `chosen`, (m,) booleans, is True."""
        return Beats(self.peaks[chosen], self.widths[chosen], self.labels[chosen])


def read_recording(path: str | Path, rate: int) -> Heartbeat:
    """A recording of one's own: a text file with one number in mV a line, or a .npy file with one row of them.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file holds something else, fewer numbers than a second has, or a number that is not finite.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path} here ({Path.cwd()})")
    try:
        found = np.load(path, allow_pickle=False) if path.suffix == ".npy" else np.loadtxt(path)
        signal: Array = np.asarray(found, np.float32)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"{path} cannot be read ({error}); expected one number in mV a line") from error
    if signal.ndim != 1 or len(signal) < rate or not np.isfinite(signal).all():
        raise ValueError(
            f"expected one row of at least {rate} finite numbers (a second), got shape {signal.shape} in {path}"
        )
    return Heartbeat(signal, rate)


def remove_baseline(signal: Array, rate: int) -> Array:
    """The signal, (m,) in mV, without its slow wandering: minus the running median over 0.6 s."""
    width, step = int(0.6 * rate) | 1, 9  # the median changes slowly: every 9th place is enough
    padded = np.pad(signal, width // 2, mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, width)[::step], axis=1)
    places = np.arange(len(signal))
    return (signal - np.interp(places, places[::step], medians)).astype(np.float32)


def find_peaks(signal: Array, rate: int, height: float = 0.6) -> NDArray[np.int64]:
    """Where the beats peak: samples that are the highest for 200 ms on either side.

    Args:
        signal: (m,) in mV.
        rate: samples a second.
        height: how far in mV a peak must rise above the baseline.

    Returns:
        (peaks,) int64, in order of time.

    Raises:
        ValueError: the signal is not one row of numbers, or is shorter than a second.
    """
    signal = np.asarray(signal)
    if signal.ndim != 1 or len(signal) < rate:
        raise ValueError(f"expected one row of at least {rate} samples (a second), got shape {signal.shape}")
    reach = int(0.2 * rate)
    smooth = np.convolve(remove_baseline(signal, rate), np.ones(5) / 5, mode="same")
    padded = np.pad(smooth, reach, constant_values=-np.inf)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    peaks = np.flatnonzero((smooth == highest) & (smooth > height))
    return peaks[np.diff(peaks, prepend=-reach - 1) > reach]  # of two equally high neighbours the first


def half_height_width(level: Array, peak: int, rate: int) -> float:
    """How long, in ms, a beat stays above half of its height.

    Args:
        level: (m,) the signal in mV above its baseline.
        peak: the sample at which the beat peaks.
        rate: samples a second.
    """
    below = np.flatnonzero(level < level[peak] / 2)
    before, after = below[below < peak], below[below > peak]
    left = before[-1] if len(before) else -1
    right = after[0] if len(after) else len(level)
    return float(1000 * (right - left - 1) / rate)


def find_beats(recording: Heartbeat) -> Beats:
    """All beats of a recording that are clearly narrow or clearly wide, with pseudo-labels."""
    level = remove_baseline(recording.signal, recording.rate)
    peaks = find_peaks(recording.signal, recording.rate)
    reach = int(0.3 * recording.rate)
    peaks = peaks[(peaks >= reach) & (peaks < len(level) - reach)]
    widths = np.array(
        [half_height_width(level[p - reach : p + reach], reach, recording.rate) for p in peaks], np.float32
    )
    clear = (widths < NARROW_MS) | (widths > WIDE_MS)
    return Beats(peaks[clear], widths[clear], (widths[clear] > WIDE_MS).astype(np.int64))


def split(beats: Beats, recording: Heartbeat) -> tuple[Beats, Beats]:
    """Beats of the first 3.5 minutes for training, of the last 1.5 for testing."""
    seconds = beats.peaks / recording.rate
    end = len(recording.signal) / recording.rate
    train = (seconds > MARGIN_SECONDS) & (seconds < TRAIN_SECONDS - MARGIN_SECONDS)
    test = (seconds > TRAIN_SECONDS + MARGIN_SECONDS) & (seconds < end - MARGIN_SECONDS)
    return beats.where(train), beats.where(test)


def windows(
    recording: Heartbeat,
    beats: Beats,
    rng: np.random.Generator,
    draws: int = 1,
    noise: float = NOISE_MV,
) -> tuple[Array, NDArray[np.int64]]:
    """Windows as a cheap sensor might give them: moved, on a wandering baseline, with noise.

    Args:
        recording: where the beats come from.
        beats: m beats.
        rng: all chance comes from it.
        draws: how many windows to make of each beat.
        noise: standard deviation of the white noise in mV.

    Returns:
        x, (draws * m, WINDOW, 1) float32 in mV, each window's mean subtracted, and its labels (draws * m,).

    Raises:
        ValueError: a beat is so near to an end of the recording that its window could reach over it.
    """
    _demand_room(recording, beats)
    peaks = np.tile(beats.peaks, draws)
    shift = int(SHIFT_MS * recording.rate / 1000)
    starts = peaks - WINDOW // 2 + rng.integers(-shift, shift + 1, size=len(peaks))
    clean = recording.signal[starts[:, None] + np.arange(WINDOW)]
    x = clean + wander(len(peaks), recording.rate, rng) + rng.normal(scale=noise, size=clean.shape)
    x -= x.mean(axis=1, keepdims=True)
    return x[:, :, None].astype(np.float32), np.tile(beats.labels, draws)


def _demand_room(recording: Heartbeat, beats: Beats) -> None:
    reach = WINDOW // 2 + int(SHIFT_MS * recording.rate / 1000)
    if len(beats) and (beats.peaks.min() < reach or beats.peaks.max() + reach > len(recording.signal)):
        raise ValueError(
            f"expected beats at least {reach} samples from the ends of the recording; `split` leaves those out"
        )


def wander(m: int, rate: int, rng: np.random.Generator) -> Array:
    """(m, WINDOW) slow waves in mV, as breathing and a loose electrode make them."""
    seconds = np.arange(WINDOW) / rate
    hertz, phase, size = (
        rng.uniform(0.1, 0.7, (m, 1)),
        rng.uniform(0, 2 * np.pi, (m, 1)),
        rng.uniform(0, 0.5, (m, 1)),
    )
    return (size * np.sin(2 * np.pi * hertz * seconds + phase)).astype(np.float32)


def widths_in(x: Array, rate: int, smoothing: int = 1) -> Array:
    """The rule that made the labels, applied to noisy windows: each highest point's half-height width in ms.

    Args:
        x: (m, WINDOW, 1) in mV.
        rate: samples a second.
        smoothing: how many neighbouring samples are averaged first; 1 leaves the window as it is.
    """
    average = np.ones(smoothing) / smoothing
    smooth = np.stack([np.convolve(row, average, mode="same") for row in x[:, :, 0]])
    level = smooth - np.median(smooth, axis=1, keepdims=True)
    return np.array([half_height_width(row, int(row.argmax()), rate) for row in level], np.float32)
