"""The waist: `.net` files (NetX, HDF5) as a small, validated graph of integer layers."""

from neuromorph_track.netx.contract import Head, InputSpec, RunContract
from neuromorph_track.netx.fanout import FanOut, connections, fan_out
from neuromorph_track.netx.graph import Layer, Network, Neuron
from neuromorph_track.netx.read import read_net
from neuromorph_track.netx.write import write_net

__all__ = [
    "FanOut",
    "Head",
    "InputSpec",
    "Layer",
    "Network",
    "Neuron",
    "RunContract",
    "connections",
    "fan_out",
    "read_net",
    "write_net",
]
