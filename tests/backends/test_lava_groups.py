"""Convolutions of more groups than Lava's signed byte counts, against the fixed-point simulator."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.netx import Layer, Network, Neuron
from tests.backends.test_lava_equal import TIMEOUT, assert_equal

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

SIZE = (4, 3)
GROUPED = "2 conv"


def kernels(seed: int, *shape: int) -> np.ndarray:
    return (2 * np.random.default_rng(seed).integers(-40, 60, shape)).astype(np.int32)


def chain(groups: int) -> Network:
    neuron = Neuron("ilif", "ILIF", 64, 0, 4096, levels=8)
    layers = (
        Layer("input", (3, *SIZE), neuron=Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)),
        Layer("conv", (groups, *SIZE), neuron, kernels(0, groups, 3, 1, 1)),
        Layer(
            "conv",
            (2 * groups, *SIZE),
            neuron,
            kernels(1, 2 * groups, 1, 3, 3),
            padding=(1, 1),
            groups=groups,
        ),
    )
    return Network(layers, f"{groups} groups")


@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize("groups", [127, 128, 256])
def test_groups_are_counted_rightly(groups: int, stock: bool) -> None:
    network = chain(groups)
    values = np.random.default_rng(2).integers(0, 4, (2, 3, *SIZE)).astype(np.int32)
    fixed = FixedSimulator(network, reset_interval=1)
    with LavaBackend(network, reset_interval=1, stock=stock, timeout=TIMEOUT) as lava:
        for seed in (3, 4):
            for backend in (fixed, lava):
                backend.rewrite(GROUPED, kernels(seed, 2 * groups, 1, 3, 3))
            expected = fixed.run(values, record=True)
            assert expected.output.any(), "a silent network proves nothing"
            assert_equal(lava.run(values, record=True), expected)
