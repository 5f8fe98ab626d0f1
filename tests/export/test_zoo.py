"""Networks by name: found, made once, and kept."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export import checkpoint
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.export.zoo import exports_folder, load_network, located, pair_names, zoo
from neuromorph_track.files import CACHE_VARIABLE, cache_folder
from neuromorph_track.netx import Network, read_net, read_siamese, write_net


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def name_of(network: Network) -> str:
    assert network.contract is not None
    return network.contract.name


def test_names() -> None:
    names = ["scenes-nano", "spiketrack-nano", "hadtrack-nano", "smtrack-nano", "yolo-kp"]
    assert [entry.name for entry in zoo()] == names
    assert pair_names() == ("spiketrack-nano", "hadtrack-nano")
    assert all(entry.summary and entry.origin for entry in zoo())


def test_our_own_network_needs_nothing(cache: Path) -> None:
    network = load_network("scenes-nano")
    assert name_of(network) == "scenes-nano"
    assert sum(layer.weight.size for layer in network.layers if layer.weight is not None) < 300_000
    assert not cache.exists()


def test_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.net"
    write_net(load_network(Path("scenes-nano")), path)
    assert load_network(path).source == str(path)
    assert load_network(str(path)).source == str(path)


@pytest.mark.parametrize("name", ["yolo", "Scenes-Nano", "nowhere/x.net"])
def test_unknown_names(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_network(name)
    assert "scenes-nano, smtrack-nano, yolo-kp" in str(caught.value)
    assert name in str(caught.value)


def test_a_pair_is_located_and_is_no_detector(tmp_path: Path) -> None:
    assert read_siamese(located("spiketrack-nano")).contract.name == "spiketrack-nano"
    assert located(Path("spiketrack-nano")) == located("spiketrack-nano")
    assert located(tmp_path) == str(tmp_path)
    assert located("scenes-nano") == "scenes-nano"
    with pytest.raises(InputError, match="spiketrack-nano: network: found a siamese pair"):
        load_network("spiketrack-nano")


@pytest.mark.parametrize("pair", pair_names())
def test_our_pair_is_what_its_checkpoint_exports_to(pair: str) -> None:
    shipped = read_siamese(located(pair))
    made = export_siamese(exports_folder() / f"{pair}.pt").siamese
    for name in ("template", "search"):
        layers = zip(getattr(shipped, name).layers, getattr(made, name).layers, strict=True)
        assert all(np.array_equal(one.weight, other.weight) for one, other in layers if one.has_synapses)
    assert shipped.contract.memory == made.contract.memory


def test_without_lava_dl_the_message_says_what_to_do(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", absent)
    with pytest.raises(JobError, match=r"not installed here: install neuromorph-track\[lava\]") as caught:
        load_network("yolo-kp")
    assert "\n" not in str(caught.value)
    assert not cache.exists()


def test_the_cache_is_the_users_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    assert cache_folder().name == "neuromorph-track"
    monkeypatch.setenv(CACHE_VARIABLE, "")
    assert cache_folder().name == "neuromorph-track"


@pytest.mark.slayer
def test_yolo_kp_is_exported_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = load_network("yolo-kp")
    assert name_of(network) == "yolo-kp"
    (kept,) = cache.iterdir()
    assert name_of(read_net(kept)) == "yolo-kp"

    def fail(path: object) -> Network:
        raise AssertionError("exported again")

    monkeypatch.setattr(checkpoint, "export_checkpoint", fail)
    assert name_of(load_network("yolo-kp")) == "yolo-kp"
