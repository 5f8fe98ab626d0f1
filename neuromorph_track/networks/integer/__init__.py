"""Layers that train with the integers they will run with: neurons, and convolutions with fused batch norm.

PyTorch alone; a `.net` of them computes the same to the last bit (``docs/smtrack.md``).
"""

from neuromorph_track.networks.integer.block import IntegerConv
from neuromorph_track.networks.integer.conv import FusedConv
from neuromorph_track.networks.integer.neuron import IntegerLif, Rectifier

__all__ = ["FusedConv", "IntegerConv", "IntegerLif", "Rectifier"]
