"""OC-SORT object by object, with matrices and dense assignment: what the mode is tested against."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import acos, hypot, pi

import numpy as np
from scipy.optimize import linear_sum_assignment

from neuromorph_track.association.ocsort_table import OcSortSettings
from tests.association.slow.matrix import MatrixFilter, centre_and_size, corners, iou, warp_box
from tests.association.slow.scenes import Call

STEP, STEP_VELOCITY = np.ones(4), np.array([0.01, 0.01, 0.0001])
MEASURED = np.array([1.0, 1, 10, 10])


def measured(box: np.ndarray) -> np.ndarray:
    x, y, width, height = centre_and_size(box)
    return np.array([x, y, width * height, width / height])


def direction(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    x, y = (centre_and_size(second) - centre_and_size(first))[:2]
    length = hypot(x, y) + 1e-6
    return x / length, y / length


@dataclass
class Track:
    identity: int
    class_id: int
    filter: MatrixFilter
    settled: MatrixFilter
    seen: dict[int, np.ndarray]
    heading: tuple[float, float] = (0.0, 0.0)
    streak: int = 0
    taken: list[int] = field(default_factory=list)

    def last(self) -> int:
        return max(self.seen)

    def box(self) -> np.ndarray:
        x, y, area, ratio = self.filter.mean[:4]
        width = np.sqrt(area * ratio)
        return corners(np.array([x, y, width, area / width]))

    def reference(self, frame: int, span: int) -> np.ndarray:
        """The box of ``span`` frames ago, or the next after it, or the last there is."""
        for back in range(span, 0, -1):
            if frame - back in self.seen:
                return self.seen[frame - back]
        return self.seen[self.last()]


def predict(matrices: MatrixFilter, frames: int) -> None:
    if matrices.mean[2] + frames * matrices.mean[6] <= 0:
        matrices.mean[6] = 0
    matrices.predict(STEP, STEP_VELOCITY, frames)


def assign_then_gate(tracks: list[Track], found: list[int], gain, overlap, gate: float) -> list[tuple]:
    """The assignment of the largest sum, over all pairs that overlap; then only those that overlap enough."""
    gains = np.zeros((len(tracks), len(found)))
    for row, track in enumerate(tracks):
        for column, index in enumerate(found):
            if overlap(track, index) > 0:
                gains[row, column] = max(gain(track, index), 0)
    chosen = [(tracks[r], found[c]) for r, c in zip(*linear_sum_assignment(-gains), strict=True)]
    return [(track, index) for track, index in chosen if overlap(track, index) >= gate]


class SlowOcSortTracker:
    def __init__(self, settings: OcSortSettings) -> None:
        self.settings = settings
        self.tracks: list[Track] = []
        self.frame = self.calls = self.count = 0

    def update(self, call: Call) -> dict[int, np.ndarray]:
        settings, found = self.settings, call.detections
        before, self.frame, self.calls = self.frame, self.frame + call.dt, self.calls + 1
        for track in self.tracks:
            predict(track.filter, call.dt)
            if call.warp is not None:
                track.filter.warp(call.warp, (2, 0))
                track.settled.warp(call.warp, (2, 0))
                track.seen = {frame: warp_box(box, call.warp) for frame, box in track.seen.items()}
        boxes = found.xyxy.astype(float)

        def overlap(track: Track, index: int) -> float:
            return iou(track.box(), boxes[index]) if track.class_id == found.class_id[index] else 0.0

        def overlap_seen(track: Track, index: int) -> float:
            same = track.class_id == found.class_id[index]
            return iou(track.seen[track.last()], boxes[index]) if same else 0.0

        def gain(track: Track, index: int) -> float:
            way = direction(track.reference(self.frame, settings.delta_t), boxes[index])
            angle = acos(max(-1, min(1, track.heading[0] * way[0] + track.heading[1] * way[1])))
            bonus = settings.inertia * (pi / 2 - angle) / pi * float(found.score[index])
            return overlap(track, index) + bonus

        usable = [i for i in range(len(found)) if not found.suppressed[i]]
        high = [i for i in usable if found.score[i] >= settings.high_score]
        low = [i for i in usable if settings.low_score <= found.score[i] < settings.high_score]
        pairs = assign_then_gate(self.tracks, high, gain, overlap, settings.iou_gate)
        if settings.byte_stage:
            left = [t for t in self.tracks if t not in [track for track, _ in pairs]]
            pairs += assign_then_gate(left, low, overlap, overlap, settings.iou_gate)
        left = [t for t in self.tracks if t not in [track for track, _ in pairs]]
        free = [i for i in high if i not in [index for _, index in pairs]]
        pairs += assign_then_gate(left, free, overlap_seen, overlap_seen, settings.iou_gate)
        for track, index in pairs:
            self.correct(track, boxes[index], before)
        for index in free:
            if index not in [i for _, i in pairs]:
                self.begin(boxes[index], int(found.class_id[index]))
        self.tracks = [t for t in self.tracks if self.frame - t.last() <= settings.max_lost]
        shown = [t for t in self.tracks if t.last() == self.frame]
        starting = self.calls <= settings.min_hits
        return {t.identity: t.seen[t.last()] for t in shown if starting or t.streak >= settings.min_hits}

    def correct(self, track: Track, box: np.ndarray, before: int) -> None:
        last = track.last()
        gap = self.frame - last
        if last < before and gap <= self.settings.max_lost + 1:
            track.filter = track.settled
            start = track.seen[last]
            for step in range(1, gap + 1):
                predict(track.filter, 1)
                track.filter.correct(measured(start + step / gap * (box - start)), MEASURED)
        track.filter.correct(measured(box), MEASURED)
        track.settled = track.filter.copy()
        track.heading = direction(track.reference(self.frame, self.settings.delta_t), box)
        track.streak = track.streak + 1 if last == before else 1
        track.seen[self.frame] = box

    def begin(self, box: np.ndarray, class_id: int) -> None:
        self.count += 1
        matrices = MatrixFilter(measured(box), np.full(4, 10.0), np.full(4, 1e4), moving=3)
        self.tracks.append(Track(self.count, class_id, matrices, matrices.copy(), {self.frame: box}))
