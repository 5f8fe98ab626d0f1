"""One unit of a Lava graph as one integer layer; or why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from lava.proc.conv.process import Conv
from numpy.typing import NDArray

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Neuron
from neuromorph_track.netx.graph import LARGEST_THRESHOLD, LayerKind
from neuromorph_track.profiling.lava.units import Hearing, Unit, Watched
from neuromorph_track.profiling.lava.weights import dense_weights

NETX_KINDS = ("cuba", "ilif", "delta", "sigma_delta", "sigma", "rf", "rf_iz")
SOURCE = "the Lava graph"
LARGEST_WEIGHT = 127


def to_layer(unit: Unit) -> Layer:
    """The unit's neurons and weights, axes in the order of a `.net`.

    Raises
    ------
    InputError
        When a `.net` has no layer like it.
    """
    if unit.neuron is None or unit.neuron.rule is None:
        raise refuse(unit, "neurons", "a process that is not profiled", "neurons that are known")
    shape = port_shape(unit.neuron.process.s_out)
    if unit.neuron.rule.kind not in NETX_KINDS:
        raise refuse(unit, "neurons", type(unit.neuron.process).__name__, "CUBA, SDNN, RF or ILIF neurons")
    if any(one.source is not None for one in unit.fed):
        raise refuse(unit, "a_in", "neurons that hear neurons directly", "synapses in between")
    neuron = _neuron(unit)
    if not unit.synapses:
        return Layer("input", shape, neuron)
    forward, recurrent = _split(unit)
    bias = _bias(unit, shape)
    if isinstance(forward.process, Conv):
        if recurrent is not None:
            raise refuse(unit, "synapses", "a recurrent convolution", "dense recurrent weights")
        return _conv(unit, forward, neuron, shape, bias)
    kind: LayerKind = "dense" if recurrent is None else "dense_rec"
    weight = _arranged(unit, forward)
    own = None if recurrent is None else _integers(recurrent)
    if len(shape) != 1:
        raise refuse(unit, "shape", str(shape), "dense layers of one axis")
    return Layer(kind, shape, neuron, weight=weight, weight_rec=own, bias=bias)


def rounded_weights(units: Sequence[Unit]) -> list[str]:
    """Names of the layers whose weights are no integers, and are taken as 8-bit ones."""
    return [unit.name for unit in units if any(_fraction(synapse) for synapse in unit.synapses)]


def forward_hearings(unit: Unit) -> list[Hearing]:
    """What the unit's synapses hear, besides its own neurons."""
    return [one for hearings in unit.hears for one in hearings if one.source is not unit]


def port_shape(port: Any) -> tuple[int, ...]:
    """Shape of a port's messages, from Lava's order (width, height, channel) into (C, H, W)."""
    return tuple(int(size) for size in port.shape[::-1])


def refuse(unit: Unit, field: str, found: str, expected: str) -> InputError:
    """Why a unit is no layer of a `.net`, to be raised."""
    return InputError(SOURCE, f"{unit.name}/{field}", found, expected)


def _split(unit: Unit) -> tuple[Watched, Watched | None]:
    """The synapse that hears others, and the one that hears the layer itself."""
    forward: list[Watched] = []
    recurrent: list[Watched] = []
    for synapse, hearings in zip(unit.synapses, unit.hears, strict=True):
        own = [one for one in hearings if one.source is unit]
        if own and len(own) < len(hearings):
            raise refuse(unit, "synapses", "a synapse that hears its own neurons and others", "two synapses")
        (recurrent if own else forward).append(synapse)
    if len(forward) != 1 or len(recurrent) > 1:
        found = f"{len(forward)} synapses from elsewhere and {len(recurrent)} of its own"
        raise refuse(unit, "synapses", found, "one from elsewhere and at most one of its own")
    if len(unit.outside) > 1 or (unit.outside and unit.sources):
        raise refuse(unit, "input", "a host's process beside others", "one of them")
    return forward[0], recurrent[0] if recurrent else None


def _neuron(unit: Unit) -> Neuron:
    assert unit.neuron is not None
    assert unit.neuron.rule is not None
    process, kind = unit.neuron.process, unit.neuron.rule.kind
    if kind == "ilif":
        return Neuron("ilif", "ILIF", _whole(process, "vth"), levels=_whole(process, "levels"))
    graded = kind in ("delta", "sigma_delta", "sigma")
    if kind != "cuba":
        names = {"rf": "RF_PHASE", "rf_iz": "RF"}
        return Neuron(kind, "SDNN" if graded else names[kind], _whole(process, "vth"))  # type: ignore[arg-type]
    # What decays how fast does not matter where nothing is run again; what may never fire does.
    return Neuron("cuba", "CUBA", min(_whole(process, "vth"), LARGEST_THRESHOLD))


