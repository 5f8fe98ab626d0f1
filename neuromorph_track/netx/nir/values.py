"""Numbers instead of spikes as the input of a network that came from NIR."""

from __future__ import annotations

from dataclasses import dataclass

from neuromorph_track.netx.graph import Neuron


@dataclass(frozen=True)
class Values:
    """How a number of the graph becomes the integer that is fed: ``round(x * 2**fraction_bits)``.

    A constant current that drives the first population is what a delta encoder sends once, summed up by a
    current that does not decay: exact, and nothing is sent while nothing changes. A population that is
    the input itself, without weights before it, takes the integer as its bias.

    Attributes
    ----------
    fraction_bits : int
    largest : float
        Largest magnitude of ``x``; decides how much room sums need.
    spike_exp : int
        As in the run contract: the simulator shifts what a delta encoder sends by it.
    """

    fraction_bits: int = 4
    largest: float = 1.0
    spike_exp: int = 0

    @property
    def unit(self) -> float:
        """What an input of 1 arrives as behind a delta encoder."""
        return float(1 << (self.fraction_bits + self.spike_exp))

    def sentence(self, as_bias: bool) -> str:
        how = "as the bias of its input neurons" if as_bias else "through delta neurons"
        return f"values times {1 << self.fraction_bits}, rounded, {how}"


DELTA = Neuron("delta", "SDNN", threshold=1, extra={"activation": "relu"})
