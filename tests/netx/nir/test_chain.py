"""Nested, recurrent and branching graphs."""

from __future__ import annotations

import nir
import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir.chain import chain
from neuromorph_track.netx.nir.file import RawGraph
from tests.netx.nir.graphs import spiking

LIF = spiking((3,), np.random.default_rng(0), "LIF")
SQUARE = nir.Affine(np.ones((3, 3)), np.zeros(3))
IN, OUT = nir.Input(np.array([3])), nir.Output(np.array([3]))
ENDS = {"in": IN, "out": OUT}


def names(nodes: dict[str, object], *edges: str) -> list[str]:
    graph = RawGraph(nodes, tuple(tuple(edge.split(">")) for edge in edges))  # type: ignore[arg-type,misc]
    return [
        link.name + ("" if link.recurrent is None else f" <> {link.recurrent[0]}")
        for link in chain(graph, "graph")
    ]


def test_a_chain_in_any_order_of_edges() -> None:
    assert names({"b": LIF, **ENDS, "a": SQUARE}, "b>out", "in>a", "a>b") == ["in", "a", "b", "out"]


def test_recurrence_as_norse_and_the_nir_paper_write_it() -> None:
    nodes = {**ENDS, "w": SQUARE, "lif": LIF, "rec": SQUARE}
    assert names(nodes, "in>w", "w>lif", "lif>rec", "rec>lif", "lif>out") == ["in", "w", "lif <> rec", "out"]


def test_recurrence_as_snntorch_nests_it() -> None:
    inner = RawGraph(
        {"input": IN, "lif": LIF, "w_rec": SQUARE, "output": OUT},
        (("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")),
    )
    nodes = {**ENDS, "w": SQUARE, "rnn": inner}
    assert names(nodes, "in>w", "w>rnn", "rnn>out") == ["in", "w", "rnn.lif <> rnn.w_rec", "out"]


def test_graphs_within_graphs_within_graphs() -> None:
    leaf = RawGraph({"i": IN, "lif": LIF, "o": OUT}, (("i", "lif"), ("lif", "o")))
    middle = RawGraph({"i": IN, "w": SQUARE, "x": leaf, "o": OUT}, (("i", "w"), ("w", "x"), ("x", "o")))
    assert names({**ENDS, "m": middle}, "in>m", "m>out") == ["in", "m.w", "m.x.lif", "out"]


def test_inner_ends_that_a_flattened_file_kept() -> None:
    nodes = {**ENDS, "rnn.input": IN, "rnn.lif": LIF, "w": SQUARE}
    assert names(nodes, "in>w", "w>rnn.input", "rnn.input>rnn.lif", "rnn.lif>out") == [
        "in",
        "w",
        "rnn.lif",
        "out",
    ]


@pytest.mark.parametrize(
    ("nodes", "edges", "words"),
    [
        (
            {**ENDS, "a": LIF, "b": LIF},
            ("in>a", "in>b", "a>out"),
            "node 'in': found a branch: it goes to a, b",
        ),
        (
            {**ENDS, "a": LIF, "b": SQUARE},
            ("in>a", "a>b", "b>out", "a>out"),
            "node 'a': found a branch: it goes to b, out",
        ),
        ({**ENDS, "a": LIF, "i2": IN}, ("in>a", "i2>a", "a>out"), "node 'a': found a branch: it comes from"),
        ({**ENDS, "a": LIF, "b": LIF}, ("in>a", "a>out"), "node 'b': found no edge"),
        (
            {**ENDS, "a": LIF, "b": LIF, "c": LIF},
            ("in>a", "a>out", "b>c"),
            "nodes: found 2 beginnings (in, b)",
        ),
        (
            {**ENDS, "a": LIF, "b": LIF, "c": LIF},
            ("in>a", "a>out", "b>c", "c>b"),
            "nodes: found a loop of b, c",
        ),
        ({"a": LIF, "b": LIF}, ("a>b", "b>a"), "nodes: found a loop without a beginning"),
        # A population can be fed back through weights, not directly, and not through another one.
        ({**ENDS, "a": LIF}, ("in>a", "a>a", "a>out"), "node 'a': found an edge to itself"),
        ({**ENDS, "a": LIF, "b": LIF}, ("in>a", "a>b", "b>a", "a>out"), "node 'a': found a branch"),
        (
            {**ENDS, "a": LIF, "r": SQUARE, "s": SQUARE},
            ("in>a", "a>r", "r>a", "a>s", "s>a", "a>out"),
            "node 'a': found a branch",
        ),
        (
            {"g": RawGraph({"lif": LIF}, ()), **ENDS},
            ("in>g", "g>out"),
            "node 'g': found 0 nodes of type Input",
        ),
    ],
)
def test_what_is_no_chain_is_named(nodes: dict[str, object], edges: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError) as raised:
        names(nodes, *edges)
    assert words in str(raised.value)
