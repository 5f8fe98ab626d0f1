"""From boxes to tracks, on the host: motion, assignment and the trackers."""

from neuromorph_track.association.settings import TwoStageSettings, tracker_settings
from neuromorph_track.association.tracker import TwoStageTracker

__all__ = ["TwoStageSettings", "TwoStageTracker", "tracker_settings"]
