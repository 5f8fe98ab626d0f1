"""A NIR graph as the chain that a `.net` can hold: nested graphs dissolved, recurrence set aside."""

from __future__ import annotations

from typing import NamedTuple

import nir

from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir.file import RawGraph

Edges = set[tuple[str, str]]
Nodes = dict[str, "nir.NIRNode | None"]
LINEAR = (nir.Affine, nir.Linear)
# What a population may be fed back through: snntorch writes RSynaptic and RLeaky so, norse alike.
SPIKING = (nir.LIF, nir.IF, nir.CubaLIF)


class Link(NamedTuple):
    """One node of the chain, and the weights that feed its own spikes back to it."""

    name: str
    node: nir.NIRNode | None
    recurrent: tuple[str, nir.NIRNode] | None = None


def chain(graph: RawGraph, source: str) -> list[Link]:
    """Nodes from the input to the output, in order.

    Raises
    ------
    InputError
        At a branch, an edge of a node to itself, a loop that is no recurrence of one population, or a
        node that nothing reaches.
    """
    nodes, edges = _dissolve(*_flatten(graph, source), source)
    recurrent = _take_recurrence(nodes, edges)
    for a, b in sorted(edges):
        if a == b:
            raise InputError(source, f"node {a!r}", "an edge to itself", "weights (Affine, Linear) in a loop")
    after: dict[str, list[str]] = {name: [] for name in nodes}
    before: dict[str, list[str]] = {name: [] for name in nodes}
    for a, b in sorted(edges):
        after[a].append(b)
        before[b].append(a)
    for ends, word in ((after, "goes to"), (before, "comes from")):
        for name, others in ends.items():
            if len(others) > 1:
                found = f"a branch: it {word} {', '.join(others)}"
                raise InputError(source, f"node {name!r}", found, "a chain; a .net does not branch")
    roots = [name for name in nodes if not before[name]]
    if len(roots) != 1:
        found = f"{len(roots)} beginnings ({', '.join(roots)})" if roots else "a loop without a beginning"
        raise InputError(source, "nodes", found, "one chain from an Input")
    order = [roots[0]]
    while after[order[-1]]:
        order.append(after[order[-1]][0])
    if len(order) < len(nodes):
        lost = ", ".join(sorted(set(nodes) - set(order)))
        raise InputError(source, "nodes", f"a loop of {lost}", "one chain from an Input")
    return [Link(name, nodes[name], recurrent.get(name)) for name in order]


def _flatten(graph: RawGraph, source: str, prefix: str = "") -> tuple[Nodes, Edges]:
    """Nodes and edges of a graph and all those in it, named ``outer.inner``."""
    nodes: Nodes = {}
    edges: Edges = set()
    entry: dict[str, str] = {}
    leave: dict[str, str] = {}
    for name, node in graph.nodes.items():
        full = prefix + name
        if not isinstance(node, RawGraph):
            nodes[full] = node
            entry[name] = leave[name] = full
            continue
        inner, joined = _flatten(node, source, f"{full}.")
        nodes.update(inner)
        edges |= joined
        for ends, kind in ((entry, nir.Input), (leave, nir.Output)):
            doors = [f"{full}.{key}" for key, value in node.nodes.items() if isinstance(value, kind)]
            if len(doors) != 1:
                found = f"{len(doors)} nodes of type {kind.__name__}"
                raise InputError(source, f"node {full!r}", found, "a graph with one")
            ends[name] = doors[0]
    return nodes, edges | {(leave[a], entry[b]) for a, b in graph.edges}


def _dissolve(nodes: Nodes, edges: Edges, source: str) -> tuple[Nodes, Edges]:
    """Take out the inputs and outputs of inner graphs; what came in goes on."""
    for name in list(nodes):
        comes = [a for a, b in edges if b == name]
        goes = [b for a, b in edges if a == name]
        if isinstance(nodes[name], (nir.Input, nir.Output)) and comes and goes:
            edges = {e for e in edges if name not in e} | {(a, b) for a in comes for b in goes}
            del nodes[name]
    for name in nodes:
        if not any(name in edge for edge in edges) and len(nodes) > 1:
            raise InputError(source, f"node {name!r}", "no edge to it or from it", "a node of the chain")
    return nodes, edges


def _take_recurrence(nodes: Nodes, edges: Edges) -> dict[str, tuple[str, nir.NIRNode]]:
    """Remove each linear node that does nothing but feed a population back to itself."""
    found: dict[str, tuple[str, nir.NIRNode]] = {}
    for name, node in list(nodes.items()):
        comes = {a for a, b in edges if b == name}
        goes = {b for a, b in edges if a == name}
        if isinstance(node, LINEAR) and comes == goes and len(comes) == 1:
            (population,) = comes
            if isinstance(nodes[population], SPIKING) and population not in found:
                found[population] = (name, node)
                edges -= {(population, name), (name, population)}
                del nodes[name]
    return found
