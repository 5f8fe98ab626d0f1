"""A layer as SLAYER's blocks have it: spikes in, spikes out, time last."""

from __future__ import annotations

from torch import Tensor, nn

from neuromorph_track.networks.integer.conv import FusedConv


class IntegerConv(nn.Module):
    """A :class:`FusedConv` and its neurons.

    Parameters
    ----------
    synapse : FusedConv
    neuron : module
        Takes currents (T, ...) and the threshold: :class:`IntegerLif`, or another in its place.
    """

    def __init__(self, synapse: FusedConv, neuron: nn.Module) -> None:
        super().__init__()
        self.synapse, self.neuron = synapse, neuron

    def forward(self, spikes: Tensor) -> Tensor:
        """Spikes (N, C_out, H', W', T) of spikes (N, C_in, H, W, T), from a state of zeros."""
        currents, threshold = self.currents(spikes)
        sent: Tensor = self.neuron(currents, threshold)
        return sent.movedim(0, -1)

    def currents(self, spikes: Tensor) -> tuple[Tensor, int]:
        """Currents (T, N, C_out, H', W') in thresholds, and the threshold in units of a weight."""
        steps = spikes.shape[-1]
        moved = spikes.movedim(-1, 0).flatten(0, 1)
        unit = self.synapse.unit
        found, threshold = self.synapse(moved if unit == 1 else moved * unit)
        return found.unflatten(0, (steps, -1)), threshold
