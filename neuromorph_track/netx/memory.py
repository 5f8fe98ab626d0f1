"""What a template's spikes leave in the weights of the search chain: docs/spiketrack.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError
from neuromorph_track.netx.graph import Integers, Layer, Network
from neuromorph_track.netx.siamese import Siamese
from neuromorph_track.netx.siamese_contract import KernelSpec, MemorySpec, SiameseContract

Spikes = NDArray[np.integer[Any]]
Sums = NDArray[np.int64]
Floats = NDArray[np.float64]
Bits = Literal[8, 6, 4]

# What a weight of both signs, and of one, holds: even numbers, so that 8 bits tell them.
LOW, HIGH = -256, 254


class WrittenWeights(NamedTuple):
    """Weights of a layer that was written.

    Attributes
    ----------
    weight : int32 array
        All weights of the layer, those that pass something on included.
    error : float
        Frobenius norm of what rounding and clipping took from what was written, relative to that; 0 where
        nothing was to be written.
    clipped : float
        Share of the written weights that were clipped.
    """

    weight: Integers
    error: float
    clipped: float


def memory_of(spikes: Spikes, contract: SiameseContract) -> Sums:
    """Products of keys and values, summed over timesteps and cells.

    ``M[head, k, v] = sum over t, cell of K[t, head, k, cell] V[t, head, v, cell]``

    Parameters
    ----------
    spikes : (T, heads * (keys + values), h, w) int
        What the template's last layer sent: all keys head by head, then all values.

    Returns
    -------
    (heads, keys, values) int64
    """
    spec = contract.memory[0]
    keys = spec.heads * spec.keys
    _expect(spikes, contract.name, keys + spec.heads * spec.values)
    cells = spikes.astype(np.int64).reshape(*spikes.shape[:2], -1)
    asked = cells[:, :keys].reshape(len(cells), spec.heads, spec.keys, -1)
    held = cells[:, keys:].reshape(len(cells), spec.heads, spec.values, -1)
    return np.einsum("thkc,thvc->hkv", asked, held)


def kernels_of(spikes: Spikes, contract: SiameseContract) -> Sums:
    """Features around the template's middle, summed over timesteps: a whole number where a mean is none.

    Parameters
    ----------
    spikes : (T, C, h, w) int
        What the template's last layer sent.

    Returns
    -------
    (C, kernel, kernel) int64
        Of a map with an even side, the middle is the cell before it.
    """
    spec = contract.kernel[0]
    _expect(spikes, contract.name, len(spec.gains))
    top, left = ((side - spec.kernel) // 2 for side in spikes.shape[2:])
    middle = spikes[:, :, top : top + spec.kernel, left : left + spec.kernel]
    return middle.sum(0, dtype=np.int64)


def written_weights(
    layer: Layer, spec: MemorySpec | KernelSpec, sums: Sums, bits: Bits = 8
) -> WrittenWeights:
    """Weights of ``layer`` with a memory, or with kernels, in them.

    ``W = 2 round(g M / 2)``, halves rounded up, clipped to 0 ... 254, of kernels to -256 ... 254.

    Parameters
    ----------
    layer : Layer
        Of the search chain; its other weights stay as they are.
    spec : MemorySpec or KernelSpec
    sums : int64 array
        As :func:`memory_of` or :func:`kernels_of` gives them.
    bits : int
        Width of what is written: weights are multiples of ``2**(9 - bits)`` then.
    """
    assert layer.weight is not None
    by_group = layer.weight.reshape(layer.groups, -1, *layer.weight.shape[1:]).copy()
    gains = np.array(spec.gains, np.float64)
    if isinstance(spec, MemorySpec):
        wanted: Floats = gains.reshape(spec.heads, spec.values, 1) * sums.transpose(0, 2, 1)
        rounded, clipped = _rounded(wanted, 0, bits)
        by_group[:, : spec.values] = rounded[..., None, None]
    else:
        wanted = gains[:, None, None] * sums
        rounded, clipped = _rounded(wanted, LOW, bits)
        by_group[:, 0, 0] = rounded
    norm = float(np.linalg.norm(wanted))
    error = float(np.linalg.norm(rounded - wanted)) / norm if norm else 0.0
    return WrittenWeights(by_group.reshape(layer.weight.shape), error, clipped)


def retrieval_weights(siamese: Siamese, spikes: Spikes, bits: Bits = 8) -> dict[str, WrittenWeights]:
    """Weights of every layer that a template writes, by the names of the search chain's layers.

    Parameters
    ----------
    spikes : (T, C, h, w) int
        What the template's last layer sent in the timesteps of a crop.
    """
    contract, search = siamese.contract, siamese.search
    if not contract.written:
        return {}
    sums = memory_of(spikes, contract) if contract.memory else kernels_of(spikes, contract)
    return {
        search.name(spec.layer): written_weights(search.layers[spec.layer], spec, sums, bits)
        for spec in contract.written
    }


def with_weights(search: Network, weights: Mapping[str, Integers]) -> Network:
    """The chain with other weights in the layers of these names."""
    layers = [
        replace(layer, weight=weights[search.name(index)]) if search.name(index) in weights else layer
        for index, layer in enumerate(search.layers)
    ]
    return replace(search, layers=tuple(layers))


def _rounded(wanted: Floats, low: int, bits: Bits) -> tuple[Integers, float]:
    step = 1 << (9 - bits)
    rounded = np.floor(wanted / step + 0.5) * step
    kept = np.clip(rounded, low, HIGH // step * step)
    return kept.astype(np.int32), float(np.mean(kept != rounded))


def _expect(spikes: Spikes, name: str, channels: int) -> None:
    if spikes.ndim != 4 or not len(spikes) or spikes.shape[1] != channels:
        raise InputError(name, "template", f"spikes of shape {spikes.shape}", f"(T, {channels}, h, w)")
