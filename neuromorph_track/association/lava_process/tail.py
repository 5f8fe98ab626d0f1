"""What the worker of our Lava backend imports to put the tracker behind a head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neuromorph_track.association.in_lava import read_settings
from neuromorph_track.association.lava_process.process import AssociationProcess


def attach(head: Any, latency: int, settings: Mapping[str, Any]) -> AssociationProcess:
    """Connect a tracker to the out port ``head``.

    Parameters
    ----------
    head : lava OutPort
    latency : int
        Steps before the first that answers an input.
    settings : mapping
        Plain values of :class:`~neuromorph_track.association.in_lava.LavaAssociation`.
    """
    process = AssociationProcess(shape=head.shape, latency=latency, **read_settings(settings))
    head.connect(process.potentials)
    return process
