"""One object followed by what a network says about the neighbourhood of its last place."""

from neuromorph_track.association.single.settings import SingleSettings
from neuromorph_track.association.single.tracker import Look, SingleTracker

__all__ = ["Look", "SingleSettings", "SingleTracker"]
