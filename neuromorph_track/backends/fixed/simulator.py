"""A chain of layers run in chunks of timesteps, with carried state and constant memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.backends.fixed.dense_layer import DenseLayer
from neuromorph_track.backends.fixed.event_layer import EventLayer, runs_on_events
from neuromorph_track.backends.fixed.neurons import LARGEST_STATE
from neuromorph_track.backends.fixed.spikes import Spikes
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, connections

Engine = Literal["events", "dense"]


@dataclass(frozen=True)
class Steps:
    """What a chunk of timesteps gave.

    Attributes
    ----------
    output : (T, *output_shape) int32
        What the last layer sent; of a sigma head its potential.
    activity : Activity
        Counts with one entry per step.
    spikes : tuple of (T, *shape) int32, or None
        What each layer sent, where it was asked for.
    membrane : (T, *output_shape) int32, or None
        Membrane potential ``v`` of a last layer of CUBA neurons after each step: the value of a
        head that is not meant to fire.
    """

    output: NDArray[np.int32]
    activity: Activity
    spikes: tuple[NDArray[np.int32], ...] | None = None
    membrane: NDArray[np.int32] | None = None


class FixedSimulator:
    """The integers of Lava's fixed-point process models, without Lava.

    In Lava each synapse hands its sums on one step later, so that layer ``l`` sees an input ``l``
    steps after it was fed and integrates its bias alone before. Here the layers are aligned: step
    ``t`` of the output belongs to input ``t``. The steps that a layer runs before its first input
    are run at :meth:`reset` (``pipelined``); their spikes count with the first step.

    Parameters
    ----------
    network : Network
        Layers ``input``, ``conv``, ``dense``, ``dense_rec`` and ``flatten`` with delta, sigma-delta,
        sigma and CUBA neurons.
    spike_exp : int or None
        Binary point of graded spikes; by default the contract's, or 6.
    reset_interval, reset_offset : int or None, int
        As in lava-dl's ``netx.hdf5.Network``, counted in aligned steps. CUBA neurons only. lava-dl
        counts from the first neurons, so that a network that is fed at a synapse is reset a step early.
    pipelined : bool
        True for Lava and the chip; False for SLAYER, where all layers start together.
    device : str
        A PyTorch device.
    engine : str or None
        ``events`` follows the spikes (CPU only), ``dense`` computes every connection; the numbers
        are the same. By default ``events`` on the CPU. Delays and recurrence always run dense.

    Raises
    ------
    InputError
        When the network holds a layer or neuron that the simulator does not know.
    """

    def __init__(
        self,
        network: Network,
        *,
        spike_exp: int | None = None,
        reset_interval: int | None = None,
        reset_offset: int = 0,
        pipelined: bool = True,
        device: str = "cpu",
        engine: Engine | None = None,
    ) -> None:
        if spike_exp is None:
            spike_exp = network.contract.spike_exp if network.contract else 6
        self.network = network
        self.pipelined = pipelined
        place = torch.device(device)
        if engine is None:
            engine = "events" if place.type == "cpu" else "dense"
        if engine not in ("events", "dense") or (engine == "events" and place.type != "cpu"):
            expected = "events (on the CPU) or dense"
            raise InputError("simulator", "engine", f"{engine!r} on {device}", expected)
        reset_offset -= pipelined and fed_at_a_synapse(network)
        self.layers: list[_Entry] = []
        shape = network.input_shape
        for index, layer in enumerate(network.layers):
            _refuse_unknown(network.source, index, layer)
            if layer.kind != "flatten" and layer.neuron is not None:
                common = (layer, shape, spike_exp, reset_interval, reset_offset)
                runner = (
                    EventLayer(*common)
                    if engine == "events" and runs_on_events(layer)
                    else DenseLayer(*common, place)
                )
                sized = (int(np.prod(shape)),) if layer.kind != "conv" and layer.has_synapses else shape
                self.layers.append(
                    _Entry(layer, runner, network.name(index), shape, connections(layer, sized))
                )
            if layer.kind != "flatten":
                # A dense layer takes the map before it is flattened: events lie in the map's order.
                shape = layer.shape
        self._shows_membrane = has_membrane(self.layers[-1].layer)
        self.layers[-1].runner.keeps_membrane = self._shows_membrane
        self.reset()

    @torch.inference_mode()
    def reset(self) -> None:
        """Set every state to zero and fill the pipeline again."""
        self._next_step = 0
        for entry in self.layers:
            entry.runner.reset()
        self._warm_up: list[_Counts | None] = [None] * len(self.layers)
        if self.pipelined:
            self._fill_pipeline()

    @torch.inference_mode()
    def run(self, values: NDArray[np.int32], record: bool = False) -> Steps:
        """Run a chunk of timesteps.

        Parameters
        ----------
        values : (T, *input_shape) int32
            Per step: what a delta input layer is fed; the bias of a CUBA input layer; spikes of a
            network without one.
        record : bool
            Keep what every layer sent.
        """
        expected = self.network.input_shape
        if values.shape[1:] != expected or not len(values):
            raise InputError(self.network.source, "input", f"shape {values.shape}", f"(T, *{expected})")
        dense = torch.from_numpy(np.asarray(values, np.int32))
        x = Spikes(expected, len(values), dense=dense)
        activity, recorded = [], []
        for index, entry in enumerate(self.layers):
            x, counts = entry.run(x, self._next_step)
            warm_up = self._warm_up[index]
            if warm_up is not None:
                counts.add_to_first(warm_up)
                self._warm_up[index] = None
            activity.append(entry.activity(counts))
            if record:
                recorded.append(x.dense.cpu().numpy())
        self._next_step += len(values)
        shape = (len(values), *self.network.output_shape)
        output = x.dense.reshape(shape).cpu().numpy()
        membrane = self.layers[-1].runner.membrane.reshape(shape) if self._shows_membrane else None
        return Steps(output, Activity(tuple(activity), 1), tuple(recorded) if record else None, membrane)

    def take_peaks(self) -> dict[str, float]:
        """Largest sum of each convolution since this was last asked, as a share of the 24-bit range.

        At 1 and above sums have wrapped, here as on the chip, and what follows is wrong: the network
        needs a lower ``spike_exp``. The first time, the steps that fill the pipeline count too.
        """
        return {
            entry.name: entry.runner.take_peak() / LARGEST_STATE
            for entry in self.layers
            if entry.layer.kind == "conv"
        }

    def _fill_pipeline(self) -> None:
        # Layer l runs l steps before its first input: one without any input, then what the layer
        # before sent in its own steps of that kind.
        before: Spikes | None = None
        for index, entry in enumerate(self.layers):
            if not entry.layer.has_synapses:
                continue
            steps = 1 if before is None else before.steps + 1
            arrived = torch.zeros(steps, *entry.input_shape, dtype=torch.int32)
            if before is not None:
                arrived[1:] = before.dense.reshape(steps - 1, *entry.input_shape)
            before, self._warm_up[index] = entry.run(Spikes(entry.input_shape, steps, dense=arrived), -steps)


class _Counts(NamedTuple):
    """Counts of one layer, each ``(T,)`` int64."""

    spikes_in: NDArray[np.int64]
    synops: NDArray[np.int64]
    synops_all: NDArray[np.int64]
    neuron_updates: NDArray[np.int64]
    spikes_out: NDArray[np.int64]

    def add_to_first(self, other: _Counts) -> None:
        for mine, theirs in zip(self, other, strict=True):
            mine[0] += theirs.sum()


class _Entry(NamedTuple):
    """A layer of the network and what runs it."""

    layer: Layer
    runner: EventLayer | DenseLayer
    name: str
    input_shape: tuple[int, ...]
    macs: int

    def run(self, arrived: Spikes, first_step: int) -> tuple[Spikes, _Counts]:
        sent, into = self.runner.run(arrived, first_step)
        updates = np.full(sent.steps, self.layer.neurons, np.int64)
        # A sigma head keeps its potential for the host to read; it sends no spike.
        is_head = self.layer.neuron is not None and self.layer.neuron.kind == "sigma"
        out = np.zeros(sent.steps, np.int64) if is_head else sent.number()
        spikes, synops, synops_all = into.T.copy()
        return sent, _Counts(spikes, synops, synops_all, updates, out)

    def activity(self, counts: _Counts) -> LayerActivity:
        return LayerActivity.of(self.layer, self.name, self.macs, counts._asdict())


def fed_at_a_synapse(network: Network) -> bool:
    """Whether the first layer with neurons has synapses: an input layer may only tell the shape."""
    return next((layer.has_synapses for layer in network.layers if layer.neuron is not None), False)


def has_membrane(last: Layer) -> bool:
    """Whether a last layer keeps a membrane potential that a host would read."""
    return last.has_synapses and last.neuron is not None and last.neuron.kind == "cuba"


def _refuse_unknown(source: str, index: int, layer: Layer) -> None:
    field = f"layer/{index}"
    if layer.kind == "average":
        raise InputError(
            source, f"{field}/type", "'average'", "conv, dense, dense_rec or flatten (the host averages)"
        )
    if layer.kind == "conv" and layer.delay is not None:
        raise InputError(source, f"{field}/delay", "delays of a convolution", "none: NetX ignores them")
    if layer.neuron is None:
        return
    if layer.neuron.kind in ("rf", "rf_iz"):
        expected = "CUBA or SDNN neurons (resonators are not simulated)"
        raise InputError(source, f"{field}/neuron/type", layer.neuron.netx_type, expected)
    activation = layer.neuron.extra.get("activation", "relu")
    if activation != "relu":
        raise InputError(source, f"{field}/neuron/activation", repr(activation), "'relu'")
