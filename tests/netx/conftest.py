"""Small networks to read, write and break."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.netx import Layer, Network, Neuron

RELU = Neuron("sigma_delta", "SDNN", 6, extra={"activation": "relu"})


@pytest.fixture
def chain() -> Network:
    """input 2x6x5 -> conv 4x3x3 -> flatten -> dense 3, with weights that can be told apart."""
    generator = np.random.default_rng(0)
    conv = generator.integers(-128, 128, (4, 2, 3, 3)).astype(np.int32)
    dense = generator.integers(-100, 100, (3, 36)).astype(np.int32)
    return Network(
        (
            Layer("input", (2, 6, 5), neuron=Neuron("delta", "SDNN", 6, extra={"activation": "relu"})),
            Layer(
                "conv",
                (4, 3, 3),
                neuron=RELU,
                weight=conv,
                bias=np.arange(4, dtype=np.int32),
                stride=(2, 2),
                padding=(1, 1),
            ),
            Layer("flatten", (36,)),
            Layer("dense", (3,), neuron=Neuron("sigma", "SDNN"), weight=dense),
        )
    )
