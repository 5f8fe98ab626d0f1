"""Events: one pixel's brightness rose or fell, at a microsecond."""

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.formats import FORMATS, is_event_file, open_events
from neuromorph_track.data.events.frames import EventFrames
from neuromorph_track.data.events.recording import Hints, Recording
from neuromorph_track.data.events.representations import counts, time_surface, to_slayer, voxel_grid
from neuromorph_track.data.events.stream import EventStream, windows

__all__ = [
    "FORMATS",
    "EventFrames",
    "EventStream",
    "Events",
    "Hints",
    "Recording",
    "counts",
    "is_event_file",
    "open_events",
    "time_surface",
    "to_slayer",
    "voxel_grid",
    "windows",
]
