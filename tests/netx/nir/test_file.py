"""Files that nobody may trust: every fault is one line that names the file, the node and the field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import nir
import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir.file import MAX_BYTES, RawGraph, read_raw
from tests.netx.nir.graphs import chained, saved, spiking, weights


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    nodes = (nir.Affine(weights(rng, 3, 4), np.zeros(3)), spiking((3,), rng, "LIF"))
    return saved(chained(*nodes, input_shape=(4,)), tmp_path)


def test_nodes_edges_and_metadata(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        for key, value in (("a", "text"), ("b", 2.5), ("c", [1, 2])):
            file[f"node/metadata/{key}"] = value
    graph = read_raw(path)
    assert {name: type(node).__name__ for name, node in graph.nodes.items()} == {
        "input": "Input",
        "n0": "Affine",
        "n1": "LIF",
        "output": "Output",
    }
    assert graph.edges == (("input", "n0"), ("n0", "n1"), ("n1", "output"))
    # What is neither a text nor a number is left alone.
    assert graph.metadata == {"a": "text", "b": 2.5}


def test_files_of_older_writers(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        # v_reset came with nir 1.0.5; norse's flatten has been a group without a type.
        del file["node/nodes/n1/v_reset"]
        del file["node/nodes/output/type"]
    graph = read_raw(path)
    np.testing.assert_array_equal(graph.nodes["n1"].v_reset, np.zeros(3))  # type: ignore[union-attr]
    assert graph.nodes["output"] is None


def replace(name: str, value: object) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        if name in file:
            del file[name]
        file[name] = value

    return change


def remove(name: str) -> Callable[[h5py.File], None]:
    return lambda file: file.__delitem__(name)


def nest(file: h5py.File) -> None:
    """A graph that holds itself."""
    group = file["node/nodes"].create_group("again")
    group["type"] = "NIRGraph"
    group["edges"] = file["node/edges"]
    group["nodes"] = file["node/nodes"]


def repeat(file: h5py.File) -> None:
    """One long text that every edge is: nothing in the file, far too much when read."""
    del file["node/edges"]
    edges = file["node"].create_dataset("edges", (1 << 13, 2), h5py.string_dtype())
    edges[:] = "n" * (1 << 16)


def claim(file: h5py.File) -> None:
    """A terabyte that takes no room in the file."""
    del file["node/nodes/n0/weight"]
    file["node/nodes/n0"].create_dataset("weight", (1 << 19, 1 << 18), "f8", chunks=(1024, 1024))


def shape_of(file: h5py.File, name: str, shape: tuple[int, ...]) -> None:
    """Texts of one byte that nobody has written."""
    del file[name]
    file.create_dataset(name, shape, "S1", chunks=tuple(min(size, 1024) for size in shape))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (remove("node"), "/node: found no such group"),
        (remove("node/nodes"), "/node/nodes: found no such group"),
        (remove("node/edges"), "/node/edges: found nothing, expected a dataset"),
        (replace("node/edges", np.zeros((2, 3))), "/node/edges: found shape (2, 3)"),
        (replace("node/edges", np.zeros((2, 2))), "/node/edges: found a value of float64, expected a text"),
        (replace("node/edges", [[b"n0", b"n9"]]), "/node/edges: found an edge of 'n9'"),
        (replace("node/edges", [[b"\xff", b"n1"]]), "/node/edges: found bytes that are no UTF-8"),
        (replace("node/nodes/n0/type", "LSTM"), "/node/nodes/n0/type: found 'LSTM', expected one of Affine"),
        (replace("node/nodes/n0/type", 3), "/node/nodes/n0/type: found a value of int64, expected a text"),
        (
            remove("node/nodes/n0/weight"),
            "/node/nodes/n0/weight: found nothing, expected this field of Affine",
        ),
        (replace("node/nodes/n0/extra", 1.0), "/node/nodes/n0/extra: found a field of this name"),
        (replace("node/nodes/n0/weight", "text"), "/node/nodes/n0/weight: found 1 values of"),
        (
            replace("node/nodes/n0/weight", np.ones(4)),
            "n0: found values that do not go together (Weight must",
        ),
        (replace("node/nodes/n0/weight", np.full((3, 4), np.nan)), "/node/nodes/n0/weight: found infinities"),
        (replace("node/nodes/n1/tau", np.ones(5)), "/node/nodes/n1: found values that do not go together"),
        (replace("node/nodes/n1/tau", [b"a", b"b", b"c"]), "/node/nodes/n1/tau: found 3 values of"),
        (replace("node/nodes/n1", np.ones(5)), "/node/nodes/n1: found no such group"),
        (
            replace("node/nodes/n1/tau", h5py.ExternalLink("/etc/passwd", "x")),
            "tau: found a link to elsewhere",
        ),
        (replace("node/nodes/n1/tau", h5py.SoftLink("/node/nodes/n1/r")), "tau: found a link to elsewhere"),
        (replace("node/nodes/n1", h5py.SoftLink("/node/nodes/n1")), "/node/nodes/n1: found no such group"),
        (nest, "graphs in graphs in graphs"),
        (repeat, f"bytes so far, expected at most {MAX_BYTES}"),
        (lambda file: shape_of(file, "node/edges", (1 << 24, 2)), "found shape (16777216, 2)"),
        (lambda file: shape_of(file, "node/nodes/n0/type", (1 << 24,)), "type: found 16777216 values"),
        (claim, f"bytes so far, expected at most {MAX_BYTES}"),
    ],
)
def test_faults_are_named(path: Path, damage: Callable[[h5py.File], None], words: str) -> None:
    with h5py.File(path, "r+") as file:
        damage(file)
    with pytest.raises(InputError) as raised:
        read_raw(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_numbers_in_another_file_are_not_read(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "secret.bin"
    other.write_bytes(np.ones(12, np.float32).tobytes())
    with h5py.File(path, "r+") as file:
        del file["node/nodes/n0/weight"]
        file["node/nodes/n0"].create_dataset("weight", (3, 4), "f4", external=[(str(other), 0, 48)])
    with pytest.raises(InputError, match="numbers that lie in another file"):
        read_raw(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_hdf5(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.nir"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"{len(content)} bytes that HDF5 cannot read"):
        read_raw(path)


def test_half_a_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match="3000 bytes"):
        read_raw(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found nothing"):
        read_raw(tmp_path / "x.nir")
    with pytest.raises(InputError, match="found a folder"):
        read_raw(tmp_path)


def test_graphs_in_graphs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    inner = chained(spiking((3,), rng, "IF"), input_shape=(3,))
    outer = chained(nir.Affine(weights(rng, 3, 4), np.zeros(3)), inner, input_shape=(4,))
    nested = read_raw(saved(outer, tmp_path)).nodes["n1"]
    assert isinstance(nested, RawGraph)
    assert set(nested.nodes) == {"input", "n0", "output"}
