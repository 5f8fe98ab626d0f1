"""What is in a recording, against counting it all at once."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.data.events import Events
from neuromorph_track.data.events.summary import RATE_BINS, BusyPixel, summarise_events
from tests.data.events.files import some_events
from tests.data.events.test_event_frames import Made


def test_by_hand() -> None:
    events = Events.of([0, 10, 20, 1500], [3, 3, 4, 3], [7, 7, 0, 7], [1, 0, 1, 1])
    found = summarise_events(Made(events, packet=2))
    assert (found.events, found.on, found.duration_us, found.silent_pixels) == (4, 3, 1500, 40 * 30 - 2)
    assert found.busiest == (BusyPixel(3, 7, 3), BusyPixel(4, 0, 1))
    assert (found.bin_us, found.rate.tolist()) == (1000, [[1, 2], [0, 1]])
    assert found.per_second == pytest.approx(4 / 0.0015)


@pytest.mark.parametrize("packet", [1, 17, 10_000])
def test_the_rate_of_a_long_recording_keeps_its_bins(packet: int) -> None:
    """40 s want wider bins than 1 ms; how the packets fell does not matter."""
    events = some_events(3000, span_us=40_000_000)
    found = summarise_events(Made(events, packet=packet))
    assert len(found.rate) <= RATE_BINS < 2 * len(found.rate)
    assert found.bin_us == 32_000
    edges = np.arange(len(found.rate) + 1) * found.bin_us
    for column, chosen in enumerate((~events.on, events.on)):
        expected, _ = np.histogram(events.t[chosen], edges)
        assert np.array_equal(found.rate[:, column], expected)


def test_nothing() -> None:
    found = summarise_events(Made(Events.none()))
    assert (found.events, found.per_second, found.busiest) == (0, 0.0, ())


def test_tells_how_far_it_is() -> None:
    seen: list[int] = []
    summarise_events(Made(some_events(20), packet=8), seen.append)
    assert seen == [8, 16, 20]
