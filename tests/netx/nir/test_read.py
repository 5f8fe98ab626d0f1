"""Imported graphs against NIR's own equations in floats, spike for spike."""

from __future__ import annotations

from pathlib import Path

import h5py
import nir
import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.netx.nir import Values, read_nir
from tests.netx.nir import reference
from tests.netx.nir.compare import assert_same_spikes, layer_by_layer
from tests.netx.nir.graphs import DT, STEP, bias, chained, convolution, saved, spiking, tau, weights

STEPS = 16
KINDS = ("IF", "LIF", "CubaLIF", "Threshold")
POOL = (np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))
ZERO = {"bias": np.zeros(4)}


def spikes_in(shape: tuple[int, ...], seed: int = 0, steps: int = STEPS) -> np.ndarray:
    return (np.random.default_rng(seed).random((steps, *shape)) < 0.3).astype(np.int32)


def network(seed: int, kinds: tuple[str, ...]) -> nir.NIRGraph:
    """Convolutions with pools before or behind, any population between, and dense layers."""
    rng = np.random.default_rng(seed)
    first = convolution(rng, 2, 4, stride=(2, 1), groups=int(rng.choice([1, 2])))
    kind, other, last = rng.choice(kinds, 3)
    nodes = [first, spiking((4, 4, 8), rng, kind)]
    if rng.random() < 0.5:
        nodes += [nir.SumPool2d(*POOL), convolution(rng, 4, 6), spiking((6, 2, 4), rng, other)]
        size = 48
    else:
        nodes += [convolution(rng, 4, 6, dilation=(2, 2)), spiking((6, 2, 6), rng, other)]
        size = 72
    nodes += [
        nir.Flatten(None, 0, -1),
        nir.Affine(weights(rng, 5, size), bias(rng, 5) if last != "CubaLIF" else np.zeros(5)),
        spiking((5,), rng, last),
    ]
    for index, node in enumerate(nodes[:-1]):
        if isinstance(nodes[index + 1], nir.CubaLIF):
            # A bias through the synapse is the same on the chip only when it has settled.
            node.bias = np.zeros_like(node.bias)
    return chained(*nodes, input_shape=(2, 8, 8))


@pytest.mark.parametrize("seed", range(12))
def test_random_networks(tmp_path: Path, seed: int) -> None:
    graph = network(seed, ("IF", "Threshold"))
    made = read_nir(saved(graph, tmp_path))
    assert all(layer.rounding.exact and layer.rounding.clipped == 0 for layer in made.report.layers)
    assert_same_spikes(graph, made, spikes_in((2, 8, 8), seed))


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_that_leak(tmp_path: Path, seed: int) -> None:
    graph = network(seed, ("LIF", "CubaLIF"))
    made = read_nir(saved(graph, tmp_path))
    spikes = 0
    for _, expected, got in layer_by_layer(graph, made, spikes_in((2, 8, 8), seed)):
        # The chip rounds decayed states towards zero, which floats do not.
        assert np.mean(expected != got) < 0.01
        spikes += int(got.sum())
    assert spikes > 100


