"""The counts of a run, written out: loops over messages and weights, neurons before and after each step.

Of the package only the wiring is used (which layer hears which, and how late); what neurons do is
:mod:`tests.backends.lava_reference` and :mod:`tests.backends.ilif_reference`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.netx import AnyNetwork, Layer, Stage, stages
from tests.backends.ilif_reference import IntegerLif
from tests.backends.lava_reference import Cuba, SigmaDelta, Synapse, wrap24

Array = np.ndarray[Any, Any]


@dataclass
class Told:
    """What became of one layer; every list has an entry per step.

    Attributes
    ----------
    counts : list of (6,) int
        In the order of ``Activity.COUNTS``; steps before the first input are added to the first step.
    sent, changed : list of arrays of the layer's shape
        What neurons sent, and whether their state was another one afterwards; from the first input on.
    early : array of the layer's shape
        Spikes of each neuron in the steps before.
    """

    stage: Stage
    early: Array
    counts: list[Array] = field(default_factory=list)
    sent: list[Array] = field(default_factory=list)
    changed: list[Array] = field(default_factory=list)

    def spikes(self, steps: slice) -> Array:
        """How often each neuron spiked in some of the steps, ``(neurons,)``."""
        if not self.stage.layer.neuron.fires:
            return np.zeros(self.stage.layer.neurons, np.int64)
        early = self.early if steps.start in (None, 0) else 0
        return (np.count_nonzero(np.stack(self.sent)[steps], axis=0) + early).reshape(-1)


def tell(
    network: AnyNetwork,
    values: Array,
    *,
    spike_exp: int = 6,
    interval: int | None = None,
    offset: int = 0,
    pipelined: bool = True,
    writes: Mapping[int, Mapping[str, Array]] | None = None,
) -> list[Told]:
    """Run a network; arguments as of ``FixedSimulator``, and weights that layers get before some steps."""
    wired = stages(network)
    # In the pipeline resets are counted from the first neurons, which a synapse before them makes late.
    shift = int(pipelined and wired[0].layer.has_synapses)
    everything: list[list[Array]] = []
    told = []
    for stage in wired:
        early = stage.depth if pipelined else 0
        process = _Process(stage.layer, spike_exp)
        report = Told(stage, np.zeros(stage.layer.shape, np.int64))
        sent: list[Array] = []
        pending = np.zeros(6, np.int64)
        for step in range(-early, len(values)):
            new = (writes or {}).get(step, {}).get(stage.name)
            if new is not None:
                process.layer = replace(process.layer, weight=new)
            resets = interval is not None and (step + shift - offset) % interval == 0
            parts = list(_arriving(stage, everything, values, step))
            counts, spikes, changed = process.step(parts, stage.join, resets)
            sent.append(spikes)
            pending = pending + counts
            if step < 0:
                report.early += spikes != 0
                continue
            report.counts.append(pending)
            report.sent.append(spikes)
            report.changed.append(changed)
            pending = np.zeros(6, np.int64)
        everything.append(sent)
        told.append(report)
    return told


def _arriving(stage: Stage, sent: list[list[Array]], values: Array, step: int) -> Iterator[Array]:
    """Each source's messages of one step; a source that has not begun yet sends nothing."""
    if not stage.sources:
        yield values[step] if step >= 0 else np.zeros(values.shape[1:], np.int64)
    for source, shape in zip(stage.sources, stage.shapes, strict=True):
        begun = len(values) - len(sent[source])
        late = step >= begun
        yield sent[source][step - begun].reshape(shape) if late else np.zeros(shape, np.int64)


class _Process:
    """A layer: its synapses, its own spikes of the step before, and its neurons."""

    def __init__(self, layer: Layer, spike_exp: int) -> None:
        self.layer = layer
        self.cuba = layer.neuron.kind == "cuba"
        self.ilif = layer.neuron.kind == "ilif"
        self.neuron = (
            Cuba(layer) if self.cuba else IntegerLif(layer) if self.ilif else SigmaDelta(layer, spike_exp)
        )
        self.own = np.zeros(layer.shape, np.int64)
        self.past: list[Array] = []

    def step(self, parts: list[Array], join: str, resets: bool) -> tuple[Array, Array, Array]:
        """Counts, what was sent, and which neurons changed."""
        layer = self.layer
        arrived = np.concatenate(parts) if join == "concat" else sum(parts)
        before = self.state()
        if self.cuba and resets:
            self.neuron.u, self.neuron.v = np.zeros_like(self.neuron.u), np.zeros_like(self.neuron.v)
        if self.ilif and resets:
            self.neuron.reset()
        met = np.zeros(3, np.int64)
        if layer.has_synapses:
            for part in [arrived] if join == "concat" else parts:
                met += messages_met(layer, part)
            if layer.weight_rec is not None:
                met += dense_met(layer.weight_rec, self.own)
            sent = self.neuron.step(self.sums(arrived).reshape(layer.shape))
        elif self.cuba:
            # An input layer of leaky neurons is fed through its bias.
            self.neuron.bias = arrived.astype(np.int64) << 6
            sent = self.neuron.step(np.zeros_like(arrived))
        else:
            sent = self.neuron.step(arrived)
        self.own = sent
        changed = (self.state() != before).any(0)
        if self.cuba or self.ilif:
            changed = changed | (sent != 0)
        out = np.count_nonzero(sent) if layer.neuron.fires else 0
        return np.array([*met, sent.size, np.count_nonzero(changed), out]), sent, changed

    def state(self) -> Array:
        neuron = self.neuron
        if isinstance(neuron, Cuba):
            return np.stack([neuron.u, neuron.v])
        if isinstance(neuron, IntegerLif):
            return neuron.v[None].copy()
        # What the receiver has been told is the last activation less the residue.
        return np.stack([neuron.sigma, neuron.act - neuron.residue])

    def sums(self, arrived: Array) -> Array:
        layer = self.layer
        if layer.kind == "conv":
            return wrap24(Synapse(layer).conv(arrived))
        self.past.append(arrived.reshape(-1).astype(np.int64))
        sums = np.zeros(layer.neurons, np.int64)
        for out, source in np.argwhere(layer.weight):
            late = delay_of(layer, out, source)
            if late < len(self.past):
                sums[out] += int(layer.weight[out, source]) * self.past[-1 - late][source]
        if layer.weight_rec is not None:
            sums += layer.weight_rec.astype(np.int64) @ self.own
        return sums


