"""Why a network does not fit on a chip: layers that ask for what its cores or spikes do not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from neuromorph_track.hardware.mapping.demand import LayerDemand
from neuromorph_track.hardware.mapping.limits import Limits, limits_of
from neuromorph_track.hardware.mapping.placement import LayerPlacement, Problem
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.netx import Layer, Stage


def layer_problems(
    wired: Sequence[Stage], placed: Sequence[LayerPlacement], profile: HardwareProfile
) -> list[Problem]:
    """What is wrong with single layers, in their order, then with the spikes between them."""
    limits = limits_of(profile)
    found: list[Problem] = []
    for stage, where in zip(wired, placed, strict=True):
        if where.cores:
            one = list(_one_neuron(stage, limits))
            # Too much of one neuron is too much of a core.
            found += one or _full_cores(where, limits)
            found += _wide_weights(stage, where, profile)
    return found + list(_spikes(wired, profile))


def _one_neuron(stage: Stage, limits: Limits) -> Iterator[Problem]:
    demand = LayerDemand(stage.layer, limits).of_one()
    if limits.words is not None and demand.words > limits.words:
        most = _inputs(stage.layer) * limits.words // demand.words
        yield Problem(
            stage.name,
            f"{demand.words:,} synapse words for one neuron",
            f"{limits.words:,} words on a core",
            f"would fit with at most {_most_inputs(stage.layer, most)}",
        )
    if limits.axons_in is not None and demand.axons_in > limits.axons_in:
        yield Problem(
            stage.name,
            f"{demand.axons_in:,} sources for one neuron",
            f"{limits.axons_in:,} axons into a core",
            f"would fit with at most {_most_inputs(stage.layer, limits.axons_in)}",
        )


def _inputs(layer: Layer) -> int:
    """Inputs of one neuron, its own layer's where that is recurrent."""
    assert layer.weight is not None
    return int(np.prod(layer.weight.shape[1:])) + (0 if layer.weight_rec is None else layer.neurons)


def _most_inputs(layer: Layer, most: int) -> str:
    assert layer.weight is not None
    if layer.kind != "conv":
        return f"{most:,} inputs to a neuron instead of {_inputs(layer):,}"
    height, width = layer.weight.shape[2:]
    channels = most // (height * width)
    if not channels:
        return f"{most:,} weights in a kernel instead of {_inputs(layer):,}"
    return f"{channels:,} input channels to a {height} x {width} kernel instead of {layer.weight.shape[1]:,}"


def _full_cores(where: LayerPlacement, limits: Limits) -> list[Problem]:
    """Axons that leave a core: no cut looks at those of the columns rule, or of recurrent spikes."""
    most = limits.axons_out
    if most is None or where.axons_out <= most:
        return []
    neurons = max(1, where.core_neurons * most // where.axons_out)
    found = f"{where.axons_out:,} axons out of a core"
    remedy = f"would fit with about {neurons:,} of its neurons on a core instead of {where.core_neurons:,}"
    return [Problem(where.name, found, f"{most:,}", remedy)]


def _wide_weights(stage: Stage, where: LayerPlacement, profile: HardwareProfile) -> Iterator[Problem]:
    limit = profile.resources.weight_bits
    if limit is None or where.weight_bits <= limit.si[1]:
        return
    assert stage.layer.weight is not None
    used = int(np.bitwise_or.reduce(stage.layer.weight, axis=None))
    # Each bit less doubles the step between weights.
    step = (used & -used) << (where.weight_bits - int(limit.si[1]))
    yield Problem(
        stage.name,
        f"weights of {where.weight_bits} bits",
        f"{limit.si[1]:.0f} bits",
        f"would fit with weights rounded to multiples of {step}",
    )


def _spikes(wired: Sequence[Stage], profile: HardwareProfile) -> Iterator[Problem]:
    """Payloads that the chip's spikes cannot carry; neighbours with one fault are told together."""
    heard = {source for stage in wired for source in stage.sources}
    limit = profile.resources.message_bits

    def payload(index: int) -> tuple[int, bool]:
        """Bits that are too many, and whether a binary point could be moved to save some."""
        neuron = wired[index].layer.neuron
        assert neuron is not None
        if not neuron.graded or index not in heard:
            return 0, False
        wide = limit is not None and neuron.output_message_bits > limit.si[1]
        bits = neuron.output_message_bits if wide or not profile.counting.graded_spikes else 0
        return bits, neuron.sends_changes

    for (width, has_point), group in groupby(range(len(wired)), payload):
        names = [wired[index].name for index in group]
        if not width:
            continue
        layers = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        if not profile.counting.graded_spikes:
            remedy = "would run with leaky (CUBA) neurons"
            yield Problem(layers, f"spikes that carry {width} bits", "binary spikes", remedy)
            continue
        assert limit is not None
        most = int(limit.si[1])
        remedy = f"would fit with at most {(1 << most) - 1} levels"
        if has_point:
            remedy = f"would fit with message_bits {most} and a spike_exp lower by {width - most}"
        yield Problem(layers, f"spikes that carry {width} bits", f"{most} bits", remedy)
