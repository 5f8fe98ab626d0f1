"""Profiles and networks for tests of the mapping."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np

from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.load import parse_profile
from neuromorph_track.netx import Layer, Network, Neuron

TEXT = """\
schema = "hardware-profile/1"
[profile]
id = "mine"
name = "Mine"
kind = "event_driven"
boundary = "chip"
[counting]
synop = "nonzero_weight"
graded_spikes = {graded}
[mapping]
rule = "{rule}"
shared_kernels = {shared}
[energy]
synop = {{ value = 2, low = 1, high = 4, unit = "pJ", evidence = "measured", source = ["me"] }}
[resources]
{resources}
[[source]]
id = "me"
cite = "my own meter"
"""

RELU = Neuron("sigma_delta", "SDNN", 6)


def profile(
    rule: str = "columns", *, graded: bool = True, shared: bool = True, **resources: int
) -> HardwareProfile:
    """A profile with these resources only; cores and neurons per core are Loihi 2's unless given."""
    resources = {"cores": 120, "neurons_per_core": 4095, **resources}
    line = (
        '{0} = {{ value = {1}, low = {1}, high = {1}, unit = "count", evidence = "vendor", source = ["me"] }}'
    )
    lines = "\n".join(line.format(name, value) for name, value in resources.items())
    text = TEXT.format(rule=rule, graded=str(graded).lower(), shared=str(shared).lower(), resources=lines)
    return parse_profile(text, "mine.toml")


def conv(inputs: int, shape: tuple[int, int, int], kernel: int, stride: int, seed: int = 0) -> Layer:
    """A convolution with padding that keeps sizes, and even weights of 5 bits."""
    weight = np.random.default_rng(seed).integers(-15, 16, (shape[0], inputs, kernel, kernel)) * 2
    weight[0, 0, 0, 0] = 30
    padding = (kernel // 2, kernel // 2)
    return Layer(
        "conv",
        shape,
        neuron=RELU,
        weight=weight.astype(np.int32),
        stride=(stride, stride),
        padding=padding,
    )


def dense(inputs: int, outputs: int, seed: int = 0, neuron: Neuron = RELU) -> Layer:
    weight = np.random.default_rng(seed).integers(-15, 16, (outputs, inputs)) * 2
    weight[0, 0] = 30
    return Layer("dense", (outputs,), neuron=neuron, weight=weight.astype(np.int32))


YOLO_KP = (
    # Output shape, kernel, stride; the cores that the log of 2024 gives them.
    ((16, 224, 224), 3, 2, 224),
    ((32, 112, 112), 3, 2, 112),
    ((64, 56, 56), 3, 2, 56),
    ((128, 28, 28), 3, 2, 28),
    ((256, 28, 28), 3, 1, 56),
    ((256, 14, 14), 3, 2, 16),
    ((512, 14, 14), 3, 1, 32),
    ((256, 14, 14), 1, 1, 14),
    ((512, 14, 14), 3, 1, 32),
    ((48, 14, 14), 1, 1, 4),
)


def yolo_kp() -> Network:
    """The network of lava-dl's ``netx/yolo_kp/run.ipynb``, with random weights."""
    layers = [Layer("input", (3, 448, 448), neuron=Neuron("delta", "SDNN", 6))]
    for shape, kernel, stride, _ in YOLO_KP:
        layers.append(conv(layers[-1].shape[0], shape, kernel, stride, seed=len(layers)))
    return Network(tuple(layers))


def lava_dl_networks() -> Path:
    """Networks that lava-dl ships with its tests."""
    return Path(str(importlib.metadata.distribution("lava-dl").locate_file("tests/lava/lib/dl/netx")))
