"""Which core of a chip holds which neurons: an estimate, checked against published partitions."""

from neuromorph_track.hardware.mapping.describe import describe_placement
from neuromorph_track.hardware.mapping.place import place
from neuromorph_track.hardware.mapping.placement import LayerPlacement, Placement, Problem

__all__ = ["LayerPlacement", "Placement", "Problem", "describe_placement", "place"]
