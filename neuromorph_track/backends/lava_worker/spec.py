"""A layer as it crosses to the worker: plain numbers and arrays, no class of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.int32]
ARRAYS = ("weight", "weight_rec", "bias", "delay")


@dataclass(frozen=True)
class LayerSpec:
    """A layer with neurons, named as in :class:`neuromorph_track.netx.Layer`.

    Attributes
    ----------
    kind : str
        ``input``, ``conv``, ``dense`` or ``dense_rec``.
    shape, input_shape : tuple of int
        ``(C, H, W)`` or ``(N,)``.
    neuron : str
        ``delta``, ``sigma_delta``, ``sigma``, ``cuba`` or ``ilif``.
    message_bits : int
        Payload bits of its spikes, 0 for binary ones.
    sources, source_shapes, join, depth
        As of :class:`neuromorph_track.netx.Stage`.
    output : int or None
        Place among the outputs that a host reads; 0 is the head.
    levels : int
        Largest spike of ``ilif``.
    bias : array or None
        As of :attr:`neuromorph_track.netx.Layer.spread_bias`.
    """

    kind: str
    shape: tuple[int, ...]
    input_shape: tuple[int, ...]
    neuron: str
    threshold: int
    current_decay: int
    voltage_decay: int
    message_bits: int
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    groups: int
    weight: Array | None = None
    weight_rec: Array | None = None
    bias: Array | None = None
    delay: Array | None = None
    sources: tuple[int, ...] = ()
    source_shapes: tuple[tuple[int, ...], ...] = ()
    join: str = "add"
    depth: int = 0
    output: int | None = None
    levels: int = 0

    @property
    def has_synapses(self) -> bool:
        return self.kind != "input"

    @property
    def shows_membrane(self) -> bool:
        """Whether a host would read the membrane potential that it keeps."""
        return self.output is not None and self.neuron in ("cuba", "ilif") and self.has_synapses


def fed_shape(specs: Sequence[LayerSpec]) -> tuple[int, ...]:
    """Shape of what is fed: that of a map, unless only dense layers take it."""
    return max((spec.input_shape for spec in specs if not spec.sources), key=len)


def pack(specs: Sequence[LayerSpec]) -> tuple[list[dict[str, Any]], dict[str, Array]]:
    """Plain values of each layer, and all arrays under ``index.name``."""
    plain, arrays = [], {}
    for index, spec in enumerate(specs):
        values = asdict(spec)
        for name in ARRAYS:
            array = values.pop(name)
            if array is not None:
                arrays[f"{index}.{name}"] = array
        plain.append(values)
    return plain, arrays


def unpack(plain: Sequence[Mapping[str, Any]], arrays: Mapping[str, Array]) -> list[LayerSpec]:
    """What :func:`pack` was given."""
    specs = []
    for index, values in enumerate(plain):
        given: dict[str, Any] = {name: _tuples(value) for name, value in values.items()}
        given.update({name: arrays.get(f"{index}.{name}") for name in ARRAYS})
        specs.append(LayerSpec(**given))
    return specs


def _tuples(value: Any) -> Any:
    """JSON knows lists only."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