def _whole(process: Any, name: str) -> int:
    variable = getattr(process, name, None)
    return 1 if variable is None else int(np.max(np.abs(np.asarray(variable.init, float)), initial=0))


def _bias(unit: Unit, shape: tuple[int, ...]) -> NDArray[np.int32] | None:
    """Per channel where it is the same within each, else per neuron; None where it is zero."""
    assert unit.neuron is not None
    process = unit.neuron.process
    variable = getattr(process, "bias_mant", getattr(process, "bias", None))
    if variable is None or not np.any(variable.init):
        return None
    given = np.broadcast_to(np.asarray(variable.init), shape[::-1]).T.astype(np.int32)
    flat = given.reshape(shape[0], -1)
    return flat[:, 0] if np.all(flat == flat[:, :1]) else given


def _conv(
    unit: Unit, synapse: Watched, neuron: Neuron, shape: tuple[int, ...], bias: NDArray[np.int32] | None
) -> Layer:
    process = synapse.process
    for one in forward_hearings(unit):
        size = int(np.prod(process.s_in.shape))
        if not np.array_equal(one.order, np.arange(size).reshape(process.s_in.shape)):
            raise refuse(unit, "s_in", "a map whose axes are turned or joined", "the map as it was sent")
    weight = _integers(synapse)[:, ::-1, ::-1].transpose(0, 3, 2, 1)
    stride, padding, dilation = (
        tuple(int(v) for v in np.ravel(getattr(process, name).init))[::-1]
        for name in ("stride", "padding", "dilation")
    )
    groups = int(np.ravel(process.groups.init)[0])
    return Layer(
        "conv",
        shape,
        neuron,
        weight=np.ascontiguousarray(weight),
        bias=bias,
        stride=stride,  # type: ignore[arg-type]
        padding=padding,  # type: ignore[arg-type]
        dilation=dilation,  # type: ignore[arg-type]
        groups=groups,
    )


def _arranged(unit: Unit, synapse: Watched) -> NDArray[np.int32]:
    """Dense weights with their columns in the order (C, H, W) of what they hear."""
    weight = _integers(synapse)
    arranged = []
    for one in forward_hearings(unit):
        order = one.order.reshape(-1)
        if one.source is None:
            arranged.append(weight)
            continue
        if not np.array_equal(np.sort(order), np.arange(weight.shape[1])):
            raise refuse(unit, "s_in", "spikes that are joined or left out", "all neurons, each once")
        assert one.source.neuron is not None
        sent = one.source.neuron.process.s_out.shape
        # Lava counts (width, height, channel), a `.net` (channel, height, width).
        place = np.empty(len(order), np.int64)
        place[np.arange(len(order)).reshape(sent).T.reshape(-1)] = np.arange(len(order))
        turned = np.empty_like(weight)
        turned[:, place[order]] = weight
        arranged.append(turned)
    if any(not np.array_equal(arranged[0], other) for other in arranged[1:]):
        raise refuse(unit, "s_in", "sources in several orders of axes", "one order")
    return arranged[0] if arranged else weight


def _integers(synapse: Watched) -> NDArray[np.int32]:
    """Weights as a `.net` holds them: shifted back where the chip's 8 bits were filled."""
    given = dense_weights(synapse)
    shifted = given * 2.0 ** min(0, int(np.ravel(_exponent(synapse))[0]))
    for candidate in (shifted, given):
        if np.array_equal(candidate, np.round(candidate)):
            return candidate.astype(np.int32)
    scaled = given * (LARGEST_WEIGHT / np.abs(given).max())
    # None that is there may vanish: mapping and counts follow the weights that are not zero.
    return np.where((given != 0) & (np.round(scaled) == 0), np.sign(given), np.round(scaled)).astype(np.int32)


def _fraction(synapse: Watched) -> bool:
    given = dense_weights(synapse)
    return not np.array_equal(given, np.round(given))


def _exponent(synapse: Watched) -> Any:
    variable = getattr(synapse.process, "weight_exp", None)
    return synapse.process.proc_params.get("weight_exp", 0) if variable is None else variable.init
