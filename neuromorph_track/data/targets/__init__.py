"""Seeded sequences with one target each, whose box and visibility are known to the pixel."""

from neuromorph_track.data.targets.ranges import PRESETS
from neuromorph_track.data.targets.scene import TargetScene
from neuromorph_track.data.targets.spec import KINDS, SPLITS, TargetSpec
from neuromorph_track.data.targets.surfaces import read_pictures

__all__ = ["KINDS", "PRESETS", "SPLITS", "TargetScene", "TargetSpec", "read_pictures"]
