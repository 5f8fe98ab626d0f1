"""What is priced, how its events are counted, what it holds, and where the numbers come from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from neuromorph_track.hardware.fields import Strict, Text
from neuromorph_track.hardware.quantity import Count, Ratio

Boundary = Literal["core", "chip", "module", "board", "wall"]
Kind = Literal["event_driven", "manycore", "dense", "gpu", "cpu"]
SynopDefinition = Literal["nonzero_weight", "all_weights_edge_aware", "nominal", "dense_mac"]
FirstLayer = Literal["synops", "macs"]
PlacementRule = Literal["columns", "fill"]


class Identity(Strict):
    """What is priced, and where the meter (or the estimate) draws its line.

    Attributes
    ----------
    id : str
        The profile's name in commands and results.
    name : str
        The same for people.
    kind : str
        What sort of machine it is.
    boundary : str
        What lies inside the figures; those of two boundaries are not the same quantity.
    vendor, process : str or None
    revision : str or None
        When the numbers were last looked at.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)
    name: Text
    kind: Kind
    boundary: Boundary
    vendor: Text | None = None
    process: Text | None = None
    revision: Text | None = None


class Counting(Strict):
    """How the chip's own counters define an event.

    Attributes
    ----------
    synop : str
        ``nonzero_weight`` or ``all_weights_edge_aware``: weights applied because of a spike, without or
        with those that are zero. ``nominal``: firing rate x MACs of the layer, edges and stride left aside,
        as papers count. ``dense_mac``: every connection in every timestep, spike or not.
    neuron_update_passes : int
        Updates the chip counts for one neuron in one timestep. Prices and times are per neuron and
        timestep, whatever the chip counts.
    graded_spikes : bool
        Whether one spike can carry a payload.
    first_layer : str
        ``macs``: what the first synapses are fed is a picture, priced with ``energy.mac`` for each nominal
        connection in every timestep, as papers do. ``synops``: as any other layer.
    """

    synop: SynopDefinition
    neuron_update_passes: int = Field(default=1, ge=1, strict=True)
    graded_spikes: bool = True
    first_layer: FirstLayer = "synops"


class Resources(Strict):
    """What a board, a chip and a core hold.

    Attributes
    ----------
    chips : Quantity or None
        Per board.
    cores : Quantity or None
        Per chip, those a network can use.
    neurons_per_core : Quantity or None
    synapse_words_per_core : Quantity or None
        Words of 64 bits for weights.
    axons_in_per_core, axons_out_per_core : Quantity or None
        Distinct sources of a core's spikes; distinct (neuron, destination core) pairs.
    weight_bits : Quantity or None
        Widest weight, with its sign; of a dense machine the width of its operands.
    message_bits : Quantity or None
        Widest payload.
    """

    chips: Count | None = None
    cores: Count | None = None
    neurons_per_core: Count | None = None
    synapse_words_per_core: Count | None = None
    axons_in_per_core: Count | None = None
    axons_out_per_core: Count | None = None
    weight_bits: Count | None = None
    message_bits: Count | None = None


class Mapping(Strict):
    """How layers are cut to cores.

    Attributes
    ----------
    rule : str
        ``columns``: NetX's cut of a map, as wide as a power of two allows, over its full height and all
        channels. ``fill``: neurons in their order, each core filled before the next.
    shared_kernels : bool
        Whether a core keeps a convolution's kernel once for all its neurons.
    """

    rule: PlacementRule = "fill"
    shared_kernels: bool = True


class Spread(Strict):
    """What moves all prices of one chip together: board, supply voltage, temperature.

    Attributes
    ----------
    chip : Quantity or None
        P95 over P5 of one deterministic workload from chip to chip.
    """

    chip: Ratio | None = None


class Source(Strict):
    """Where numbers come from.

    Attributes
    ----------
    id : str
        What quantities name.
    cite : str
        A citation that a reader can find, with the path by which the numbers came where that was not direct.
    url : str or None
    """

    id: Text
    cite: Text
    url: Text | None = None
