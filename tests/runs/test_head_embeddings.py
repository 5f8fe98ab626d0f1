"""Embeddings that come from the head: who is given them, and that they are what the head holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.detections import Detections
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.netx import Head, Network, write_net
from neuromorph_track.runs import RunOptions, track
from neuromorph_track.runs.appearance import head_embeddings
from neuromorph_track.runs.detector import Detector
from neuromorph_track.runs.host_tracker import HostTracker, chosen_features

SCENE = "scene:seed=3,frames=6"


@pytest.fixture
def telling(network: Network) -> Network:
    """The small network with an anchor-free head of two classes and three numbers of embedding."""
    weight = 2 * np.random.default_rng(1).integers(-10, 11, (10, 8, 1, 1)).astype(np.int32)
    head = replace(network.layers[2], shape=(10, 4, 4), weight=weight)
    assert network.contract is not None
    contract = network.contract.model_copy(update={"head": Head(kind="yolox", embedding=3)})
    return replace(network, layers=(*network.layers[:2], head), contract=contract)


@pytest.mark.parametrize("every_cell", [False, True])
def test_the_detector_gives_what_the_head_holds(
    telling: Network, frames: list[NDArray[np.uint8]], every_cell: bool
) -> None:
    detector = Detector(telling, every_cell=every_cell)
    assert detector.looks_from == "head"
    assert telling.contract is not None
    encoder, simulator = FrameEncoder(telling.contract.input), FixedSimulator(telling)
    seen = 0
    for chunk in detector.run(iter(frames)):
        assert chunk.embeddings is not None
        assert len(chunk.embeddings) == len(chunk.frames)
        for frame, found, looks in zip(chunk.frames, chunk.detections, chunk.embeddings, strict=True):
            held = simulator.run(encoder(frame)[0][None]).output[0, 7:].reshape(3, -1).T
            directions = held / np.maximum(np.linalg.norm(held, axis=1, keepdims=True), 1)
            sure = found.score >= telling.contract.score_threshold
            for look in looks[sure]:
                # Of one of the cells.
                assert np.abs(directions - look).max(1).min() < 1e-5
            assert not looks[~sure].any()
            seen += int(looks[sure].any(axis=1).sum())
    assert seen > 0


def test_a_layer_that_is_named_goes_before_the_head(
    telling: Network, frames: list[NDArray[np.uint8]]
) -> None:
    detector = Detector(telling, features="1 conv")
    assert detector.looks_from == "1 conv"
    assert {look.shape[1] for chunk in detector.run(iter(frames)) for look in chunk.embeddings or ()} == {8}
    assert chosen_features(telling, "1 conv", "fixed", HostTracker("smot", 0.25)) == ("1 conv", ())


def test_without_an_embedding_there_is_none(network: Network, frames: list[NDArray[np.uint8]]) -> None:
    detector = Detector(network)
    assert detector.looks_from is None
    assert all(chunk.embeddings is None for chunk in detector.run(iter(frames)))


def test_lava_tells_what_the_head_holds_too(telling: Network) -> None:
    """It needs no other layer, so there is nothing to warn of."""
    for backend in ("fixed", "lava"):
        assert chosen_features(telling, None, backend, HostTracker("smot", 0.25)) == (None, ())


@pytest.mark.parametrize(("mode", "told"), [("smot", True), ("tracktrack", True), ("two-stage", False)])
def test_trackers_that_use_embeddings_are_given_them(
    telling: Network, tmp_path: Path, mode: str, told: bool
) -> None:
    net = tmp_path / "telling.net"
    write_net(telling, net)
    options = RunOptions(quiet=True, tracker=mode, hardware=("loihi2-oheogulch",))
    run = track(SCENE, str(net), tmp_path / "run", options)
    assert json.loads((run.folder / "run.json").read_text())["features"] == ("head" if told else None)
    given = {"smot": "looks", "tracktrack": "embedding"}
    tracker = HostTracker(mode, 0.2)
    found = Detections(
        np.array([[0, 0, 20, 20]], np.float32),
        np.array([0.9], np.float32),
        np.zeros(1, np.int64),
        anchor=np.array([[0, 0, 20, 20]], np.float32),
        suppressed=np.array([False]),
    )
    look = np.array([[0.6, 0.8, 0, 0, 0]], np.float32)
    tracker.update(np.zeros((40, 40, 3), np.uint8), found, look)
    state = tracker.tracker.state_dict()
    arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
    remembered = [name for name, value in arrays.items() if value.shape == (1, 5)]
    assert remembered == ([given[mode]] if told else [])


def test_background_has_no_looks() -> None:
    found = Detections(
        np.zeros((2, 4), np.float32),
        np.array([0.3, 0.1], np.float32),
        np.zeros(2, np.int64),
        embedding=np.array([[0, 1], [1, 0]], np.float32),
    )
    looks = head_embeddings([found], 0.2)
    assert looks is not None
    assert looks[0].tolist() == [[0, 1], [0, 0]]
    assert looks[0].dtype == np.float32
