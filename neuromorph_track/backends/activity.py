"""What a network did, in exact integers: spikes, synops and neuron updates per layer and frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx import AnyNetwork, Stage, endings, neurons_in, nominal_macs, stages

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class LayerActivity:
    """Counts of one layer; every array has one entry per frame, shape ``(F,)``, int64.

    Attributes
    ----------
    name : str
        Index and type, e.g. ``"3 conv"``.
    kind : str
        ``input``, ``conv``, ``dense``, ``dense_rec``, ``average`` or ``flatten``.
    neuron : str
        ``delta``, ``sigma_delta``, ``sigma``, ``cuba``, ``ilif``, ``rf``, ``rf_iz`` or
        ``none``.
    neurons : int
        Neurons of the layer.
    weights, nonzero_weights : int
        Stored weights (shared ones once), and those that are not zero.
    macs : int
        Multiply-accumulates of the dense twin per timestep: connections that lie inside the picture.
    graded : bool
        Whether spikes that leave the layer carry a payload.
    neurons_in : int
        Neurons that send to its synapses, its own included where it is recurrent; 0 without synapses.
    nominal_macs : int
        Multiply-accumulates per timestep as papers count them: every output times the whole kernel.
    message_bits : int
        Payload bits of a spike that leaves; 0 for a binary spike.
    spikes_in : (F,)
        Non-zero messages that arrived at the layer's synapses.
    synops : (F,)
        Non-zero weights applied because of them (one graded spike is one event).
    synops_all : (F,)
        The same with zero weights included, edges still exact.
    neuron_updates : (F,)
        Neurons visited: neurons x timesteps.
    neuron_updates_changed : (F,)
        Those whose state (current, potential, sum or the level last sent) is another one afterwards.
    spikes_out : (F,)
        Non-zero messages that left the layer's neurons.
    fires : bool
        Whether its neurons ever spike; heads whose potential is read do not.
    """

    name: str
    kind: str
    neuron: str
    neurons: int
    weights: int
    nonzero_weights: int
    macs: int
    graded: bool
    neurons_in: int
    nominal_macs: int
    message_bits: int
    spikes_in: Counts
    synops: Counts
    synops_all: Counts
    neuron_updates: Counts
    neuron_updates_changed: Counts
    spikes_out: Counts
    fires: bool = True

    @property
    def payload_bits(self) -> Counts:
        """Bits of graded payload that left, ``(F,)`` int64."""
        return self.spikes_out * self.message_bits

    @property
    def synops_nominal(self) -> NDArray[np.float64]:
        """Firing rate of the inputs x nominal MACs, ``(F,)``: what papers call synops; need not be whole."""
        return self.spikes_in * (self.nominal_macs / max(1, self.neurons_in))

    @classmethod
    def of(cls, stage: Stage, macs: int, counts: Mapping[str, Counts]) -> LayerActivity:
        """Describe a stage and add its ``counts``, by the names above.

        Parameters
        ----------
        stage : Stage
        macs : int
            Its ``connections``, which take time to count.
        counts : mapping of str to (F,) int64
            One for each of :attr:`Activity.COUNTS`.
        """
        layer, neuron = stage.layer, stage.layer.neuron
        assert neuron is not None
        weights = [w for w in (layer.weight, layer.weight_rec) if w is not None and layer.has_synapses]
        return cls(
            name=stage.name,
            kind=layer.kind,
            neuron=neuron.kind,
            neurons=layer.neurons,
            weights=sum(w.size for w in weights),
            nonzero_weights=sum(int(np.count_nonzero(w)) for w in weights),
            macs=macs,
            graded=neuron.graded,
            neurons_in=neurons_in(layer, stage.synapse_shape),
            nominal_macs=nominal_macs(layer),
            message_bits=neuron.output_message_bits if neuron.graded and neuron.fires else 0,
            fires=neuron.fires,
            **counts,
        )


class NeuronSpikes(NamedTuple):
    """Spikes of every neuron, layer by layer, each ``(neurons,)`` int64 in (C, H, W) order.

    Attributes
    ----------
    first : tuple of arrays
        In the first frame, with the steps that fill the pipeline.
    rest : tuple of arrays
        Summed over all frames after it.
    """

    first: tuple[Counts, ...]
    rest: tuple[Counts, ...]


@dataclass(frozen=True, repr=False)
class Activity:
    """Counts of a whole run.

    Attributes
    ----------
    layers : tuple of LayerActivity
        In the order of the network.
    steps_per_frame : int
        Timesteps the network runs for each frame.
    input_values, output_values : int
        Values that the host hands over and reads for each frame.
    depth : int
        Timesteps from a frame's first step to its effect on the output, besides ``steps_per_frame``.
    by_neuron : NeuronSpikes or None
        How often each neuron spiked, where that was recorded.
    input_events : bool
        Whether the host hands over events, and nothing of a pixel where none is: a frame's values are then
        the messages of the first layer, and ``input_values`` is what a dense machine is given.
    """

    layers: tuple[LayerActivity, ...]
    steps_per_frame: int
    input_values: int = 0
    output_values: int = 0
    depth: int = 0
    by_neuron: NeuronSpikes | None = None
    input_events: bool = False

    COUNTS = (
        "spikes_in",
        "synops",
        "synops_all",
        "neuron_updates",
        "neuron_updates_changed",
        "spikes_out",
    )

    @classmethod
    def of(cls, network: AnyNetwork) -> Activity:
        """What is known of a network's activity before it has run: no layers, one step a frame."""
        return cls(
            layers=(),
            steps_per_frame=1,
            input_values=int(np.prod(network.input_shape)),
            output_values=sum(int(np.prod(ending.shape)) for ending in endings(network).values()),
            depth=max(stage.depth for stage in stages(network)),
            input_events=network.contract is not None and network.contract.input.events is not None,
        )

    @property
    def frames(self) -> int:
        return len(self.layers[0].spikes_in) if self.layers else 0

    def __repr__(self) -> str:
        sums = (f"{self.total(name).sum():,} {name}" for name in ("spikes_out", "synops") if self.layers)
        return ", ".join([f"Activity: {len(self.layers)} layers, {self.frames} entries", *sums])

    def _repr_html_(self) -> str:
        sums = self.to_dataframe().drop(columns="entry").groupby("layer", sort=False).sum()
        return str(sums.to_html(border=0))

    def to_dataframe(self) -> DataFrame:
        """A ``pandas.DataFrame`` with a row for each entry (a frame, or a timestep) and layer.

        Columns: ``entry`` (from 0), ``layer``, and the counts by their names in :attr:`COUNTS`.
        """
        # It takes half a second, and only a notebook needs it.
        from pandas import DataFrame, concat

        each = [
            DataFrame(
                {"entry": range(self.frames), "layer": layer.name}
                | {name: getattr(layer, name) for name in self.COUNTS}
            )
            for layer in self.layers
        ]
        none = DataFrame(columns=["entry", "layer", *self.COUNTS])
        return concat(each, ignore_index=True) if each else none

    def per_frame(self, steps_per_frame: int) -> Activity:
        """Of counts with one entry per step, the sums over each frame's ``steps_per_frame`` steps."""
        layers = tuple(_summed(layer, steps_per_frame) for layer in self.layers)
        return replace(self, layers=layers, steps_per_frame=steps_per_frame)

    def first(self, entries: int) -> Activity:
        """The first so many entries; how often each neuron spiked is not known of them."""
        layers = tuple(
            replace(layer, **{count: getattr(layer, count)[:entries] for count in self.COUNTS})
            for layer in self.layers
        )
        return replace(self, layers=layers, by_neuron=None)

    def total(self, count: str) -> Counts:
        """Sum of one of :attr:`COUNTS` over the layers, per frame, shape ``(F,)``."""
        return np.sum([getattr(layer, count) for layer in self.layers], axis=0, dtype=np.int64)


def _summed(layer: LayerActivity, steps: int) -> LayerActivity:
    if steps == 1:
        return layer
    counts = {count: getattr(layer, count) for count in Activity.COUNTS}
    return replace(layer, **{name: table.reshape(-1, steps).sum(1) for name, table in counts.items()})
