"""Events: one pixel's brightness rose or fell, at a microsecond."""

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.stream import EventStream

__all__ = ["EventStream", "Events"]
