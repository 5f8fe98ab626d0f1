"""Random NIR graphs whose numbers the chip has exactly, and graphs of a few nodes."""

from __future__ import annotations

import copy
from itertools import pairwise
from pathlib import Path

import h5py
import nir
import numpy as np

DT = 1e-4
# Weights are this share of an integer, so that every one of them lies on the chip's grid.
STEP = 1 / 32


def chained(*nodes: nir.NIRNode, input_shape: tuple[int, ...]) -> nir.NIRGraph:
    """Nodes one after another, between an Input and an Output that nobody checks."""
    named = {"input": nir.Input(np.array(input_shape))}
    named |= {f"n{index}": node for index, node in enumerate(nodes)}
    named["output"] = nir.Output(np.array([1]))
    names = list(named)
    return nir.NIRGraph(named, list(pairwise(names)), type_check=False)


def saved(graph: nir.NIRGraph, folder: Path) -> Path:
    """Write a graph; shapes that a node does not have are left out, which nir.write itself cannot do."""
    path = folder / "graph.nir"
    nodes, absent = {}, []
    for name, node in graph.nodes.items():
        nodes[name] = copy.copy(node)
        if isinstance(node, nir.Conv2d) and node.input_shape is None:
            nodes[name].input_shape = 0
            absent.append(f"node/nodes/{name}/input_shape")
        if isinstance(node, nir.Flatten) and node.input_type["input"] is None:
            nodes[name].input_type = {"input": 0}
            absent.append(f"node/nodes/{name}/input_type")
    nir.write(str(path), nir.NIRGraph(nodes, graph.edges, metadata=graph.metadata, type_check=False))
    with h5py.File(path, "r+") as file:
        for key in absent:
            del file[key]
    return path


def tau(decay: int) -> float:
    """Time constant of a state that loses ``decay`` 4096ths per step."""
    return DT * 4096 / decay


def spiking(shape: tuple[int, ...], rng: np.random.Generator, kind: str) -> nir.NIRNode:
    """A population with parameters of its own; thresholds lie between two potentials."""
    ones = np.ones(shape)
    threshold = (rng.integers(20, 90) + 1 / 128) * STEP
    reset = float(rng.integers(-20, 21)) * STEP
    common = {"v_threshold": (threshold + reset) * ones, "v_reset": reset * ones}
    decay, other = (int(d) for d in rng.choice([1, 100, 2048, 4095, 4096], 2))
    if kind == "IF":
        return nir.IF(r=ones, **common)
    if kind == "LIF":
        return nir.LIF(tau=tau(decay) * ones, r=4096 / decay * ones, v_leak=reset * ones, **common)
    if kind == "Threshold":
        return nir.Threshold(threshold=threshold * ones)
    return nir.CubaLIF(
        tau_mem=tau(decay) * ones,
        tau_syn=tau(other) * ones,
        r=4096 / decay * ones,
        w_in=4096 / other * ones,
        v_leak=reset * ones,
        **common,
    )


def weights(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Multiples of :data:`STEP`; one of them the largest that 8 bits hold, which fixes the scale."""
    integers = rng.integers(-60, 61, shape).astype(np.float32)
    integers[rng.random(shape) < 0.3] = 0
    integers.ravel()[0] = 127
    return (integers * STEP).astype(np.float32)


def bias(rng: np.random.Generator, size: int) -> np.ndarray:
    return (rng.integers(-15, 16, size) * STEP).astype(np.float32)


def convolution(rng: np.random.Generator, channels: int, out: int, **options: object) -> nir.Conv2d:
    size = int(options.pop("kernel", 3))
    groups = int(options.get("groups", 1))
    fields = {"stride": (1, 1), "padding": (1, 1), "dilation": (1, 1), "groups": 1, "input_shape": None}
    return nir.Conv2d(
        weight=weights(rng, out, channels // groups, size, size), bias=bias(rng, out), **(fields | options)
    )
