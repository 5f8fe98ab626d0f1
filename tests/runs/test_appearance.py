"""Embeddings of detections: of a layer's spikes, the same in chunks of any length."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.features import BoxFeatures
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Network
from neuromorph_track.runs.appearance import default_layer
from neuromorph_track.runs.detector import Detector

Frames = list[NDArray[np.uint8]]


def looks_of(network: Network, frames: Frames, chunk: int | None = None) -> list[NDArray[np.float32]]:
    detector = Detector(network, every_cell=True, features="1 conv")
    detector.chunk = detector.chunk if chunk is None else chunk
    return [look for part in detector.run(iter(frames)) for look in part.embeddings or ()]


@pytest.mark.parametrize("kind", ["network", "leaky"])
def test_embeddings_are_means_over_what_was_sent(
    kind: str, frames: Frames, request: pytest.FixtureRequest
) -> None:
    """From the spikes that the simulator records, summed since the start, or over the frame's own steps."""
    network: Network = request.getfixturevalue(kind)
    contract = network.contract
    assert contract is not None
    repeats, refresh = contract.steps_per_frame, contract.refresh_every
    simulator = FixedSimulator(
        network, reset_interval=None if refresh is None else refresh * repeats, listen_to="1 conv"
    )
    encoder, pool = FrameEncoder(contract.input), BoxFeatures(contract.input)
    detector = Detector(network, every_cell=True, features="1 conv")
    chunks = list(detector.run(iter(frames)))
    found = [each for chunk in chunks for each in chunk.detections]
    looks = [look for chunk in chunks for look in chunk.embeddings or ()]
    assert len(looks) == len(frames)
    seen = 0
    for number, frame in enumerate(frames):
        values, placement = encoder(frame)
        steps = simulator.run(np.repeat(values[None], repeats, axis=0), record=True)
        assert steps.spikes is not None
        assert steps.heard is not None
        # The first frame of leaky neurons also has the spikes that fill the pipeline.
        own = steps.heard[-1] if contract.encoder == "delta" or number == 0 else steps.spikes[1].sum(0)
        sure = found[number].score >= contract.score_threshold
        expected = pool(own, found[number].xyxy[sure], placement)
        np.testing.assert_array_equal(looks[number][sure], expected)
        assert not looks[number][~sure].any()
        seen += int(expected.any(axis=1).sum())
    assert seen > 0


@pytest.mark.parametrize("kind", ["network", "leaky"])
def test_chunks_do_not_show(kind: str, frames: Frames, request: pytest.FixtureRequest) -> None:
    network: Network = request.getfixturevalue(kind)
    usual, other = looks_of(network, frames), looks_of(network, frames, chunk=2)
    assert len(usual) == len(other) == len(frames)
    for first, second in zip(usual, other, strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_same_object_looks_alike_and_another_does_not() -> None:
    """Two squares of different colours, moved by some pixels: scenes-nano's own features."""
    network = load_network("scenes-nano")
    assert network.contract is not None
    pool = BoxFeatures(network.contract.input)
    encoder, simulator = FrameEncoder(network.contract.input), FixedSimulator(network, listen_to="1 conv")
    looks = []
    for x in (40, 60):
        picture = np.full((192, 256, 3), 120, np.uint8)
        picture[60:100, x : x + 24], picture[60:100, x + 100 : x + 124] = (220, 40, 40), (40, 60, 220)
        values, placement = encoder(picture)
        heard = simulator.run(values[None]).heard
        assert heard is not None
        boxes = np.array([[x, 60, x + 24, 100], [x + 100, 60, x + 124, 100]], np.float32)
        looks.append(pool(heard[-1], boxes, placement))
    likeness = looks[0] @ looks[1].T
    assert np.diag(likeness).min() > 0.999
    assert likeness[0, 1] < 0.99


def test_the_default_layer_is_the_first_convolution(network: Network) -> None:
    assert default_layer(network) == "1 conv"
    assert default_layer(load_network("scenes-nano")) == "1 conv"


@pytest.mark.parametrize("layer", ["2 conv", "9 conv", ""])
def test_a_layer_without_spikes_is_refused(network: Network, layer: str) -> None:
    """The head only accumulates."""
    with pytest.raises(InputError, match="0 input, 1 conv"):
        Detector(network, features=layer)


def test_lava_does_not_tell(network: Network) -> None:
    with pytest.raises(InputError, match="fixed"):
        Detector(network, backend="lava", features="1 conv")
