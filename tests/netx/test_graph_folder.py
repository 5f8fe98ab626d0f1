"""Folders of branching networks: there and back, and what is refused in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.netx import (
    Graph,
    Layer,
    Network,
    Neuron,
    Node,
    read_graph,
    read_net,
    write_graph,
    write_net,
)
from neuromorph_track.netx.graph_folder import GRAPH_FILE
from tests.backends.random_graphs import random_graph
from tests.backends.two_heads import SHIPPED, two_heads
from tests.conftest import SmallDisk


def assert_same(found: Graph, expected: Graph) -> None:
    assert (found.outputs, found.contract) == (expected.outputs, expected.contract)
    for mine, theirs in zip(found.nodes, expected.nodes, strict=True):
        assert (mine.name, mine.sources) == (theirs.name, theirs.sources)
        assert mine.join == theirs.join or len(mine.sources) == 1
        for layer, other in zip(mine.network.layers, theirs.network.layers, strict=True):
            assert (layer.kind, layer.shape, layer.neuron) == (other.kind, other.shape, other.neuron)
            for name in ("weight", "weight_rec", "bias", "delay"):
                np.testing.assert_array_equal(getattr(layer, name), getattr(other, name))


@pytest.mark.parametrize("seed", range(6))
def test_there_and_back(tmp_path: Path, seed: int) -> None:
    graph = random_graph(seed, cuba=seed % 2 == 0, mixed=seed == 5)
    write_graph(graph, tmp_path / "graph")
    assert_same(read_graph(tmp_path / "graph"), graph)
    assert_same(read_graph(tmp_path / "graph" / GRAPH_FILE), graph)


def test_a_contract_goes_along_and_each_file_opens_alone(tmp_path: Path) -> None:
    graph = two_heads(read_net(SHIPPED))
    write_graph(graph, tmp_path)
    assert_same(read_graph(tmp_path), graph)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "boxes.net", "embedding.net", "graph.toml", "neck.net", "trunk.net",
    ]  # fmt: skip
    assert read_net(tmp_path / "neck.net").contract is None


def test_nodes_that_share_a_chain_share_its_file(tmp_path: Path) -> None:
    network = Network(
        (Layer("dense", (2,), neuron=Neuron("cuba", "CUBA", 1), weight=np.ones((2, 2), np.int32)),)
    )
    graph = Graph((Node("a", network), Node("b", network, ("a",))), ("b",))
    write_graph(graph, tmp_path / "g")
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == ["a.net", "graph.toml"]
    found = read_graph(tmp_path / "g")
    assert found.nodes[0].network is found.nodes[1].network


def test_texts_of_any_kind_survive(tmp_path: Path) -> None:
    graph = two_heads(read_net(SHIPPED))
    assert graph.contract is not None
    odd = {"a b.c": 'quotes " and \\, a line\nand a tab\t', "ß": "\x7f\x01 …"}
    contract = graph.contract.model_copy(update={"provenance": odd, "score_threshold": 1e-05})
    changed = Graph(graph.nodes, graph.outputs, contract=contract)
    write_graph(changed, tmp_path / "g")
    assert read_graph(tmp_path / "g").contract == contract


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="output: found a folder with files"):
        write_graph(random_graph(0, cuba=True), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_half_a_folder_is_none(tmp_path: Path, small_disk: SmallDisk) -> None:
    with small_disk(), pytest.raises(JobError, match="cannot be written"):
        write_graph(two_heads(read_net(SHIPPED)), tmp_path / "g")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A trunk of two neurons, and a head that hears it."""
    weight = np.ones((2, 2), np.int32)
    for name in ("trunk", "head"):
        layer = Layer("dense", (2,), neuron=Neuron("cuba", "CUBA", 1), weight=weight)
        write_net(Network((layer,)), tmp_path / "g" / f"{name}.net")
    (tmp_path / "g" / GRAPH_FILE).write_text(GOOD)
    return tmp_path / "g"


GOOD = """
format_version = 1
outputs = ["head"]
[[node]]
name = "trunk"
net = "trunk.net"
[[node]]
name = "head"
net = "head.net"
from = ["trunk"]
"""


def test_a_plain_folder(folder: Path) -> None:
    assert [(node.name, node.sources) for node in read_graph(folder).nodes] == [
        ("trunk", ("input",)),
        ("head", ("trunk",)),
    ]


