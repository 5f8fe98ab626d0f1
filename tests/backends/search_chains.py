"""Random small search chains of the form in docs/spiketrack.md, and what is written into them."""

from __future__ import annotations

import numpy as np

from neuromorph_track.netx import Layer, Network, Neuron

HEADS, KEYS, VALUES = 2, 3, 4
SIZE = (6, 5)
# The layers that are written.
ASKED, ASKED_AGAIN = "2 conv", "5 conv"


def search_chain(seed: int, leaks: bool = False) -> Network:
    """Pixels, queries, retrieval, depthwise 3 x 3, 1 x 1, retrieval again, head; queries have a bias each.

    With ``leaks`` the neurons remember what came before.
    """
    rng = np.random.default_rng(seed)
    queries, wide = HEADS * KEYS, HEADS * (KEYS + VALUES)

    def ilif() -> Neuron:
        decay = int(rng.choice([0, 700, 2048])) if leaks else 4096
        return Neuron("ilif", "ILIF", int(rng.choice([64, 128])), 0, decay, levels=int(rng.choice([4, 8])))

    def conv(weight: np.ndarray, groups: int = 1, own: bool = False, padding: int = 0) -> Layer:
        shape = (len(weight), *SIZE)
        bias = rng.integers(-40, 60, shape if own else shape[0]).astype(np.int32)
        return Layer("conv", shape, ilif(), weight, bias=bias, groups=groups, padding=(padding, padding))

    def even(low: int, *shape: int) -> np.ndarray:
        return (2 * rng.integers(low, 40, shape)).astype(np.int32)

    sums = Neuron("cuba", "CUBA", 1 << 17, 4096, 0 if leaks else 4096)
    layers = (
        Layer("input", (3, *SIZE), neuron=Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)),
        conv(even(-4, queries, 3, 3, 3) // 8, own=True, padding=1),
        conv(retrieval_weight(seed), HEADS),
        conv(even(-30, wide, 1, 3, 3), wide, padding=1),
        conv(even(-20, queries, wide, 1, 1), own=True),
        conv(retrieval_weight(seed), HEADS),
        Layer("conv", (5, *SIZE), sums, even(-40, 5, wide, 1, 1), bias=np.arange(5, dtype=np.int32)),
    )
    return Network(layers, f"search chain {seed}")


def retrieval_weight(seed: int) -> np.ndarray:
    """A memory of a target, beside channels that pass the queries on; a third of it is zero."""
    rng = np.random.default_rng([seed, 7])
    weight = np.zeros((HEADS, VALUES + KEYS, KEYS, 1, 1), np.int32)
    memory = 2 * rng.integers(0, 128, (HEADS, VALUES, KEYS, 1, 1))
    weight[:, :VALUES] = np.where(rng.random(memory.shape) < 0.3, 0, memory)
    weight[:, VALUES:] = 64 * np.eye(KEYS, dtype=np.int32)[..., None, None]
    return weight.reshape(-1, KEYS, 1, 1)


def crops(steps: int, seed: int) -> np.ndarray:
    """Pixels of a picture for each step, ``(steps, 3, *SIZE)``."""
    rng = np.random.default_rng([seed, 8])
    return rng.integers(0, 200, (steps, 3, *SIZE)).astype(np.int32)
