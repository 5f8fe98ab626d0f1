"""The tracker as a Lava process. Importing this imports Lava, whose compiler imports every module here."""

from neuromorph_track.association.lava_process.models import PyAssociationModel
from neuromorph_track.association.lava_process.process import AssociationProcess

__all__ = ["AssociationProcess", "PyAssociationModel"]
