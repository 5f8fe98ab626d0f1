"""What all blocks with synapses share: what may arrive, their neurons, their delays, their part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.export.slayer.neurons import (
    SIGMA_DELTA_SCALE,
    STATE_BITS,
    Dynamics,
    cuba_dynamics,
    neuron_of,
    sigma_delta_dynamics,
)
from neuromorph_track.export.slayer.numbers import Numbers, weights_of
from neuromorph_track.export.slayer.part import Arriving, Messages, Part
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.netx import Layer
from neuromorph_track.netx.graph import Integers
from neuromorph_track.netx.weights import applied_dense_weights

SPIKE_UNIT = SIGMA_DELTA_SCALE << STATE_BITS
SENDS: dict[str, Messages] = {"cuba": "spikes", "sigma_delta": "graded"}
SENDERS = {"spikes": "CUBA neurons", "graded": "sigma-delta neurons"}


def expect(site: Site, arriving: Arriving, messages: Messages) -> None:
    """Refuse what the block's neurons cannot be given on the chip."""
    if arriving.messages == "values":
        raise site.refuse("a layer after a head whose values are read", "the head as the last block")
    if arriving.messages not in ("fed", messages):
        found = f"what {SENDERS[arriving.messages]} send"
        expected = f"what {SENDERS[messages]} send: the units of their spikes differ on the chip"
        raise site.refuse(found, expected)


def dynamics_of(site: Site, arriving: Arriving, shape: tuple[int, ...]) -> Dynamics:
    """The block's neurons; ``shape`` is SLAYER's, channels first."""
    expect(site, arriving, SENDS[site.kind.family])
    if site.kind.family == "cuba":
        return cuba_dynamics(site, shape[0])
    return sigma_delta_dynamics(site, shape)


def flattened(arriving: Arriving) -> tuple[Layer, ...]:
    """The layer that a dense one needs before it where maps arrive."""
    return (Layer("flatten", (int(np.prod(arriving.shape)),)),) if arriving.is_map else ()


def dense_shape(arriving: Arriving, outputs: int) -> tuple[int, ...]:
    """SLAYER's shape of a dense block's output: it keeps the number of axes."""
    return (outputs, *[1] * (len(arriving.shape) - 1))


def matrix(site: Site, synapse: Any, dynamics: Dynamics, arriving: Arriving) -> Numbers:
    """Weights ``(N_out, N_in)`` of a dense synapse, all of what arrives in (C, H, W) order."""
    numbers = weights_of(site, synapse, dynamics.scale, dynamics.exponent, getattr(site.block, "mask", None))
    if numbers.integers[0].shape != (*arriving.shape, 1, 1)[:3]:
        found = f"weights for inputs of {numbers.integers[0].shape}, given {arriving.shape}"
        raise site.refuse(found, "a Flatten block before it, and in_neurons of all neurons that arrive")
    return numbers.reshaped(len(numbers.integers), -1)


def dense_part(
    site: Site, arriving: Arriving, dynamics: Dynamics, weight: Numbers, own: Numbers | None = None
) -> Part:
    """A dense layer; ``own`` are the synapses from the layer to itself."""
    outputs = len(weight.integers)
    layer = Layer("dense", (outputs,), neuron=dynamics.neuron, weight=weight.integers)
    if own is not None:
        layer = replace(layer, kind="dense_rec", weight_rec=own.integers)
        weight = weight.beside(own)
    _refuse_refitted(site, layer)
    sends = Arriving(dense_shape(arriving, outputs), False, SENDS[site.kind.family])
    part = finished(site, layer, dynamics, weight, sends)
    return replace(part, layers=(*flattened(arriving), *part.layers))


def finished(site: Site, layer: Layer, dynamics: Dynamics, weight: Numbers, sends: Arriving) -> Part:
    """The part of a block whose layer has its weights."""
    bias = dynamics.bias
    if bias is not None:
        layer = replace(layer, bias=bias.integers)
    return Part(
        site,
        (layer,),
        sends,
        is_late=getattr(site.block, "delay_shift", False) is True,
        axon_delay=_axon_delay(site, sends.shape),
        unit=1.0 if sends.messages == "spikes" else float(SPIKE_UNIT),
        weights=weight.rounding(),
        bias=None if bias is None else bias.rounding(),
    )


def refuse_before_running(site: Site) -> None:
    """Refuse what SLAYER draws at random in its first forward pass, and what fails in it."""
    delay = getattr(site.block, "delay", None)
    if delay is not None and not delay.init:
        found = "axonal delays that SLAYER draws at random in its next forward pass, loaded ones too"
        expected = "a model that has run forward once, or block.delay.init = True after loading"
        raise site.refuse(found, expected)
    if getattr(site.block, "neuron", None) is None:
        return
    neuron = neuron_of(site)
    if not neuron.shared_param and neuron.shape is None:
        found = "neurons whose parameters SLAYER draws at random in its first forward pass"
        raise site.refuse(found, "shared_param=True: a layer has one of each in NetX")
    if site.kind.family == "sigma_delta" and neuron.delta.cum_error:
        raise site.refuse("cum_error=True", "cum_error=False, as the delta neurons of the chip")


def _axon_delay(site: Site, shape: tuple[int, ...]) -> Integers | None:
    delay = getattr(site.block, "delay", None)
    if delay is None:
        return None
    steps = torch.floor(delay.delay.detach().clamp(0, delay.max_delay)).to(torch.int32).numpy()
    if not np.any(steps):
        return None
    return np.repeat(steps, int(np.prod(shape)) // len(steps))


def _refuse_refitted(site: Site, layer: Layer) -> None:
    """NetX fits dense weights to 8 bits again, and there is a corner in which that changes them."""
    try:
        applied = applied_dense_weights(layer)
    except InputError as error:
        raise site.refuse(error.found, error.expected) from error
    for given, used in ((layer.weight, applied.weight), (layer.weight_rec, applied.recurrent)):
        if given is not None and used is not None and np.any(given << applied.shift != used):
            found = "weights that are all negative or zero, which NetX rounds again"
            raise site.refuse(found, "a positive weight among them, or even weights above -256")
