"""Blocks of maps: convolution, transposed convolution, pooling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from neuromorph_track.export.slayer.geometry import pooling_axis, pooling_kernel, transposed_kernel
from neuromorph_track.export.slayer.numbers import weights_of
from neuromorph_track.export.slayer.part import Arriving, Part
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.export.slayer.synaptic import SENDS, dynamics_of, finished
from neuromorph_track.netx import Layer
from neuromorph_track.netx.graph import Integers
from neuromorph_track.netx.validate import conv_shape

Kernel = Callable[[Integers], Integers]
Pair = tuple[int, int]


def conv_block(site: Site, arriving: Arriving) -> Part:
    """A convolution as it is."""
    synapse = site.block.synapse
    return _convolution(site, arriving, lambda weight: weight, _pair(synapse.padding), synapse.groups)


def transposed_block(site: Site, arriving: Arriving) -> Part:
    """A transposed convolution of stride 1, which is a convolution with flipped kernels."""
    synapse = site.block.synapse
    if _pair(synapse.stride) != (1, 1):
        found = f"a transposed convolution of stride {_pair(synapse.stride)}"
        raise site.refuse(found, "stride 1, or a Dense block: NetX has no layer that makes a map larger")
    sizes = zip(synapse.kernel_size, synapse.dilation, synapse.padding, strict=True)
    rows, columns = (step * (kernel - 1) - cut for kernel, step, cut in list(sizes)[:2])
    if min(rows, columns) < 0:
        found = f"a padding of {_pair(synapse.padding)}, more than the kernel reaches"
        raise site.refuse(found, "a padding below the kernel's reach")
    groups = synapse.groups
    return _convolution(
        site, arriving, lambda weight: transposed_kernel(weight, groups), (rows, columns), groups
    )


def pool_block(site: Site, arriving: Arriving) -> Part:
    """A sum over windows with one weight: a convolution with a group for each channel."""
    _expect_map(site, arriving)
    synapse, channels = site.block.synapse, arriving.shape[0]
    rows, columns = (
        pooling_axis(
            site,
            arriving.shape[1 + axis],
            synapse.kernel_size[axis],
            synapse.stride[axis],
            synapse.padding[axis],
            synapse.dilation[axis],
            channels if axis == 0 else 1,
        )
        for axis in (0, 1)
    )
    return _convolution(
        site,
        arriving,
        lambda weight: pooling_kernel(weight[0, 0], rows, columns, channels),
        (rows.padding, columns.padding),
        channels,
    )


def _convolution(site: Site, arriving: Arriving, kernel: Kernel, padding: Pair, groups: int) -> Part:
    """A conv layer; ``kernel`` turns SLAYER's weights into its own."""
    _expect_map(site, arriving)
    synapse = site.block.synapse
    # The neurons' norm scales the weights, and their shape follows from the weights' shape.
    blank = kernel(np.zeros(tuple(synapse.weight.shape[:-1]), np.int32))
    layer = Layer(
        "conv",
        (),
        weight=blank,
        stride=_pair(synapse.stride),
        padding=padding,
        dilation=_pair(synapse.dilation),
        groups=groups,
    )
    shape = conv_shape(layer, *arriving.shape[1:])
    dynamics = dynamics_of(site, arriving, shape)
    weight = weights_of(site, synapse, dynamics.scale, dynamics.exponent)
    layer = replace(layer, shape=shape, neuron=dynamics.neuron, weight=kernel(weight.integers))
    return finished(site, layer, dynamics, weight, Arriving(shape, True, SENDS[site.kind.family]))


def _expect_map(site: Site, arriving: Arriving) -> None:
    if not arriving.is_map:
        found = f"an input of shape {arriving.shape} from a flat layer"
        raise site.refuse(found, "maps (C, H, W) from the input or a convolution")


def _pair(sizes: Any) -> Pair:
    """Height and width of SLAYER's (height, width, time)."""
    return int(sizes[0]), int(sizes[1])
