"""ByteTrack object by object, with matrices and dense assignment: what the mode is tested against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromorph_track.association.bytetrack import ByteTrackSettings
from tests.association.slow.matrix import MatrixFilter, centre_and_size, corners, gated, iou
from tests.association.slow.scenes import Call


def measured(box: np.ndarray) -> np.ndarray:
    x, y, width, height = centre_and_size(box)
    return np.array([x, y, width / height, height])


def variances(height: float, of_height: float, of_ratio: float) -> np.ndarray:
    return np.array([of_height * height, of_height * height, of_ratio, of_height * height]) ** 2


@dataclass
class Track:
    identity: int
    class_id: int
    filter: MatrixFilter
    first: int
    last: int
    known: bool

    def box(self) -> np.ndarray:
        x, y, ratio, height = self.filter.mean[:4]
        return corners(np.array([x, y, ratio * height, height]))


class SlowByteTracker:
    def __init__(self, settings: ByteTrackSettings) -> None:
        self.settings = settings
        self.tracks: list[Track] = []
        self.frame = self.calls = self.count = 0

    def update(self, call: Call) -> dict[int, np.ndarray]:
        settings, found = self.settings, call.detections
        before, self.frame, self.calls = self.frame, self.frame + call.dt, self.calls + 1
        for track in self.tracks:
            if track.last < before:
                track.filter.mean[7] = 0
            height = track.filter.mean[3]
            track.filter.predict(variances(height, 1 / 20, 1e-2), variances(height, 1 / 160, 1e-5), call.dt)
            if call.warp is not None:
                track.filter.warp(call.warp, (0, 1))

        def overlap(track: Track, index: int) -> float:
            same = track.class_id == found.class_id[index]
            return iou(track.box(), found.xyxy[index].astype(float)) if same else 0.0

        def fused(track: Track, index: int) -> float:
            return 1 - overlap(track, index) * float(found.score[index])

        usable = [i for i in range(len(found)) if not found.suppressed[i]]
        high = [i for i in usable if found.score[i] >= settings.high_score]
        low = [i for i in usable if settings.low_score <= found.score[i] < settings.high_score]
        known = [track for track in self.tracks if track.known]
        pairs = gated(known, high, fused, settings.high_gate)
        left = [track for track in known if track not in [t for t, _ in pairs] and track.last == before]
        pairs += gated(left, low, lambda t, i: 1 - overlap(t, i), settings.low_gate)
        free = [i for i in high if i not in [index for _, index in pairs]]
        new = [track for track in self.tracks if not track.known]
        pairs += gated(new, free, fused, settings.tentative_gate)
        for track, index in pairs:
            track.filter.correct(
                measured(found.xyxy[index].astype(float)), variances(track.filter.mean[3], 1 / 20, 1e-1)
            )
            track.last, track.known = self.frame, True
        for index in free:
            if index not in [i for _, i in pairs] and found.score[index] >= settings.new_track_score:
                self.begin(found.xyxy[index].astype(float), int(found.class_id[index]))
        self.drop()
        return {t.identity: t.box() for t in self.tracks if t.known and t.last == self.frame}

    def begin(self, box: np.ndarray, class_id: int) -> None:
        self.count += 1
        first, velocity = variances(box[3] - box[1], 2 / 20, 1e-2), variances(box[3] - box[1], 10 / 160, 1e-5)
        matrices = MatrixFilter(measured(box), first, velocity)
        self.tracks.append(Track(self.count, class_id, matrices, self.frame, self.frame, self.calls == 1))

    def drop(self) -> None:
        kept = [t for t in self.tracks if t.last == self.frame or t.known]
        kept = [t for t in kept if self.frame - t.last <= self.settings.max_lost]
        gone = []
        for seen in (t for t in kept if t.last == self.frame):
            for lost in (t for t in kept if t.last < self.frame and t.class_id == seen.class_id):
                if iou(seen.box(), lost.box()) > self.settings.duplicate_iou:
                    longer = seen.last - seen.first > lost.last - lost.first
                    gone.append(lost if longer else seen)
        self.tracks = [t for t in kept if t not in gone]
