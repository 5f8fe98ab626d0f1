"""Synthetic moving boxes, for timing trackers."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.detections import Detections

PICTURE = np.array([1920.0, 1080.0])


def moving_boxes(objects: int, frames: int, seed: int, picture: np.ndarray = PICTURE) -> list[Detections]:
    """Boxes 20-60 by 40-160 pixels that move a few pixels a frame and turn back at the edges.

    One in twenty is not detected; edges jitter by a pixel; scores lie between 0.3 and 1.
    """
    generator = np.random.default_rng(seed)
    size = np.stack([generator.uniform(20, 60, objects), generator.uniform(40, 160, objects)], axis=1)
    centre = generator.uniform(0, 1, (objects, 2)) * picture
    velocity = generator.normal(0, 3, (objects, 2))
    sequence = []
    for _ in range(frames):
        centre = centre + velocity
        velocity = np.where((centre < 0) | (centre > picture), -velocity, velocity)
        seen = generator.random(objects) < 0.95
        corners = np.concatenate([centre - size / 2, centre + size / 2], axis=1)[seen]
        corners += generator.normal(0, 1, corners.shape)
        score = generator.uniform(0.3, 1, len(corners)).astype(np.float32)
        class_id = np.zeros(len(corners), np.int64)
        sequence.append(Detections(corners.astype(np.float32), score, class_id))
    return sequence
