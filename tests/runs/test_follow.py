"""One object through a sequence: what is looked at, what is written, what is told."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from neuromorph_track.association.single import SingleSettings
from neuromorph_track.detection.centre import Cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.runs.follow import centred, cornered, follow, settings_of
from neuromorph_track.runs.siamese_net import SiameseNet
from tests.networks.tiny_trackers import pair

INITIAL = np.array([40.0, 30.0, 20.0, 12.0])
SIZE = (120, 90)


@dataclass
class Told:
    """A net that knows the way, and keeps a record of what it was asked."""

    way: list[tuple[float, np.ndarray]]
    contract: Any = field(default_factory=lambda: SimpleNamespace(search=SimpleNamespace(factor=4.0)))
    windows: list[Window] = field(default_factory=list)
    taken: list[np.ndarray] = field(default_factory=list)
    written: list[np.ndarray] = field(default_factory=list)

    def template(self, frame: np.ndarray, cxcywh: np.ndarray) -> Any:
        self.taken.append(cxcywh.copy())
        return SimpleNamespace(sums=np.array([10 * len(self.taken), 5]))

    def write(self, sums: np.ndarray) -> tuple[str, ...]:
        self.written.append(sums)
        return (f"write {len(self.written)}",)

    def look(self, frame: np.ndarray, window: Window) -> tuple[Cells, str]:
        score, xywh = self.way[len(self.windows)]
        self.windows.append(window)
        box = window.from_frame(centred(xywh))
        return Cells(np.full((1, 1), score), box[None, None]), f"activity {len(self.windows)}"


def frames(number: int) -> list[np.ndarray]:
    return [np.full((SIZE[1], SIZE[0], 3), index, np.uint8) for index in range(number)]


def steps(net: Told, **settings: Any) -> list[Any]:
    return list(follow(net, frames(len(net.way) + 1), INITIAL, SingleSettings(size_rate=1.0, **settings)))


def test_the_first_frame_is_what_was_given() -> None:
    net = Told([])
    (first,) = steps(net)
    np.testing.assert_array_equal(first.xywh, INITIAL)
    assert (first.score, first.lost, first.activity, first.written) == (1.0, False, None, ("write 1",))
    assert first.template is not None
    np.testing.assert_array_equal(net.taken[0], [50, 36, 20, 12])


def test_boxes_follow_and_so_does_the_window() -> None:
    way = [(1.0, INITIAL + np.array([index * 3.0, index, 0, 0])) for index in range(1, 5)]
    net = Told(way)
    found = steps(net)
    for step, (_, wanted) in zip(found[1:], way, strict=True):
        np.testing.assert_allclose(step.xywh, wanted)
        assert step.template is None
        assert step.written == ()
    assert [step.activity for step in found] == [None, *(f"activity {i}" for i in range(1, 5))]
    # Each window lies around the box of the frame before.
    for window, before in zip(net.windows, [INITIAL, *(xywh for _, xywh in way)], strict=False):
        expected = Window(*(before[:2] + before[2:] / 2), 4 * math.sqrt(240))
        assert (window.x, window.y, window.side) == pytest.approx((expected.x, expected.y, expected.side))
    assert all(step.seconds >= 0 for step in found)
    assert [int(step.frame[0, 0, 0]) for step in found] == [0, 1, 2, 3, 4]


def test_a_frame_without_the_object_keeps_the_box() -> None:
    found = steps(Told([(0.1, INITIAL + 9), (0.9, INITIAL + np.array([1.0, 1, 0, 0]))]), lost_score=0.2)
    assert [step.lost for step in found] == [False, True, False]
    np.testing.assert_allclose(found[1].xywh, INITIAL)
    assert found[1].score == 0.1


def test_a_later_template_is_remembered_beside_the_first_and_not_the_one_before() -> None:
    way = [(0.9, INITIAL)] * 4
    net = Told(way)
    found = steps(net, update_score=0.5, update_every=2)
    assert [step.template is not None for step in found] == [True, False, True, False, True]
    assert [step.written for step in found] == [("write 1",), (), ("write 2",), (), ("write 3",)]
    # (10 + 20) / 2 and (10 + 30) / 2.
    assert [sums.tolist() for sums in net.written] == [[10, 5], [15, 5], [20, 5]]


def test_the_template_of_another_object() -> None:
    """The control: what is written is not what the first frame shows; later ones are mixed with it."""
    net = Told([(0.9, INITIAL)])
    settings = SingleSettings(update_score=0.5, update_every=1)
    other = SimpleNamespace(sums=np.array([100, 50]))
    first, _ = follow(net, frames(2), INITIAL, settings, template=other)
    assert first.template is other
    assert [sums.tolist() for sums in net.written] == [[100, 50], [55, 27]]
    np.testing.assert_array_equal(first.xywh, INITIAL)


@pytest.mark.parametrize("retrieval", ["memory", "correlation", "blind"])
def test_with_a_network(retrieval: str) -> None:
    net = SiameseNet(pair(retrieval=retrieval))
    rng = np.random.default_rng(0)
    shown = [rng.integers(0, 256, (60, 80, 3), dtype=np.uint8) for _ in range(4)]
    settings = settings_of(net, lost_score=0.0, update_score=0.0)
    assert (settings.window, settings.lost_score, settings.update_score) == (0.9, 0.0, 0.0)
    first = list(follow(net, shown, INITIAL, settings))
    again = list(follow(net, shown, INITIAL, settings))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.xywh, other.xywh)
        assert np.isfinite(one.xywh).all()
        assert one.score == other.score
    assert not first[0].lost
    assert len(first[0].written) == {"memory": 2, "correlation": 1, "blind": 0}[retrieval]


def test_corners_and_centres() -> None:
    np.testing.assert_array_equal(centred(INITIAL), [50, 36, 20, 12])
    np.testing.assert_array_equal(cornered(centred(INITIAL)), INITIAL)