@pytest.mark.parametrize("seed", range(6))
def test_recurrent_networks(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    population = spiking((6,), rng, KINDS[seed % 3])
    biased = not isinstance(population, nir.CubaLIF)
    graph = chained(nir.Affine(weights(rng, 6, 4), bias(rng, 6) * biased), population, input_shape=(4,))
    graph.nodes["back"] = nir.Affine(weights(rng, 6, 6), bias(rng, 6) * biased)
    graph.edges += [("n1", "back"), ("back", "n1")]
    made = read_nir(saved(graph, tmp_path))
    assert made.network.layers[1].kind == "dense_rec"
    assert_same_spikes(graph, made, spikes_in((4,), seed))


def test_snntorch_s_nesting_changes_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    dense, back = nir.Linear(weights(rng, 6, 4)), nir.Linear(weights(rng, 6, 6))
    population = spiking((6,), rng, "CubaLIF")
    flat = chained(dense, population, input_shape=(4,))
    flat.nodes["w_rec"] = back
    flat.edges += [("n1", "w_rec"), ("w_rec", "n1")]
    inner = chained(population, input_shape=(6,))
    inner.nodes["w_rec"] = back
    inner.edges += [("n0", "w_rec"), ("w_rec", "n0")]
    nested = read_nir(saved(chained(dense, inner, input_shape=(4,)), tmp_path))
    assert nested.report.layers[0].nodes == ("n0", "n1.n0", "n1.w_rec")
    wanted = read_nir(saved(flat, tmp_path)).network.layers[1]
    got = nested.network.layers[1]
    assert got.neuron == wanted.neuron
    np.testing.assert_array_equal(got.weight, wanted.weight)
    np.testing.assert_array_equal(got.weight_rec, wanted.weight_rec)


def folded() -> dict[str, tuple[nir.NIRNode, ...]]:
    """Linear nodes before a population of four neurons, from a map (2, 4, 4)."""
    rng = np.random.default_rng(7)
    flatten = nir.Flatten(None, 0, -1)
    dense = nir.Affine(weights(rng, 4, 32), bias(rng, 4))
    half = (np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))
    return {
        "map unrolled": (
            nir.Conv2d(None, rng.integers(0, 2, (8, 1, 2, 2)), 2, 0, 1, 2, rng.integers(-2, 3, 8)),
            flatten,
            dense,
        ),
        "pool, convolution, dense": (
            nir.SumPool2d(*half),
            nir.Conv2d(None, np.ones((3, 2, 2, 2)), 1, 0, 1, 1, np.ones(3)),
            flatten,
            nir.Linear(weights(rng, 4, 3)),
        ),
        "average": (nir.AvgPool2d(*half), flatten, nir.Affine(4 * weights(rng, 4, 8), bias(rng, 4))),
        "no flatten": (dense,),
        "two dense": (
            flatten,
            nir.Affine(rng.integers(0, 2, (3, 32)).astype(np.float32), np.ones(3)),
            nir.Linear(weights(rng, 4, 3)),
        ),
        "scales": (
            nir.Scale(np.full((2, 4, 4), 2.0)),
            flatten,
            nir.Scale(rng.choice([0.5, 1.0], 32)),
            dense,
            nir.Scale(np.ones(4)),
        ),
        "delayed inputs": (flatten, nir.Delay(DT * rng.integers(0, 4, 32)), dense),
        "delayed outputs": (flatten, nir.Linear(dense.weight), nir.Delay(DT * rng.integers(0, 4, 4))),
        "both": (
            flatten,
            nir.Delay(DT * rng.integers(0, 4, 32)),
            nir.Linear(dense.weight),
            nir.Delay(DT * rng.integers(0, 4, 4)),
        ),
    }


@pytest.mark.parametrize("name", folded())
def test_linear_nodes_fold_into_one_dense_layer(tmp_path: Path, name: str) -> None:
    nodes = folded()[name]
    graph = chained(*nodes, spiking((4,), np.random.default_rng(3), "LIF"), input_shape=(2, 4, 4))
    made = read_nir(saved(graph, tmp_path))
    assert [layer.kind for layer in made.network.layers] == ["input", "dense"]
    assert made.report.layers[0].rounding.exact
    flat = spikes_in((2, 4, 4)).reshape(STEPS, 32)
    expected = reference.run(graph, flat.reshape(STEPS, 2, 4, 4), DT)[f"n{len(nodes)}"]
    ran = FixedSimulator(made.network, pipelined=False).run(flat)
    np.testing.assert_array_equal(ran.output, expected)
    assert ran.output.any()


def test_a_square_of_delayed_inputs_stays_a_matrix(tmp_path: Path) -> None:
    # One delay per neuron of a square layer means its outputs', as in lava-dl.
    rng = np.random.default_rng(0)
    nodes = (nir.Delay(DT * np.arange(5.0)), nir.Linear(weights(rng, 5, 5)), spiking((5,), rng, "IF"))
    graph = chained(*nodes, input_shape=(5,))
    made = read_nir(saved(graph, tmp_path))
    delay = made.network.layers[1].delay
    assert delay is not None
    assert delay.shape == (5, 5)
    assert_same_spikes(graph, made, spikes_in((5,)))


