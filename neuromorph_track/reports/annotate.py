"""Draw tracks onto frames: boxes, identities, classes and the paths they came by."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Tracks
from neuromorph_track.reports.style import PALETTE, rgb

Frame = NDArray[np.uint8]
Point = tuple[int, int]
Colour = tuple[int, int, int]

# Labels are unreadable on pictures narrower than this.
READABLE = 640
# Lines and letters grow with pictures wider than this.
USUAL = 960
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601: how bright red, green and blue look
FONT, FONT_SCALE, LINE = cv2.FONT_HERSHEY_SIMPLEX, 0.45, 2


def upscale_factor(size: tuple[int, int]) -> int:
    """The integer that brings the longer side of ``(width, height)`` to a readable size; 1 if it is there."""
    return max(1, ceil(READABLE / max(size)))


def track_colour(track_id: int) -> Colour:
    """RGB, always the same for one id, from a palette that colour-blind people can tell apart."""
    return rgb(PALETTE[track_id % len(PALETTE)])


class Annotator:
    """Draw the tracks of successive frames.

    Parameters
    ----------
    class_names : sequence of str
        By class id; a class beyond it is drawn by its number.
    scale : int
        The picture is enlarged by this factor before anything is drawn.
    trail : int
        Frames for which the path of a box stays visible; 0 draws none.
    """

    def __init__(self, class_names: Sequence[str] = (), scale: int = 1, trail: int = 20) -> None:
        self.class_names = class_names
        self.scale = scale
        self.trail = trail
        self._paths: dict[int, deque[Point]] = {}

    def draw(self, frame: Frame, tracks: Tracks) -> Frame:
        """An enlarged copy of ``frame``, (H, W, 3) uint8 RGB, with its tracks."""
        height, width = frame.shape[:2]
        size = (width * self.scale, height * self.scale)
        picture: Frame = np.ascontiguousarray(cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR))
        boxes = np.rint(tracks.xyxy * self.scale).astype(int)
        weight = max(1.0, size[0] / USUAL)
        if self.trail:
            self._extend_paths(boxes, tracks)
        for track_id, path in self._paths.items():
            points = np.array(path, np.int32)
            cv2.polylines(picture, [points], False, track_colour(track_id), round(LINE * weight), cv2.LINE_AA)
        for box, score, class_id, track_id in zip(
            boxes.tolist(), tracks.score, tracks.class_id, tracks.track_id, strict=True
        ):
            colour = track_colour(int(track_id))
            cv2.rectangle(picture, box[:2], box[2:], colour, round(LINE * weight))
            label = f"{track_id} {self._name(int(class_id))} {score:.2f}"
            _draw_label(picture, box, label, colour, weight)
        return picture

    def _name(self, class_id: int) -> str:
        return self.class_names[class_id] if class_id < len(self.class_names) else f"class {class_id}"

    def _extend_paths(self, boxes: NDArray[np.int64], tracks: Tracks) -> None:
        seen = set()
        for (left, top, right, bottom), track_id in zip(
            boxes.tolist(), tracks.track_id.tolist(), strict=True
        ):
            path = self._paths.setdefault(track_id, deque(maxlen=self.trail))
            path.append(((left + right) // 2, (top + bottom) // 2))
            seen.add(track_id)
        for track_id in self._paths.keys() - seen:
            # A track that is gone loses its path from the far end, and then it is forgotten.
            self._paths[track_id].popleft()
            if not self._paths[track_id]:
                del self._paths[track_id]


def _draw_label(picture: Frame, box: list[int], label: str, colour: Colour, weight: float) -> None:
    """Write ``label`` on a patch above the box where there is room, else inside it."""
    scale, thickness = FONT_SCALE * weight, round(weight)
    (width, height), below = cv2.getTextSize(label, FONT, scale, thickness)
    x = min(max(box[0], 0), max(0, picture.shape[1] - width - 4))
    base = box[1] - below if box[1] - below - height >= 0 else max(box[1], 0) + height + below
    cv2.rectangle(picture, (x, base - height - 3), (x + width + 4, base + below - 1), colour, cv2.FILLED)
    ink = (0, 0, 0) if np.dot(colour, LUMA) > 110 else (255, 255, 255)
    cv2.putText(picture, label, (x + 2, base), FONT, scale, ink, thickness, cv2.LINE_AA)
