"""A shipped detector cut in two, with a second head beside the first."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neuromorph_track.netx import Graph, Layer, Network, Neuron, Node

SHIPPED = Path(__file__).resolve().parents[2] / "netx_exports" / "scenes-nano.net"
CUT = 5
EMBEDDING = 4


def two_heads(network: Network) -> Graph:
    """scenes-nano as a trunk, a neck and a head for boxes, and an embedding beside the boxes.

    The boxes hear what they always heard; the embedding hears trunk and neck side by side, which are
    branches of different depth.
    """
    layers = network.layers
    trunk, neck = layers[CUT - 1].shape, layers[-2].shape
    joined = (trunk[0] + neck[0], *trunk[1:])
    weight = np.random.default_rng(0).integers(-5, 9, (EMBEDDING, joined[0], 1, 1)).astype(np.int32)
    head = Layer("conv", (EMBEDDING, *trunk[1:]), neuron=Neuron("sigma", "SDNN"), weight=weight)
    nodes = (
        Node("trunk", Network(layers[:CUT])),
        Node("neck", Network((Layer("input", trunk), *layers[CUT:-1])), ("trunk",)),
        Node("boxes", Network((Layer("input", neck), layers[-1])), ("neck",)),
        Node("embedding", Network((Layer("input", joined), head)), ("trunk", "neck"), "concat"),
    )
    return Graph(nodes, ("boxes", "embedding"), contract=network.contract)