def delay_of(layer: Layer, out: int, source: int) -> int:
    delay = layer.delay
    if delay is None:
        return 0
    if delay.size == 1:
        return int(delay.reshape(-1)[0])
    if delay.ndim == 2:
        return int(delay[out, source])
    return int(delay[out if len(delay) == layer.neurons else source])


def messages_met(layer: Layer, messages: Array) -> Array:
    """Messages, weights that they meet which are not zero, and all weights that they meet."""
    assert layer.weight is not None
    if layer.kind != "conv":
        return dense_met(layer.weight, messages)
    met = np.zeros(3, np.int64)
    outputs, per_group, *kernel = layer.weight.shape
    per_out = outputs // layer.groups
    for channel, row, column in np.argwhere(messages):
        group, within = divmod(int(channel), per_group)
        met[0] += 1
        for out, i, j in np.ndindex(per_out, *kernel):
            down, row_off = divmod(row + layer.padding[0] - i * layer.dilation[0], layer.stride[0])
            right, column_off = divmod(column + layer.padding[1] - j * layer.dilation[1], layer.stride[1])
            inside = 0 <= down < layer.shape[1] and 0 <= right < layer.shape[2]
            if inside and not row_off and not column_off:
                met[1] += layer.weight[group * per_out + out, within, i, j] != 0
                met[2] += 1
    return met


def dense_met(weight: Array, messages: Array) -> Array:
    met = np.zeros(3, np.int64)
    for source in np.flatnonzero(messages):
        met += 1, sum(int(row[source] != 0) for row in weight), len(weight)
    return met


def assert_counts(found: Activity, told: list[Told]) -> None:
    """Every field of every layer, one entry per step."""
    assert len(found.layers) == len(told)
    for layer, expected in zip(found.layers, told, strict=True):
        table = np.stack([getattr(layer, count) for count in Activity.COUNTS], 1)
        np.testing.assert_array_equal(table, np.stack(expected.counts), err_msg=layer.name)
        _assert_described(layer, expected.stage)


def _assert_described(found: LayerActivity, stage: Stage) -> None:
    layer, neuron = stage.layer, stage.layer.neuron
    synapses = [part for part in (layer.weight, layer.weight_rec) if part is not None and layer.has_synapses]
    shape = stage.synapse_shape
    edges = messages_met(layer, np.ones(shape))[2] if synapses else 0
    own = 0 if layer.weight_rec is None else layer.weight_rec.size
    kernel = int(np.prod(layer.weight.shape[1:])) if synapses else 0
    heard = int(np.prod(shape)) + (layer.neurons if own else 0) if synapses else 0
    payload = {"cuba": 0, "ilif": len(f"{neuron.levels:b}") if neuron.levels > 1 else 0}.get(neuron.kind, 16)
    bits = {None: payload}.get(neuron.message_bits, neuron.message_bits)
    expected = {
        "name": stage.name,
        "kind": layer.kind,
        "neuron": neuron.kind,
        "neurons": layer.neurons,
        "weights": sum(part.size for part in synapses),
        "nonzero_weights": sum(int((part != 0).sum()) for part in synapses),
        "macs": edges + own,
        "graded": neuron.kind != "cuba" and neuron.levels != 1,
        "neurons_in": heard,
        "nominal_macs": layer.neurons * kernel + own,
        "message_bits": bits if neuron.kind in ("delta", "sigma_delta", "ilif") else 0,
        "fires": neuron.kind == "ilif" or (neuron.kind != "sigma" and neuron.threshold < 1 << 17),
    }
    assert {name: getattr(found, name) for name in expected} == expected
    np.testing.assert_array_equal(found.payload_bits, found.spikes_out * expected["message_bits"])
    if heard:
        nominal = found.spikes_in * expected["nominal_macs"] / heard
        np.testing.assert_allclose(found.synops_nominal, nominal, rtol=1e-12)
