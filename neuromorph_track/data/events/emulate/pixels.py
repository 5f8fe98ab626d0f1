"""An event camera's pixels in NumPy: each finds by itself when its brightness crosses a threshold."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.emulate.brightness import log_brightness, noise_share, share_of_white
from neuromorph_track.data.events.emulate.settings import SensorSettings
from neuromorph_track.data.events.events import Events

Floats = NDArray[np.float64]

_LEAST_THRESHOLD = 0.01
# v2e's spread of leak rates from pixel to pixel, in decades.
_LEAK_SPREAD = 0.1
# What rounding takes from a change that is a whole number of thresholds must not cost an event.
_SLACK = 1e-9


class PixelEmulator:
    """Events of pictures that are given one after the other.

    Between two pictures the logarithm of brightness changes evenly, so that each crossing of a threshold has
    a time of its own, whatever other pixels do. After an event a pixel is blind for the refractory time and
    then starts from the brightness that it sees. All random numbers come from a generator of this object.

    Parameters
    ----------
    settings : SensorSettings
    shape : (int, int)
        Height and width in pixels.
    seed : int
        Thresholds and noise follow from it.
    """

    def __init__(self, settings: SensorSettings, shape: tuple[int, int], seed: int) -> None:
        self._settings, self._shape = settings, shape
        self._rng = np.random.default_rng(seed)
        self._on = self._thresholds(settings.on)
        self._off = self._thresholds(settings.off)
        spread = np.exp(math.log(10) * _LEAK_SPREAD * self._rng.standard_normal(shape))
        # Leak in log brightness per microsecond.
        self._leak = settings.leak_hz * 1e-6 * self._on * spread
        self._time: int | None = None
        self._log = np.zeros(shape)
        # How far each pixel is from where it last was at rest, and until when it is blind.
        self._change = np.zeros(shape)
        self._blind = np.full(shape, -np.inf)

    def step(self, intensity: NDArray[np.generic], t_us: int) -> Events:
        """Events since the picture before; of the first one, none.

        Parameters
        ----------
        intensity : (height, width)
            Linear brightness, 0 or more; 255 is white.
        t_us : int
            Microseconds, later than the picture before.

        Raises
        ------
        ValueError
            For another size, or a time that is not later.
        """
        value = np.asarray(intensity, np.float64)
        if value.shape != self._shape:
            raise ValueError(f"a picture of {value.shape}, not {self._shape}")
        if self._time is None:
            self._time, self._log = t_us, log_brightness(value)
            return Events.none()
        if t_us <= self._time:
            raise ValueError(f"a picture at {t_us} us, after one at {self._time} us")
        start, span = self._time, t_us - self._time
        after = self._filtered(value, span)
        slope = (after - self._log) / span + self._leak
        found = self._crossings(slope, start, span)
        self._time, self._log = t_us, after
        if self._settings.shot_noise_hz:
            noise = self._noise(value, start, span)
            found = _in_order(*(np.concatenate(both) for both in zip(found, noise, strict=True)))
        times, pixels, on = found
        return Events.of(times, pixels % self._shape[1], pixels // self._shape[1], on)

    def _thresholds(self, mean: float) -> Floats:
        drawn = self._rng.standard_normal(self._shape) * self._settings.mismatch
        return np.asarray(np.maximum(mean + drawn, _LEAST_THRESHOLD), np.float64)

    def _filtered(self, value: Floats, span: int) -> Floats:
        after = log_brightness(value)
        if not self._settings.cutoff_hz:
            return after
        rate = 2e-6 * math.pi * self._settings.cutoff_hz * share_of_white(value)
        return np.asarray(self._log + (1 - np.exp(-rate * span)) * (after - self._log), np.float64)

    def _crossings(
        self, slope: Floats, start: int, span: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Times, pixels and signs, in the order of time; changes that are left stay with the pixels."""
        refractory = self._settings.refractory_us
        waits = np.clip(self._blind - start, 0, span)
        end = self._change + slope * (span - waits)
        threshold = np.where(end > 0, self._on, self._off)
        pixels = np.flatnonzero((np.abs(end) >= threshold * (1 - _SLACK)) & (slope != 0))
        self._change = end
        if not len(pixels):
            return np.zeros(0, np.int64), pixels, np.zeros(0, np.bool_)
        rate, rest = slope.flat[pixels], end.flat[pixels]
        step, wait = threshold.flat[pixels], waits.flat[pixels]
        seen = rate * (span - wait)
        # Microseconds from the start to the first crossing, and from one to the next.
        first = wait + (span - wait) * np.clip(1 - (np.abs(rest) - step) / np.abs(seen), 0, 1)
        between = step / np.abs(rate) + refractory
        number = 1 + np.floor((span - first) / between + _SLACK).astype(np.int64)
        last = first + (number - 1) * between
        # What the pixel saw since it is no longer blind.
        free = last + refractory
        self._change.flat[pixels] = rate * np.maximum(span - free, 0)
        self._blind.flat[pixels] = start + free
        which = np.repeat(np.arange(len(pixels)), number)
        turn = np.arange(len(which)) - np.repeat(np.cumsum(number) - number, number)
        times = start + np.minimum(first[which] + turn * between[which], span).astype(np.int64)
        return _in_order(times, pixels[which], rest[which] > 0)

    def _noise(
        self, value: Floats, start: int, span: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """As many ON as OFF events at random times; a pixel that sends one forgets what it had seen."""
        expected = self._settings.shot_noise_hz * span * 1e-6
        # Drawn for dark pixels; brighter ones keep a share.
        pixels = self._rng.integers(value.size, size=self._rng.poisson(expected * value.size))
        times = start + self._rng.integers(span, size=len(pixels))
        on = self._rng.random(len(pixels)) < 0.5
        kept = self._rng.random(len(pixels)) < noise_share(value.flat[pixels])
        pixels = pixels[kept]
        self._change.flat[pixels] = 0
        return times[kept], pixels, on[kept]


def _in_order(
    times: NDArray[np.int64], pixels: NDArray[np.int64], on: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    order = np.argsort(times, kind="stable")
    return times[order], pixels[order], on[order]
