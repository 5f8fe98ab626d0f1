"""Sequences of one target that an RGB camera and an event camera see at once, with exact truth."""

from neuromorph_track.data.paired.clips import Clip, PairedClips
from neuromorph_track.data.paired.conditions import NAMES, PRESETS, Conditions
from neuromorph_track.data.paired.scene import PairedFrames, PairedScene, paired_events
from neuromorph_track.data.paired.sequence import PairedSequence, draw_sequence, load_or_draw
from neuromorph_track.data.paired.spec import PairedSpec

__all__ = [
    "NAMES",
    "PRESETS",
    "Clip",
    "Conditions",
    "PairedClips",
    "PairedFrames",
    "PairedScene",
    "PairedSequence",
    "PairedSpec",
    "draw_sequence",
    "load_or_draw",
    "paired_events",
]
