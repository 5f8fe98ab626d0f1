"""Where the anchors around a track say that it is now: eq. 1 of SMOT."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.data.detections import Detections

Boxes = NDArray[np.float32]
Indices = NDArray[np.int64]


class Votes(NamedTuple):
    """The anchors that vote for each track.

    Attributes
    ----------
    track, candidate : (V,) int64
        Sorted by track, the anchor that overlaps most first.
    overlap, weight : (V,) float64
        IoU of the anchor and the expected box; the weights of a track sum to 1.
    """

    track: Indices
    candidate: Indices
    overlap: NDArray[np.float64]
    weight: NDArray[np.float64]

    def mean(self, values: NDArray[np.floating], tracks: int) -> NDArray[np.float64]:
        """Eq. 1: the weighted mean of ``values`` (M, ...) of the candidates, for each track."""
        total = np.zeros((tracks, *values.shape[1:]))
        weight = self.weight.reshape(-1, *[1] * (values.ndim - 1))
        np.add.at(total, self.track, weight * values[self.candidate])
        return total

    def leader(self, tracks: int) -> Indices:
        """The candidate whose anchor overlaps each track most; -1 where none overlaps."""
        first = np.full(tracks, -1)
        first[self.track[::-1]] = self.candidate[::-1]
        return first


def poll(expected: Boxes, class_id: Indices, candidates: Detections, settings: SmotSettings) -> Votes:
    """Choose the anchors that vote, and weigh them.

    Parameters
    ----------
    expected : (N, 4) float32
        Where the tracks are expected.
    class_id : (N,) int64
        Candidates of another class do not vote.
    candidates : Detections
        A row for each cell and class; where the detector tells no anchors, its boxes are what overlaps.
    settings : SmotSettings

    Notes
    -----
    Li et al., "SMOT: Single-Shot Multi Object Tracking", 2020, eq. 1. Where a box lies wholly inside
    several anchors their overlaps are equal, and the nearest centre decides. A track that nothing overlaps
    enough has no votes.
    """
    if settings.overlap == "box" or candidates.anchor is None:
        anchor = candidates.xyxy
        speaking = np.flatnonzero(candidates.score >= settings.active_score)
    else:
        anchor = candidates.anchor
        speaking = np.arange(len(candidates))
    own = anchor[speaking], candidates.class_id[speaking]
    track, place, overlap = same_class_pairs(expected, class_id, *own)
    candidate = speaking[place]
    apart = expected[track] - anchor[candidate]
    distance = ((apart[:, :2] + apart[:, 2:]) ** 2).sum(1)
    order = np.lexsort((candidate, distance, -overlap, track))
    track, candidate, overlap = track[order], candidate[order], overlap[order]
    begins = np.flatnonzero(np.diff(track, prepend=-1))
    length = np.diff(begins, append=len(track))
    rank = np.arange(len(track)) - np.repeat(begins, length)
    largest = np.repeat(overlap[begins], length)
    most = 1 if settings.weighting == "max" else settings.anchors
    chosen = (rank < most) & (largest >= settings.least_overlap)
    track, candidate, overlap = track[chosen], candidate[chosen], overlap[chosen]
    weight = overlap if settings.weighting == "iou" else np.ones(len(overlap))
    total = np.bincount(track, weight, len(expected))
    return Votes(track, candidate, overlap, weight / total[track])


def same_class_pairs(
    rows: Boxes, row_class: Indices, columns: Boxes, column_class: Indices
) -> tuple[Indices, Indices, NDArray[np.float64]]:
    """Row, column and IoU of every pair of boxes of one class that share an area, sorted by class, then row.

    Raises
    ------
    InputError
        When there are too many.
    """
    none = np.zeros(0, np.int64)
    parts = [(none, none, np.zeros(0))]
    for each in np.unique(row_class):
        own, other = np.flatnonzero(row_class == each), np.flatnonzero(column_class == each)
        pairs = measured_pairs(rows[own], columns[other])
        parts.append((own[pairs.row], other[pairs.column], pairs.iou))
    row, column, overlap = (np.concatenate(part) for part in zip(*parts, strict=True))
    return row, column, overlap
