"""``export`` with NIR graphs, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import nir
import numpy as np
import pytest

from neuromorph_track.netx import Layer, Network, Neuron, read_net, write_net
from tests.cli.conftest import Command


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Four inputs, three LIF neurons that keep 0.9 per step of 1e-4 s; weights that 8 bits do not hold."""
    path = tmp_path / "model.nir"
    weight = np.array(
        [[0.517, -0.3119, 0.2, 0.0], [1.0, 0.25, -0.7013, 0.1], [0.3, 0.3, 0.3, 0.3]], np.float32
    )
    ones = np.ones(3)
    nodes = {
        "input": nir.Input(np.array([4])),
        "fc": nir.Affine(weight, np.array([0.1, 0.0, -0.2], np.float32)),
        "lif": nir.LIF(1e-3 * ones, 10 * ones, 0 * ones, ones),
        "output": nir.Output(np.array([3])),
    }
    edges = [("input", "fc"), ("fc", "lif"), ("lif", "output")]
    nir.write(str(path), nir.NIRGraph(nodes, edges))
    return path


def test_a_graph_becomes_a_net(command: Command, graph: Path) -> None:
    answer = command("export", graph, "-o", "model.net")
    assert answer.code == 0
    assert "2 layers written to model.net" in answer.out
    for words in ("read as nir, dt 0.0001; fed with spikes", "1 dense", "fc lif", "410 (409.6)", "0.2"):
        assert words in answer.out
    assert "NIR and the chip reset a potential after a spike" in " ".join(answer.out.split())
    network = read_net("model.net")
    np.testing.assert_array_equal(network.layers[1].weight[1], [127, 32, -89, 13])
    np.testing.assert_array_equal(network.layers[1].bias, [13, 0, -25])
    assert network.layers[1].neuron == Neuron("cuba", "CUBA", 127, 4096, 410)


def test_the_report_for_machines(command: Command, graph: Path) -> None:
    answer = command("export", graph, "-o", "model.net", "--json")
    content = json.loads(answer.out)
    assert content["file"] == "model.net"
    (layer,) = content["report"]["layers"]
    assert layer["rounding"]["scale"] == pytest.approx(127)
    assert layer["voltage_decay"] == {"wanted": pytest.approx(409.6), "got": 410}
    assert layer["rounding"]["largest_error"] == pytest.approx(0.4, abs=0.01)
    assert content["report"]["convention"] == "nir"


@pytest.mark.parametrize(
    ("options", "decay"),
    [
        (("--dt", "5e-4"), 2048),
        (("--convention", "snntorch"), 410),
        (("--convention", "norse", "--dt", "1e-3"), 4096),
        (("--convention", "sinabs", "--dt", "1e-3"), 2589),
    ],
)
def test_whose_time_constants(command: Command, graph: Path, options: tuple[str, ...], decay: int) -> None:
    assert command("export", graph, "-o", "model.net", *options).code == 0
    neuron = read_net("model.net").layers[1].neuron
    assert neuron is not None
    assert neuron.voltage_decay == decay


def test_numbers_as_the_input(command: Command, graph: Path) -> None:
    answer = command("export", graph, "-o", "model.net", "--values", "4", "--largest-value", "2")
    assert "fed with values times 16, rounded, through delta neurons" in answer.out
    first, second = read_net("model.net").layers
    assert first.neuron is not None
    assert first.neuron.kind == "delta"
    assert second.neuron is not None
    assert second.neuron.current_decay == 0


