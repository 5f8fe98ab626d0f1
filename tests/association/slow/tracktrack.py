"""TrackTrack object by object, with matrices and a dense matrix of costs: what the mode is tested against."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, hypot, pi

import numpy as np

from neuromorph_track.association.tracktrack_table import TrackTrackSettings
from tests.association.slow.matrix import MatrixFilter, centre_and_size, corners, hmiou, iou, warp_box
from tests.association.slow.scenes import Call

CORNERS = ((0, 1), (0, 3), (2, 1), (2, 3))


def variances(size: np.ndarray, part: float) -> np.ndarray:
    return (part * np.tile(size, 2)) ** 2


def corner_directions(first: np.ndarray, second: np.ndarray) -> list[tuple[float, float]]:
    result = []
    for horizontal, vertical in CORNERS:
        x, y = second[horizontal] - first[horizontal], second[vertical] - first[vertical]
        length = hypot(x, y) + 1e-5
        result.append((x / length, y / length))
    return result


def corner_ways(seen: dict[int, np.ndarray], frame: int, box: np.ndarray) -> list[tuple[float, float]]:
    """Of a track that was seen in the frames of ``seen`` and is now at ``box``."""
    result = []
    for corner in range(4):
        x = y = 0.0
        for back in (1, 2, 3):
            if frame - back in seen:
                way = corner_directions(seen[frame - back], box)[corner]
                x, y = x + way[0] / back / 3, y + way[1] / back / 3
        result.append((x, y))
    return result


def corner_angle(ways: list[tuple[float, float]], to: list[tuple[float, float]]) -> float:
    angles = [acos(max(-1, min(1, a[0] * b[0] + a[1] * b[1]))) for a, b in zip(ways, to, strict=True)]
    return sum(angles) / 4 / pi


def mutual_nearest(costs: np.ndarray, gate: float, step: float) -> list[tuple[int, int]]:
    """By rows and columns of a dense matrix, in which 1 stands for a pair out of the question."""
    costs, pairs = costs.copy(), []
    while costs.size:
        made = []
        for row in range(len(costs)):
            column = int(costs[row].argmin())
            if int(costs[:, column].argmin()) == row and costs[row, column] < gate:
                made.append((row, column))
        if not made:
            break
        for row, column in made:
            costs[row], costs[:, column] = 1, 1
        pairs += made
        gate -= step
    return pairs


def may_begin(
    tracks: list[np.ndarray], boxes: list[np.ndarray], score: list[float], gate: float
) -> list[bool]:
    """Of boxes of one class, one after the other from the best on."""
    begun: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: (-score[i], i)):
        rivals = tracks + [boxes[i] for i in begun]
        if all(iou(boxes[index], rival) <= gate for rival in rivals):
            begun.append(index)
    return [index in begun for index in range(len(boxes))]


@dataclass
class Track:
    identity: int
    class_id: int
    filter: MatrixFilter
    seen: dict[int, np.ndarray]
    score: float
    score_before: float
    look: np.ndarray | None
    ways: list[tuple[float, float]]
    hits: int = 1
    known: bool = False

    def last(self) -> int:
        return max(self.seen)

    def box(self) -> np.ndarray:
        return corners(self.filter.mean[:4])


class SlowTrackTracker:
    def __init__(self, settings: TrackTrackSettings) -> None:
        self.settings = settings
        self.tracks: list[Track] = []
        self.frame = self.count = 0

    def update(self, call: Call) -> dict[int, np.ndarray]:
        settings, found = self.settings, call.detections
        self.frame += call.dt
        for track in self.tracks:
            size = track.filter.mean[2:4]
            track.filter.predict(variances(size, 1 / 20), variances(size, 1 / 160), call.dt)
            if call.warp is not None:
                track.filter.warp(call.warp, (1, 1))
                track.seen = {frame: warp_box(box, call.warp) for frame, box in track.seen.items()}
        looks = call.embeddings
        everything = range(len(found))
        high = [i for i in everything if found.score[i] >= settings.high_score and not found.suppressed[i]]
        low = [i for i in everything if settings.low_score <= found.score[i] < settings.high_score]
        low = [i for i in low if not found.suppressed[i]]
        doubles = [i for i in everything if found.score[i] >= settings.high_score and found.suppressed[i]]
        penalty = {i: 0.0 for i in high}
        penalty |= {i: settings.low_penalty for i in low} | {i: settings.suppressed_penalty for i in doubles}

        known = [track for track in self.tracks if track.known]
        pairs = self.match(known, high + low + doubles, call, penalty)
        free = [i for i in high if i not in [index for _, index in pairs]]
        pairs += self.match([track for track in self.tracks if not track.known], free, call, penalty)
        for track, index in pairs:
            self.correct(track, found.xyxy[index].astype(float), float(found.score[index]))
            if looks is not None:
                weight = 0.95 + 0.05 * (1 - track.score)
                mixed = (
                    looks[index] if track.look is None else weight * track.look + (1 - weight) * looks[index]
                )
                track.look = mixed / np.linalg.norm(mixed)
        self.tracks = [t for t in self.tracks if t.last() == self.frame or t.known]
        self.tracks = [t for t in self.tracks if self.frame - t.last() <= settings.max_lost]
        self.begin([i for i in free if i not in [index for _, index in pairs]], call)
        return {t.identity: t.box() for t in self.tracks if t.known and t.last() == self.frame}

    def match(
        self, tracks: list[Track], indices: list[int], call: Call, penalty: dict[int, float]
    ) -> list[tuple]:
        costs = np.ones((len(tracks), len(indices)))
        for row, track in enumerate(tracks):
            for column, index in enumerate(indices):
                costs[row, column] = min(self.cost(track, index, call) + penalty[index], 1.0)
        made = mutual_nearest(costs, self.settings.gate, self.settings.gate_step)
        return [(tracks[row], indices[column]) for row, column in made]

    def cost(self, track: Track, index: int, call: Call) -> float:
        settings, found = self.settings, call.detections
        box, score = found.xyxy[index].astype(float), float(found.score[index])
        if track.class_id != found.class_id[index] or iou(track.box(), box) <= settings.least_iou:
            return 1.0
        cost = 1 - hmiou(track.box(), box)
        if call.embeddings is not None and track.look is not None:
            distance = min(max(1 - float(track.look @ call.embeddings[index]), 0), 1)
            cost = (1 - settings.appearance_weight) * cost + settings.appearance_weight * distance
        cost += settings.score_weight * abs(2 * track.score - track.score_before - score)
        reference = track.seen.get(self.frame - 3, track.seen[track.last()])
        angle = corner_angle(track.ways, corner_directions(reference, box))
        return cost + settings.angle_weight * angle * score

    def correct(self, track: Track, box: np.ndarray, score: float) -> None:
        noise = max(1 - score, self.settings.noise.surest) * variances(track.filter.mean[2:4], 1 / 20)
        track.filter.correct(centre_and_size(box), noise)
        track.ways = corner_ways(track.seen, self.frame, box)
        track.seen[self.frame] = box
        track.score_before, track.score, track.hits = track.score, score, track.hits + 1
        track.known |= track.hits >= self.settings.confirm_after

    def begin(self, free: list[int], call: Call) -> None:
        settings, found = self.settings, call.detections
        sure = [i for i in free if found.score[i] >= settings.new_track_score]
        allowed = set()
        for class_id in set(found.class_id[sure].tolist()):
            here = [i for i in sure if found.class_id[i] == class_id]
            tracks = [t.box() for t in self.tracks if t.class_id == class_id and t.last() == self.frame]
            boxes = [found.xyxy[i].astype(float) for i in here]
            verdict = may_begin(tracks, boxes, [float(found.score[i]) for i in here], settings.begin_iou)
            allowed |= {i for i, yes in zip(here, verdict, strict=True) if yes}
        for index in sorted(allowed):
            self.count += 1
            box, score = found.xyxy[index].astype(float), float(found.score[index])
            size = centre_and_size(box)[2:]
            matrices = MatrixFilter(centre_and_size(box), variances(size, 2 / 20), variances(size, 10 / 160))
            look = None if call.embeddings is None else call.embeddings[index]
            nowhere = [(0.0, 0.0)] * 4
            self.tracks.append(
                Track(
                    self.count,
                    int(found.class_id[index]),
                    matrices,
                    {self.frame: box},
                    score,
                    score,
                    look,
                    nowhere,
                )
            )
