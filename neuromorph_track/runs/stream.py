"""One object through a stream of windows, each seen whole."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.single import Look, SingleSettings, SingleTracker
from neuromorph_track.runs.follow import Step, centred, cornered
from neuromorph_track.runs.siamese_net import Frame, Template
from neuromorph_track.runs.stream_net import StreamNet


def stream(
    net: StreamNet,
    windows: Iterable[Frame],
    initial_xywh: NDArray[np.float64],
    settings: SingleSettings,
    template: Template | None = None,
) -> Iterator[Step]:
    """Follow the object that ``initial_xywh`` holds in the first window.

    The template takes the first windows in which anything happens in the box's crop; until it has them
    all, the box stays, and the search chain sees what comes.

    Parameters
    ----------
    template : Template, optional
        To be taken instead of the object's own: of another one, as a control.
    """
    tracker = SingleTracker(settings, net.contract.reach)
    cxcywh, waiting = centred(np.asarray(initial_xywh, np.float64)), _Waiting(net)
    last = Look(cxcywh, 1.0, False, False)
    for number, window in enumerate(windows):
        started = time.perf_counter()
        if not number:
            size = (window.shape[1], window.shape[0])
            net.begin(*size)
            tracker.begin(cxcywh, size)
        known = waiting.done
        made = None if known else waiting.take(window, cxcywh, template)
        written = net.write(made.sums) if made else ()
        cells, activity = net.look(window)
        if known and stirred(net, window, last, settings):
            last = tracker.update(cells, net.field)
        seconds = time.perf_counter() - started
        box = cornered(last.cxcywh)
        yield Step(window, box, last.score, last.lost, seconds, activity, made, written)


def stirred(net: StreamNet, window: Frame, last: Look, settings: SingleSettings) -> bool:
    """Whether a window is to be asked for the target.

    Sensors report changes: of one that stands still nothing is heard, and it has not gone. Who is lost is
    looked for anyway.
    """
    return last.lost or net.stir(window, last.cxcywh) >= settings.still


class _Waiting:
    """Windows for a template that are not yet enough."""

    def __init__(self, net: StreamNet) -> None:
        self.net, self.windows = net, list[Frame]()
        self.done = False

    def take(self, window: Frame, cxcywh: NDArray[np.float64], other: Template | None) -> Template | None:
        """The template, once there are windows enough."""
        if self.net.speaks(window, cxcywh):
            self.windows.append(window)
        if len(self.windows) < self.net.contract.template.steps:
            return None
        self.done = True
        return other or self.net.template(self.windows, cxcywh)
