"""Windows of events as pictures and as a source of frames."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.events import EventFrames, Events, counts, open_events
from neuromorph_track.data.events.stream import windows
from neuromorph_track.netx import EventsSpec
from tests.data.events.files import SIZE, some_events, write_es


@dataclass
class Made:
    """Events that are there already, in packets of a few."""

    events: Events
    packet: int = 7
    name: str = "made"
    width: int = SIZE[0]
    height: int = SIZE[1]

    def packets(self) -> Iterator[Events]:
        for start in range(0, len(self.events), self.packet):
            yield self.events[start : start + self.packet]

    def fingerprint(self) -> str:
        return "made"


FEW = Events.of(
    [0, 100, 250, 250, 250, 250, 250, 820], [1, 2, 3, 3, 3, 3, 3, 1], [0] * 8, [1, 0, 1, 1, 1, 1, 1, 0]
)


def test_counts_by_hand() -> None:
    pictures = list(EventFrames(Made(FEW), EventsSpec(window_us=100, gain=64)))
    assert len(pictures) == 9
    assert pictures[0].shape == (30, 40, 3)
    assert pictures[0].dtype == np.uint8
    assert pictures[0][0, 1].tolist() == [64, 0, 0]
    assert pictures[1][0, 2].tolist() == [0, 0, 64]
    # Five events are more than white.
    assert pictures[2][0, 3].tolist() == [255, 0, 0]
    assert pictures[8][0, 1].tolist() == [0, 0, 64]
    assert [int(picture.any()) for picture in pictures] == [1, 1, 1, 0, 0, 0, 0, 0, 1]
    assert [np.count_nonzero(picture) for picture in pictures[:3]] == [1, 1, 1]


def test_surface_by_hand() -> None:
    pictures = list(EventFrames(Made(FEW), EventsSpec(window_us=100, picture="surface", decay_us=200)))
    assert pictures[0][0, 1].tolist() == [round(255 * math.exp(-100 / 200)), 0, 0]
    assert pictures[4][0, 1].tolist() == [round(255 * math.exp(-500 / 200)), 0, 0]
    assert pictures[8][0, 1].tolist() == [
        round(255 * math.exp(-900 / 200)),
        0,
        round(255 * math.exp(-80 / 200)),
    ]
    assert not pictures[8][..., 1].any()


def test_pictures_agree_with_the_tensors() -> None:
    events = some_events(3000)
    pictures = np.stack(list(EventFrames(Made(events, packet=64), EventsSpec(window_us=7000, gain=90))))
    tensor = counts(events, SIZE, 7000, len(pictures))
    assert np.array_equal(pictures[..., 0], np.minimum(255, 90 * tensor[:, 1]))
    assert np.array_equal(pictures[..., 2], np.minimum(255, 90 * tensor[:, 0]))
    assert len(pictures) == sum(1 for _ in windows(Made(events), 7000))


def test_a_source_of_frames(tmp_path: Path) -> None:
    path = write_es(tmp_path / "a.es", some_events())
    source = EventFrames(open_events(path), EventsSpec(window_us=5000))
    assert (source.name, source.fps, source.size, source.frames) == ("a", 200.0, SIZE, None)
    first, second = list(source), list(source)
    assert len(first) == 20
    assert all(map(np.array_equal, first, second))
    assert len(list(EventFrames(open_events(path), source.spec, max_frames=3))) == 3
    other = EventFrames(open_events(path), EventsSpec(window_us=5001))
    assert source.fingerprint() != other.fingerprint()
    path.write_bytes(path.read_bytes()[:-1])
    assert len(list(source)) == 20
    assert source.ended_early is not None


def test_nothing_gives_no_picture() -> None:
    assert list(EventFrames(Made(Events.none()), EventsSpec(window_us=1000))) == []


def test_the_real_plane_has_100_windows_of_10_ms(shared_data: Path) -> None:
    source = EventFrames(open_events(shared_data / "events/dvs.es"), EventsSpec(window_us=10_000, gain=1))
    pictures = list(source)
    assert len(pictures) == 100
    assert sum(int(picture.sum()) for picture in pictures) == 473_225


@pytest.mark.parametrize("picture", ["counts", "surface"])
def test_a_window_may_hold_any_number_of_events(picture: str) -> None:
    """Of 10**7 events of one microsecond, what is kept is a picture."""

    class Burst(Made):
        def packets(self) -> Iterator[Events]:
            ones = np.ones(1 << 16, np.int32)
            packet = Events(np.zeros(1 << 16, np.int64), ones, ones, ones > 0)
            yield from [packet] * 150

    (only,) = EventFrames(Burst(Events.none()), EventsSpec(window_us=1000, picture=picture))
    assert only[1, 1, 0] > 200
