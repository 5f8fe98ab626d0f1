"""Small siamese pairs: by memory, by correlation, and blind."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuromorph_track.netx import (
    CropSpec,
    InputSpec,
    KernelSpec,
    Layer,
    MemorySpec,
    Network,
    Neuron,
    Siamese,
    SiameseContract,
)

HEADS, KEYS, VALUES = 2, 3, 4
CHANNELS = 6
KERNEL = 3
PIXELS = Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)
SUMS = Neuron("cuba", "CUBA", 1 << 17, 4096, 0)


def pair(retrieval: str = "memory", **changed: Any) -> Siamese:
    """A pair with random weights; ``changed`` are fields of its contract."""
    rng = np.random.default_rng(0)
    template = _conv(rng, 3, _features(retrieval), 16, stride=2, leak=1024)
    search = [_conv(rng, 3, HEADS * KEYS, 16, stride=2)]
    channels, groups = HEADS * KEYS, CHANNELS if retrieval == "correlation" else HEADS
    for _ in range(2):
        search.append(_asked(retrieval, channels, groups))
        search.append(_conv(rng, search[-1].shape[0], channels, 8, own=True))
    search.append(_head(rng, channels))
    contract = {
        "name": "pair",
        "retrieval": retrieval,
        "template": CropSpec(factor=2.0, steps=3, input=_input(16)),
        "search": CropSpec(factor=4.0, steps=1, input=_input(16)),
        "head_scale": 2.0**-12,
        **_tables(rng, retrieval),
        **changed,
    }
    return Siamese(Network((_pixels(), template)), Network((_pixels(), *search)), SiameseContract(**contract))


def _tables(rng: np.random.Generator, retrieval: str) -> dict[str, Any]:
    """Gains that give weights in the middle of their range."""
    if retrieval == "memory":
        gains = [tuple(rng.uniform(0.005, 0.03, HEADS * VALUES)) for _ in range(2)]
        own = {"heads": HEADS, "keys": KEYS, "values": VALUES}
        return {"memory": [MemorySpec(layer=at, gains=g, **own) for at, g in zip((2, 4), gains, strict=True)]}
    if retrieval == "correlation":
        gains = [tuple(rng.uniform(-9, 9, CHANNELS)) for _ in range(2)]
        return {
            "kernel": [
                KernelSpec(layer=at, kernel=KERNEL, gains=g) for at, g in zip((2, 4), gains, strict=True)
            ]
        }
    return {}


def _features(retrieval: str) -> int:
    return CHANNELS if retrieval == "correlation" else HEADS * (KEYS + VALUES)


def _input(side: int) -> InputSpec:
    return InputSpec(height=side, width=side, fit="stretch", fraction_bits=8, step=1, low=0, high=255)


def _pixels() -> Layer:
    return Layer("input", (3, 16, 16), neuron=PIXELS)


def _conv(
    rng: np.random.Generator,
    before: int,
    channels: int,
    side: int,
    stride: int = 1,
    leak: int = 4096,
    own: bool = False,
) -> Layer:
    shape = (channels, side // stride, side // stride)
    size = 3 if stride == 2 else 1
    # Pixels are large: small weights answer to differences between them.
    spread = 3 if stride == 2 else 40
    weight = (2 * rng.integers(-spread, spread + 1, (channels, before, size, size))).astype(np.int32)
    bias = rng.integers(0, 60, shape if own else channels).astype(np.int32)
    threshold = 512 if stride == 2 else 128
    neuron = Neuron("ilif", "ILIF", threshold, 0, leak, levels=8)
    padding = (size // 2, size // 2)
    return Layer("conv", shape, neuron, weight, bias=bias, stride=(stride, stride), padding=padding)


def _asked(retrieval: str, channels: int, groups: int) -> Layer:
    """Zeros where the memory goes, beside what passes the queries on."""
    neuron = Neuron("ilif", "ILIF", 128, 0, 4096, levels=8)
    if retrieval == "correlation":
        weight = np.zeros((groups, 2, 1, KERNEL, KERNEL), np.int32)
        weight[:, 1, 0, KERNEL // 2, KERNEL // 2] = 128
        weight = weight.reshape(-1, 1, KERNEL, KERNEL)
    else:
        per = channels // groups
        weight = np.zeros((groups, VALUES + per, per, 1, 1), np.int32)
        weight[:, VALUES:] = 128 * np.eye(per, dtype=np.int32)[..., None, None]
        weight = weight.reshape(-1, per, 1, 1)
    half = weight.shape[-1] // 2
    return Layer("conv", (len(weight), 8, 8), neuron, weight, padding=(half, half), groups=groups)


def _head(rng: np.random.Generator, before: int) -> Layer:
    weight = (2 * rng.integers(-40, 41, (5, before, 1, 1))).astype(np.int32)
    return Layer("conv", (5, 8, 8), SUMS, weight, bias=np.arange(5, dtype=np.int32))
