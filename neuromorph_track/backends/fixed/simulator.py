"""A network run in chunks of timesteps, with carried state and constant memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, Counts
from neuromorph_track.backends.fixed.ear import Ear
from neuromorph_track.backends.fixed.entry import Entry, runner_of
from neuromorph_track.backends.fixed.neurons import LARGEST_STATE
from neuromorph_track.backends.fixed.spikes import Spikes
from neuromorph_track.backends.fixed.steps import Steps
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Layer, Stage, chains, endings, stages
from neuromorph_track.netx.rewrite import rewritten

Engine = Literal["events", "dense"]


class FixedSimulator:
    """The integers of Lava's fixed-point process models, without Lava.

    In Lava each synapse hands its sums on one step later, so that layer ``l`` sees an input ``l``
    steps after it was fed and integrates its bias alone before. Here the layers are aligned: step
    ``t`` of the output belongs to input ``t``, and where branches join both are of one input. The
    steps that a layer runs before its first input are run at :meth:`reset` (``pipelined``); their
    spikes count with the first step.

    Parameters
    ----------
    network : Network or Graph
        Layers ``input``, ``conv``, ``dense``, ``dense_rec`` and ``flatten`` with delta, sigma-delta,
        sigma, CUBA and ILIF neurons.
    spike_exp : int or None
        Binary point of graded spikes; by default the contract's, or 6.
    reset_interval, reset_offset : int or None, int
        As in lava-dl's ``netx.hdf5.Network``, counted in aligned steps. CUBA and ILIF neurons only. lava-dl
        counts from the first neurons, so that a network that is fed at a synapse is reset a step early.
    pipelined : bool
        True for Lava and the chip; False for SLAYER, where all layers start together.
    device : str
        A PyTorch device.
    engine : str or None
        ``events`` follows the spikes (CPU only), ``dense`` computes every connection; the numbers
        are the same. By default ``events`` on the CPU. Delays and recurrence always run dense.
    listen_to : str or None
        Name of a stage whose spikes a host adds up: see :attr:`Steps.heard`.

    Raises
    ------
    InputError
        When the network holds a layer or neuron that the simulator does not know, or no stage of that name.
    """

    def __init__(
        self,
        network: AnyNetwork,
        *,
        spike_exp: int | None = None,
        reset_interval: int | None = None,
        reset_offset: int = 0,
        pipelined: bool = True,
        device: str = "cpu",
        engine: Engine | None = None,
        listen_to: str | None = None,
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
        for chain in chains(network):
            for index, layer in enumerate(chain.layers):
                _refuse_unknown(chain.source, index, layer)
        wired = stages(network)
        reset_offset -= pipelined and fed_at_a_synapse(wired)
        self._nothing = Activity.of(network)
        self.layers: list[Entry] = []
        for stage in wired:
            run = (spike_exp, reset_interval, reset_offset)
            runner = runner_of(stage, *run, by_events=engine == "events", device=place)
            self.layers.append(Entry(stage, runner))
        self._last_use = {source: at for at, stage in enumerate(wired) for source in stage.sources}
        self._endings = endings(network)
        self._read = {ending.stage for ending in self._endings.values()}
        for index in self._read:
            self.layers[index].runner.keeps_membrane = has_membrane(wired[index].layer)
        self._ear = None if listen_to is None else Ear(network, wired, listen_to)
        self.reset()

    @torch.inference_mode()
    def reset(self) -> None:
        """Set every state to zero and fill the pipeline again."""
        self._next_step, self._stale = 0, False
        for entry in self.layers:
            entry.reset()
        if self._ear is not None:
            self._ear.reset()
        if self.pipelined:
            self._fill_pipeline()

    @torch.inference_mode()
    def run(self, values: NDArray[np.int32], record: bool = False) -> Steps:
        """Run a chunk of timesteps.

        Parameters
        ----------
        values : ``(T, *input_shape)`` int32
            Per step: what a delta input layer is fed; the bias of a CUBA or ILIF input layer; spikes of a
            network without one.
        record : bool
            Keep what every layer sent.
        """
        expected = self.network.input_shape
        if values.shape[1:] != expected or not len(values):
            raise InputError(self.network.source, "input", f"shape {values.shape}", f"(T, *{expected})")
        if self._stale:
            self.reset()
        dense = torch.from_numpy(np.asarray(values, np.int32))
        fed = Spikes(expected, len(values), dense=dense)
        activity, recorded = [], []
        sent: dict[int, Spikes] = {}
        ends: dict[int, Spikes] = {}
        heard = None
        for index, entry in enumerate(self.layers):
            sources = entry.stage.sources
            arrived = entry.arrived([sent[source] for source in sources]) if sources else fed
            sent[index], counted = entry.run(arrived, self._next_step)
            activity.append(counted)
            if record:
                recorded.append(sent[index].dense.cpu().numpy())
            if self._ear is not None and index == self._ear.stage:
                heard = self._ear.hear(sent[index])
            if index in self._read:
                ends[index] = sent[index]
            for source in sources:
                if self._last_use[source] == index:
                    del sent[source]
        self._next_step += len(values)
        outputs = {
            name: self.layers[ending.stage].output(ends[ending.stage], ending.shape)
            for name, ending in self._endings.items()
        }
        counts = replace(self._nothing, layers=tuple(activity))
        return Steps(outputs, counts, tuple(recorded) if record else None, heard)

    def rewrite(self, stage: str, weight: NDArray[np.int32]) -> None:
        """Give a convolution other weights from the next step on, as a host writes them while the chip waits.

        All states stay, and so do the weights when these are reset. Before the first step the pipeline is
        filled again, with them. :attr:`network` remains what was given.

        Parameters
        ----------
        stage : str
            Its name in the activity, e.g. ``7 conv``.
        weight : (C_out, C_in / groups, kH, kW) int
            All weights of the layer.

        Raises
        ------
        InputError
            When there is no such convolution, or the weights do not fit it.
        """
        wired = [entry.stage for entry in self.layers]
        at, other = rewritten(self.network.source, wired, stage, weight)
        self.layers[at].rewrite(other)
        self._stale = self._next_step == 0

    def take_spikes_by_neuron(self) -> tuple[Counts, ...]:
        """How often each neuron of each stage spiked since this was last asked.

        Returns
        -------
        tuple of (neurons,) int64
            In (C, H, W) order. The steps that fill the pipeline count where the first step after them
            does, and resets keep what was counted. All zero for a head whose potential is read.
        """
        return tuple(entry.take_spikes() for entry in self.layers)

    def take_peaks(self) -> dict[str, float]:
        """Largest sum of each convolution since this was last asked, as a share of the 24-bit range.

        At 1 and above sums have wrapped, here as on the chip, and what follows is wrong: the network
        needs a lower ``spike_exp``. The first time, the steps that fill the pipeline count too.
        """
        return {
            entry.stage.name: entry.runner.take_peak() / LARGEST_STATE
            for entry in self.layers
            if entry.stage.layer.kind == "conv"
        }

    def _fill_pipeline(self) -> None:
        # A layer at depth d runs d steps before its first input: one without any input, then what the
        # layers before it sent in their own steps of that kind, the shorter branches later.
        sent: dict[int, Spikes] = {}
        for index, entry in enumerate(self.layers):
            if entry.stage.depth:
                sent[index] = entry.fill(sent)
                if self._ear is not None and index == self._ear.stage:
                    self._ear.hear(sent[index])


def fed_at_a_synapse(wired: Sequence[Stage]) -> bool:
    """Whether the first layers with neurons have synapses: an input layer may only tell the shape."""
    return wired[0].layer.has_synapses


def has_membrane(last: Layer) -> bool:
    """Whether a last layer keeps a membrane potential that a host would read."""
    return last.has_synapses and last.neuron is not None and last.neuron.kind in ("cuba", "ilif")


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
        expected = "CUBA, SDNN or ILIF neurons (resonators are not simulated)"
        raise InputError(source, f"{field}/neuron/type", layer.neuron.netx_type, expected)
    activation = layer.neuron.extra.get("activation", "relu")
    if activation != "relu":
        raise InputError(source, f"{field}/neuron/activation", repr(activation), "'relu'")
