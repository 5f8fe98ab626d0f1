"""The waist: `.net` files (NetX, HDF5) as a small, validated graph of integer layers."""

from neuromorph_track.netx.branching import Graph, Node
from neuromorph_track.netx.contract import EventsSpec, Head, InputSpec, RunContract
from neuromorph_track.netx.fanout import FanOut, connections, fan_out, neurons_in, nominal_macs
from neuromorph_track.netx.graph import Layer, Network, Neuron
from neuromorph_track.netx.graph_folder import read_graph, write_graph
from neuromorph_track.netx.memory import (
    WrittenWeights,
    kernels_of,
    memory_of,
    retrieval_weights,
    written_weights,
)
from neuromorph_track.netx.read import read_net
from neuromorph_track.netx.siamese import Siamese
from neuromorph_track.netx.siamese_contract import CropSpec, KernelSpec, MemorySpec, SiameseContract
from neuromorph_track.netx.siamese_folder import is_siamese, read_siamese, write_siamese
from neuromorph_track.netx.wiring import AnyNetwork, Ending, Stage, chains, endings, stages
from neuromorph_track.netx.write import write_net

__all__ = [
    "AnyNetwork",
    "CropSpec",
    "Ending",
    "EventsSpec",
    "FanOut",
    "Graph",
    "Head",
    "InputSpec",
    "KernelSpec",
    "Layer",
    "MemorySpec",
    "Network",
    "Neuron",
    "Node",
    "RunContract",
    "Siamese",
    "SiameseContract",
    "Stage",
    "WrittenWeights",
    "chains",
    "connections",
    "endings",
    "fan_out",
    "is_siamese",
    "kernels_of",
    "memory_of",
    "neurons_in",
    "nominal_macs",
    "read_graph",
    "read_net",
    "read_siamese",
    "retrieval_weights",
    "stages",
    "write_graph",
    "write_net",
    "write_siamese",
    "written_weights",
]
