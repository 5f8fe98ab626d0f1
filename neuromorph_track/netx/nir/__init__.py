"""NIR graphs (neuroir.org) in and out: what norse, snntorch and sinabs exchange."""

from neuromorph_track.netx.nir.convention import CONVENTIONS, Convention
from neuromorph_track.netx.nir.read import NirImport, read_nir
from neuromorph_track.netx.nir.report import LayerReport, NirReport, Rounded, Rounding
from neuromorph_track.netx.nir.values import Values
from neuromorph_track.netx.nir.write import write_nir

__all__ = [
    "CONVENTIONS",
    "Convention",
    "LayerReport",
    "NirImport",
    "NirReport",
    "Rounded",
    "Rounding",
    "Values",
    "read_nir",
    "write_nir",
]
