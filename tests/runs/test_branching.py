"""Branching networks where users meet them: tracking, comparing, describing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.association import tracker_settings
from neuromorph_track.association.in_lava import LavaAssociation
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Graph, Layer, Network, Node, read_net, write_graph
from neuromorph_track.netx.describe import describe
from neuromorph_track.profiling import read_activity
from neuromorph_track.runs import RunOptions, RunSummary, profile, read_run, track
from neuromorph_track.runs import verify as module
from neuromorph_track.runs.detector import Detector
from neuromorph_track.runs.verify import input_values, verify
from tests.backends.random_graphs import random_graph
from tests.backends.two_heads import SHIPPED, two_heads
from tests.runs.conftest import SCENE

QUIET = RunOptions(quiet=True, hardware=("loihi2-oheogulch",))
TIMEOUT = 120.0


def cut(network: Network) -> Graph:
    """The small detector as a trunk and a head, and a second head that only counts."""
    shape = network.layers[1].shape
    head = replace(network.layers[2], neuron=network.layers[1].neuron)
    nodes = (
        Node("trunk", Network(network.layers[:2])),
        Node("boxes", Network((Layer("input", shape), network.layers[2])), ("trunk",)),
        Node("other", Network((Layer("input", shape), head)), ("trunk",)),
    )
    return Graph(nodes, ("boxes", "other"), contract=network.contract)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_graph(two_heads(read_net(SHIPPED)), tmp_path / "heads")
    return tmp_path / "heads"


def test_tracks_are_those_of_the_whole_detector(run: RunSummary, folder: Path, tmp_path: Path) -> None:
    found = track(SCENE, folder, tmp_path / "cut", QUIET)
    written = (found.folder / "tracks.txt").read_text()
    assert written == (run.folder / "tracks.txt").read_text()
    assert written.count("\n") > 12
    activity = read_activity(found.folder / "activity.h5")
    assert [layer.name for layer in activity.layers][-3:] == [
        "neck/3 conv",
        "boxes/1 conv",
        "embedding/1 conv",
    ]
    more = {layer.name: layer.steady_state.synops for layer in found.summary.layers}
    assert more.pop("embedding/1 conv") > 0
    assert sum(more.values()) == sum(layer.steady_state.synops for layer in run.summary.layers)
    assert [report.name for report in found.energy] == ["Loihi 2 (Oheo Gulch)"]


def test_a_run_names_the_network_by_all_its_files(
    network: Network, pictures: Callable[..., Path], tmp_path: Path
) -> None:
    folder, source = tmp_path / "graph", pictures(48, 64, 3)
    write_graph(cut(network), folder)

    def fingerprint(name: str) -> str:
        found = profile(source, folder / "graph.toml", tmp_path / name, QUIET)
        digest: str = read_run(found.folder)["network"]["sha256"]
        return digest

    first = fingerprint("first")
    assert fingerprint("again") == first
    (folder / "other.net").write_bytes((folder / "other.net").read_bytes() + b"\0")
    assert fingerprint("changed") != first


@pytest.mark.parametrize("name", ["network", "leaky"])
def test_the_head_is_the_first_output(
    request: pytest.FixtureRequest, frames: list[np.ndarray], name: str
) -> None:
    network: Network = request.getfixturevalue(name)
    ways = []
    for one in (network, cut(network)):
        detector = Detector(one)
        detector.decoder.score_threshold = 0.01
        ways.append([found for chunk in detector.run(frames) for found in chunk.detections])
    assert any(len(found) for found in ways[0])
    for whole, apart in zip(*ways, strict=True):
        np.testing.assert_array_equal(apart.xyxy, whole.xyxy)
        np.testing.assert_array_equal(apart.score, whole.score)


def test_without_a_contract_there_is_no_detector(network: Network) -> None:
    with pytest.raises(InputError, match="graph: contract: found nothing"):
        Detector(replace(cut(network), contract=None))


def test_noise_for_a_graph_without_a_contract_makes_it_answer() -> None:
    for seed, cuba in ((1, False), (1, True), (4, True)):
        graph = random_graph(seed, cuba)
        values = input_values(graph, 8, None)
        assert values.shape == (8, *graph.input_shape)
        sent = FixedSimulator(graph).run(values, record=True).spikes
        assert sent is not None
        assert np.any(sent[0])


def test_it_is_described(folder: Path) -> None:
    content = describe(load_network(folder))
    names = [layer["name"] for layer in content["layers"]]
    assert names[:2] + names[5:7] == ["trunk/0 input", "trunk/1 conv", "neck/0 input", "neck/1 conv"]
    chain = describe(read_net(SHIPPED))
    assert chain["graph"] is None
    assert sum(layer["macs"] for layer in content["layers"][:-2]) == sum(
        layer["macs"] for layer in chain["layers"]
    )
    assert content["graph"]["outputs"] == ["boxes", "embedding"]
    assert content["graph"]["nodes"][-1] == {
        "name": "embedding",
        "net": "embedding.net",
        "from": ["trunk", "neck"],
        "waits": [3, 0],
        "join": "concat",
        "shape": [4, 24, 32],
    }


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize("name", ["network", "leaky"])
def test_equal_to_lava(request: pytest.FixtureRequest, name: str, stock: bool) -> None:
    graph = cut(request.getfixturevalue(name))
    verdict = verify(graph, "lava", 3, "scene:seed=1", stock=stock, timeout=TIMEOUT)
    assert verdict.equal
    assert verdict.counts_equal
    assert verdict.layers == 4
    assert verdict.spikes


@pytest.mark.slow
@pytest.mark.slayer
def test_a_wrong_weight_is_found_in_its_node(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    graph = cut(network)
    first, layer = graph.node("other").network.layers
    assert layer.weight is not None
    other = Network((first, replace(layer, weight=layer.weight + 20)))
    wrong = replace(graph, nodes=(*graph.nodes[:2], replace(graph.nodes[2], network=other)))
    monkeypatch.setattr(module, "LavaBackend", lambda _, **options: LavaBackend(wrong, **options))
    verdict = verify(graph, "lava", 3, "scene:seed=1", timeout=TIMEOUT, stock=False)
    assert verdict.difference is not None
    assert verdict.difference.layer == "other/1 conv"


@pytest.mark.slow
@pytest.mark.slayer
def test_the_tracker_runs_behind_the_head(network: Network, frames: list[np.ndarray]) -> None:
    """In Lava, where the head is neither the last layer nor the deepest."""
    graph = cut(network)
    deep = Node("deep", Network((Layer("input", (7, 4, 4)), network.layers[2])), ("other",))
    deep = replace(deep, network=deepened(deep.network, network))
    graph = replace(graph, nodes=(*graph.nodes, deep), outputs=("boxes", "deep"))
    ways = []
    for one in (network, graph):
        inside = LavaAssociation((52, 40), tracker_settings(0.02))
        detector = Detector(one, backend="lava", in_lava=inside)
        try:
            ways.append([found for chunk in detector.run(frames) for found in chunk.tracks or []])
        finally:
            detector.close()
    assert sum(len(found) for found in ways[0]) > 3
    for whole, apart in zip(*ways, strict=True):
        np.testing.assert_array_equal(apart.xyxy, whole.xyxy)
        np.testing.assert_array_equal(apart.track_id, whole.track_id)


def deepened(chain: Network, network: Network) -> Network:
    """The chain with a layer of its own input's shape."""
    weight = np.eye(7, dtype=np.int32).reshape(7, 7, 1, 1) * 64
    layer = replace(
        network.layers[1], weight=weight, bias=None, stride=(1, 1), padding=(0, 0), shape=(7, 4, 4)
    )
    return Network((chain.layers[0], layer))


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cuba", [False, True])
def test_random_graphs_in_slayer(seed: int, cuba: bool) -> None:
    graph = random_graph(seed, cuba)
    layers = [layer for node in graph.nodes for layer in node.network.layers]
    if any(layer.delay is not None or layer.weight_rec is not None for layer in layers):
        with pytest.raises(InputError, match=r"delay|type"):
            verify(graph, "slayer", 6)
        return
    verdict = verify(graph, "slayer", 6)
    assert verdict.equal, verdict.difference


@pytest.mark.slow
@pytest.mark.slayer
def test_a_two_headed_detector_in_slayer() -> None:
    verdict = verify(two_heads(read_net(SHIPPED)), "slayer", 2)
    assert verdict.equal, verdict.difference
    assert verdict.layers == 10


@pytest.mark.slayer
def test_slayer_has_one_unit_for_what_joins(network: Network, leaky: Network) -> None:
    graded = cut(network)
    shape = network.layers[1].shape
    neuron = leaky.layers[1].neuron
    same = np.eye(shape[0], dtype=np.int32).reshape(shape[0], shape[0], 1, 1)
    binary = Layer("conv", shape, neuron=neuron, weight=same)
    nodes = (
        *graded.nodes,
        Node("binary", Network((Layer("input", shape), binary)), ("trunk",)),
        Node("mixed", Network((Layer("input", shape), binary)), ("trunk", "binary")),
    )
    graph = replace(graded, nodes=nodes, outputs=("boxes", "other", "mixed"))
    with pytest.raises(InputError, match="join: found binary and graded spikes into mixed/1 conv"):
        verify(graph, "slayer", 2, "scene:seed=1")
