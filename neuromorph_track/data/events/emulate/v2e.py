"""v2e's emulator (Hu, Liu, Delbruck, CVPRW 2021) as visionsim ships it, with exact times and its own dice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.emulate.settings import SensorSettings
from neuromorph_track.data.events.events import Events
from neuromorph_track.errors import JobError

# It warns of every quiet frame until it has done so this often.
_WARNINGS = 100


class V2eEmulator:
    """Events of pictures that are given one after the other; needs the extra ``simulate``.

    What it does of itself: all events of a picture lie on a grid of times that is as fine as the busiest
    pixel needs, so that a pixel with one event sends it at the first of them; changes that a blind pixel
    misses are made up for later. It draws from torch's global generator, which this class lends it, keeps
    apart and restores. It counts in float32 seconds, which after 16 s are coarser than a microsecond; here
    each picture's time counts from the one before.

    Parameters
    ----------
    settings : SensorSettings
    shape : (int, int)
        Height and width in pixels.
    seed : int
        Thresholds and noise follow from it.

    Raises
    ------
    JobError
        When visionsim is not installed.
    """

    def __init__(self, settings: SensorSettings, shape: tuple[int, int], seed: int) -> None:
        try:
            import torch
            from visionsim.emulate.dvs import EventEmulator  # type: ignore[import-untyped]
        except ImportError as error:
            raise JobError("visionsim is not installed: pip install 'neuromorph-track[simulate]'") from error
        self._torch = torch
        self._shape = shape
        self._refractory = settings.refractory_us * 1e-6
        # Its own seed would go to torch (every device), NumPy and Python alike; 0 is none.
        self._dice = torch.Generator().manual_seed(seed).get_state()
        self._time: int | None = None
        self._emulator: Any = EventEmulator(
            pos_thres=settings.on,
            neg_thres=settings.off,
            sigma_thres=settings.mismatch,
            cutoff_hz=settings.cutoff_hz,
            leak_rate_hz=settings.leak_hz,
            refractory_period_s=self._refractory,
            shot_noise_rate_hz=settings.shot_noise_hz,
            seed=0,
        )
        self._emulator.no_events_warning_count = _WARNINGS

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
        if np.shape(intensity) != self._shape:
            raise ValueError(f"a picture of {np.shape(intensity)}, not {self._shape}")
        if self._time is not None and t_us <= self._time:
            raise ValueError(f"a picture at {t_us} us, after one at {self._time} us")
        start = t_us if self._time is None else self._time
        with self._own_dice():
            rows = self._emulator.generate_events(np.asarray(intensity, np.float64), (t_us - start) * 1e-6)
        self._time = t_us
        self._restart(t_us - start)
        if rows is None:
            return Events.none()
        times = start + np.floor(rows[:, 0].astype(np.float64) * 1e6 + 1e-3).astype(np.int64)
        return Events.of(np.minimum(times, t_us), rows[:, 1], rows[:, 2], rows[:, 3] > 0)

    def _restart(self, span: int) -> None:
        """Let the picture that was given be at 0."""
        self._emulator.t_previous = 0
        if self._refractory and self._time is not None:
            # It takes a pixel whose last event is longer ago for one that has an event now.
            last = self._emulator.timestamp_mem - span * 1e-6
            self._emulator.timestamp_mem = last.clamp(min=-self._refractory)

    @contextmanager
    def _own_dice(self) -> Iterator[None]:
        """Let it draw from torch's generator as it left it, and give the caller's back."""
        before = self._torch.random.get_rng_state()
        self._torch.random.set_rng_state(self._dice)
        try:
            yield
        finally:
            self._dice = self._torch.random.get_rng_state()
            self._torch.random.set_rng_state(before)
