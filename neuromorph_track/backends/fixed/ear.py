"""A host that listens to a layer inside: what it has sent so far, added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.fixed.spikes import Spikes
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Stage


class Ear:
    """Adds up the spikes of one stage.

    Parameters
    ----------
    network : Network or Graph
    wired : sequence of Stage
        Its stages.
    name : str
        Of the stage.

    Raises
    ------
    InputError
        When there is no stage of that name, or its neurons send no spikes.
    """

    def __init__(self, network: AnyNetwork, wired: Sequence[Stage], name: str) -> None:
        speaking = [stage.name for stage in wired if _speaks(stage)]
        if name not in speaking:
            raise InputError(network.source, "layer", repr(name), f"one that spikes: {', '.join(speaking)}")
        self.stage = [stage.name for stage in wired].index(name)
        self._sum = np.zeros(wired[self.stage].layer.shape, np.int32)

    def reset(self) -> None:
        self._sum[:] = 0

    def hear(self, sent: Spikes) -> NDArray[np.int32]:
        """The sum after each step of what was sent, (T, *shape) int32."""
        spikes = sent.dense.cpu().numpy().reshape(sent.steps, *self._sum.shape)
        told = np.cumsum(spikes, axis=0, dtype=np.int32) + self._sum
        self._sum = told[-1].copy()
        return told


def _speaks(stage: Stage) -> bool:
    neuron = stage.layer.neuron
    return neuron is not None and neuron.fires
