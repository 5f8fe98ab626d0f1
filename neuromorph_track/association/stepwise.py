"""Decoder and tracker behind a head that is heard at every timestep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from neuromorph_track.association.settings import TwoStageSettings, tracker_settings
from neuromorph_track.association.tracker import TwoStageTracker
from neuromorph_track.data.detections import Tracks
from neuromorph_track.detection import HeadDecoder, Placement
from neuromorph_track.errors import InputError
from neuromorph_track.netx import RunContract


class StepwiseAssociation:
    """Tells which timesteps end a frame, and gives the tracks of each.

    Parameters
    ----------
    contract : RunContract
        How the head is decoded, and how many steps a frame takes.
    placement : Placement
        Where the frames lie in the network's input.
    latency : int
        Steps before the first that answers an input: one for each layer of synapses.
    settings : TwoStageSettings or None
        Of the tracker; by default those for the contract's ``score_threshold``.
    class_ids : sequence of int or None
        Keep only these classes.

    Raises
    ------
    InputError
        When the latency is negative.
    """

    def __init__(
        self,
        contract: RunContract,
        placement: Placement,
        latency: int,
        settings: TwoStageSettings | None = None,
        class_ids: Sequence[int] | None = None,
    ) -> None:
        if latency < 0:
            raise InputError("association", "latency", str(latency), "0 steps or more")
        settings = settings or tracker_settings(contract.score_threshold)
        kept = None if class_ids is None else list(class_ids)
        self.placement = placement
        self.decoder = HeadDecoder(contract, score_threshold=settings.low_score, class_ids=kept)
        self.tracker = TwoStageTracker(settings)
        self.steps_per_frame = contract.steps_per_frame
        self.steps = -latency

    def __call__(self, potentials: NDArray[Any]) -> Tracks | None:
        """Take in what the head holds after a step.

        Parameters
        ----------
        potentials : (A*(5+K), H, W)
            In the units of :class:`~neuromorph_track.detection.HeadDecoder`.

        Returns
        -------
        Tracks or None
            None where the step ends no frame.
        """
        self.steps += 1
        if self.steps <= 0 or self.steps % self.steps_per_frame:
            return None
        return self.tracker.update(self.decoder(potentials, self.placement))


def head_channels(contract: RunContract) -> int:
    """Channels of the head that a contract describes."""
    return contract.head.channels(len(contract.classes))
