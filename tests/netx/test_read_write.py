"""`.net` files: ours, lava-dl's, and broken ones."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Head, InputSpec, Layer, Network, Neuron, RunContract, read_net, write_net
from tests.netx.broken_files import edit, replace


def same(a: object, b: object) -> bool:
    """Deep equality of networks; ``source`` does not count."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if is_dataclass(a):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a) if f.name != "source"
        )
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    return a == b


def test_what_is_written_is_read_back(chain: Network, tmp_path: Path) -> None:
    write_net(chain, tmp_path / "x.net")
    assert same(read_net(tmp_path / "x.net"), chain)


def test_contract_is_read_back(tmp_path: Path) -> None:
    contract = RunContract(
        name="one-cell",
        input=InputSpec(height=4, width=4, mean=(0.5, 0.5, 0.5)),
        head=Head(anchors=((1.0, 2.0),)),
        classes=("thing",),
        provenance={"seed": "3"},
    )
    weight = np.ones((6, 3, 4, 4), np.int32)
    layers = (
        Layer("input", (3, 4, 4), neuron=Neuron("delta", "SDNN", 6)),
        Layer("conv", (6, 1, 1), neuron=Neuron("sigma", "SDNN"), weight=weight),
    )
    write_net(Network(layers, contract=contract), tmp_path / "x.net")
    assert read_net(tmp_path / "x.net").contract == contract


@pytest.mark.parametrize(
    ("name", "layers", "output"),
    [
        ("tiny.net", 3, (36, 1, 1)),
        ("mnist_tut.net", 3, (10,)),
        ("oxford.net", 2, (200,)),
        ("ntidigits.net", 6, (11,)),
        ("pilotnet_sdnn_tut.net", 11, (1,)),
        ("yolo_kp_coco80.net", 11, (255, 14, 14)),
    ],
)
def test_real_files_survive_a_round_trip(
    shared_data: Path, tmp_path: Path, name: str, layers: int, output: tuple[int, ...]
) -> None:
    network = read_net(shared_data / "checkpoints" / name)
    assert len(network.layers) == layers
    assert network.output_shape == output
    write_net(network, tmp_path / "x.net")
    assert same(read_net(tmp_path / "x.net"), network)


@pytest.mark.slayer
def test_every_file_of_the_lava_dl_wheel_is_read() -> None:
    files = [f for f in importlib.metadata.files("lava-dl") or [] if f.suffix == ".net"]
    assert len(files) >= 6
    for file in files:
        assert read_net(str(file.locate())).layers


def test_weights_come_out_as_lava_dl_wrote_them(shared_data: Path) -> None:
    path = shared_data / "checkpoints" / "yolo_kp_coco80.net"
    network = read_net(path)
    with h5py.File(path) as file:
        for index in (1, 5, 10):
            stored = file[f"layer/{index}/weight"][()]
            weight = network.layers[index].weight
            assert weight is not None
            np.testing.assert_array_equal(weight, stored.reshape(stored.shape[:4]))


@pytest.mark.parametrize("kind", ["0-d", "1-d", "bytes"])
def test_scalars_of_other_writers(chain: Network, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.net"
    write_net(chain, path)
    with h5py.File(path, "r+") as file:
        neuron = file["layer/1/neuron"]
        del neuron["vThMant"], neuron["type"], file["layer/1/groups"]
        neuron["vThMant"] = 6.0 if kind == "0-d" else [6]
        neuron["type"] = np.bytes_("SDNN") if kind == "bytes" else ["SDNN"] if kind == "1-d" else "SDNN"
        file["layer/1/groups"] = [1] if kind == "1-d" else 1
    assert same(read_net(path), chain)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-700])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.unlink(), "file: found nothing"),
        (lambda path: path.write_bytes(b""), "file: found 0 bytes"),
        (lambda path: path.write_text("hello"), "file: found 5 bytes"),
        (truncate, "file: found"),
        (edit(lambda f: f.__delitem__("layer")), "layer: found no such group"),
        (edit(lambda f: f.__delitem__("layer/1")), "layer: found"),
        (replace("layer/1/type", "lstm"), "layer/1/type: found 'lstm'"),
        (replace("layer/1/neuron/type", "ALIF"), "layer/1/neuron/type: found 'ALIF'"),
        (replace("layer/1/shape", [4, 9, 9]), "layer/1/shape: found (4, 9, 9), expected (4, 3, 3)"),
        (replace("layer/1/shape", [4, -3, 3]), "layer/1/shape"),
        (replace("layer/1/weight", np.full((4, 2, 3, 3), 300.0)), "layer/1/weight: found 300 to 300"),
        (replace("layer/1/weight", np.full((4, 2, 3, 3), 0.5)), "layer/1/weight: found fractions"),
        (replace("layer/1/weight", np.full((4, 2, 3, 3), np.nan)), "layer/1/weight: found fractions"),
        (replace("layer/1/weight", np.ones((4, 3, 3, 3))), "layer/1/weight: found 3 input channels"),
        (replace("layer/1/groups", 3), "layer/1/groups: found 3"),
        (replace("layer/1/stride", [0, 2]), "layer/1: found stride (0, 2)"),
        (replace("layer/2/shape", [35]), "layer/2/shape: found (35,)"),
        (replace("layer/3/weight", np.ones((3, 35))), "layer/3/weight: found 35 input neurons"),
        (replace("layer/1/bias", np.ones(5)), "layer/1/bias: found shape (5,)"),
        (edit(lambda f: f.__delitem__("layer/1/neuron")), "layer/1/neuron: found no such group"),
        (
            edit(lambda f: f.create_dataset("neuromorph_track/contract", data="{}")),
            "neuromorph_track/contract",
        ),
    ],
)
def test_damage_is_named(
    chain: Network, tmp_path: Path, damage: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "x.net"
    write_net(chain, path)
    damage(path)
    with pytest.raises(InputError) as caught:
        read_net(path)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert "expected" in message
    assert "\n" not in message


def test_an_invalid_network_is_not_written(chain: Network, tmp_path: Path) -> None:
    broken = Network(chain.layers[:1] + chain.layers[:1])
    with pytest.raises(InputError, match="input after another layer"):
        write_net(broken, tmp_path / "x.net")
    assert list(tmp_path.iterdir()) == []
