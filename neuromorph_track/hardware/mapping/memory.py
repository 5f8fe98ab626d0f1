"""Words of synaptic memory that the weights on a core take.

A spike meets a list of synapses: a header, then for each synapse its weight and, of a dense layer, the index
of its neuron; a list begins on a word of 64 bits. The header of 10 bits and the widths of an index are those
of Loihi 1 (nengo-loihi, ``block.py``, ``bits_per_axon``). With them all allocations that NetX logged for
Loihi 2 follow: PilotNet's dense layers (61,440, 66,560 and 12,800 words to begin with, 1,300, 1,500, 150 and
10 in the end), both of Oxford (16,128 and 16,200), and every convolution of PilotNet and YOLO-KP. Any header
of 2 to 16 bits would do.

A convolution's kernel is kept without indices, as a list for each input channel and kernel position, cut
into runs of channels whose lengths are powers of two. No source says so; it is what the logged words need
(48 channels of 4 bits take 5 words, 64 channels as well).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.hardware.mapping.weight_bits import stored_bits
from neuromorph_track.netx.graph import Layer

WORD_BITS = 64
HEADER_BITS = 10
INDEX_WIDTHS = (6, 7, 8, 9, 10, 11, 12)

Number = TypeVar("Number", int, NDArray[np.int64])


def index_bits(neurons_per_core: int) -> int:
    """Bits that tell one neuron of a core from another; 12 for the 4095 of NetX, 10 for Loihi 1."""
    needed = max(0, neurons_per_core - 1).bit_length()
    return next((width for width in INDEX_WIDTHS if width >= needed), needed)


def list_words(synapses: Number, bits: int) -> Number:
    """Words of a list of ``synapses`` that take ``bits`` each."""
    return -(-(synapses * bits + HEADER_BITS) // WORD_BITS)


def dense_words(inputs: int, outputs: int, widths: Sequence[int], index: int) -> int:
    """Words of ``outputs`` neurons of a dense layer on one core.

    Every weight takes its place, zero or not: ``inputs ceil((outputs (bits + index) + 10) / 64)`` for each
    part of a weight.
    """
    return sum(inputs * list_words(outputs, stored_bits(bits) + index) for bits in widths)


def kernel_words(layer: Layer, widths: Sequence[int], channels: Sequence[int]) -> int:
    """Words of a kernel that a core keeps once for all its neurons.

    Parameters
    ----------
    widths : sequence of int
        Bits of each part of a weight, see :func:`.weight_bits.weight_bits`.
    channels : sequence of int
        Output channels on the core, of each group of the convolution.
    """
    assert layer.weight is not None
    lists = int(np.prod(layer.weight.shape[1:]))
    return lists * sum(_channel_words(count, stored_bits(bits)) for bits in widths for count in channels)


@lru_cache(maxsize=4096)
def _channel_words(count: int, bits: int) -> int:
    """Words of the weights of ``count`` channels at one place of a kernel.

    Fewer channels never take more: 127 in runs of 64, 32, 16 ... would, and are kept as 128.
    """
    if not count:
        return 0
    up_to_one_run = range(count, (1 << (count - 1).bit_length()) + 1)
    return min(sum(list_words(run, bits) for run in _runs(padded)) for padded in up_to_one_run)


def _runs(count: int) -> list[int]:
    """Powers of two that sum to ``count``."""
    return [1 << place for place in range(count.bit_length()) if count >> place & 1]
