"""A network that came from NIR beside its graph, run by the equations of its nodes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import nir
import numpy as np

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.netx import Layer, Network
from neuromorph_track.netx.nir import NirImport
from tests.netx.nir import reference
from tests.netx.nir.graphs import DT


def populations(graph: nir.NIRGraph, made: NirImport) -> list[str]:
    """The population of each layer."""
    neurons = (nir.LIF, nir.IF, nir.CubaLIF, nir.Threshold)
    return [next(n for n in row.nodes if isinstance(graph.nodes[n], neurons)) for row in made.report.layers]


def assert_same_spikes(graph: nir.NIRGraph, made: NirImport, inputs: np.ndarray) -> None:
    """Every population of the chain sends the same spikes in every step, and not none."""
    expected = reference.run(graph, inputs, DT)
    ran = FixedSimulator(made.network, pipelined=False).run(inputs, record=True)
    assert ran.spikes is not None
    names = populations(graph, made)
    for name, spikes in zip(names, ran.spikes[-len(names) :], strict=True):
        np.testing.assert_array_equal(
            spikes.reshape(len(inputs), -1), expected[name].reshape(len(inputs), -1)
        )
    assert ran.spikes[-len(names)].any()


def layer_by_layer(
    graph: nir.NIRGraph, made: NirImport, inputs: np.ndarray
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each population's spikes by the equations, and by its layer alone, fed with those before it.

    One spike that differs makes others differ behind it; fed so, every layer answers for itself.
    """
    expected = reference.run(graph, inputs, DT)
    fed, names = inputs, iter(populations(graph, made))
    for layer in made.network.layers:
        if not layer.has_synapses:
            continue
        name, shape = next(names), fed.shape[1:]
        flatten = (Layer("flatten", (math.prod(shape),)),) if layer.kind != "conv" else ()
        alone = Network((Layer("input", shape), *flatten, layer))
        got = FixedSimulator(alone, pipelined=False).run(fed.astype(np.int32)).output
        yield name, expected[name].reshape(got.shape), got
        fed = expected[name].reshape(got.shape)
