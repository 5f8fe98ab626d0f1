"""Reading the nodes and edges of a `.nir` file; nothing in the file is trusted."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np

from neuromorph_track.errors import InputError
from neuromorph_track.netx.hdf5 import opened

MAX_NODES = 4096
MAX_EDGES = 4 * MAX_NODES
MAX_DEPTH = 8
# In the whole file: a hundred times the largest network that is known.
MAX_BYTES = 1 << 29
MAX_TEXT = 1 << 20
NODES = {
    name: getattr(nir, name)
    for name in (
        *("Input", "Output", "Flatten", "Delay", "Threshold", "Scale"),
        *("Affine", "Linear", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d"),
        *("I", "IF", "LI", "LIF", "CubaLI", "CubaLIF"),
    )
}
# Fields that may be a text: 'same' and 'valid'.
TEXTS = ("padding",)
Metadata = dict[str, str | float]


@dataclass(frozen=True)
class RawGraph:
    """A graph as the file nests it.

    Attributes
    ----------
    nodes : dict
        By name. ``None`` is a node without a type, which some exporters leave for a flatten.
    edges : tuple of (str, str)
        Without repetitions, in the order of the file.
    metadata : dict
        Texts and numbers beside the nodes.
    """

    nodes: dict[str, nir.NIRNode | RawGraph | None]
    edges: tuple[tuple[str, str], ...]
    metadata: Metadata = field(default_factory=dict)


def read_raw(path: str | os.PathLike[str]) -> RawGraph:
    """Read a `.nir` file with h5py and build its nodes with the ``nir`` package, one by one.

    ``nir.read`` follows links, reads whatever size a file claims and answers a fault with an
    assertion that names nothing; so the file is walked here, and every node gets its own message.

    Raises
    ------
    InputError
        When the file is absent, no HDF5, too large, or holds something that is no NIR.
    """
    path = Path(path)
    with opened(path, "a .nir file (HDF5)") as file:
        return _Reader(str(path)).graph(file, "node", 0)


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.bytes = self.nodes = 0

    def fail(self, where: str, found: str, expected: str) -> InputError:
        return InputError(self.source, where, found, expected)

    def graph(self, parent: h5py.Group, key: str, depth: int) -> RawGraph:
        group = self.group(parent, key)
        if depth > MAX_DEPTH:
            raise self.fail(group.name, "graphs in graphs in graphs", f"at most {MAX_DEPTH} of them")
        members = self.group(group, "nodes")
        nodes = {name: self.node(members, name, depth) for name in members}
        return RawGraph(nodes, self.edges(group, set(nodes)), self.metadata(group))

    def node(self, parent: h5py.Group, key: str, depth: int) -> nir.NIRNode | RawGraph | None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.fail(parent.name, f"over {MAX_NODES} nodes", f"at most {MAX_NODES}")
        group = self.group(parent, key)
        if "type" not in group:
            return None
        kind = self.text(group, "type")
        if kind == "NIRGraph":
            return self.graph(parent, key, depth + 1)
        if kind not in NODES:
            raise self.fail(f"{group.name}/type", repr(kind), f"one of {', '.join(sorted(NODES))}")
        return self.build(group, kind)

    def build(self, group: h5py.Group, kind: str) -> nir.NIRNode:
        values: dict[str, Any] = {"type": kind, "metadata": self.metadata(group)}
        for key in group:
            if key not in ("type", "metadata"):
                values[key] = self.value(group, key)
        shape = "shape" if kind in ("Input", "Output") else "input_type" if kind == "Flatten" else None
        fields = {f.name: f for f in dataclasses.fields(NODES[kind]) if f.init and f.name != "metadata"}
        known = {"shape"} if kind in ("Input", "Output") else set(fields)
        optional = {name for name, f in fields.items() if _has_default(f)} | {shape, "input_shape", "bias"}
        for key in values.keys() - known - {"type", "metadata"}:
            raise self.fail(f"{group.name}/{key}", "a field of this name", f"fields of {kind} alone")
        for key in sorted(known - optional - values.keys()):
            raise self.fail(f"{group.name}/{key}", "nothing", f"this field of {kind}")
        for key in (known & {"shape", "input_type", "input_shape", "bias"}) - values.keys():
            values[key] = None
        try:
            # A stride of 0 is answered where the layers are made, not by a warning from a division.
            with np.errstate(all="ignore"):
                return nir.dict2NIRNode(values)
        # What nir makes of arbitrary numbers can be any exception.
        except Exception as error:
            found = f"values that do not go together ({' '.join(str(error).split()) or kind}"[:200] + ")"
            raise self.fail(group.name, found, f"the fields of {kind}") from error

    def edges(self, group: h5py.Group, names: set[str]) -> tuple[tuple[str, str], ...]:
        where = f"{group.name}/edges"
        stored = self.dataset(group, "edges")
        if stored.size == 0 or stored.ndim != 2 or stored.shape[1] != 2 or len(stored) > MAX_EDGES:
            raise self.fail(where, f"shape {stored.shape}", f"(edges, 2) with at most {MAX_EDGES} edges")
        edges = tuple(self.edge(stored, index, where) for index in range(len(stored)))
        for name in (end for edge in edges for end in edge):
            if name not in names:
                raise self.fail(where, f"an edge of {name!r}", "edges between the graph's nodes")
        return tuple(dict.fromkeys(edges))

    def edge(self, stored: h5py.Dataset, index: int, where: str) -> tuple[str, str]:
        # One by one: texts of any length may lie behind a few bytes, the same one behind all of them.
        a, b = (self.decode(end, where) for end in stored[index])
        self.count(len(a) + len(b), where)
        return a, b

    def metadata(self, group: h5py.Group) -> Metadata:
        found: Metadata = {}
        if "metadata" not in group:
            return found
        members = self.group(group, "metadata")
        for key in members:
            # Other writers keep what they like here; only what could be ours is looked at.
            if isinstance(members.get(key, getlink=True), h5py.HardLink) and isinstance(
                members.get(key), h5py.Dataset
            ):
                stored = self.dataset(members, key)
                if stored.size != 1:
                    continue
                values = np.asarray(stored[()]).reshape(-1)
                if values.dtype.kind in "OSU":
                    found[key] = self.decode(values[0], f"{members.name}/{key}")
                elif values.dtype.kind in "iuf":
                    found[key] = float(values[0])
        return found

    def value(self, group: h5py.Group, key: str) -> Any:
        where = f"{group.name}/{key}"
        stored = self.dataset(group, key)
        if stored.dtype.kind in "OSU" and stored.size == 1 and key in TEXTS:
            return self.decode(np.asarray(stored[()]).reshape(-1)[0], where)
        if stored.dtype.kind not in "iufb":
            raise self.fail(where, f"{stored.size} values of {stored.dtype}", "numbers")
        values = np.asarray(stored[()])
        if not np.all(np.isfinite(values)):
            raise self.fail(where, "infinities or values that are no numbers", "finite numbers")
        # Single numbers as nir itself reads them, which is not an array of no dimension.
        return values[()]

    def group(self, parent: h5py.Group, key: str) -> h5py.Group:
        value = parent.get(key) if isinstance(parent.get(key, getlink=True), h5py.HardLink) else None
        if not isinstance(value, h5py.Group):
            raise self.fail(f"{parent.name.rstrip('/')}/{key}", "no such group", "a group of a NIR file")
        return value

    def dataset(self, group: h5py.Group, key: str) -> h5py.Dataset:
        where = f"{group.name}/{key}"
        link = group.get(key, getlink=True)
        value = group.get(key) if isinstance(link, h5py.HardLink) else None
        if not isinstance(value, h5py.Dataset):
            raise self.fail(where, "a link to elsewhere" if link is not None else "nothing", "a dataset")
        if value.external or value.is_virtual:
            raise self.fail(where, "numbers that lie in another file", "numbers in this file")
        if value.size is None:
            raise self.fail(where, "an empty dataset", "values")
        self.count(value.size * value.dtype.itemsize, where)
        return value

    def count(self, size: int, where: str) -> None:
        self.bytes += size
        if self.bytes > MAX_BYTES:
            raise self.fail(where, f"{self.bytes} bytes so far", f"at most {MAX_BYTES}")

    def text(self, group: h5py.Group, key: str) -> str:
        where = f"{group.name}/{key}"
        stored = self.dataset(group, key)
        if stored.size != 1:
            raise self.fail(where, f"{stored.size} values", "a text")
        return self.decode(np.asarray(stored[()]).reshape(-1)[0], where)

    def decode(self, value: Any, where: str) -> str:
        if isinstance(value, str):
            value = value.encode()
        if not isinstance(value, bytes) or len(value) > MAX_TEXT:
            raise self.fail(where, f"a value of {type(value).__name__}", "a text")
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise self.fail(where, "bytes that are no UTF-8", "a text") from error


def _has_default(member: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return member.default is not missing or member.default_factory is not missing
