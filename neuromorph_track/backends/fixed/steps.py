"""What a run of a network gives, in every backend that counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity


class Output(NamedTuple):
    """What one output of a network gave.

    Attributes
    ----------
    sent : ``(T, *shape)`` int32
        What its last layer sent; of a sigma head its potential.
    membrane : ``(T, *shape)`` int32, or None
        Membrane potential ``v`` of a last layer of CUBA or ILIF neurons after each step: the value of a
        head that is not meant to fire.
    """

    sent: NDArray[np.int32]
    membrane: NDArray[np.int32] | None = None

    @property
    def held(self) -> NDArray[np.int32]:
        """What a host reads: the membrane where there is one, or else what was sent."""
        return self.sent if self.membrane is None else self.membrane


@dataclass(frozen=True, repr=False)
class Steps:
    """What a chunk of timesteps gave.

    Attributes
    ----------
    outputs : mapping of str to Output
        By name, that which the contract decodes first; a chain has one, ``output``.
    activity : Activity
        Counts with one entry per step.
    spikes : tuple of ``(T, *shape)`` int32, or None
        What each layer sent, where it was asked for.
    heard : ``(T, *shape)`` int32, or None
        What the layer that is listened to has sent since the reset, added up: of sigma-delta neurons their
        activation as its receivers know it, of others the number of spikes.
    """

    outputs: Mapping[str, Output]
    activity: Activity
    spikes: tuple[NDArray[np.int32], ...] | None = None
    heard: NDArray[np.int32] | None = None

    def __repr__(self) -> str:
        kept = "" if self.spikes is None else ", with what every layer sent"
        return f"Steps: {len(self.output)} timesteps, output of shape {self.output.shape[1:]}{kept}"

    @property
    def output(self) -> NDArray[np.int32]:
        """What the first output sent."""
        return self._head.sent

    @property
    def membrane(self) -> NDArray[np.int32] | None:
        """Its membrane potential, where its neurons are CUBA or ILIF."""
        return self._head.membrane

    @property
    def held(self) -> NDArray[np.int32]:
        """What a host reads of it."""
        return self._head.held

    @property
    def membranes(self) -> dict[str, NDArray[np.int32]]:
        """The membrane potentials of all outputs that have one, by name."""
        return {name: end.membrane for name, end in self.outputs.items() if end.membrane is not None}

    @property
    def _head(self) -> Output:
        return next(iter(self.outputs.values()))
