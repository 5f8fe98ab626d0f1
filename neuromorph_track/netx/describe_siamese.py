"""A siamese pair in plain values, for tables and JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuromorph_track.netx.describe import describe
from neuromorph_track.netx.graph import Layer, Network
from neuromorph_track.netx.memory import HIGH, with_weights
from neuromorph_track.netx.siamese import Siamese
from neuromorph_track.netx.siamese_contract import KernelSpec, MemorySpec


def describe_siamese(siamese: Siamese) -> dict[str, Any]:
    """Both chains, the layers that are written, and the contract."""
    contract = siamese.contract
    written = [_describe_written(siamese.search, spec) for spec in contract.written]
    return {
        "source": siamese.source,
        "template": describe(siamese.template),
        "search": describe(siamese.search),
        "memory": _shape(contract.written[0]) if contract.written else [],
        "written": written,
        "contract": contract.model_dump(mode="json"),
    }


def full_search(siamese: Siamese) -> Network:
    """The search chain as it is when a memory is in it, of weights that need all their bits."""
    search = siamese.search
    weights = {
        search.name(spec.layer): _filled(search.layers[spec.layer], spec) for spec in siamese.contract.written
    }
    return with_weights(search, weights)


def _describe_written(search: Network, spec: MemorySpec | KernelSpec) -> dict[str, Any]:
    weight = search.layers[spec.layer].weight
    assert weight is not None
    written = _written(search.layers[spec.layer], spec)
    return {
        "layer": search.name(spec.layer),
        "weights": int(written.sum()),
        "of": weight.size,
        "memory": _shape(spec),
        "gains": [min(spec.gains), max(spec.gains)],
    }


def _shape(spec: MemorySpec | KernelSpec) -> list[int]:
    if isinstance(spec, MemorySpec):
        return [spec.heads, spec.keys, spec.values]
    return [len(spec.gains), spec.kernel, spec.kernel]


def _written(layer: Layer, spec: MemorySpec | KernelSpec) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which weights of a layer a template gives."""
    assert layer.weight is not None
    mask = np.zeros((layer.groups, len(layer.weight) // layer.groups, *layer.weight.shape[1:]), np.bool_)
    mask[:, : spec.values if isinstance(spec, MemorySpec) else 1] = True
    return mask.reshape(layer.weight.shape)


def _filled(layer: Layer, spec: MemorySpec | KernelSpec) -> np.ndarray[Any, np.dtype[np.int32]]:
    assert layer.weight is not None
    least = 2 if isinstance(spec, MemorySpec) else -2
    filled = np.where(np.arange(layer.weight.size) % 2, HIGH, least).reshape(layer.weight.shape)
    return np.where(_written(layer, spec), filled, layer.weight).astype(np.int32)