# What is replaced in GOOD, by what, the field that is named, and words of the message.
BAD = {
    "another version": ("version = 1", "version = 2", "format_version", "found 2"),
    "no outputs": ('outputs = ["head"]', "", "outputs", "found nothing, expected a value"),
    "an unknown key": ("format_version", "colour = 1\nformat_version", "colour", "only fields that a graph"),
    "an unknown key of a node": ('"head.net"', '"head.net"\nnets = 1', "node.1.nets", "only fields"),
    "an unknown join": ('["trunk"]', '["trunk"]\njoin = "mul"', "node.1.join", "'add' or 'concat'"),
    "a text for a list": ('from = ["trunk"]', 'from = "trunk"', "node.1.from", "a list"),
    "an unknown source": ('from = ["trunk"]', 'from = ["stem"]', "node/head/from", "found 'stem'"),
    "a broken contract": ('["head"]', '["head"]\ncontract = {name = 1}', "contract.name", "found 1"),
    "no TOML": ("format_version =", "format_version", "syntax", "expected valid TOML"),
    "a file that is absent": ('"head.net"', '"tail.net"', "file", "found nothing, expected a .net file"),
    "no HDF5": ('"head.net"', '"graph.toml"', "file", "that HDF5 cannot read"),
    "a file above": ('"head.net"', '"../head.net"', "node/head/net", "expected a file in this folder"),
    "a file above, by a way round": ('"head.net"', '"x/../../head.net"', "node/head/net", "in this folder"),
    "an absolute path": ('"head.net"', '"/etc/passwd"', "node/head/net", "expected a file in this folder"),
    "a link that leads out": ('"head.net"', '"link.net"', "node/head/net", "expected a file in this folder"),
    "a folder of links": ('"head.net"', '"out/head.net"', "node/head/net", "expected a file in this folder"),
    "a circle of links": ('"head.net"', '"loop.net"', "", ""),
    "a zero byte": ('"head.net"', '"head\\u0000.net"', "node/head/net", "expected a file in this folder"),
    "a folder": ('"head.net"', '"."', "file", "found a folder"),
    "a name that is too long": ('"head.net"', f'"{"ä" * 255}"', "file", "found nothing"),
    "a pipe": ('"head.net"', '"pipe.net"', "file", "found no ordinary file"),
    "layers of a file above": ('"head.net"', '"linked.net"', "layer", "found a link to elsewhere"),
    "a layer of a file above": ('"head.net"', '"first.net"', "layer/0", "found a link to elsewhere"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named(folder: Path, case: str) -> None:
    write_net(read_net(folder / "head.net"), folder.parent / "head.net")
    (folder / "link.net").symlink_to(folder.parent / "head.net")
    (folder / "out").symlink_to(folder.parent)
    (folder / "loop.net").symlink_to("loop.net")
    os.mkfifo(folder / "pipe.net")
    for name, place in (("linked", "layer"), ("first", "layer/0")):
        with h5py.File(folder / f"{name}.net", "w") as file:
            file[place] = h5py.ExternalLink(str(folder.parent / "head.net"), place)
    old, new, field, words = BAD[case]
    assert GOOD.count(old) == 1
    (folder / GRAPH_FILE).write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_graph(folder)
    assert caught.value.field.startswith(field)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(folder) in caught.value.source


def test_a_link_that_stays_inside_is_followed(folder: Path) -> None:
    os.rename(folder / "head.net", folder / "real.net")
    (folder / "head.net").symlink_to("real.net")
    assert len(read_graph(folder).nodes) == 2


def test_recurrent_weights_are_parts_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weight = np.ones((2, 2), np.int32)
    layer = read_net(folder / "head.net").layers[0]
    write_net(Network((replace(layer, kind="dense_rec", weight_rec=weight),)), folder / "head.net")
    monkeypatch.setattr("neuromorph_track.netx.net_folder.MAX_VALUES", 11)
    with pytest.raises(InputError, match="node: found 12 numbers so far"):
        read_graph(folder)


def test_the_parts_together_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuromorph_track.netx.net_folder.MAX_VALUES", 7)
    with pytest.raises(InputError, match="node: found 8 numbers so far, expected at most 7 in all nodes"):
        read_graph(folder)


def test_a_graph_file_is_bounded(folder: Path) -> None:
    (folder / GRAPH_FILE).write_text(GOOD + "#" * (1 << 20))
    with pytest.raises(InputError, match="found more than 1048576 bytes"):
        read_graph(folder)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_no_graph_at_all(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "g")
    with pytest.raises(InputError, match="file: found nothing, expected a branching network's graph"):
        read_graph(tmp_path / "g" / GRAPH_FILE)


# What is replaced in the written contract of the two-headed network, and what is named.
MISFITS = [
    ("height = 192", "height = 200", "contract/input", "(3, 200, 256)"),
    ('outputs = ["boxes", "embedding"]', 'outputs = ["embedding", "boxes"]', "contract/head", "8 channels"),
    ('encoder = "delta"', 'encoder = "bias"', "contract/encoder", "'bias' for delta neurons"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), MISFITS)
def test_a_contract_that_does_not_fit(tmp_path: Path, old: str, new: str, field: str, words: str) -> None:
    write_graph(two_heads(read_net(SHIPPED)), tmp_path)
    file = tmp_path / GRAPH_FILE
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_graph(tmp_path)
    assert caught.value.field == field
    assert words in str(caught.value)
