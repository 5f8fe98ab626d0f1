"""A detector of integer LIF neurons over frames: reset after each, its potentials read at the last step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.association import TwoStageTracker, tracker_settings
from neuromorph_track.association.in_lava import LavaAssociation
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.netx import InputSpec, Network, Neuron
from neuromorph_track.netx.validate import validate
from neuromorph_track.runs.detector import Detector, own_reset
from neuromorph_track.runs.verify import input_values, verify
from tests.backends.count_oracle import tell
from tests.backends.integer_networks import integer_graph, integer_network
from tests.runs.conftest import with_contract

STEPS = 3


@pytest.fixture
def spiking(network: Network) -> Network:
    """The small network in integer LIF neurons that are fed pixels; a head that adds up what it hears."""
    neurons = (
        Neuron("ilif", "ILIF", 1, 0, 4096, levels=255),
        Neuron("ilif", "ILIF", 1024, 0, 1024, levels=8),
        Neuron("cuba", "CUBA", 1 << 17, 4096, 0),
    )
    layers = [replace(layer, neuron=n) for layer, n in zip(network.layers, neurons, strict=True)]
    pixels = InputSpec(height=32, width=32, fraction_bits=8, std=(256 / 255,) * 3, step=1, low=0, high=255)
    assert network.contract is not None
    head = network.contract.head.model_copy(update={"scale": 2.0**-12})
    changed = {
        "encoder": "bias",
        "steps_per_frame": STEPS,
        "refresh_every": 1,
        "input": pixels,
        "head": head,
    }
    made = with_contract(replace(network, layers=tuple(layers)), **changed)
    validate(made)
    return made


def test_a_frame_is_a_problem_of_its_own(spiking: Network, frames: list[np.ndarray]) -> None:
    detector = Detector(spiking)
    assert own_reset(spiking) == STEPS
    found = [boxes for chunk in detector.run(iter(frames)) for boxes in chunk.detections]
    assert sum(map(len, found))
    encoder = FrameEncoder(spiking.contract.input)
    for frame, boxes in zip(frames, found, strict=True):
        fed, placement = encoder(frame)
        # All that is sent in the steps of a frame, by the head's weights.
        told = tell(spiking, np.repeat(fed[None], STEPS, 0), pipelined=False)
        sums = np.sum(_sums(spiking, told), axis=0)
        expected = detector.decoder.decode(64 * sums.astype(np.float32) / 4096, placement)
        np.testing.assert_array_equal(boxes.xyxy, expected.xyxy)
        np.testing.assert_array_equal(boxes.score, expected.score)


def _sums(network: Network, told: list) -> list[np.ndarray]:
    """What arrives at the head's neurons in each step."""
    head = network.layers[-1]
    assert head.weight is not None
    return [
        np.einsum("oi,ihw->ohw", head.weight[:, :, 0, 0].astype(np.int64), sent[:, ::2, ::2])
        for sent in told[-2].sent
    ]


def test_pixels_go_in_as_they_are(spiking: Network) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    fed, _ = FrameEncoder(spiking.contract.input)(picture)
    np.testing.assert_array_equal(fed, picture.transpose(2, 0, 1))
    sent = FixedSimulator(spiking).run(fed[None], record=True).spikes
    assert sent is not None
    np.testing.assert_array_equal(sent[0][0], fed)


@pytest.mark.parametrize(
    ("kinds", "resets"), [(("ilif", "cuba"), True), (("ilif", "sigma"), False), (("delta", "cuba"), False)]
)
def test_which_networks_reset_themselves(
    spiking: Network, network: Network, kinds: tuple[str, ...], resets: bool
) -> None:
    neurons = {
        layer.neuron.kind: layer.neuron for layer in (*spiking.layers, *network.layers) if layer.neuron
    }
    layers = (
        replace(spiking.layers[0], neuron=neurons[kinds[0]]),
        replace(spiking.layers[2], neuron=neurons[kinds[1]]),
    )
    assert (own_reset(replace(spiking, layers=layers)) is not None) == resets


def test_sums_that_wrap_are_warned_of(spiking: Network, frames: list[np.ndarray]) -> None:
    detector = Detector(spiking)
    list(detector.run(iter(frames[:1])))
    assert detector.wrapped_layers() == []
    detector.simulator.layers[1].runner.peaks[:] = 1 << 24
    (warning,) = detector.wrapped_layers()
    assert "1 conv reached 2.00" in warning
    assert "spike_exp" not in warning


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [False, True])
def test_lava_computes_the_same(spiking: Network, stock: bool) -> None:
    verdict = verify(spiking, "lava", 2, "scene:seed=1", timeout=120, stock=stock)
    assert verdict.equal, verdict.difference
    assert verdict.counts_equal
    assert verdict.spikes


@pytest.mark.slow
@pytest.mark.slayer
def test_the_tracker_runs_in_the_same_lava_graph(spiking: Network, frames: list[np.ndarray]) -> None:
    settings = tracker_settings(0.2)
    outside = Detector(spiking)
    outside.decoder.score_threshold = settings.low_score
    tracker = TwoStageTracker(settings)
    expected = [tracker.update(found) for chunk in outside.run(frames) for found in chunk.detections]
    inside = Detector(spiking, backend="lava", in_lava=LavaAssociation((52, 40), settings))
    try:
        found = [tracks for chunk in inside.run(frames) for tracks in chunk.tracks or []]
    finally:
        inside.close()
    assert sum(map(len, expected))
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine.xyxy, theirs.xyxy)
        np.testing.assert_array_equal(mine.track_id, theirs.track_id)


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("seed", range(3))
def test_networks_without_a_contract_in_lava(seed: int) -> None:
    for network in (integer_network(seed), integer_graph(seed)):
        verdict = verify(network, "lava", 6, timeout=120, stock=False)
        assert verdict.equal, verdict.difference


def test_noise_drives_all_levels() -> None:
    neuron = Neuron("ilif", "ILIF", 7, 0, 4096, levels=5)
    network = integer_network(0)
    network = replace(network, layers=(replace(network.layers[0], neuron=neuron), *network.layers[1:]))
    sent = FixedSimulator(network).run(input_values(network, 20, None), record=True).spikes
    assert sent is not None
    assert set(np.unique(sent[0])) == set(range(6))


@pytest.mark.slayer
def test_equal_to_the_neuron_that_is_trained() -> None:
    spikes = []
    for seed in range(4):
        network = integer_network(seed)
        layers = [replace(layer, neuron=_trained(layer.neuron)) for layer in network.layers]
        verdict = verify(replace(network, layers=tuple(layers)), "slayer", 8)
        assert verdict.equal, verdict.difference
        spikes.append(verdict.spikes)
    assert sum(map(bool, spikes)) >= 3


def _trained(neuron: Neuron | None) -> Neuron | None:
    """With a threshold that a training can have, a power of two."""
    if neuron is None or neuron.kind != "ilif":
        return neuron
    return replace(neuron, threshold=1 << min(neuron.threshold.bit_length(), 12))
