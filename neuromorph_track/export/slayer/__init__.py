"""Any chain of SLAYER blocks as a network of integer layers, exactly or not at all."""

from neuromorph_track.export.slayer.export import SlayerExport, export_slayer

__all__ = ["SlayerExport", "export_slayer"]
