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
        ``delta``, ``sigma_delta``, ``sigma`` or ``cuba``.
    message_bits : int
        Payload bits of its spikes, 0 for binary ones.
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

    @property
    def has_synapses(self) -> bool:
        return self.kind != "input"


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
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        given.update({name: arrays.get(f"{index}.{name}") for name in ARRAYS})
        specs.append(LayerSpec(**given))
    return specs