def test_a_net_becomes_a_graph_and_comes_back(command: Command, tmp_path: Path) -> None:
    weight = np.array([[127, -3, 5], [0, 64, -90]], np.int32)
    layer = Layer("dense", (2,), neuron=Neuron("cuba", "CUBA", 100, 700, 41), weight=weight)
    write_net(Network((Layer("input", (3,)), layer)), "some.net")
    answer = command("export", "some.net", "-o", "some.nir", "--dt", "2e-3")
    assert answer.out == "2 layers written to some.nir; step its graph with dt 0.002\n"
    assert json.loads(command("export", "some.net", "-o", "some.nir", "--json").out)["dt"] == 1e-4
    answer = command("export", "some.nir", "-o", "back.net")
    assert "exact" in answer.out
    back = read_net("back.net").layers[1]
    np.testing.assert_array_equal(back.weight, weight)
    assert back.neuron == layer.neuron


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing.nir", "-o", "x.net"), "nothing.nir: file: found nothing, expected a .nir file"),
        (
            ("{graph}", "-o", "x.h5"),
            "x.h5: output: found a name ending in '.h5', expected one ending in '.net'",
        ),
        (("{graph}", "-o", "x.nir"), "x.nir: output: found a name ending in '.nir', expected one ending in"),
        (("{net}", "-o", "x.nir"), "layer/0: found a delta encoder, expected CUBA neurons alone"),
        (
            ("{graph}", "-o", "x.net", "--convention", "brian"),
            "convention: found 'brian', expected nir, snntorch",
        ),
        (("{graph}", "-o", "x.net", "--dt", "0"), "dt: found 0, expected a timestep above 0"),
        (
            ("{graph}", "-o", "x.net", "--dt", "1"),
            "node 'lif' (LIF): found a time constant of 0.001, shorter",
        ),
        (
            ("{graph}", "-o", "x.net", "--input-shape", "2,2,2"),
            "node 'fc' (Affine): found weights for 4 inputs",
        ),
        (("{graph}", "-o", "x.net", "--input-shape", "a"), "--input-shape: sizes: found 'a'"),
        (("{graph}", "-o", "x.net", "--values", "99"), "--values: range: found 99 bits"),
    ],
)
def test_faults_are_one_line(
    command: Command, graph: Path, net: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = command("export", *(a.format(graph=graph, net=net) for a in arguments))
    assert answer.code == 1
    assert answer.out == ""
    assert words in answer.err
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{graph}", "-o", "x.net", "--model", "a:b"), "--model: not for reading a NIR graph"),
        (("{graph}", "-o", "x.net", "--no-check"), "--no-check: not for reading a NIR graph"),
        (("{graph}", "-o", "x.net", "--largest-value", "2"), "--largest-value and --values go together"),
        (("{net}", "-o", "x.nir", "--values", "3"), "--values: not for writing a NIR graph (--dt)"),
    ],
)
def test_options_that_would_do_nothing(
    command: Command, graph: Path, net: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = command("export", *(a.format(graph=graph, net=net) for a in arguments))
    assert answer.code == 2
    assert words in answer.complaint


@pytest.mark.parametrize(
    ("shape", "node"),
    [
        ((4,), nir.Affine(np.zeros((0, 4)), np.zeros(0))),
        ((4,), nir.Linear(np.zeros((3, 0)))),
        ((2, 4, 4), nir.Conv2d((4, 4), np.zeros((0, 2, 3, 3)), 1, 0, 1, 1, np.zeros(0))),
        ((2, 4, 4), nir.Conv2d((4, 4), np.zeros((2, 2, 0, 0)), 1, 0, 1, 1, np.zeros(2))),
        ((1 << 20, 2, 2), nir.SumPool2d(np.array([99, 99]), np.array([1, 1]), np.array([0, 0]))),
        ((4,), nir.Delay(np.full(4, 1e20))),
    ],
)
def test_nodes_that_no_layer_can_be_made_of(
    command: Command, tmp_path: Path, shape: tuple[int, ...], node: nir.NIRNode
) -> None:
    ends = {"input": nir.Input(np.array(shape)), "x": node, "output": nir.Output(np.array([1]))}
    graph = nir.NIRGraph(ends, [("input", "x"), ("x", "output")], type_check=False)
    nir.write(str(tmp_path / "odd.nir"), graph)
    answer = command("export", tmp_path / "odd.nir", "-o", "model.net")
    assert answer.code != 0
    assert f"node 'x' ({type(node).__name__}): found" in answer.complaint
    assert "Traceback" not in answer.err
    assert not Path("model.net").exists()
