"""What it costs to give a detection to a track, after TrackTrack (Shim et al., CVPR 2025)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.interface import Embeddings
from neuromorph_track.association.observations import Boxes, Frames, seen_in

# Frames over which the way of a corner is measured.
SPAN = 3
# Pixels: keeps the direction between two corners on one spot at zero length.
TINY = 1e-5
# Left, left, right, right of a box, and top, bottom, top, bottom.
CORNER_X, CORNER_Y = [0, 0, 2, 2], [1, 3, 1, 3]

Ways = NDArray[np.float64]


def corner_directions(first: NDArray[np.floating], second: NDArray[np.floating]) -> Ways:
    """Unit vectors (N, 4, 2) from the four corners of each box of ``first`` (N, 4) to those of ``second``."""
    move = second - first.astype(np.float64)
    ways = np.stack([move[:, CORNER_X], move[:, CORNER_Y]], axis=2)
    length = np.sqrt(ways[..., 0] ** 2 + ways[..., 1] ** 2)
    return ways / (length + TINY)[..., None]


def corner_ways(seen_box: Boxes, seen_frame: Frames, xyxy: NDArray[np.floating], frame: int) -> Ways:
    """The ways of the corners of tracks that are now at ``xyxy`` (N, 4), in frame number ``frame``.

    The mean over one, two and three frames back of the directions from there, each divided by the frames; a
    frame in which the track was not seen counts as no way. Short therefore where the last frames disagree.
    """
    ways = np.zeros((len(xyxy), 4, 2))
    for back in range(1, SPAN + 1):
        box, seen = seen_in(seen_box, seen_frame, frame - back)
        ways[seen] += corner_directions(box[seen], xyxy[seen]) / back
    return ways / SPAN


def corner_angles(ways: Ways, to: Ways) -> NDArray[np.float64]:
    """Mean angle of the four corners between ``ways`` (P, 4, 2) and ``to`` (P, 4, 2): 0 along, 1 against."""
    cosine = (ways * to).sum(axis=2)
    return np.arccos(np.clip(cosine, -1, 1)).mean(axis=1) / np.pi


def appearance_distance(
    first: Embeddings, second: Embeddings
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """One minus the cosine of embeddings (P, E), 0 to 1, and where both sides have one, (P,)."""
    known = first.any(axis=1) & second.any(axis=1)
    return np.clip(1 - (first * second).sum(axis=1), 0, 1), known


def blend(before: Embeddings, now: Embeddings, score: NDArray[np.float32]) -> Embeddings:
    """The appearance of tracks (K, E) after detections (K, E) of these scores (K,): the surer, the more is
    new.

    A running mean with weight 0.95 + 0.05 (1 - score) on what was known, made length 1 again. Where one side
    has none the other stands.
    """
    weight = (0.95 + 0.05 * (1 - score))[:, None]
    mixed = weight * before + (1 - weight) * now
    length = np.sqrt((mixed**2).sum(axis=1, keepdims=True))
    return np.divide(mixed, length, out=np.zeros_like(mixed), where=length > 0).astype(np.float32)
