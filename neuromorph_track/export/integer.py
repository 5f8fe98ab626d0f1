"""A trained chain of integer LIF or CUBA convolutions as a network of integer layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromorph_track.errors import InputError
from neuromorph_track.export.report import Export, ExportReport, LayerReport, Rounding
from neuromorph_track.networks.integer import FusedConv, IntegerLif
from neuromorph_track.networks.integer.coding import LARGEST_PIXEL
from neuromorph_track.networks.integer.sigma_delta import SigmaDelta
from neuromorph_track.networks.integer.slayer_cuba import SlayerCuba
from neuromorph_track.networks.smtrack import SmtrackDetector
from neuromorph_track.netx import Layer, Network, Neuron, RunContract
from neuromorph_track.netx.graph import LARGEST_THRESHOLD
from neuromorph_track.netx.validate import MAX_DECAY, conv_shape

# Sends what it is fed, remembers nothing.
PIXELS = Neuron("ilif", "ILIF", threshold=1, voltage_decay=MAX_DECAY, levels=LARGEST_PIXEL)
# The same for layers of sigma-delta neurons: from silence, what changes is all of it.
RELU = {"activation": "relu"}
PIXEL_CHANGES = Neuron("delta", "SDNN", threshold=1, extra=RELU)
# Adds up changes, and sends nothing.
CHANGES = Neuron("sigma", "SDNN")
# Never fires, forgets its current in a step and its potential never: what it holds is the sum.
SUM = Neuron("cuba", "LOIHI", threshold=LARGEST_THRESHOLD, current_decay=MAX_DECAY)
# The same, but of the last step alone: it forgets its potential in a step too.
NOW = Neuron("cuba", "LOIHI", threshold=LARGEST_THRESHOLD, current_decay=MAX_DECAY, voltage_decay=MAX_DECAY)


def integer_network(model: SmtrackDetector, contract: RunContract, source: str) -> Export:
    """Build ``input -> conv ... -> head`` of a model with integer neurons.

    Parameters
    ----------
    model : SmtrackDetector
    contract : RunContract
        Its head's scale is set here.
    source : str
        Name used in messages.

    Raises
    ------
    InputError
        When the model's neurons do not spike.
    """
    if model.spec.neuron not in ("integer", "cuba"):
        raise InputError(
            source, "neuron", repr(model.spec.neuron), "'integer' or 'cuba', which a chip can run"
        )
    kind = model.spec.neuron
    parts = [
        *(
            (b.synapse, neuron_of(b.neuron), f"blocks.{index} ({kind})")
            for index, b in enumerate(model.blocks)
        ),
        (model.head, SUM, "head (sum)"),
    ]
    layers = [Layer("input", (3, contract.input.height, contract.input.width), neuron=PIXELS)]
    reports = []
    for number, (synapse, neuron, block) in enumerate(parts, 1):
        layer, threshold = conv_layer(synapse, neuron, layers[-1].shape)
        layers.append(layer)
        reports.append(rounding_of(f"{number} conv", block, synapse, layer, threshold))
    head = contract.head.model_copy(update={"scale": model.head_scale()})
    network = Network(tuple(layers), source, contract.model_copy(update={"head": head}))
    return Export(network, ExportReport(tuple(reports)))


def conv_layer(synapse: FusedConv, neuron: Neuron, arrives: tuple[int, ...]) -> tuple[Layer, int]:
    """The layer of a convolution that hears a map (C, H, W).

    And its threshold, which a head that never fires does not have.
    """
    weight, bias, threshold = synapse.integers()
    if neuron.fires and not neuron.sends_changes:
        neuron = replace(neuron, threshold=threshold)
    layer = Layer(
        "conv",
        arrives,
        neuron=neuron,
        weight=weight.cpu().numpy(),
        bias=bias.cpu().numpy(),
        stride=(synapse.stride,) * 2,
        padding=(synapse.padding,) * 2,
        dilation=(synapse.dilation,) * 2,
        groups=synapse.groups,
    )
    return replace(layer, shape=conv_shape(layer, *arrives[1:])), threshold


def neuron_of(neuron: IntegerLif | SigmaDelta | SlayerCuba) -> Neuron:
    """A layer's neurons: what its decays say; the threshold is the synapse's but for sigma-delta neurons."""
    if isinstance(neuron, SigmaDelta):
        return Neuron("sigma_delta", "SDNN", neuron.units, extra=RELU)
    if isinstance(neuron, SlayerCuba):
        return Neuron("cuba", "LOIHI", current_decay=MAX_DECAY, voltage_decay=MAX_DECAY - neuron.keep)
    return Neuron("ilif", "ILIF", voltage_decay=MAX_DECAY - neuron.keep, levels=neuron.levels)


def rounding_of(name: str, block: str, synapse: FusedConv, layer: Layer, threshold: int) -> LayerReport:
    """What rounding did to a layer."""
    folded_weight, folded_bias = synapse.folded()
    assert layer.weight is not None
    assert layer.bias is not None
    weights = Rounding.of(
        folded_weight.cpu().numpy().astype(np.float64), layer.weight, threshold * synapse.unit
    )
    units = synapse.bias_units(threshold)
    bias = Rounding.of(folded_bias.cpu().numpy().astype(np.float64), layer.bias, units)
    return LayerReport(name, block, weights, bias)
