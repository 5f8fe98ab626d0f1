"""Dense, recurrent and winner-take-all blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from neuromorph_track.export.slayer.neurons import FULL_DECAY, Dynamics, cuba_dynamics
from neuromorph_track.export.slayer.numbers import Numbers, weights_of
from neuromorph_track.export.slayer.part import Arriving, Part
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.export.slayer.synaptic import dense_part, dense_shape, dynamics_of, expect, matrix


def dense_block(site: Site, arriving: Arriving) -> Part:
    """A dense block of both families."""
    synapse = site.block.synapse
    dynamics = dynamics_of(site, arriving, dense_shape(arriving, synapse.out_channels))
    return dense_part(site, arriving, dynamics, matrix(site, synapse, dynamics, arriving))


def recurrent_block(site: Site, arriving: Arriving) -> Part:
    """A dense block with synapses from the layer to itself."""
    block, outputs = site.block, site.block.num_neurons
    dynamics = _stepped_dynamics(site, arriving)
    weight = matrix(site, block.input_synapse, dynamics, arriving)
    own = weights_of(site, block.recurrent_synapse, dynamics.scale, dynamics.exponent)
    return dense_part(site, arriving, dynamics, weight, own.reshaped(outputs, outputs))


def kwta_block(site: Site, arriving: Arriving) -> Part:
    """K winners take all: each neuron excites itself and inhibits all others.

    ``R = (1 + a) I - 1``. SLAYER feeds back a small constant too, ``threshold (N - 2 K) / N / scale``
    rounded to 1/32, mostly zero; where it is not, it passes through the current.
    """
    block, neuron = site.block, site.block.neuron
    number = block.num_neurons
    dynamics = _stepped_dynamics(site, arriving)
    if dynamics.exponent:
        found = "a WgtScaleBatchNorm, which scales the feedback too"
        raise site.refuse(found, "MeanOnlyBatchNorm or no norm")
    with torch.no_grad():
        feedback = (1 + block.self_excitation.clamp(0, 1)) * torch.eye(number) - 1
        rounded = neuron.quantize_8bit(feedback) * dynamics.scale
        share = neuron.threshold * (number - 2 * block.num_winners) / number / neuron.w_scale
        constant = int(neuron.quantize_8bit(torch.FloatTensor([share])).item() * dynamics.scale)
    if constant:
        dynamics = _with_constant(site, dynamics, constant, number)
    own = Numbers(rounded.numpy().astype(np.int32), feedback.numpy().astype(np.float64), dynamics.scale)
    return dense_part(site, arriving, dynamics, matrix(site, block.synapse, dynamics, arriving), own)


def _with_constant(site: Site, dynamics: Dynamics, constant: int, number: int) -> Dynamics:
    if dynamics.neuron.current_decay != FULL_DECAY:
        found = f"a feedback of {constant}/{dynamics.scale} in every step, which the current gathers"
        raise site.refuse(found, "current_decay=1, or a threshold so low that the feedback rounds to zero")
    bias = np.full(number, constant, np.int32)
    floats = bias / dynamics.scale
    if dynamics.bias is not None:
        bias, floats = bias + dynamics.bias.integers, floats + dynamics.bias.floats
    return replace(dynamics, bias=Numbers(bias, floats, dynamics.scale))


def _stepped_dynamics(site: Site, arriving: Arriving) -> Dynamics:
    """Neurons that SLAYER runs one step at a time, carrying their state from call to call."""
    expect(site, arriving, "spikes")
    if site.block.bias is not None:
        raise site.refuse("a bias of the block", "the neuron's norm, whose mean becomes the bias")
    dynamics = cuba_dynamics(site, site.block.num_neurons)
    if dynamics.bias is not None and dynamics.neuron.current_decay != FULL_DECAY:
        found = "a norm whose mean SLAYER takes from the carried current again in every step"
        raise site.refuse(found, "current_decay=1, or no norm: on the chip the bias skips the current")
    return dynamics
