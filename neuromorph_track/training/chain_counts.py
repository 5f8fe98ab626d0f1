"""What the layers of a chain ask of a chip: counts from shapes, and weights that are not zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neuromorph_track.networks.detector import ConvSpec, SigmaDeltaDetector
from neuromorph_track.networks.smtrack import SmtrackDetector


class SenderCounts(NamedTuple):
    """A layer that sends.

    Attributes
    ----------
    neurons : int
    synops : float
        Weights that a spike of it meets in the next layer, zero ones included, the mean over its neurons.
    synops_nominal : float
        The same with kernels that are not cut at the edges of the picture, as papers count.
    """

    neurons: int
    synops: float
    synops_nominal: float


def chain_counts(
    layers: Sequence[ConvSpec], head: int, height: int, width: int
) -> tuple[tuple[SenderCounts, ...], int]:
    """Counts of the input and every layer, and the neurons of a head of 1x1 kernels and ``head`` channels.

    Edges, stride and dilation count as they are. A spike is taken to be sent from anywhere in the map alike.
    """
    found, channels = [], 3
    for layer in (*layers, ConvSpec(channels=head, kernel=1)):
        rows, row_taps = _taps(height, layer)
        columns, column_taps = _taps(width, layer)
        neurons = channels * height * width
        pairs = channels * layer.channels
        nominal = pairs * rows * columns * layer.kernel**2
        found.append(SenderCounts(neurons, pairs * row_taps * column_taps / neurons, nominal / neurons))
        channels, height, width = layer.channels, rows, columns
    return tuple(found), channels * height * width


@torch.no_grad()
def nonzero_shares(model: nn.Module) -> Tensor:
    """Share of each layer's rounded weights that are not zero, (L,), the head last.

    A spike costs nothing where it meets one that is.
    """
    if isinstance(model, SmtrackDetector):
        synapses = [*(block.synapse for block in model.blocks), model.head]
        rounded = [synapse.integers()[0] for synapse in synapses]
    elif isinstance(model, SigmaDeltaDetector):
        quantised = model.blocks[0].neuron.quantize_8bit
        rounded = [
            quantised(part.weight) for part in (*(block.synapse for block in model.blocks), model.head)
        ]
    else:
        raise TypeError(f"no rounded weights are known of a {type(model).__name__}")
    return torch.stack([(weight != 0).float().mean() for weight in rounded])


def _taps(size: int, layer: ConvSpec) -> tuple[int, int]:
    """Outputs along one side, and how many of their kernels' taps lie inside."""
    padding = layer.dilation * (layer.kernel // 2)
    outputs = (size + 2 * padding - layer.dilation * (layer.kernel - 1) - 1) // layer.stride + 1
    first = [index * layer.stride - padding for index in range(outputs)]
    taps = sum(0 <= at + tap * layer.dilation < size for at in first for tap in range(layer.kernel))
    return outputs, taps
