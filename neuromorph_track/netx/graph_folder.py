"""Branching networks on disk: a folder with several `.net` files and one ``graph.toml``."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuromorph_track.errors import InputError, explain
from neuromorph_track.files import atomic_folder, parse_toml, read_text, write_text
from neuromorph_track.netx.branching import INPUT, MAX_NODES, Graph, Join, Node
from neuromorph_track.netx.contract import RunContract
from neuromorph_track.netx.graph import Network
from neuromorph_track.netx.read import MAX_VALUES, read_net
from neuromorph_track.netx.write import write_net

GRAPH_FILE = "graph.toml"
FORMAT_VERSION = 1
SUFFIX = ".net"
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

Name = Annotated[str, Field(min_length=1, max_length=64)]
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=MAX_NODES)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _NodeTable(_Table):
    name: Name
    net: Annotated[str, Field(min_length=1, max_length=255)]
    sources: Annotated[Names, Field(alias="from")] = (INPUT,)
    join: Join = "add"


class _GraphTable(_Table):
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
    path = Path(path)
    file = path / GRAPH_FILE if path.is_dir() else path
    text = read_text(file, f"a branching network's {GRAPH_FILE}")
    try:
        table = _GraphTable.model_validate(parse_toml(text, file))
    except ValidationError as error:
        raise InputError(file, *explain(error.errors()[0], "graph")) from error
    networks: dict[Path, Network] = {}
    nodes = []
    for node in table.node:
        net = _inside(file, node)
        if net not in networks:
            networks[net] = read_net(net)
            _check_size(file, networks)
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
        tables = []
        for node in graph.nodes:
            file = files.setdefault(id(node.network), f"{node.name}{SUFFIX}")
            if not (new / file).exists():
                # A contract speaks of a whole network.
                write_net(replace(node.network, contract=None), new / file)
            table = {"name": node.name, "net": file, "from": list(node.sources)}
            tables.append(table | ({"join": node.join} if len(node.sources) > 1 else {}))
        write_text(new / GRAPH_FILE, _toml(graph, tables))


def _inside(file: Path, node: _NodeTable) -> Path:
    """The node's `.net`; nothing outside the folder is opened, whatever the file says."""
    folder = file.parent.resolve()
    try:
        net = (folder / node.net).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        # A circle of links, or a name that no file can have.
        raise InputError(file, f"node/{node.name}/net", repr(node.net), "a file in this folder") from error
    if not net.is_relative_to(folder):
        raise InputError(file, f"node/{node.name}/net", repr(node.net), "a file in this folder")
    return net


def _check_size(file: Path, networks: dict[Path, Network]) -> None:
    layers = [layer for network in networks.values() for layer in network.layers]
    parts = ("weight", "weight_imag", "weight_rec", "bias", "delay")
    held = [getattr(layer, part) for layer in layers for part in parts]
    values = sum(array.size for array in held if array is not None)
    if values > MAX_VALUES:
        raise InputError(file, "node", f"{values} numbers so far", f"at most {MAX_VALUES} in all nodes")


def _toml(graph: Graph, tables: list[dict[str, Any]]) -> str:
    lines = [f"format_version = {FORMAT_VERSION}", f"outputs = {_value(list(graph.outputs))}"]
    for table in tables:
        lines += ["", "[[node]]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    if graph.contract is not None:
        lines += _table("contract", graph.contract.model_dump(mode="json", exclude_none=True))
    return "\n".join(lines) + "\n"


def _table(name: str, table: dict[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = ["", f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in plain.items())]
    inner = [_table(f"{name}.{key}", value) for key, value in table.items() if isinstance(value, dict)]
    return lines + [line for part in inner for line in part]


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Texts, numbers and booleans are written as in JSON, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
