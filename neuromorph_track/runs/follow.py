"""One object through a sequence of frames."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.single import SingleSettings, SingleTracker
from neuromorph_track.backends.activity import Activity
from neuromorph_track.detection.centre import Cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.netx import SiameseContract
from neuromorph_track.runs.siamese_net import Frame, Template, Written


class Step(NamedTuple):
    """What became of a frame.

    Attributes
    ----------
    frame : (H, W, 3) uint8
    xywh : (4,) float64
        Left, top, width, height in pixels; in the first frame the box that was given.
    score : float
        1 in the first frame.
    lost : bool
    seconds : float
        Without reading the frame.
    activity : Activity or None
        Of the search chain; None in the first frame, in which nothing is searched.
    template : Template or None
        Where the frame gave one.
    written : tuple of Written
        What writing it lost.
    """

    frame: Frame
    xywh: NDArray[np.float64]
    score: float
    lost: bool
    seconds: float
    activity: Activity | None
    template: Template | None
    written: tuple[Written, ...]


class HasContract(Protocol):
    """A pair, whichever pictures it sees."""

    @property
    def contract(self) -> SiameseContract: ...


class Searcher(HasContract, Protocol):
    """What :func:`follow` asks: a :class:`~neuromorph_track.runs.siamese_net.SiameseNet`, or its like."""

    def template(self, frame: Frame, cxcywh: NDArray[np.float64]) -> Template: ...

    def write(self, sums: NDArray[np.int64] | None) -> tuple[Written, ...]: ...

    def look(self, frame: Frame, window: Window) -> tuple[Cells, Activity | None]: ...


def follow(
    net: Searcher,
    frames: Iterable[Frame],
    initial_xywh: NDArray[np.float64],
    settings: SingleSettings,
    template: Template | None = None,
) -> Iterator[Step]:
    """Follow the object that ``initial_xywh`` holds in the first frame.

    A later template is remembered beside the first, each with half the weight.

    Parameters
    ----------
    template : Template, optional
        To be taken instead of that of the first frame: of another object, as a control.
    """
    assert net.contract.search.factor is not None
    tracker = SingleTracker(settings, net.contract.search.factor)
    first: Template | None = None
    for frame in frames:
        started = time.perf_counter()
        if first is None:
            cxcywh = centred(np.asarray(initial_xywh, np.float64))
            tracker.begin(cxcywh, (frame.shape[1], frame.shape[0]))
            first = template or net.template(frame, cxcywh)
            written = net.write(first.sums)
            yield Step(frame, cornered(cxcywh), 1.0, False, _since(started), None, first, written)
            continue
        window = tracker.window()
        cells, activity = net.look(frame, window)
        look = tracker.update(cells, window)
        renewed, written = None, ()
        if look.renew:
            renewed = net.template(frame, look.cxcywh)
            written = net.write(_both(first.sums, renewed.sums))
        box = cornered(look.cxcywh)
        yield Step(frame, box, look.score, look.lost, _since(started), activity, renewed, written)


def settings_of(net: HasContract, **changes: float | None) -> SingleSettings:
    """What the pair's contract says, but for what is to differ."""
    contract = net.contract
    own = {name: getattr(contract, name) for name in ("window", "penalty", "lost_score", "update_score")}
    return SingleSettings(**{**own, **changes})


def centred(xywh: NDArray[np.float64]) -> NDArray[np.float64]:
    """(cx, cy, w, h) of (left, top, w, h)."""
    return np.concatenate([xywh[:2] + xywh[2:] / 2, xywh[2:]])


def cornered(cxcywh: NDArray[np.float64]) -> NDArray[np.float64]:
    """(left, top, w, h) of (cx, cy, w, h)."""
    return np.concatenate([cxcywh[:2] - cxcywh[2:] / 2, cxcywh[2:]])


def _both(first: NDArray[np.int64] | None, latest: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
    return None if first is None or latest is None else (first + latest) // 2


def _since(started: float) -> float:
    return time.perf_counter() - started
