"""The matching of one frame: which track took which detection, stage by stage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.assignment import assign
from neuromorph_track.association.overlap import hmiou, iou, overlapping_pairs
from neuromorph_track.data.detections import Detections

Mask = NDArray[np.bool_]


class Matching:
    """Candidate pairs of one frame, found once, and what the stages have made of them so far.

    Parameters
    ----------
    xyxy : (N, 4) float32
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
    iou, hmiou, score : (P,) float32
        Their overlaps, and the score of the detection.
    """

    def __init__(
        self, xyxy: NDArray[np.float32], class_id: NDArray[np.int64], detections: Detections
    ) -> None:
        row, column = overlapping_pairs(xyxy, detections.xyxy)
        same = class_id[row] == detections.class_id[column]
        self.row, self.column = row[same], column[same]
        self.iou = iou(xyxy[self.row], detections.xyxy[self.column])
        self.hmiou = hmiou(xyxy[self.row], detections.xyxy[self.column])
        self.score = detections.score[self.column]
        self.taken = np.full(len(xyxy), -1)
        self.free = np.ones(len(detections), bool)

    def stage(self, tracks: Mask, detections: Mask, cost: NDArray[np.float32], gate: float) -> None:
        """Match those of ``tracks`` (N,) and ``detections`` (M,) that are still without a partner.

        ``cost`` (P,) holds one number per pair; a pair of ``gate`` or more is not made.
        """
        open_tracks = tracks & (self.taken < 0)
        open_detections = detections & self.free
        usable = open_tracks[self.row] & open_detections[self.column]
        row, column = assign(self.row[usable], self.column[usable], cost[usable], gate)
        self.taken[row] = column
        self.free[column] = False
