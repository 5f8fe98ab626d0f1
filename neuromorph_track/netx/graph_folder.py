"""Branching networks on disk: a folder with several `.net` files and one ``graph.toml``."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from neuromorph_track.files import atomic_folder, write_text
from neuromorph_track.netx.branching import INPUT, MAX_NODES, Graph, Join, Node
from neuromorph_track.netx.contract import Frozen, RunContract
from neuromorph_track.netx.graph import Network
from neuromorph_track.netx.net_folder import SUFFIX, FileName, check_size, inside, read_table
from neuromorph_track.netx.read import read_net
from neuromorph_track.netx.toml_text import toml_text
from neuromorph_track.netx.write import write_net

GRAPH_FILE = "graph.toml"
FORMAT_VERSION = 1

Name = Annotated[str, Field(min_length=1, max_length=64)]
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=MAX_NODES)]


class _NodeTable(Frozen):
    name: Name
    net: FileName
    sources: Annotated[Names, Field(alias="from")] = (INPUT,)
    join: Join = "add"


class _GraphTable(Frozen):
    format_version: Literal[1]
    outputs: Names
    node: Annotated[tuple[_NodeTable, ...], Field(min_length=1, max_length=MAX_NODES)]
    contract: RunContract | None = None


def read_graph(path: str | os.PathLike[str]) -> Graph:
    """Read and validate a branching network.

    Parameters
    ----------
    path : str or path
        The folder, or its ``graph.toml``.

    Raises
    ------
    InputError
        When the folder holds no such network, a file in it is wrong, or the parts do not fit.
    """
    file, table = read_table(path, GRAPH_FILE, _GraphTable, "graph", "a branching network")
    networks: dict[Path, Network] = {}
    nodes = []
    for node in table.node:
        net = inside(file, f"node/{node.name}/net", node.net)
        if net not in networks:
            networks[net] = read_net(net)
            check_size(file, "node", networks.values(), "all nodes")
        nodes.append(Node(node.name, networks[net], node.sources, node.join))
    return Graph(tuple(nodes), table.outputs, str(file), table.contract)


def write_graph(graph: Graph, folder: str | os.PathLike[str]) -> None:
    """Write a branching network to a new or an empty folder; nodes that share a chain share its file.

    Raises
    ------
    InputError
        When a chain is not valid, or the folder holds something.
    JobError
        When the folder cannot be written.
    """
    with atomic_folder(folder) as new:
        files: dict[int, str] = {}
        tables: list[dict[str, Any]] = []
        for node in graph.nodes:
            file = files.setdefault(id(node.network), f"{node.name}{SUFFIX}")
            if not (new / file).exists():
                # A contract speaks of a whole network.
                write_net(replace(node.network, contract=None), new / file)
            table = {"name": node.name, "net": file, "from": list(node.sources)}
            tables.append(table | ({"join": node.join} if len(node.sources) > 1 else {}))
        whole: dict[str, Any] = {"format_version": FORMAT_VERSION, "outputs": list(graph.outputs)}
        whole["node"] = tables
        if graph.contract is not None:
            whole["contract"] = graph.contract.model_dump(mode="json", exclude_none=True)
        write_text(new / GRAPH_FILE, toml_text(whole))
