"""A tracker keeps what is there now, however much there was."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from neuromorph_track.association.modes import make_tracker
from neuromorph_track.data.detections import Detections

FRAMES = 10_000
# One object comes every three frames and stays for sixty: about twenty at a time, three thousand in all.
EVERY, STAY = 3, 60


def passers_by() -> Iterator[Detections]:
    generator = np.random.default_rng(0)
    for frame in range(FRAMES):
        first, last = max(0, (frame - STAY) // EVERY + 1), frame // EVERY
        number = np.arange(first, last + 1)
        left, top = 20.0 * (frame - EVERY * number), 100.0 * (number % 9)
        corner = np.column_stack([left, top]) + generator.normal(0, 1, (len(number), 2))
        xyxy = np.concatenate([corner, corner + np.array([40, 90])], axis=1).astype(np.float32)
        yield Detections(xyxy, np.full(len(xyxy), 0.8, np.float32), np.zeros(len(xyxy), np.int64))


@pytest.mark.slow
def test_memory_is_flat() -> None:
    tracker = make_tracker()
    after: dict[int, int] = {}
    identities = 0
    frames = passers_by()
    for number in range(FRAMES):
        shown = tracker.update(next(frames))
        identities = max(identities, int(shown.track_id.max(initial=0)))
        if number == 999:
            tracemalloc.start()
        elif number in (1999, FRAMES - 1):
            gc.collect()
            after[number] = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert identities >= 3000
    # Bytes that 8,000 frames and 2,400 tracks added; one box each would be 38,000.
    assert after[FRAMES - 1] - after[1999] < 20_000
