"""Which boxes of a truth file count, and which forgive what lies on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import MotBoxes

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Protocol:
    """The rules of a benchmark.

    A truth box *counts* (has to be found), or *forgives* (a result on it is neither right nor
    wrong), or is merely there: it can draw a result to itself, which then is wrong.

    Attributes
    ----------
    counted : frozenset of int
        Classes that count where the truth is not marked 0; empty for all classes.
    forgiving : frozenset of int
        Classes that forgive, whatever their mark.
    ignored_forgive : bool
        Whether boxes marked 0 forgive, of whatever class.
    """

    counted: frozenset[int] = frozenset()
    forgiving: frozenset[int] = frozenset()
    ignored_forgive: bool = False

    def counts(self, truth: MotBoxes) -> Mask:
        """Which boxes of ``truth`` (N) have to be found, (N,)."""
        marked = truth.score != 0
        return marked & np.isin(truth.class_id, list(self.counted)) if self.counted else marked

    def forgives(self, truth: MotBoxes) -> Mask:
        """Which boxes of ``truth`` (N) take results out of the count, (N,)."""
        forgiving = np.isin(truth.class_id, list(self.forgiving))
        return forgiving | (truth.score == 0) if self.ignored_forgive else forgiving

    def of_class(self, truth: MotBoxes, class_id: int) -> MotBoxes:
        """The boxes that matter when only ``class_id`` is scored: its own, and forgiving classes."""
        return truth[np.isin(truth.class_id, [class_id, *self.forgiving])]


# Class numbers: 1 pedestrian, 2 person on vehicle, 6 non-motorised vehicle, 7 static person,
# 8 distractor, 12 reflection. Milan et al., MOT16, 2016; Dendorfer et al., MOT20, 2020.
PROTOCOLS = {
    "plain": Protocol(ignored_forgive=True),
    "mot15": Protocol(),
    "mot17": Protocol(counted=frozenset({1}), forgiving=frozenset({2, 7, 8, 12})),
    "mot20": Protocol(counted=frozenset({1}), forgiving=frozenset({2, 6, 7, 8, 12})),
}


def protocol_for(sequence: str) -> Protocol:
    """The rules that go with the name of a sequence: MOT16, MOT17 and MOT20 have their own.

    Every other sequence gets ``plain``: all classes count, boxes marked 0 forgive.
    """
    name = sequence.upper()
    if name.startswith(("MOT16", "MOT17")):
        return PROTOCOLS["mot17"]
    return PROTOCOLS["mot20"] if name.startswith("MOT20") else PROTOCOLS["plain"]
