"""Which boxes of a truth file count, and which forgive what lies on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.kitti import DONT_CARE, TYPES
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError

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
    regions : frozenset of int
        Classes that are no objects but parts of the picture: a result that matches no box and lies in one by
        more than half of its area is taken out of the count.
    smallest : float
        A result that matches no box and is not higher than this, pixels, is taken out of the count.
    similar : tuple of (int, int)
        A class that is scored, and the class that forgives for it alone. Empty: all forgive for all.
    classes : tuple of (int, str)
        Classes that the benchmark scores apart, and their names; empty where it scores all together.
    """

    counted: frozenset[int] = frozenset()
    forgiving: frozenset[int] = frozenset()
    ignored_forgive: bool = False
    regions: frozenset[int] = frozenset()
    smallest: float | None = None
    similar: tuple[tuple[int, int], ...] = ()
    classes: tuple[tuple[int, str], ...] = ()

    def scores(self, truth: MotBoxes) -> Mask:
        """Which boxes of ``truth`` (N) are of a class that counts, whatever their mark, (N,)."""
        if not self.counted:
            return np.ones(len(truth), np.bool_)
        return np.isin(truth.class_id, list(self.counted))

    def counts(self, truth: MotBoxes) -> Mask:
        """Which boxes of ``truth`` (N) have to be found, (N,)."""
        return self.scores(truth) & (truth.score != 0)

    def forgives(self, truth: MotBoxes) -> Mask:
        """Which boxes of ``truth`` (N) take results out of the count, (N,)."""
        forgiving = np.isin(truth.class_id, list(self.forgiving))
        return forgiving | (truth.score == 0) if self.ignored_forgive else forgiving

    def of_class(self, truth: MotBoxes, class_id: int) -> MotBoxes:
        """The boxes that matter when only ``class_id`` is scored: its own, what forgives, and regions."""
        forgiving = (
            [other for own, other in self.similar if own == class_id] if self.similar else self.forgiving
        )
        return truth[np.isin(truth.class_id, [class_id, *forgiving, *self.regions])]


_CAR, _VAN, _PEDESTRIAN, _PERSON = (TYPES[name] for name in ("Car", "Van", "Pedestrian", "Person"))

# Class numbers: 1 pedestrian, 2 person on vehicle, 6 non-motorised vehicle, 7 static person,
# 8 distractor, 12 reflection. Milan et al., MOT16, 2016; Dendorfer et al., MOT20, 2020. DanceTrack and BEE24
# are scored by the rules of MOT17. KITTI: Geiger et al., CVPR 2012, and the benchmark's own evaluation.
_MOT17 = Protocol(counted=frozenset({1}), forgiving=frozenset({2, 7, 8, 12}))
PROTOCOLS: Mapping[str, Protocol] = {
    "plain": Protocol(ignored_forgive=True),
    "mot15": Protocol(),
    "mot16": _MOT17,
    "mot17": _MOT17,
    "mot20": Protocol(counted=frozenset({1}), forgiving=frozenset({2, 6, 7, 8, 12})),
    "dancetrack": _MOT17,
    "bee24": _MOT17,
    "kitti": Protocol(
        counted=frozenset({_CAR, _PEDESTRIAN}),
        forgiving=frozenset({_VAN, _PERSON}),
        ignored_forgive=True,
        regions=frozenset({DONT_CARE}),
        smallest=25.0,
        similar=((_CAR, _VAN), (_PEDESTRIAN, _PERSON)),
        classes=((_CAR, "car"), (_PEDESTRIAN, "pedestrian")),
    ),
}

_BY_BEGINNING = {
    "MOT15": "mot15",
    "MOT16": "mot16",
    "MOT17": "mot17",
    "MOT20": "mot20",
    "DANCETRACK": "dancetrack",
    "BEE24": "bee24",
}

# Training and test sequences of MOT15 (Leal-Taixé et al., 2015), which do not bear its name.
_OF_MOT15 = re.compile(
    "adl-rundle-[1368]|avg-towncentre|eth-(bahnhof|crossing|jelmoli|linthescher|pedcross2|sunnyday)"
    "|kitti-1[3679]|pets09-s2l[12]|tud-(campus|crossing|stadtmitte)|venice-[12]",
    re.IGNORECASE,
)


def benchmark_of(sequence: str) -> str:
    """The benchmark whose rules go with the name of a sequence: MOT15 to MOT20, DanceTrack and BEE24.

    Every other sequence gets ``plain``: all classes count, boxes marked 0 forgive.
    """
    if _OF_MOT15.fullmatch(sequence):
        return "mot15"
    name = sequence.upper()
    return next((rules for begin, rules in _BY_BEGINNING.items() if name.startswith(begin)), "plain")


def protocol_for(sequence: str) -> Protocol:
    """The rules of :func:`benchmark_of`."""
    return PROTOCOLS[benchmark_of(sequence)]


def protocol_named(name: str) -> Protocol:
    """The rules of a benchmark.

    Raises
    ------
    InputError
        When it is none that is known.
    """
    if name not in PROTOCOLS:
        raise InputError("evaluation", "benchmark", repr(name), f"one of {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]
