"""norse's networks as NIR files and back, spike for spike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
import torch
from torch import nn

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.netx.graph import LARGEST_THRESHOLD
from neuromorph_track.netx.nir import read_nir, write_nir

norse = pytest.importorskip("norse.torch")
from neuromorph_track.networks.norse_nir import save_nir  # noqa: E402

STEPS = 20
RNG = np.random.default_rng(0)


def integers(*shape: int) -> np.ndarray:
    values = RNG.integers(-60, 61, shape).astype(np.int32)
    values.ravel()[0] = 127
    return values


def run(module: nn.Module, inputs: np.ndarray) -> np.ndarray:
    """Outputs of a stateful norse module, one input after the other."""
    state, outputs = None, []
    with torch.no_grad():
        for value in inputs:
            output, state = module(torch.from_numpy(value.astype(np.float32)), state)
            outputs.append(output.numpy())
    return np.stack(outputs)


def spikes(shape: tuple[int, ...]) -> np.ndarray:
    return (RNG.random((STEPS, *shape)) < 0.3).astype(np.int32)


LIF = Neuron("cuba", "CUBA", 300, 4096, 512)
CUBA = Neuron("cuba", "CUBA", 900, 1024, 300)
FLAT, MAP = Layer("input", (6,)), Layer("input", (2, 6, 6))
DENSE = Layer("dense", (5,), neuron=LIF, weight=integers(5, 6), bias=integers(5))
CONV = Layer("conv", (4, 6, 6), neuron=LIF, weight=integers(4, 2, 3, 3), padding=(1, 1), bias=integers(4))
BEHIND = Layer("dense", (3,), neuron=LIF, weight=integers(3, 144))
WRITTEN = {
    "LIF": (FLAT, DENSE),
    "IF": (FLAT, replace(DENSE, neuron=replace(LIF, voltage_decay=0))),
    # norse takes a leak potential, which is how the file says a bias, for one of the current too.
    "CubaLIF": (FLAT, replace(DENSE, neuron=CUBA, bias=None)),
    "recurrent": (FLAT, replace(DENSE, kind="dense_rec", weight_rec=integers(5, 5))),
    "convolutions": (MAP, CONV, replace(CONV, weight=integers(4, 4, 3, 3), dilation=(2, 2), padding=(2, 2))),
    "flatten": (MAP, CONV, Layer("flatten", (144,)), BEHIND),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", WRITTEN)
def test_norse_loads_what_we_write(tmp_path: Path, name: str) -> None:
    network, path = Network(WRITTEN[name]), tmp_path / "x.nir"
    write_nir(network, path)
    module = norse.from_nir(nir.read(str(path), type_check=False), dt=1e-4)
    inputs = spikes(network.input_shape)
    expected = run(module, inputs)
    got = FixedSimulator(network, pipelined=False).run(inputs).output
    # The chip rounds decayed potentials towards zero.
    assert np.mean(got != expected.reshape(got.shape)) <= (0.02 if name == "flatten" else 0)
    assert got.any()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nirtorch_loads_a_head_that_norse_has_no_name_for(tmp_path: Path) -> None:
    nirtorch = pytest.importorskip("nirtorch")
    head = Neuron("cuba", "CUBA", LARGEST_THRESHOLD, 4096, 1024)
    network, path = Network((FLAT, replace(DENSE, neuron=head))), tmp_path / "x.nir"
    write_nir(network, path)

    def module_of(node: nir.NIRNode) -> nn.Module | None:
        if isinstance(node, nir.Affine):
            linear = nn.Linear(6, 5)
            linear.weight.data, linear.bias.data = torch.tensor(node.weight), torch.tensor(node.bias)
            return linear
        if isinstance(node, nir.LI):
            inverse = torch.tensor(1 / node.tau, dtype=torch.float32)
            return norse.LIBoxCell(norse.LIBoxParameters(tau_mem_inv=inverse), dt=1e-4)
        return None

    inputs = spikes((6,))
    expected = run(nirtorch.load(nir.read(str(path), type_check=False), module_of), inputs)
    membrane = FixedSimulator(network, pipelined=False).run(inputs).membrane
    assert membrane is not None
    scale = read_nir(path).report.membrane_scale
    assert scale is not None
    np.testing.assert_allclose(membrane * scale, expected, atol=8 * scale)


def on_grid(module: nn.Module) -> nn.Module:
    """Weights of a 64th, so that nothing is lost but what the neurons make of them."""
    for parameter in module.parameters():
        parameter.data = torch.from_numpy(RNG.integers(-60, 61, parameter.shape) / 64).float()
        parameter.data.view(-1)[0] = 127 / 64
    return module


def lif_box(**options: Any) -> nn.Module:
    common = {"tau_mem_inv": torch.tensor(250.0), "v_th": torch.tensor(0.5 + 1 / 8192)}
    return norse.LIFBoxCell(norse.LIFBoxParameters(**(common | options)))


def modules() -> dict[str, tuple[tuple[int, ...], list[nn.Module]]]:
    threshold = torch.tensor(1 + 1 / 8192)
    current = norse.LIFParameters(
        tau_syn_inv=torch.tensor(500.0), tau_mem_inv=torch.tensor(250.0), v_th=threshold
    )
    return {
        "boxed": ((6,), [nn.Linear(6, 5), lif_box()]),
        "reset to another value": ((6,), [nn.Linear(6, 5), lif_box(v_reset=torch.tensor(-0.25))]),
        "with a current": ((6,), [nn.Linear(6, 5, bias=False), norse.LIFCell(current)]),
        "without a leak": ((6,), [nn.Linear(6, 5), norse.IAFCell(norse.IAFParameters(v_th=threshold))]),
        "convolution": ((2, 7, 8), [nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False), lif_box()]),
        "same padding": ((2, 6, 6), [nn.Conv2d(2, 4, 3, padding="same"), lif_box()]),
        "flatten": ((2, 6, 6), [nn.Flatten(), nn.Linear(72, 5), lif_box()]),
        "sum pool": ((2, 6, 6), [nn.LPPool2d(1, 2), nn.Conv2d(2, 4, 3, padding=1), lif_box()]),
        "average pool": ((2, 6, 6), [nn.AvgPool2d(2), nn.Flatten(), nn.Linear(18, 5), lif_box()]),
    }


@pytest.mark.parametrize("name", modules())
def test_norse_s_modules_as_a_net(tmp_path: Path, name: str) -> None:
    shape, parts = modules()[name]
    module = norse.SequentialState(*(on_grid(part) for part in parts))
    inputs = spikes((1, *shape))
    # norse's cells start at v_leak, the chip at the reset potential.
    expected = run(module, inputs)[:, 0]
    path = tmp_path / "x.nir"
    save_nir(module, torch.zeros(1, *shape), path)
    made = read_nir(path)
    assert made.report.dt == 1e-3
    assert made.report.layers[-1].rounding.exact
    fed = inputs[:, 0].reshape(STEPS, *made.network.input_shape)
    got = FixedSimulator(made.network, pipelined=False).run(fed).output
    differing = 0.1 if name == "reset to another value" else 0.01
    assert np.mean(got != expected) <= differing
    assert got.any()


@pytest.mark.parametrize("kind", ["boxed", "with a current"])
def test_heads(tmp_path: Path, kind: str) -> None:
    tau = {"tau_mem_inv": torch.tensor(125.0)}
    cell = {
        "boxed": norse.LIBoxCell(norse.LIBoxParameters(**tau)),
        "with a current": norse.LICell(norse.LIParameters(tau_syn_inv=torch.tensor(500.0), **tau)),
    }[kind]
    linear = on_grid(nn.Linear(6, 4, bias=kind == "boxed"))
    module = norse.SequentialState(linear, cell)
    inputs = spikes((1, 6))
    save_nir(module, torch.zeros(1, 6), tmp_path / "x.nir")
    made = read_nir(tmp_path / "x.nir")
    membrane = FixedSimulator(made.network, pipelined=False).run(inputs[:, 0]).membrane
    assert membrane is not None
    assert made.report.membrane_scale is not None
    np.testing.assert_allclose(membrane * made.report.membrane_scale, run(module, inputs)[:, 0], atol=1e-3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_time_constants_of_norse_s_own_export(tmp_path: Path) -> None:
    module = norse.SequentialState(nn.Linear(6, 5), lif_box())
    sample = torch.zeros(6)
    for options, convention, dt in (({}, "norse", None), ({"dt": 1.0}, "norse", 1e-3)):
        graph = norse.to_nir(module, sample, **options)
        for node in graph.nodes.values():
            for key, value in vars(node).items():
                # nir 1.0.8 writes neither tensors nor arrays of no dimension, which is what norse gives it.
                if isinstance(value, (torch.Tensor, np.ndarray)):
                    setattr(node, key, np.atleast_1d(np.asarray(value)))
        nir.write(str(tmp_path / "x.nir"), graph)
        neuron = read_nir(tmp_path / "x.nir", convention=convention, dt=dt).network.layers[1].neuron
        assert neuron is not None
        assert neuron.voltage_decay == 1024


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (nn.Sigmoid(), "module '1': found Sigmoid, expected Conv2d, Linear"),
        (nn.LPPool2d(2, 2), "LPPool2d.norm_type: found 2"),
        (nn.AvgPool2d(2, ceil_mode=True), "AvgPool2d: found an average over what is inside alone"),
        (nn.Conv2d(2, 2, 1, padding_mode="circular"), "Conv2d.padding_mode: found 'circular'"),
        (
            norse.LIFBoxCell(norse.LIFBoxParameters(reset_method=norse.functional.reset.reset_subtract)),
            "LIFBoxParameters.reset_method: found reset_subtract",
        ),
        (lif_box().__class__(dt=0.5), "dt: found cells that step by [0.001, 0.5]"),
    ],
)
def test_what_nir_cannot_say_is_named(tmp_path: Path, module: nn.Module, words: str) -> None:
    chain = norse.SequentialState(nn.Conv2d(2, 2, 1), module, lif_box())
    with pytest.raises(InputError) as raised:
        save_nir(chain, torch.zeros(1, 2, 6, 6), tmp_path / "x.nir")
    assert words in str(raised.value)
    assert not (tmp_path / "x.nir").exists()
