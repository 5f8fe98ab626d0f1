"""A grid of cells that see objects: what a single-shot detector says before non-maximum suppression."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from neuromorph_track.association.overlap import iou_matrix
from neuromorph_track.data.detections import Detections

CELL, ANCHOR, GRID = 8.0, 32.0, (24, 16)

Cells = Callable[..., Detections]


@pytest.fixture
def cells() -> Cells:
    """``cells(boxes, classes=..., score=...)``: every cell near an object answers with its box.

    The nearer an anchor is to the object, the higher the score of its cell; the best one is not suppressed.
    """

    def made(
        boxes: Sequence[Sequence[float]], classes: Sequence[int] | None = None, score: float = 0.9
    ) -> Detections:
        columns, rows = np.meshgrid(np.arange(GRID[0]), np.arange(GRID[1]))
        centre = (np.stack([columns, rows], -1).reshape(-1, 2) + 0.5) * CELL
        anchor = np.concatenate([centre - ANCHOR / 2, centre + ANCHOR / 2], 1).astype(np.float32)
        answer, found, class_id = (
            anchor.copy(),
            np.zeros(len(anchor), np.float32),
            np.zeros(len(anchor), np.int64),
        )
        suppressed = np.ones(len(anchor), bool)
        for number, box in enumerate(boxes):
            overlap = iou_matrix(anchor, np.array([box], np.float32))[:, 0]
            sees = overlap > np.maximum(found, 0.3)
            answer[sees], found[sees] = box, overlap[sees]
            class_id[sees] = 0 if classes is None else classes[number]
            suppressed[overlap.argmax()] = False
        found *= score / max(found.max(), 0.3)
        return Detections(answer, found, class_id, anchor, suppressed)

    return made
