"""Which boxes of a benchmark's truth are objects, and which are neither objects nor background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import MotBoxes

Mask = NDArray[np.bool_]
RuleName = Literal["mot15", "mot17", "mot20", "dancetrack", "bee24", "plain"]


class MotRules(NamedTuple):
    """The rules of a benchmark, as its own evaluation has them.

    Attributes
    ----------
    counted : frozenset of int
        Class numbers of the file that are objects; empty for all, each of its own class.
    ignored : frozenset of int
        Class numbers that a detector may find or not.
    """

    counted: frozenset[int]
    ignored: frozenset[int]

    def objects(self, truth: MotBoxes) -> Mask:
        """Boxes (N) to learn, or to ignore where they are marked 0 or too hidden."""
        if not self.counted:
            return np.ones(len(truth), np.bool_)
        return np.isin(truth.class_id, list(self.counted))

    def forgiven(self, truth: MotBoxes) -> Mask:
        """Boxes (N) to ignore: of a class that may be found or not, or objects that are marked 0."""
        return np.isin(truth.class_id, list(self.ignored)) | (self.objects(truth) & (truth.score == 0))


# Class numbers: 1 pedestrian, 2 person on vehicle, 6 non-motorised vehicle, 7 static person, 8 distractor,
# 12 reflection. Other classes (cars, occluders) are background. Milan et al., MOT16, 2016; Dendorfer et al.,
# MOT20, 2020. DanceTrack and BEE24 are scored by the rules of MOT17, MOT15 has pedestrians alone.
_PEDESTRIAN = frozenset({1})
_MOT17 = MotRules(_PEDESTRIAN, frozenset({2, 7, 8, 12}))
RULES: Mapping[RuleName, MotRules] = {
    "mot15": MotRules(frozenset(), frozenset()),
    "mot17": _MOT17,
    "mot20": MotRules(_PEDESTRIAN, frozenset({2, 6, 7, 8, 12})),
    "dancetrack": _MOT17,
    "bee24": _MOT17,
    "plain": MotRules(frozenset(), frozenset()),
}