def test_populations_without_weights_between(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    ones = np.ones((3, 4, 4))
    chain = (
        nir.LIF(tau(2048) * ones, 2 * ones, 0 * ones, (1.5 + 1 / 256) * ones),
        nir.SumPool2d(*POOL),
        nir.IF(ones[:, :2, :2], 2 * ones[:, :2, :2]),
    )
    graph = chained(*chain, input_shape=(3, 4, 4))
    assert_same_spikes(graph, read_nir(saved(graph, tmp_path)), spikes_in((3, 4, 4), int(rng.integers(99))))


def test_memoryless_neurons(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    graph = chained(
        nir.Affine(weights(rng, 3, 8), bias(rng, 3)), spiking((3,), rng, "Threshold"), input_shape=(8,)
    )
    assert_same_spikes(graph, read_nir(saved(graph, tmp_path)), spikes_in((8,)))


@pytest.mark.parametrize("kind", ["LI", "I", "CubaLI", "nothing"])
def test_heads_are_read_from_the_membrane(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(5)
    ones = np.ones(3)
    head = {
        "LI": (nir.LI(tau(1024) * ones, 4 * ones, 0.5 * ones),),
        "I": (nir.I(ones),),
        "CubaLI": (nir.CubaLI(tau(512) * ones, tau(1024) * ones, 4 * ones, 0.5 * ones, 8 * ones),),
        "nothing": (),
    }[kind]
    dense = nir.Affine(weights(rng, 3, 6), bias(rng, 3) if kind != "CubaLI" else np.zeros(3))
    graph = chained(dense, *head, input_shape=(6,))
    made = read_nir(saved(graph, tmp_path))
    inputs = spikes_in((6,))
    expected = reference.run(graph, inputs, DT)[f"n{len(head)}"]
    ran = FixedSimulator(made.network, pipelined=False).run(inputs)
    assert ran.membrane is not None
    assert not ran.output.any()
    # The chip rounds a decayed potential towards zero in each step.
    rounding = 1e-9 if kind in ("I", "nothing") else 32 * STEP / 64
    assert made.report.membrane_scale == pytest.approx(STEP / 64)
    np.testing.assert_allclose(ran.membrane * made.report.membrane_scale, expected, atol=rounding)


def test_values_drive_the_first_layer_through_delta_neurons(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    graph = chained(convolution(rng, 2, 4), spiking((4, 6, 6), rng, "LIF"), input_shape=(2, 6, 6))
    values = Values(fraction_bits=3, largest=2.0, spike_exp=2)
    made = read_nir(saved(graph, tmp_path), values=values)
    # Pictures that stay for a few steps, as a detector is fed.
    pictures = np.repeat(rng.integers(-16, 17, (5, 2, 6, 6)), 3, 0)
    expected = reference.run(graph, pictures / 8, DT)["n1"]
    ran = FixedSimulator(made.network, spike_exp=2, pipelined=False).run(pictures.astype(np.int32))
    np.testing.assert_array_equal(ran.output, expected)
    assert ran.output.any()
    # What stays the same is not sent again.
    assert ran.activity.layers[0].spikes_out[1] == 0


def test_values_as_the_bias_of_input_neurons(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    ones = np.ones((2, 5, 5))
    first = nir.LIF(tau(1024) * ones, 4 * ones, 0 * ones, (1 + 1 / 512) * ones)
    graph = chained(first, convolution(rng, 2, 3), spiking((3, 5, 5), rng, "IF"), input_shape=(2, 5, 5))
    made = read_nir(saved(graph, tmp_path), values=Values(fraction_bits=6))
    values = np.repeat(rng.integers(0, 65, (1, 2, 5, 5)), 10, 0)
    expected = reference.run(graph, values / 64, DT)
    ran = FixedSimulator(made.network, pipelined=False).run(values.astype(np.int32), record=True)
    assert ran.spikes is not None
    assert np.mean(ran.spikes[0] != expected["n0"]) < 0.01
    assert np.mean(ran.spikes[1] != expected["n2"]) < 0.01
    assert ran.spikes[1].any()


def test_thresholds_that_differ_are_folded_into_the_weights(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    threshold = np.array([1.0, 2.0, 4.0])
    dense = nir.Linear(weights(rng, 3, 8) * threshold[:, None])
    graph = chained(dense, nir.IF(np.ones(3), threshold * (1 + 1e-3)), input_shape=(8,))
    made = read_nir(saved(graph, tmp_path))
    assert "thresholds differ" in made.report.warnings[0]
    assert_same_spikes(graph, made, spikes_in((8,)))


def test_a_bias_through_the_synapse_agrees_once_settled(tmp_path: Path) -> None:
    ones = np.ones(4)
    lif = nir.CubaLIF(tau(2048) * ones, tau(1024) * ones, 4 * ones, 0 * ones, (6 + 1 / 128) * STEP * ones)
    dense = nir.Affine(STEP * 127 * np.eye(4, dtype=np.float32), STEP * np.array([2.0, 4.0, -8.0, 0.0]))
    graph = chained(dense, lif, input_shape=(4,))
    made = read_nir(saved(graph, tmp_path))
    assert "the same after about 7 timesteps" in made.report.warnings[0]
    np.testing.assert_array_equal(made.network.layers[1].bias, [4, 8, -16, 0])
    quiet = np.zeros((60, 4), np.int32)
    rates = reference.run(graph, quiet, DT)["n1"][20:].mean(0)
    np.testing.assert_allclose(FixedSimulator(made.network).run(quiet).output[20:].mean(0), rates, atol=0.03)
    assert rates[:2].all()


@pytest.mark.parametrize(
    ("nodes", "shape", "words"),
    [
        (
            (nir.Conv1d(8, np.ones((2, 1, 3)), 1, 0, 1, 1, np.zeros(2)),),
            (8,),
            "'n0' (Conv1d): found a node that",
        ),
        ((nir.Linear(np.ones((2, 3))),), (4,), "node 'n0' (Linear): found weights for 3 inputs"),
        ((nir.Linear(np.ones((2, 3, 4))),), (4,), "node 'n0' (Linear): found weights of shape (2, 3, 4)"),
        (
            (nir.Conv2d(None, np.ones((2, 3, 3, 3)), 1, 0, 1, 1, np.zeros(2)),),
            (2, 8, 8),
            "node 'n0' (Conv2d): found weights for 3 channels",
        ),
        (
            (nir.Conv2d(None, np.ones((2, 2, 9, 9)), 1, 0, 1, 1, np.zeros(2)),),
            (2, 8, 8),
            "node 'n0' (Conv2d): found a window of (9, 9)",
        ),
        ((nir.SumPool2d(*POOL),), (8,), "node 'n0' (SumPool2d): found a pool over (8,)"),
        ((nir.Delay(np.full((2, 8, 8), DT)), nir.SumPool2d(*POOL)), (2, 8, 8), "convolution after a delay"),
        ((nir.SumPool2d(*POOL), nir.Delay(np.full((2, 4, 4), DT))), (2, 8, 8), "delays of a convolution"),
        (
            (nir.Delay(np.full(3, 0.5 * DT)), nir.Linear(np.ones((2, 3)))),
            (3,),
            "delays of 0.5 to 0.5 timesteps",
        ),
        ((nir.Delay(np.full(3, 63 * DT)), nir.Linear(np.ones((2, 3)))), (3,), "a delay of 63 timesteps"),
        *(
            (
                (nir.Delay(np.full(3, delay)), nir.Linear(np.ones((2, 3)))),
                (3,),
                "timesteps, expected at most 62",
            )
            for delay in ((1 << 32) * DT, 1e20, 1e308)
        ),
        (
            (*(nir.Delay(np.full(3, 40 * DT)),) * 2, nir.Linear(np.ones((2, 3)))),
            (3,),
            "a delay of 80 timesteps",
        ),
        (
            (nir.Affine(np.ones((0, 4)), np.zeros(0)),),
            (4,),
            "node 'n0' (Affine): found weights of shape (0, 4)",
        ),
        (
            (nir.Conv2d(None, np.ones((0, 2, 3, 3)), 1, 0, 1, 1, np.zeros(0)),),
            (2, 8, 8),
            "node 'n0' (Conv2d): found weights of shape (0, 2, 3, 3)",
        ),
        (
            (nir.Conv2d(None, np.ones((2, 2, 0, 0)), 1, 0, 1, 1, np.zeros(2)),),
            (2, 8, 8),
            "node 'n0' (Conv2d): found weights of shape (2, 2, 0, 0)",
        ),
        (
            (nir.SumPool2d(np.array([128, 128]), POOL[1], POOL[2]),),
            (1 << 20, 2, 2),
            "node 'n0' (SumPool2d): found a pool of (128, 128)",
        ),
        ((nir.Scale(np.arange(1.0, 33).reshape(2, 4, 4)),), (2, 4, 4), "scale that differs within a channel"),
        (
            (nir.Scale(np.ones(5)), nir.Linear(np.ones((2, 3)))),
            (3,),
            "node 'n0' (Scale): found scale of shape",
        ),
        (
            (nir.LI(tau(9) * np.ones(3), np.ones(3), np.zeros(3)), nir.Linear(np.ones((2, 3)))),
            (3,),
            "node 'n0' (LI): found potentials that go on to 'n1'",
        ),
        (
            (nir.LIF(np.array([2 * DT, 9 * DT]), np.ones(2), np.zeros(2), np.ones(2)),),
            (2,),
            "node 'n0' (LIF): found time constants that keep 0.5000 to 0.8889 per step",
        ),
        (
            (nir.LIF(np.full(2, DT / 2), np.ones(2), np.zeros(2), np.ones(2)),),
            (2,),
            "node 'n0' (LIF): found a time constant of 5e-05, shorter than a timestep of 0.0001",
        ),
        (
            (nir.LIF(np.zeros(2), np.ones(2), np.zeros(2), np.ones(2)),),
            (2,),
            "node 'n0' (LIF): found a time constant of 0",
        ),
        ((nir.IF(np.ones(2), -np.ones(2)),), (2,), "node 'n0' (IF): found a threshold 1 below the reset"),
        (
            (nir.IF(np.ones((1, 2, 2)), np.arange(1.0, 5).reshape(1, 2, 2)),),
            (1, 2, 2),
            "node 'n0' (IF): found v_threshold that differs within a channel",
        ),
        ((nir.IF(np.ones(3), np.ones(3)),), (2,), "node 'n0' (IF): found v_reset of shape (3,)"),
        ((nir.IF(np.ones(2), np.array([0.0, 1.0])),), (2,), "found thresholds of 0 beside others"),
        ((), (3,), "nodes: found neither weights nor neurons"),
    ],
)
def test_what_a_net_cannot_hold_is_named(
    tmp_path: Path, nodes: tuple[nir.NIRNode, ...], shape: tuple[int, ...], words: str
) -> None:
    path = saved(chained(*nodes, input_shape=shape), tmp_path)
    with pytest.raises(InputError) as raised:
        read_nir(path)
    assert words in str(raised.value)
    assert str(path) in str(raised.value)


def test_the_input_shape(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    conv, lif = convolution(rng, 2, 4), spiking((4, 6, 5), rng, "LIF")
    path = saved(chained(conv, lif, input_shape=(1, 2, 6, 5)), tmp_path)
    made = read_nir(path)
    assert made.network.input_shape == (2, 6, 5)
    assert "taken for a batch" in made.report.warnings[0]
    assert read_nir(path, input_shape=(2, 6, 5)).report.warnings == made.report.warnings[1:]
    # Exporters that know no shape write none, or zeros.
    path = saved(chained(conv, lif, input_shape=(0, 0, 0)), tmp_path)
    with pytest.raises(InputError, match="input shape: found"):
        read_nir(path)
    assert read_nir(path, input_shape=(2, 6, 5)).network.input_shape == (2, 6, 5)
    conv.input_shape = (6, 5)
    assert read_nir(saved(chained(conv, lif, input_shape=(0, 0, 0)), tmp_path)).network.input_shape == (
        2,
        6,
        5,
    )


def test_a_node_without_a_type_is_a_flatten(tmp_path: Path) -> None:
    graph = chained(
        *folded()["map unrolled"], spiking((4,), np.random.default_rng(3), "LIF"), input_shape=(2, 4, 4)
    )
    path = saved(graph, tmp_path)
    whole = read_nir(path)
    with h5py.File(path, "r+") as file:
        del file["node/nodes/n1"]
        file["node/nodes"].create_group("n1")
    mended = read_nir(path)
    assert "node 'n1' has no type and is taken for a flatten" in mended.report.warnings
    np.testing.assert_array_equal(mended.network.layers[1].weight, whole.network.layers[1].weight)


@pytest.mark.parametrize("tau_", [1e-2, 5e-2])
def test_weights_of_one_bit_keep_a_slow_leak(tmp_path: Path, tau_: float) -> None:
    rng = np.random.default_rng(1)
    binary = (rng.random((50, 200)) < 0.2).astype(np.float64)
    ones, keep = np.ones(50), 1 - DT / tau_
    lif = nir.LIF(tau_ * ones, ones / (1 - keep), 0 * ones, 8 * ones)
    graph = chained(nir.Linear(binary), lif, input_shape=(200,))
    made = read_nir(saved(graph, tmp_path))
    inputs = (rng.random((2000, 200)) < 0.004).astype(np.int32)
    expected = reference.run(graph, inputs, DT)["n1"]
    got = FixedSimulator(made.network, pipelined=False).run(inputs).output
    assert expected.sum() > 1000
    # With weights of 0 and 1, 19 % and 40 % of the spikes would keep their step.
    assert np.sum((got == 1) & (expected == 1)) > 0.95 * expected.sum()


@pytest.mark.parametrize("scale", [1e-9, 5e-4, 1.0, 1e9])
def test_scales_of_other_writers_are_not_looked_at(tmp_path: Path, scale: float) -> None:
    ones = np.ones(3)
    dense = nir.Linear(np.array([[0.517, -0.3119, 0.2], [1, 0.25, -0.7013], [0.3, 0.3, 0.3]]))
    numbers = (1e-3 * ones, 10 * ones, 0 * ones, ones)
    graph = chained(dense, nir.LIF(*numbers, metadata={"scale": scale}), input_shape=(3,))
    made = read_nir(saved(graph, tmp_path)).network.layers[1]
    graph.metadata = {"writer": "neuromorph-track"}
    ours = read_nir(saved(graph, tmp_path)).network.layers[1]
    plain = read_nir(saved(chained(dense, nir.LIF(*numbers), input_shape=(3,)), tmp_path)).network.layers[1]
    for layer in (made, ours):
        np.testing.assert_array_equal(layer.weight, plain.weight)
        assert layer.neuron == plain.neuron
    assert np.abs(made.weight).max() == 127


def warnings_of(tmp_path: Path, weight: np.ndarray, neuron: nir.NIRNode, bias_: float = 0.0) -> list[str]:
    dense = nir.Affine(weight, np.full(len(weight), bias_))
    made = read_nir(saved(chained(dense, neuron, input_shape=(weight.shape[1],)), tmp_path))
    return [text for text in made.report.warnings if text.startswith("layer")]


@pytest.mark.parametrize(
    ("tau_", "words"), [(5e-3, []), (2e-2, ["largest is 10 of 127"]), (5e-2, ["largest is 2 of 127"])]
)
def test_weights_far_below_the_threshold_are_said_to_be_coarse(
    tmp_path: Path, tau_: float, words: list[str]
) -> None:
    # w_in = 1: of a weight, dt² / tau² arrives.
    ones = np.ones(20)
    neuron = nir.CubaLIF(tau_ * ones, tau_ * ones, ones, 0 * ones, ones)
    weight = np.random.default_rng(0).normal(size=(20, 50))
    weight /= np.abs(weight).max() / 3.2
    found = warnings_of(tmp_path, weight, neuron)
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))


def test_weights_of_which_nothing_would_be_left_are_refused(tmp_path: Path) -> None:
    ones = np.ones(3)
    neuron = nir.CubaLIF(0.1 * ones, 0.1 * ones, ones, 0 * ones, 100 * ones)
    with pytest.raises(
        InputError, match=r"node 'n1' \(CubaLIF\): found weights of at most 1e-06 beside a threshold of 100"
    ):
        warnings_of(tmp_path, np.ones((3, 5)), neuron)


def test_sums_that_can_wrap(tmp_path: Path) -> None:
    weight = np.ones((2, 2000))
    weight[:, 0] = 1 / 127
    (found,) = warnings_of(tmp_path, weight, nir.IF(np.ones(2), np.full(2, 5.0)))
    assert "sums reach 1.94 times what 24 bits hold, and wrap" in found
    assert warnings_of(tmp_path, weight[:, :1000], nir.IF(np.ones(2), np.full(2, 5.0))) == []


@pytest.mark.parametrize(("reset", "warned"), [(-3.0, True), (0.0, False)])
def test_where_a_potential_starts(tmp_path: Path, reset: float, warned: bool) -> None:
    ones = np.ones(1)
    found = warnings_of(tmp_path, np.full((1, 1), 0.5), nir.IF(ones, 1.2 * ones, reset * ones))
    assert ["the potential starts at the reset" in text for text in found] == [True] * warned


def test_a_bias_without_bounds_is_told_in_few_digits(tmp_path: Path) -> None:
    ones = np.ones(1)
    found = warnings_of(tmp_path, np.array([[1.0, 0.3119]]), nir.IF(ones, ones), 1e300)
    assert "biases are clipped, by up to 1e+300 of their integers" in " ".join(found)
    assert max(map(len, found)) < 150


def test_what_no_file_says_about_spikes_is_warned_of(tmp_path: Path) -> None:
    path = saved(chained(nir.IF(np.ones(2), np.ones(2)), input_shape=(2,)), tmp_path)
    (text,) = read_nir(path).report.warnings
    assert "MultiSpike" in text
    assert ">=" in text
