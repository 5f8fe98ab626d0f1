"""From what the processes of a graph counted to an Activity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from lava.proc.conv.process import Conv
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, LayerActivity, NeuronSpikes
from neuromorph_track.netx import AnyNetwork, Graph, Stage, stages
from neuromorph_track.profiling.lava.counting import SYNAPSE_COLUMNS
from neuromorph_track.profiling.lava.units import Unit
from neuromorph_track.profiling.lava.weights import reach, stored_weights

Counts = NDArray[np.int64]


def count_units(units: Sequence[Unit], network: AnyNetwork | None, steps: int) -> Activity:
    """Counts of steps 1 to ``steps``, one entry per step of Lava's clock.

    All layers run from the first step on, as on the chip: a layer behind *d* synapses answers an input *d*
    steps late.

    Parameters
    ----------
    units : sequence of Unit
    network : Network or Graph or None
        What they are, if they could be expressed; the layers then follow its stages.
    steps : int
    """
    if network is None:
        layers = [_plain(f"{at} {unit.name}", unit, steps) for at, unit in enumerate(units)]
        order = list(range(len(units)))
    else:
        order = unit_order(network)
        layers = [
            LayerActivity.of(stage, _connections(units[at]), _table(units[at], steps))
            for at, stage in zip(order, stages(network), strict=True)
        ]
    complete = all(_kept(unit) == steps for unit in units)
    spikes = tuple(_spikes(units[at]) for at in order) if complete else None
    return Activity(
        layers=tuple(layers),
        steps_per_frame=1,
        input_values=_entering(units),
        output_values=_leaving(units),
        depth=max(_depths(units).values(), default=0),
        by_neuron=None if spikes is None else NeuronSpikes(spikes, tuple(map(np.zeros_like, spikes))),
    )


def in_one_frame(activity: Activity, steps: int) -> Activity:
    """The same with all its steps as one frame; what enters and leaves at every step adds up."""
    whole = activity.per_frame(steps)
    return Activity(
        whole.layers,
        steps,
        activity.input_values * steps,
        activity.output_values * steps,
        activity.depth,
        activity.by_neuron,
    )


def unit_order(network: AnyNetwork) -> list[int]:
    """Which unit each stage of the network is."""
    wired: Sequence[Stage] = stages(network)
    if isinstance(network, Graph):
        return [int(stage.name.partition("/")[0].removeprefix("layer")) for stage in wired]
    return list(range(len(wired)))


def _plain(name: str, unit: Unit, steps: int) -> LayerActivity:
    """A layer that is none of a `.net`."""
    rule = unit.neuron.rule if unit.neuron is not None else None
    neurons = int(np.prod(unit.neuron.process.s_out.shape)) if unit.neuron is not None else 0
    weights = [stored_weights(synapse) for synapse in unit.synapses]
    graded = rule is not None and rule.kind not in ("cuba", "rf", "rf_iz", "atrlif")
    connections = _connections(unit)
    return LayerActivity(
        name=name,
        kind=_kind(unit),
        neuron="none" if rule is None else rule.kind,
        neurons=neurons,
        weights=sum(part.size for part in weights),
        nonzero_weights=sum(int(np.count_nonzero(part)) for part in weights),
        macs=connections,
        graded=graded,
        neurons_in=sum(int(np.prod(synapse.process.s_in.shape)) for synapse in unit.synapses),
        nominal_macs=sum(_nominal(synapse.process) for synapse in unit.synapses),
        message_bits=16 if graded else 0,
        fires=rule is not None and rule.kind != "sigma",
        **_table(unit, steps),
    )


def _kind(unit: Unit) -> str:
    if not unit.synapses:
        return "input"
    return "conv" if any(isinstance(synapse.process, Conv) for synapse in unit.synapses) else "dense"


def _table(unit: Unit, steps: int) -> dict[str, Counts]:
    into = np.zeros((steps, len(SYNAPSE_COLUMNS)), np.int64)
    for synapse in unit.synapses:
        into += synapse.meter.rows[:steps]
    own = np.zeros((steps, 2), np.int64) if unit.neuron is None else unit.neuron.meter.rows[:steps]
    neurons = 0 if unit.neuron is None else int(np.prod(unit.neuron.process.s_out.shape))
    return {
        **{name: into[:, column].copy() for column, name in enumerate(SYNAPSE_COLUMNS)},
        "neuron_updates": np.full(steps, neurons, np.int64),
        "neuron_updates_changed": own[:, 1].copy(),
        "spikes_out": own[:, 0].copy(),
    }


def _spikes(unit: Unit) -> Counts:
    return np.zeros(0, np.int64) if unit.neuron is None else unit.neuron.meter.spikes.copy()


def _kept(unit: Unit) -> int:
    return 0 if unit.neuron is None else unit.neuron.meter.kept


def _connections(unit: Unit) -> int:
    return sum(int(reach(synapse).all.sum()) for synapse in unit.synapses)


def _nominal(process: Any) -> int:
    """Multiply-accumulates a step as papers count them: every output times the whole kernel."""
    outputs = int(np.prod(process.a_out.shape))
    if isinstance(process, Conv):
        return outputs * int(np.prod(process.weight.init.shape[1:]))
    return outputs * int(np.prod(process.s_in.shape))


def _entering(units: Sequence[Unit]) -> int:
    """Values that reach the layers, in a step, from processes that are not watched."""
    ports = {one.process: one.order.size for unit in units for one in unit.outside}
    return sum(ports.values())


def _leaving(units: Sequence[Unit]) -> int:
    """Values that processes that are not watched read in a step."""
    mine = {one.process for unit in units for one in (*unit.synapses, unit.neuron) if one is not None}
    processes = [unit.neuron.process for unit in units if unit.neuron is not None]
    return sum(
        int(np.prod(process.s_out.shape))
        for process in processes
        if any(port.process not in mine for port in process.s_out.get_dst_ports())
    )


def _depths(units: Sequence[Unit]) -> dict[Unit, int]:
    """Synapses between what is fed and each unit; a loop is not followed twice."""
    found: dict[Unit, int] = {}
    for unit in units:
        before = [found[source] for source in unit.sources if source in found]
        found[unit] = max(before, default=0) + bool(unit.synapses)
    return found
