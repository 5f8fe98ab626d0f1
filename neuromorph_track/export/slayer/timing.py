"""When each layer starts, in SLAYER and on the chip: it matters where a bias drives neurons by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from neuromorph_track.export.slayer.part import Part


class Leads(NamedTuple):
    """Steps by which a layer starts before its first input.

    Attributes
    ----------
    slayer : tuple of int
        For each layer with synapses from the first one with a bias on: the blocks before it that
        SLAYER delays (``delay_shift``).
    chip : tuple of int
        The same layers on the chip, where each synapse takes a step.
    """

    slayer: tuple[int, ...]
    chip: tuple[int, ...]

    @property
    def together(self) -> bool:
        """Whether SLAYER starts these layers with the first input."""
        return not any(self.slayer)

    @property
    def as_on_the_chip(self) -> bool:
        return self.slayer == self.chip


def leads(parts: Sequence[Part]) -> Leads:
    """Leads of the layers that a bias can wake before the input comes; empty without a bias."""
    slayer, chip = [], []
    late = depth = 0
    biased = False
    for part in parts:
        layer = part.layer
        if layer is not None and layer.has_synapses:
            depth += 1
            biased = biased or layer.bias is not None
            if biased:
                slayer.append(late)
                chip.append(depth)
        late += part.is_late
    return Leads(tuple(slayer), tuple(chip))


def timing_notes(parts: Sequence[Part]) -> tuple[str, ...]:
    """What a user should know about the start of a network with biases."""
    found = leads(parts)
    if not found.chip:
        return ()
    if found.as_on_the_chip:
        return (
            "biases: SLAYER (delay_shift behind an input block) and the chip start them equally early, "
            f"up to {max(found.chip)} steps before the input arrives",
        )
    early = (
        f"biases: on the chip a layer integrates its own up to {max(found.chip)} steps before its input "
        f"arrives, in SLAYER {max(found.slayer)}"
    )
    neurons = [part.layer.neuron for part in parts if part.layer is not None]
    if any(neuron is not None and neuron.sends_changes for neuron in neurons):
        return (f"{early}; sigma-delta neurons have no reset, so that the first outputs differ",)
    # lava-dl counts the steps to a reset from the first neurons.
    first = next(part.layer for part in parts if part.layer is not None and part.layer.neuron is not None)
    offset = " and reset_offset = 1" if first.has_synapses else ""
    resets = f"reset_interval = steps per sample{offset}"
    if found.together:
        return (f"{early}; run with {resets}, and all layers start together, as in SLAYER",)
    return (
        f"{early}; with {resets} all layers start together, as SLAYER's do with delay_shift=False; "
        "behind an Input block they start on the chip as in this model",
    )
