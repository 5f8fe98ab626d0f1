"""One synapse and one population become one layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from neuromorph_track.netx.graph import LARGEST_THRESHOLD, Layer, Neuron
from neuromorph_track.netx.nir.convolution import Convolution
from neuromorph_track.netx.nir.dense import Dense, per_channel
from neuromorph_track.netx.nir.dynamics import Dynamics
from neuromorph_track.netx.nir.integers import (
    BETWEEN_STATES,
    LARGEST_WEIGHT,
    FloatLayer,
    IntegerLayer,
    quantise,
)
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.nir.report import LayerReport, Rounded, Rounding
from neuromorph_track.netx.nir.unit import Part, in_one_unit
from neuromorph_track.netx.nir.values import Values
from neuromorph_track.netx.validate import MAX_DECAY, MAX_DELAY

STATE_FRACTION = 64
# Of what a state loses in a step, in 4096ths: a state that lives for millions of steps stands for all.
NEGLIGIBLE_DECAY = 1e-3
# Where weights have fewer steps than 6 bits and a sign, or as many are lost, spikes will not stay where they
# were. Of normally distributed weights whose largest is 127, 1 or 2 % become 0.
COARSE = 32
MANY_VANISHED = 0.05


@dataclass(frozen=True)
class MadeLayer:
    """A layer, what is to be reported about it, and the unit of its membrane where that is read."""

    layer: Layer
    report: LayerReport
    membrane_scale: float | None
    warnings: tuple[str, ...]


def make_layer(part: Part) -> MadeLayer:
    """Fold the neurons' constants into the weights, round, and say what that cost.

    Raises
    ------
    Refused
        When neurons of one layer need what NetX has only once for a layer.
    """
    current = _decay(part.dynamics.keep_u)
    voltage = _decay(part.dynamics.keep_v)
    floats, warnings = in_one_unit(part, current.got, voltage.got)
    made = quantise(floats, part.hint)
    if part.values is not None:
        if current.got < MAX_DECAY:
            raise Refused("a synaptic current driven by numbers", "LIF, IF or LI neurons there, or spikes")
        # The current adds up what the encoder sends, and so stays at the value itself.
        current = Rounded(0.0, 0)
    neuron = Neuron("cuba", "CUBA", made.threshold, current.got, voltage.got)
    kind = "conv" if isinstance(part.synapse, Convolution) else "dense" if _alone(made) else "dense_rec"
    layer = _layer(part, made, neuron)
    report = LayerReport(
        f"{part.index} {kind}",
        part.nodes,
        made.rounding,
        None if made.wanted_threshold is None else Rounded(made.wanted_threshold, made.threshold),
        current,
        voltage,
        _largest_sum(made, floats, current.got if part.values is None else MAX_DECAY),
    )
    reads_membrane = part.dynamics.threshold is None
    scale = 1 / (made.rounding.scale * floats.input_unit * STATE_FRACTION) if reads_membrane else None
    if part.dynamics.spread * MAX_DECAY > 0.5:
        warnings.append(f"decays of neurons differ by up to {part.dynamics.spread * MAX_DECAY:.2g} / 4096")
    # What a file of ours holds has been integers before.
    if part.hint is None and (floats.leaky or not made.rounding.exact):
        warnings += _resolution(made)
    return MadeLayer(layer, report, scale, (*warnings, *_remarks(report, made, floats.leaky)))


def make_input(nodes: tuple[str, ...], shape: tuple[int, ...], found: Dynamics, values: Values) -> MadeLayer:
    """An input layer whose neurons take numbers as their bias.

    Raises
    ------
    Refused
        When the neurons are not one population of LIF or IF.
    """
    gain = per_channel(found.gain, "r") if len(shape) == 3 else found.gain
    if found.threshold is None or found.keep_u or np.any(found.constant):
        raise Refused("input neurons with a current, a leak potential or no threshold", "IF or LIF neurons")
    threshold = per_channel(found.threshold, "v_threshold") if len(shape) == 3 else found.threshold
    if gain.min() <= 0 or np.ptp(threshold / gain) > 1e-6 * (threshold / gain).max():
        raise Refused("input neurons that differ", "one threshold and one r for all")
    unit = float(1 << values.fraction_bits)
    wanted = float((threshold / gain)[0]) * unit
    limit, voltage = Rounded(wanted, round(wanted)), _decay(found.keep_v)
    neuron = Neuron("cuba", "CUBA", limit.got, MAX_DECAY, voltage.got)
    none = Rounded(float(MAX_DECAY), MAX_DECAY)
    report = LayerReport("0 input", nodes, Rounding(unit), limit, none, voltage, 0.0)
    return MadeLayer(Layer("input", shape, neuron=neuron), report, None, ())


def _alone(made: IntegerLayer) -> bool:
    return len(made.weights) == 1


def _decay(keep: float) -> Rounded:
    wanted = (1 - keep) * MAX_DECAY
    return Rounded(wanted, round(wanted))


def _layer(part: Part, made: IntegerLayer, neuron: Neuron) -> Layer:
    if isinstance(part.synapse, Convolution):
        conv = part.synapse
        return Layer(
            "conv",
            part.shape,
            neuron=neuron,
            weight=made.weights[0],
            bias=made.bias,
            stride=conv.stride,
            padding=conv.padding,
            dilation=conv.dilation,
            groups=conv.groups,
        )
    return Layer(
        "dense" if _alone(made) else "dense_rec",
        (len(made.weights[0]),),
        neuron=neuron,
        weight=made.weights[0],
        weight_rec=None if _alone(made) else made.weights[1],
        bias=made.bias,
        delay=_delays(part.synapse),
    )


def _delays(synapse: Dense) -> np.ndarray | None:
    if synapse.delay is None:
        return None
    if synapse.delay.max() > MAX_DELAY:
        raise Refused(f"a delay of {synapse.delay.max()} timesteps", f"at most {MAX_DELAY}")
    delay = synapse.delay.astype(np.int32)
    if np.all(delay == delay[:, :1]):
        return delay[:, 0]
    if np.all(delay == delay[:1]) and delay.shape[0] != delay.shape[1]:
        # Of a square matrix NetX takes one delay per neuron for the outputs'.
        return delay[0]
    return delay


def _largest_sum(made: IntegerLayer, floats: FloatLayer, decay: int) -> float:
    rows = sum(np.abs(w.astype(np.int64)).reshape(len(w), -1).sum(1) for w in made.weights)
    gathered = MAX_DECAY / decay if decay else math.inf
    return float(np.max(rows)) * floats.largest_input * floats.input_unit * gathered / LARGEST_THRESHOLD


def _remarks(report: LayerReport, made: IntegerLayer, leaky: bool) -> list[str]:
    remarks = []
    if made.rounding.clipped:
        total = sum(weight.size for weight in made.weights)
        remarks.append(
            f"{made.rounding.clipped} of {total} weights are clipped: the threshold is small beside them"
        )
    if made.rounding.bias_error > 1:
        remarks.append(f"biases are clipped, by up to {made.rounding.bias_error:.3g} of their integers")
    if report.largest_sum >= 1:
        remarks.append(_can_wrap(report.largest_sum))
    for name, decay in (("current", report.current_decay), ("voltage", report.voltage_decay)):
        if decay.got == 0 and decay.wanted > NEGLIGIBLE_DECAY:
            remarks.append(f"the {name} would decay by {decay.wanted:.2g} / 4096 a step and does not")
    threshold = report.threshold
    if threshold is not None and not leaky and _all_whole(made.rounding) and -1 < threshold.error <= 0:
        # No sum of integers lies between this threshold and the one that was wanted.
        threshold = None
    if threshold is not None and abs(threshold.error) > max(0.05 * threshold.wanted, BETWEEN_STATES):
        remarks.append(f"the threshold is {threshold.got}, not {threshold.wanted:.3g}")
    return remarks


def _all_whole(rounding: Rounding) -> bool:
    return rounding.exact and rounding.bias_error <= BETWEEN_STATES


def _can_wrap(largest_sum: float) -> str:
    if math.isinf(largest_sum):
        return "a current that never decays can grow beyond its 24 bits, and wraps there"
    return f"if everything spikes at once, sums reach {largest_sum:.3g} times what 24 bits hold, and wrap"


def _resolution(made: IntegerLayer) -> list[str]:
    """Whether rounding leaves of the weights what makes them a network."""
    largest = max(int(np.abs(weight).max()) for weight in made.weights)
    vanished = made.rounding.vanished
    left = vanished + sum(int(np.count_nonzero(weight)) for weight in made.weights)
    if not left or (largest >= COARSE and vanished <= MANY_VANISHED * left):
        return []
    return [
        f"weights are coarse: the largest is {largest} of {LARGEST_WEIGHT}, and {vanished} of {left} became 0"
    ]
