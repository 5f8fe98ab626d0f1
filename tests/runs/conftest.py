"""A small network with a contract, short videos, and one real run to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from neuromorph_track.netx import Head, InputSpec, Layer, Network, Neuron, RunContract, write_net
from neuromorph_track.runs import RunOptions, RunSummary, track
from tests.data.noise_video import save_video

SCENE = "scene:seed=3,frames=12"


@pytest.fixture
def network() -> Network:
    """Random weights on 32x32 pixels; a grid of 4x4 cells and two classes."""
    generator = np.random.default_rng(0)

    def weight(*shape: int) -> np.ndarray:
        return 2 * generator.integers(-20, 21, shape).astype(np.int32)

    relu = {"activation": "relu"}
    layers = (
        Layer("input", (3, 32, 32), neuron=Neuron("delta", "SDNN", 6, extra=relu)),
        Layer(
            "conv",
            (8, 8, 8),
            neuron=Neuron("sigma_delta", "SDNN", 6, extra=relu),
            weight=weight(8, 3, 3, 3),
            bias=weight(8),
            stride=(4, 4),
            padding=(1, 1),
        ),
        Layer(
            "conv", (7, 4, 4), neuron=Neuron("sigma", "SDNN"), weight=weight(7, 8, 1, 1) // 4, stride=(2, 2)
        ),
    )
    contract = RunContract(
        name="small",
        input=InputSpec(height=32, width=32, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
        spike_exp=4,
        head=Head(anchors=((1.0, 1.5),)),
        classes=("one", "two"),
        score_threshold=0.2,
    )
    return Network(layers, "small.net", contract)


def with_contract(network: Network, **changed: object) -> Network:
    assert network.contract is not None
    return replace(network, contract=network.contract.model_copy(update=changed))


@pytest.fixture
def leaky(network: Network) -> Network:
    """The same shapes in CUBA neurons that start anew every other frame; the head only integrates."""
    neuron = Neuron("cuba", "CUBA", 40, 4096, 512)
    layers = (
        replace(network.layers[0], neuron=replace(neuron, threshold=100)),
        replace(network.layers[1], neuron=neuron),
        replace(network.layers[2], neuron=replace(neuron, threshold=1 << 17, voltage_decay=0)),
    )
    changed = with_contract(network, encoder="bias", steps_per_frame=3, refresh_every=2)
    assert changed.contract is not None
    head = changed.contract.head.model_copy(update={"scale": 2.0**-12})
    return with_contract(replace(changed, layers=layers), head=head)


@pytest.fixture
def frames() -> list[np.ndarray]:
    """Eleven frames in which a bright square moves."""
    pictures = []
    for step in range(11):
        picture = np.full((40, 52, 3), 60, np.uint8)
        picture[10:20, 3 * step : 3 * step + 12] = (250, 200, 20)
        pictures.append(picture)
    return pictures


@pytest.fixture
def net(network: Network, tmp_path: Path) -> str:
    """The same as a file."""
    path = tmp_path / "small.net"
    write_net(network, path)
    return str(path)


@pytest.fixture
def video(tmp_path: Path) -> Callable[[int], Path]:
    """Noise of so many frames as MPEG-4 whose index comes first, so that a part of it can be read."""

    def write(frames: int) -> Path:
        path = tmp_path / f"{frames}.mp4"
        save_video(path, frames)
        return path

    return write


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[..., Path]:
    """A folder of pictures of this shape."""

    def write(*shape: int, count: int = 3) -> Path:
        folder = tmp_path / "pictures"
        folder.mkdir()
        noise = np.random.default_rng(0)
        for number in range(count):
            cv2.imwrite(str(folder / f"{number}.png"), noise.integers(0, 256, shape, dtype=np.uint8))
        return folder

    return write


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunSummary:
    """``scenes-nano`` on a short scene; nobody writes to its folder."""
    return track(SCENE, "scenes-nano", tmp_path_factory.mktemp("runs") / "run", RunOptions(quiet=True))
