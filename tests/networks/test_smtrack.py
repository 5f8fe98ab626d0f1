"""Detectors of the smtrack family: what goes in, what comes out, and that each frame is on its own."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from neuromorph_track.networks.detector import ConvSpec
from neuromorph_track.networks.smtrack import SmtrackDetector, smtrack_detector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec

LAYERS = (ConvSpec(channels=6, stride=2), ConvSpec(channels=8, stride=2), ConvSpec(channels=8))
CLASSES, EMBEDDING = 2, 3


def spec(**fields: Any) -> SmtrackSpec:
    return SmtrackSpec(layers=LAYERS, embedding=EMBEDDING, **fields)


def trained(**fields: Any) -> SmtrackDetector:
    torch.manual_seed(0)
    model = SmtrackDetector(spec(**fields), CLASSES)
    for _ in range(3):
        model(torch.rand(4, 3, 32, 48, model.spec.steps if model.spec.history else 1))
    return model.eval()


@pytest.mark.parametrize(
    "neuron",
    [
        "integer",
        "relu",
        pytest.param("cuba", marks=pytest.mark.slayer),
        pytest.param("sigma_delta", marks=pytest.mark.slayer),
    ],
)
def test_every_kind_of_neuron_gives_a_grid_and_its_rates(neuron: str) -> None:
    model = smtrack_detector(spec(neuron=neuron), CLASSES)
    raw, sent, *_ = model(torch.rand(2, 3, 32, 48, 5))
    assert raw.shape == (2, 5 + CLASSES + EMBEDDING, 8, 12, 5)
    assert [rate.shape for rate in sent] == [(5,)] * (1 + len(LAYERS))
    assert (model.stride, model.classes) == (4, CLASSES)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_frame_does_not_depend_on_the_one_before(steps: int) -> None:
    model, frames = trained(steps=steps), torch.rand(2, 3, 32, 48, 4)
    together = model(frames).raw
    for number in range(4):
        torch.testing.assert_close(model(frames[..., number : number + 1]).raw[..., 0], together[..., number])


def test_a_history_of_one_picture_is_that_picture_repeated() -> None:
    repeated, history = trained(steps=3), SmtrackDetector(spec(steps=3, history=True), CLASSES).eval()
    history.load_state_dict(repeated.state_dict())
    frame = torch.rand(2, 3, 32, 48, 1)
    torch.testing.assert_close(history(frame.expand(-1, -1, -1, -1, 3)).raw, repeated(frame).raw)
    other = torch.cat([torch.rand(2, 3, 32, 48, 2), frame], -1)
    assert not torch.equal(history(other).raw, repeated(frame).raw)
    assert history(other).raw.shape[-1] == 1


def test_rates_are_spikes_of_a_neuron_in_a_frame() -> None:
    model = trained(steps=3)
    with torch.no_grad():
        black, white = (model(level(1, 3, 32, 48, 1)).sent for level in (torch.zeros, torch.ones))
    assert (float(black[0][0]), float(white[0][0])) == (0, 3)
    assert all(0 <= float(rate[0]) <= 3 for rate in white)


def test_a_rate_can_be_trained_down() -> None:
    model = SmtrackDetector(spec(), CLASSES)
    frames = torch.rand(4, 3, 32, 48, 1)
    optimiser = torch.optim.Adam(model.parameters(), 0.02)
    before = float(model(frames).sent[-1][0].detach())
    for _ in range(20):
        optimiser.zero_grad()
        model(frames).sent[-1].sum().backward()
        optimiser.step()
    assert float(model(frames).sent[-1][0].detach()) < 0.7 * before


def test_a_fresh_head_says_background_of_32_pixels() -> None:
    raw = SmtrackDetector(spec(), CLASSES)(torch.rand(1, 3, 32, 48, 1)).raw[0, ..., 0].detach()
    assert float(raw[4].mean().sigmoid()) == pytest.approx(0.01, abs=0.005)
    assert float(raw[2:4].mean().exp()) * 4 == pytest.approx(32, rel=0.1)


def test_what_does_not_go_together_is_refused() -> None:
    for wrong in ({"neuron": "relu", "steps": 2}, {"history": True}, {"levels": 256}, {"decay": 1.0}):
        with pytest.raises(ValidationError):
            spec(**wrong)


def test_the_scale_of_the_head_is_that_of_a_sum_over_the_steps() -> None:
    model = trained(steps=3)
    _, _, threshold = model.head.integers()
    assert model.head_scale() == pytest.approx(1 / (64 * threshold * 3))
    assert math.log2(threshold).is_integer()
