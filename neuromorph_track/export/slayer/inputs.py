"""Blocks without synapses: input and flatten."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromorph_track.export.slayer.neurons import FULL_DECAY, Dynamics, cuba_dynamics, sigma_delta_dynamics
from neuromorph_track.export.slayer.numbers import eight_bits
from neuromorph_track.export.slayer.part import Arriving, Part
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.export.slayer.synaptic import SENDS, SPIKE_UNIT
from neuromorph_track.netx import Layer


def input_block(site: Site, arriving: Arriving) -> Part:
    """An encoder, or the shape of what is fed where the block has no neuron."""
    block, is_delta = site.block, site.kind.family == "sigma_delta"
    if block.neuron is None:
        # With delay_shift SLAYER's forward pass fails.
        return Part(site, (Layer("input", arriving.shape),), arriving)
    dynamics = _delta(site, arriving) if is_delta else _cuba(site, arriving)
    gain, offset = _scalars(site, dynamics.scale)
    layer = Layer(
        "input",
        arriving.shape,
        neuron=dynamics.neuron,
        weight=None if gain == 1 else np.array(gain * dynamics.scale, np.int32),
        bias=None if offset == 0 else np.array(offset, np.int32),
    )
    note = (
        f"the host feeds {gain:g} x input + {offset / dynamics.scale:g}: the .net holds the weight and bias "
        "of the input, and no backend applies them"
    )
    return Part(
        site,
        (layer,),
        replace(arriving, messages=SENDS[site.kind.family]),
        # The forward of slayer.block.sigma_delta.Input knows no delay_shift.
        is_late=not is_delta and block.delay_shift is True,
        unit=float(SPIKE_UNIT) if is_delta else 1.0,
        fed_unit=dynamics.scale,
        gain=gain,
        offset=offset,
        notes=() if (gain, offset) == (1, 0) else (note,),
    )


def flatten_block(site: Site, arriving: Arriving) -> Part:
    """Channels first, as PyTorch counts; no layer where the one before is flat already."""
    neurons = int(np.prod(arriving.shape))
    layers = (Layer("flatten", (neurons,)),) if arriving.is_map else ()
    return Part(site, layers, Arriving((neurons,), False, arriving.messages))


def _cuba(site: Site, arriving: Arriving) -> Dynamics:
    dynamics = cuba_dynamics(site, arriving.shape[0])
    if dynamics.neuron.current_decay != FULL_DECAY:
        found = f"an input neuron with a current_decay of {dynamics.neuron.current_decay}/{FULL_DECAY}"
        raise site.refuse(found, "current_decay=1: a chip's input is a bias, which skips the current")
    if dynamics.bias is not None or dynamics.exponent:
        raise site.refuse("a norm that shifts or scales the input", "no norm; normalise on the host")
    return dynamics


def _delta(site: Site, arriving: Arriving) -> Dynamics:
    """Only the delta half of the block's neuron is used, so that its norm and bias are not."""
    dynamics = sigma_delta_dynamics(site, arriving.shape)
    return Dynamics(replace(dynamics.neuron, kind="delta"), dynamics.scale)


def _scalars(site: Site, scale: int) -> tuple[float, int]:
    """Weight of the input, and its bias in units of the input."""
    weight, bias = _scalar(site, "weight", scale), _scalar(site, "bias", scale)
    gain = 1.0 if weight is None else weight / scale
    # The input is even numbers of 1/scale, and a product of those with halves is whole.
    if (2 * gain) % 1:
        found = f"an input weight of {gain:g}, which makes fractions of 1/{scale}"
        raise site.refuse(found, "a multiple of 0.5, or no weight and a scaled input: the chip keeps none")
    return gain, bias or 0


def _scalar(site: Site, name: str, scale: int) -> int | None:
    value = getattr(site.block, name)
    if value is None:
        return None
    computed = site.block.pre_hook_fx(value.detach()).numpy().astype(np.float64) * scale
    return int(eight_bits(site, name, computed, scale).reshape(-1)[0])
