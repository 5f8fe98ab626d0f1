"""The matching of one frame: which track took which detection, stage by stage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.assignment import row_starts
from neuromorph_track.association.loops.assignment import take_best
from neuromorph_track.association.overlap import Pairs, measured_pairs
from neuromorph_track.data.detections import Detections

Mask = NDArray[np.bool_]


class Matching:
    """Candidate pairs of one frame, found once, and what the stages have made of them so far.

    Parameters
    ----------
    xyxy : (N, 4) floating
        Where the tracks are expected.
    class_id : (N,) int64
        Their classes; only a detection of the same class is a candidate.
    detections : Detections
        The M boxes of the frame.

    Attributes
    ----------
    taken : (N,) int64
        The detection each track took, -1 where none.
    free : (M,) bool
        Whether a detection has not been taken.
    row, column : (P,) int64
        Track and detection of each pair that overlaps.
    iou, hmiou, score : (P,) float64
        Their overlaps, and the score of the detection.
    """

    def __init__(
        self, xyxy: NDArray[np.floating], class_id: NDArray[np.int64], detections: Detections
    ) -> None:
        pairs = measured_pairs(xyxy, detections.xyxy)
        same = class_id[pairs.row] == detections.class_id[pairs.column]
        if not same.all():
            pairs = Pairs(pairs.row[same], pairs.column[same], pairs.iou[same], pairs.hmiou[same])
        self.row, self.column = pairs.row, pairs.column
        self.iou, self.hmiou = pairs.iou, pairs.hmiou
        self.score = detections.score[self.column].astype(np.float64)
        self._starts = row_starts(self.row, len(xyxy))
        self.taken = np.full(len(xyxy), -1)
        self.free = np.ones(len(detections), bool)

    def stage(self, tracks: Mask, detections: Mask, cost: NDArray[np.floating], gate: float) -> None:
        """Match those of ``tracks`` (N,) and ``detections`` (M,) that are still without a partner.

        ``cost`` (P,) holds one number per pair; a pair of ``gate`` or more is not made.
        """
        if not len(self.row):
            return
        wide = np.asarray(cost, np.float64)
        take_best(self._starts, self.column, wide, gate, tracks, detections, self.taken, self.free)
