"""Distillation: what a student learns from a teacher that sees more, beside the truth (``docs/had.md``).

PyTorch alone. Nothing here is part of a student: an exported network has none of it.
"""

from neuromorph_track.networks.distillation.hierarchy import Distillation, Widths
from neuromorph_track.networks.distillation.spec import DistillationSpec
from neuromorph_track.networks.distillation.views import View, centre_view, grid_view

__all__ = ["Distillation", "DistillationSpec", "View", "Widths", "centre_view", "grid_view"]
