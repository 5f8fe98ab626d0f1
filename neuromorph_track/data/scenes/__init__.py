"""Seeded little street worlds whose truth is known to the pixel."""

from neuromorph_track.data.scenes.record import write_motchallenge
from neuromorph_track.data.scenes.scene import Scene, SceneTruth
from neuromorph_track.data.scenes.spec import CLASSES, SceneSpec

__all__ = ["CLASSES", "Scene", "SceneSpec", "SceneTruth", "write_motchallenge"]
