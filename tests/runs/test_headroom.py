"""Sums that leave 24 bits: a run says so, and the export leaves them room."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Head, InputSpec, Layer, Network, Neuron, RunContract
from neuromorph_track.runs.detector import Detector
from neuromorph_track.runs.headroom import SHARE_OF_RANGE, SHARE_WHILE_FILLING, scene_values, with_headroom

HEIGHT, WIDTH = 112, 128


def loud(channels: int) -> Network:
    """Whatever comes in, each channel sends its bias, 254; the head adds them with the largest weight."""
    relu = {"activation": "relu"}
    layers = (
        Layer("input", (3, HEIGHT, WIDTH), neuron=Neuron("delta", "SDNN", 6, extra=relu)),
        Layer(
            "conv",
            (channels, 14, 16),
            neuron=Neuron("sigma_delta", "SDNN", 6, extra=relu),
            weight=np.zeros((channels, 3, 1, 1), np.int32),
            bias=np.full(channels, 254, np.int32),
            stride=(8, 8),
        ),
        Layer(
            "conv",
            (6, 14, 16),
            neuron=Neuron("sigma", "SDNN"),
            weight=np.full((6, channels, 1, 1), 254, np.int32),
        ),
    )
    contract = RunContract(
        name="loud",
        input=InputSpec(height=HEIGHT, width=WIDTH),
        head=Head(anchors=((1.0, 1.0),)),
        classes=("any",),
    )
    return Network(layers, "loud.net", contract)


def share(channels: int, spike_exp: int) -> float:
    """Of the range of 2**23 that the head's sums take, by hand."""
    return channels * 254 * 254 * 2**spike_exp / 2**23


@pytest.mark.parametrize(
    ("channels", "expected"), [(1, 6), (2, 5), (3, 5), (4, 4), (8, 3), (60, 1), (120, 0)]
)
def test_the_finest_spikes_that_fit(channels: int, expected: int) -> None:
    found = with_headroom(loud(channels)).contract
    assert found is not None
    assert found.spike_exp == expected
    assert share(channels, expected) <= SHARE_WHILE_FILLING
    assert expected == 6 or share(channels, expected + 1) > SHARE_WHILE_FILLING


def test_a_network_that_no_spike_fits() -> None:
    with pytest.raises(InputError, match=r"loud\.net: activations: found sums of 1\.00 of the 24-bit range"):
        with_headroom(loud(130))


@pytest.mark.parametrize("channels", [2, 8])
def test_a_run_tells_of_sums_that_wrapped(channels: int) -> None:
    """With spikes of 6 bits the sums of both leave the range or come close; ``with_headroom`` mends it."""
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    detector = Detector(loud(channels))
    list(detector.run([frame]))
    warnings = detector.wrapped_layers()
    assert len(warnings) == (share(channels, 6) >= 1)
    assert all("layer 2 conv" in text and f"reached {share(channels, 6):.2f}" in text for text in warnings)
    mended = Detector(with_headroom(loud(channels)))
    list(mended.run([frame]))
    assert mended.wrapped_layers() == []


def test_our_own_network_has_room() -> None:
    network = load_network("scenes-nano")
    assert network.contract is not None
    simulator = FixedSimulator(network)
    assert max(simulator.take_peaks().values()) <= SHARE_WHILE_FILLING
    simulator.run(scene_values(network.contract.input))
    assert 0.01 < max(simulator.take_peaks().values()) <= SHARE_OF_RANGE
