"""SMOT: a single-shot detector becomes a tracker, because its anchors are followed from frame to frame."""

from neuromorph_track.association.smot.motion import Shifts
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.association.smot.tracker import SmotTracker

__all__ = ["Shifts", "SmotSettings", "SmotTracker"]
