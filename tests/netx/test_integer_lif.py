"""Integer LIF neurons in `.net` files: written, read, checked, described, and refused by NIR and lava-dl."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Head, InputSpec, Layer, Network, Neuron, RunContract, read_net, write_net
from neuromorph_track.netx.describe import describe
from neuromorph_track.netx.nir import write_nir
from neuromorph_track.netx.validate import validate
from tests.netx.test_read_write import same

PIXELS = Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)
INNER = Neuron("ilif", "ILIF", 64, 0, 1024, levels=8)
LEAKY = {"kind": "cuba", "netx_type": "CUBA", "levels": 0}
SUM = Neuron("cuba", "CUBA", 1 << 17, 4096, 0)


# In a process of its own: importing Lava changes how the whole program starts processes.
LOAD = """
import sys
from lava.lib.dl import netx
for name in ("cuba", "ilif"):
    try:
        netx.hdf5.Network(f"{sys.argv[1]}/{name}.net")
        print(name, "read")
    except Exception as error:
        print(name, type(error).__name__)
"""


@pytest.fixture
def detector() -> Network:
    """Pixels as spikes, a leaky layer, and a head that only adds up."""
    weight = np.random.default_rng(0).integers(-30, 31, (4, 3, 3, 3)).astype(np.int32)
    layers = (
        Layer("input", (3, 8, 8), neuron=PIXELS),
        Layer("conv", (4, 8, 8), neuron=INNER, weight=weight, padding=(1, 1)),
        Layer("conv", (6, 1, 1), neuron=SUM, weight=np.ones((6, 4, 8, 8), np.int32)),
    )
    contract = RunContract(
        name="one-cell",
        encoder="bias",
        input=InputSpec(height=8, width=8, fraction_bits=0, step=1, low=0, high=255),
        steps_per_frame=4,
        refresh_every=1,
        head=Head(anchors=((1.0, 2.0),), scale=0.5),
        classes=("thing",),
    )
    return Network(layers, contract=contract)


def with_neuron(network: Network, index: int, **changed: Any) -> Network:
    layer = network.layers[index]
    assert layer.neuron is not None
    layers = list(network.layers)
    layers[index] = replace(layer, neuron=replace(layer.neuron, **changed))
    return replace(network, layers=tuple(layers))


def test_what_is_written_is_read_back(detector: Network, tmp_path: Path) -> None:
    written = with_neuron(detector, 1, message_bits=6, extra={"note": 3})
    write_net(written, tmp_path / "x.net")
    assert same(read_net(tmp_path / "x.net"), written)
    with h5py.File(tmp_path / "x.net") as file:
        neuron = file["layer/1/neuron"]
        assert neuron["type"][()] == b"ILIF"
        assert {key: neuron[key][()] for key in ("vThMant", "vDecay", "levels")} == {
            "vThMant": 64,
            "vDecay": 1024,
            "levels": 8,
        }


@pytest.mark.parametrize("missing", ["vThMant", "vDecay", "levels"])
def test_what_a_file_must_tell(detector: Network, tmp_path: Path, missing: str) -> None:
    write_net(detector, tmp_path / "x.net")
    with h5py.File(tmp_path / "x.net", "r+") as file:
        del file[f"layer/1/neuron/{missing}"]
    with pytest.raises(InputError, match=f"layer/1/neuron/{missing}: found nothing"):
        read_net(tmp_path / "x.net")


def test_levels_of_other_neurons_are_kept_as_they_are(detector: Network, tmp_path: Path) -> None:
    written = with_neuron(detector, 2, extra={"levels": 9})
    write_net(written, tmp_path / "x.net")
    assert same(read_net(tmp_path / "x.net"), written)


@pytest.mark.parametrize(
    ("index", "changed", "field", "found"),
    [
        (1, {"threshold": 0}, "neuron/vThMant", "0"),
        (1, {"threshold": (1 << 17) + 1}, "neuron/vThMant", "131073"),
        (1, {"levels": 0}, "neuron/levels", "0"),
        (0, {"levels": 256}, "neuron/levels", "256"),
        (1, {"voltage_decay": 4097}, "neuron/voltage_decay", "4097"),
        (1, {"current_decay": 1}, "neuron/iDecay", "1"),
        (1, {"message_bits": 3}, "neuron/messageBits", "3 bits for 8 levels"),
    ],
)
def test_numbers_out_of_range_are_named(
    detector: Network, index: int, changed: dict[str, int], field: str, found: str
) -> None:
    with pytest.raises(InputError) as caught:
        validate(with_neuron(detector, index, **changed))
    assert (caught.value.field, caught.value.found) == (f"layer/{index}/{field}", found)


def test_a_recurrent_layer_is_refused() -> None:
    ones = np.ones((2, 2), np.int32)
    layer = Layer("dense_rec", (2,), neuron=INNER, weight=ones, weight_rec=ones)
    with pytest.raises(
        InputError, match="layer/0/neuron/type: found ILIF neurons in a layer of type 'dense_rec'"
    ):
        validate(Network((layer,)))


def test_a_contract_asks_for_a_bias_and_a_silent_head(detector: Network) -> None:
    validate(detector)
    assert detector.contract is not None
    told = replace(detector, contract=detector.contract.model_copy(update={"encoder": "delta"}))
    with pytest.raises(InputError, match="contract/encoder: found 'delta' for ilif neurons"):
        validate(told)
    with pytest.raises(InputError, match="contract/head: found ilif neurons in the last layer"):
        validate(with_neuron(detector, 2, kind="ilif", netx_type="ILIF", current_decay=0, levels=1))


@pytest.mark.parametrize(
    ("levels", "told", "graded", "bits"),
    [(1, None, False, 0), (2, None, True, 2), (8, None, True, 4), (255, None, True, 8), (8, 16, True, 16)],
)
def test_payload(levels: int, told: int | None, graded: bool, bits: int) -> None:
    neuron = replace(INNER, levels=levels, message_bits=told)
    assert (neuron.graded, neuron.output_message_bits) == (graded, bits)
    assert neuron.fires
    assert not neuron.sends_changes


def test_it_is_described_as_a_neuron_of_this_toolkit(detector: Network) -> None:
    told = describe(detector)
    assert [(layer["neuron"], layer["levels"]) for layer in told["layers"]] == [
        ("ilif", 255),
        ("ilif", 8),
        ("cuba", None),
    ]
    (note,) = told["notes"]
    assert note.startswith("2 layers of integer LIF neurons (ILIF), which NetX does not have")
    assert describe(with_neuron(with_neuron(detector, 0, **LEAKY), 1, **LEAKY))["notes"] == []


def test_nir_has_no_such_neuron(detector: Network, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ilif neurons"):
        write_nir(detector, tmp_path / "x.nir")
    assert not (tmp_path / "x.nir").exists()


@pytest.mark.slow
@pytest.mark.slayer
def test_lava_dl_refuses_the_file(detector: Network, tmp_path: Path) -> None:
    """Its loader fails, rather than taking the neuron for another one; with CUBA neurons it reads it."""
    write_net(detector, tmp_path / "ilif.net")
    write_net(with_neuron(with_neuron(detector, 0, **LEAKY), 1, **LEAKY), tmp_path / "cuba.net")
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.stdout.split()[-4:] == ["cuba", "read", "ilif", "AttributeError"], done.stderr[-2000:]
