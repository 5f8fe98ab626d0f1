"""What one core, chip and board hold, as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from neuromorph_track.errors import InputError
from neuromorph_track.hardware.mapping.memory import index_bits
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.hardware.quantity import Quantity


@dataclass(frozen=True)
class Limits:
    """The values of a profile's resources; None where it gives none.

    Attributes
    ----------
    neurons : int
        Per core.
    words, axons_in, axons_out : int or None
        Per core.
    cores : int
        Per chip.
    chips : int or None
        Per board.
    shared_kernels : bool
    """

    neurons: int
    words: int | None
    axons_in: int | None
    axons_out: int | None
    cores: int
    chips: int | None
    shared_kernels: bool

    @property
    def index_bits(self) -> int:
        """Width of a synapse's index of its neuron."""
        return index_bits(self.neurons)

    def of_neurons_alone(self) -> Limits:
        """The same without those of weights and axons."""
        return replace(self, words=None, axons_in=None, axons_out=None)

    def by_name(self) -> dict[str, int | None]:
        """The limits of one core, by the profile's names."""
        return {
            "neurons_per_core": self.neurons,
            "synapse_words_per_core": self.words,
            "axons_in_per_core": self.axons_in,
            "axons_out_per_core": self.axons_out,
        }


def limits_of(profile: HardwareProfile) -> Limits:
    """The limits of a profile.

    Raises
    ------
    InputError
        When it has no cores that hold neurons.
    """
    held = profile.resources
    neurons, cores = _whole(held.neurons_per_core), _whole(held.cores)
    if profile.dense or neurons is None or cores is None:
        expected = "cores and neurons_per_core, of a machine that computes on spikes"
        raise InputError(profile.id, "resources", "no cores to map to", expected)
    return Limits(
        neurons=neurons,
        words=_whole(held.synapse_words_per_core),
        axons_in=_whole(held.axons_in_per_core),
        axons_out=_whole(held.axons_out_per_core),
        cores=cores,
        chips=_whole(held.chips),
        shared_kernels=profile.mapping.shared_kernels,
    )


def _whole(quantity: Quantity | None) -> int | None:
    return None if quantity is None else max(1, int(quantity.si[1]))
