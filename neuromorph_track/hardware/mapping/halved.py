"""The same convolutions for an input with sides half as long."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from neuromorph_track.netx import Stage
from neuromorph_track.netx.branching import Shape, joined_shape
from neuromorph_track.netx.validate import conv_shape


def halved(wired: tuple[Stage, ...]) -> tuple[Stage, ...] | None:
    """Layers of a fully convolutional network for half the input, or None where there are none.

    A dense layer takes one size of map only, and so does a bias per neuron; branches must still fit together.
    """
    smaller: list[Stage] = []
    for stage in wired:
        if stage.layer.kind not in ("input", "conv") or len(stage.input_shape) != 3:
            return None
        if stage.layer.bias is not None and stage.layer.bias.ndim == 3:
            return None
        shapes = tuple(smaller[source].layer.shape for source in stage.sources)
        if stage.join == "add" and len(set(shapes)) > 1:
            return None
        if len({shape[1:] for shape in shapes}) > 1:
            return None
        arrives = joined_shape(shapes, stage.join) if shapes else _half(stage.input_shape)
        shape = arrives if stage.layer.kind == "input" else conv_shape(stage.layer, *arrives[1:])
        if min(shape) < 1:
            return None
        layer = replace(stage.layer, shape=shape)
        smaller.append(replace(stage, layer=layer, shapes=shapes, input_shape=arrives))
    return tuple(smaller)


def _half(shape: Shape) -> Shape:
    return (shape[0], *(ceil(size / 2) for size in shape[1:]))
