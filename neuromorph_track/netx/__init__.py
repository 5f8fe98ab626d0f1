"""The waist: `.net` files (NetX, HDF5) as a small, validated graph of integer layers."""

from neuromorph_track.netx.branching import Graph, Node
from neuromorph_track.netx.contract import Head, InputSpec, RunContract
from neuromorph_track.netx.fanout import FanOut, connections, fan_out, neurons_in, nominal_macs
from neuromorph_track.netx.graph import Layer, Network, Neuron
from neuromorph_track.netx.graph_folder import read_graph, write_graph
from neuromorph_track.netx.read import read_net
from neuromorph_track.netx.wiring import AnyNetwork, Ending, Stage, chains, endings, stages
from neuromorph_track.netx.write import write_net

__all__ = [
    "AnyNetwork",
    "Ending",
    "FanOut",
    "Graph",
    "Head",
    "InputSpec",
    "Layer",
    "Network",
    "Neuron",
    "Node",
    "RunContract",
    "Stage",
    "chains",
    "connections",
    "endings",
    "fan_out",
    "neurons_in",
    "nominal_macs",
    "read_graph",
    "read_net",
    "stages",
    "write_graph",
    "write_net",
]
