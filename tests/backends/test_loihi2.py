"""Loihi 2 without a board: what can be said in advance."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from neuromorph_track.backends.loihi2 import Loihi2Backend
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.netx import Layer, Network, Neuron
from tests.backends.random_networks import random_network


def test_only_sigma_delta_detectors() -> None:
    with pytest.raises(
        InputError, match="expected a delta input layer, sigma-delta convolutions and a sigma head"
    ):
        Loihi2Backend(random_network(0, cuba=True))


def test_integer_lif_neurons_need_microcode() -> None:
    fed = Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)
    head = Neuron("sigma", "SDNN")
    layers = (
        Layer("input", (1, 3, 3), neuron=fed),
        Layer("conv", (1, 3, 3), neuron=head, weight=np.ones((1, 1, 1, 1), np.int32)),
    )
    with pytest.raises(InputError, match=r"neuron/type: found integer LIF neurons \(ILIF\).* microcode"):
        Loihi2Backend(Network(layers))


@pytest.mark.slow
@pytest.mark.slayer
def test_intel_s_compiler_is_named() -> None:
    layers = (
        Layer("input", (1, 3, 3), neuron=Neuron("delta", "SDNN", 1)),
        Layer("conv", (1, 3, 3), neuron=Neuron("sigma", "SDNN"), weight=np.ones((1, 1, 1, 1), np.int32)),
    )
    with pytest.raises(JobError, match=r"^Loihi 2 needs Intel's compiler: lava-loihi.* is not installed"):
        Loihi2Backend(Network(layers), timeout=60)


BUILD = """
from neuromorph_track.backends.lava_cpu import layer_specs
from neuromorph_track.backends.lava_worker.graph import Settings, build_graph
from neuromorph_track.backends.lava_worker.loihi2 import on_chip
from neuromorph_track.export.zoo import load_network

layers = build_graph(on_chip(layer_specs(load_network("scenes-nano"))), Settings(4))
print(*(type(layer.neuron).__name__ for layer in layers))
"""


@pytest.mark.slow
@pytest.mark.slayer
def test_the_graph_begins_behind_the_encoder() -> None:
    done = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["SigmaDelta"] * 7 + ["Sigma"], done.stderr
