"""What the tracker looks like to other Lava processes: ports and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess

from neuromorph_track.association.rows import COLUMNS
from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.association.stepwise import StepwiseAssociation, head_channels
from neuromorph_track.detection import Placement
from neuromorph_track.detection.decode import CANDIDATES
from neuromorph_track.errors import InputError
from neuromorph_track.netx import RunContract


class AssociationProcess(AbstractProcess):
    """From head potentials to tracks, at every step that ends a frame.

    In port ``potentials``, of ``shape``: what the head holds after each step. Out port ``count``,
    (1,) int32: the number of tracks, or -1 where the step ends no frame. Out port ``tracks``,
    (max_tracks, 7) float64: a row for each track, with its identity from 1, left, top, right and bottom
    in pixels of the frame, score and class; rows from ``count`` on are zero.

    Parameters
    ----------
    shape : (int, int, int)
        Of the head in Lava's order of axes: width, height, channels.
    contract : RunContract
        How the head is decoded; ``network.contract`` of a network that this project exported.
    placement : Placement
        Where the frames lie in the network's input: ``FrameEncoder(contract.input).placement(w, h)``.
    latency : int
        Steps before the first that answers an input: one for each layer of synapses.
    settings : TwoStageSettings or None
        Of the tracker; by default those for the contract's ``score_threshold``.
    class_ids : sequence of int or None
        Keep only these classes.
    max_tracks : int
        Rows of ``tracks``. The default is never too small: a frame has no more detections, and a
        track is sent only in a frame in which it took one.
    **common
        ``name`` and ``log_config``, as of any Lava process.

    Raises
    ------
    InputError
        When the shape is not that of the contract's head, or a number is out of range. When a frame
        has more than ``max_tracks`` tracks, the process model raises it.
    """

    def __init__(
        self,
        *,
        shape: tuple[int, int, int],
        contract: RunContract,
        placement: Placement,
        latency: int,
        settings: TwoStageSettings | None = None,
        class_ids: Sequence[int] | None = None,
        max_tracks: int = CANDIDATES,
        **common: Any,
    ) -> None:
        channels = head_channels(contract)
        if len(shape) != 3 or shape[2] != channels:
            expected = f"(width, height, {channels}), as the contract's head"
            raise InputError("association", "shape", str(tuple(shape)), expected)
        if max_tracks < 1:
            raise InputError("association", "max_tracks", str(max_tracks), "1 or more")
        make = partial(StepwiseAssociation, contract, placement, latency, settings, class_ids)
        # Here a wrong number is told before anything is compiled.
        make()
        super().__init__(make_association=make, max_tracks=max_tracks, **common)
        self.potentials = InPort(shape=tuple(shape))
        self.tracks = OutPort(shape=(max_tracks, len(COLUMNS)))
        self.count = OutPort(shape=(1,))
