"""A trained sigma-delta detector as a network of integer layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from torch import Tensor

from neuromorph_track.export.quantise import FRACTION_BITS, clipped, even_integers
from neuromorph_track.export.report import Export, ExportReport, Floats, LayerReport, Rounding
from neuromorph_track.netx import Layer, Network, Neuron, RunContract
from neuromorph_track.netx.validate import conv_shape


class TrainedConv(NamedTuple):
    """What a sigma-delta convolution learned; ``mean`` is its mean-only batch norm's running mean."""

    name: str
    weight: Tensor
    mean: Tensor | None
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]


def sigma_delta_network(
    convolutions: Sequence[TrainedConv], threshold: int, contract: RunContract, source: str
) -> Export:
    """Build ``input -> conv ... -> sigma head``; the last convolution is the head.

    Parameters
    ----------
    convolutions : sequence of TrainedConv
        Weights ``(C_out, C_in, kH, kW)`` or with SLAYER's trailing time axis of length 1.
    threshold : int
        ``vThMant`` of every neuron, in units of 1/64.
    contract : RunContract
    source : str
        Name used in messages.
    """
    relu = {"activation": "relu"}
    shape: tuple[int, int, int] = (3, contract.input.height, contract.input.width)
    reports = []
    layers = [Layer("input", shape, neuron=Neuron("delta", "SDNN", threshold, extra=relu))]
    for index, trained in enumerate(convolutions):
        is_head = index == len(convolutions) - 1
        weight = trained.weight.reshape(trained.weight.shape[:4])
        layer = Layer(
            "conv",
            shape,
            neuron=Neuron("sigma", "SDNN")
            if is_head
            else Neuron("sigma_delta", "SDNN", threshold, extra=relu),
            weight=clipped(even_integers(weight)),
            # The mean that batch norm takes away is a negative bias.
            bias=None if trained.mean is None else -clipped(even_integers(trained.mean)),
            stride=trained.stride,
            padding=trained.padding,
            dilation=trained.dilation,
        )
        shape = conv_shape(layer, shape[1], shape[2])
        reports.append(_report(f"{index + 1} conv", trained, layer))
        layers.append(replace(layer, shape=shape))
    return Export(Network(tuple(layers), source, contract), ExportReport(tuple(reports)))


def _report(name: str, trained: TrainedConv, layer: Layer) -> LayerReport:
    assert layer.weight is not None
    scale = 1 << FRACTION_BITS
    weights = Rounding.of(_floats(trained.weight).reshape(layer.weight.shape), layer.weight, scale)
    bias = (
        None
        if layer.bias is None or trained.mean is None
        else Rounding.of(_floats(-trained.mean), layer.bias, scale)
    )
    return LayerReport(name, trained.name, weights, bias)


def _floats(values: Tensor) -> Floats:
    return values.detach().cpu().numpy().astype(np.float64)
