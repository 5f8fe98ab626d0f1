"""Blocks that end a network: the host reads values from them, not spikes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromorph_track.export.report import Rounding
from neuromorph_track.export.slayer.neurons import (
    FULL_DECAY,
    SIGMA_DELTA_SCALE,
    STATE_BITS,
    Dynamics,
    cuba_dynamics,
)
from neuromorph_track.export.slayer.part import Arriving, Part
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.export.slayer.synaptic import SPIKE_UNIT, dense_part, expect, flattened, matrix
from neuromorph_track.netx import Layer, Neuron
from neuromorph_track.netx.graph import LARGEST_THRESHOLD

AVERAGE_WEIGHT = 2


def output_block(site: Site, arriving: Arriving) -> Part:
    """The sigma head: it adds up what arrives."""
    expect(site, arriving, "graded")
    if site.block.neuron.w_scale != SIGMA_DELTA_SCALE:
        raise site.refuse(f"scale={site.block.neuron.w_scale}", f"scale={SIGMA_DELTA_SCALE}")
    dynamics = Dynamics(Neuron("sigma", "SDNN"), SIGMA_DELTA_SCALE)
    part = dense_part(site, arriving, dynamics, matrix(site, site.block.synapse, dynamics, arriving))
    return _head(part, float(SPIKE_UNIT * SIGMA_DELTA_SCALE))


def affine_block(site: Site, arriving: Arriving) -> Part:
    """Neurons that never fire; without dynamics they forget everything in each step."""
    expect(site, arriving, "spikes")
    block = site.block
    dynamics = cuba_dynamics(site, block.synapse.out_channels, fires=False)
    if block.dynamics is not True:
        forgetful = replace(dynamics.neuron, current_decay=FULL_DECAY, voltage_decay=FULL_DECAY)
        dynamics = Dynamics(forgetful, dynamics.scale)
    part = dense_part(site, arriving, dynamics, matrix(site, block.synapse, dynamics, arriving))
    return _membrane(part, dynamics.scale << STATE_BITS)


def average_block(site: Site, arriving: Arriving) -> Part:
    """The mean over groups of neurons: a head that counts their spikes."""
    if arriving.messages != "spikes":
        found = "an average of what no CUBA neuron sends"
        raise site.refuse(found, "an average of spikes; or take it on the host")
    groups = site.block.num_outputs
    size = int(np.prod(arriving.shape)) // groups
    if size * AVERAGE_WEIGHT >= LARGEST_THRESHOLD:
        raise site.refuse(f"groups of {size} neurons", "smaller ones, whose count fits a membrane of 24 bits")
    weight = AVERAGE_WEIGHT * np.repeat(np.eye(groups, dtype=np.int32), size, axis=1)
    head = Neuron("cuba", "CUBA", LARGEST_THRESHOLD, FULL_DECAY, FULL_DECAY)
    layer = Layer("dense", (groups,), neuron=head, weight=weight)
    exact = Rounding.of(weight.astype(np.float64), weight, 1)
    sends = Arriving((groups,), False, "values")
    part = Part(site, (*flattened(arriving), layer), sends, weights=exact)
    return _membrane(part, AVERAGE_WEIGHT * size << STATE_BITS)


def _membrane(part: Part, unit: int) -> Part:
    note = (
        "these neurons never fire: the host reads their membrane potential v after each step, "
        f"and v / {unit} is the value of SLAYER"
    )
    return replace(_head(part, float(unit)), reading="membrane", notes=(*part.notes, note))


def _head(part: Part, unit: float) -> Part:
    # A head is not followed by a layer, so SLAYER delays nothing behind it.
    return replace(part, sends=replace(part.sends, messages="values"), unit=unit, is_late=False)
