"""A siamese pair at work: templates into weights, windows into cells."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.detection.centre import decode_cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.export.siamese import siamese_of
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.netx.memory import written_weights
from neuromorph_track.runs.siamese_net import SiameseNet
from tests.networks.tiny_trackers import lived, pair, recipe

BOX = np.array([50.0, 30.0, 18.0, 12.0])
WINDOW = Window(47.3, 33.1, 61.0)


@pytest.fixture
def frames() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (64, 90, 3), dtype=np.uint8) for _ in range(2)]


def both(**network: Any) -> tuple[SpiketrackNet, SiameseNet]:
    plan = recipe(**network)
    made = siamese_of(plan, lived(plan).state_dict(), "tiny")
    return made.model, SiameseNet(made.siamese)


def fed(window: Window, frame: np.ndarray, side: int) -> torch.Tensor:
    return torch.from_numpy(window.cut(frame, side, 114.0)).permute(2, 0, 1)[None, ..., None] / 256


@pytest.mark.parametrize("network", [{}, {"template_steps": 3}, {"retrieval": "correlation"}])
def test_the_memory_is_that_of_training(network: dict[str, Any], frames: list[np.ndarray]) -> None:
    model, net = both(**network)
    template = net.template(frames[0], BOX)
    with torch.no_grad():
        memory = model.memory(fed(Window.around(BOX, 2.0), frames[0], 16))
    assert memory is not None
    assert template.sums is not None
    assert template.sums.dtype == np.int64
    np.testing.assert_array_equal(template.sums, memory[0].numpy())
    assert template.sums.max() > 3


@pytest.mark.parametrize("network", [{}, {"search_steps": 2}, {"retrieval": "blind"}])
def test_cells_are_those_of_training(network: dict[str, Any], frames: list[np.ndarray]) -> None:
    model, net = both(**network)
    net.write(net.template(frames[0], BOX).sums)
    cells, activity = net.look(frames[1], WINDOW)
    with torch.no_grad():
        raw = model(fed(Window.around(BOX, 2.0), frames[0], 16), fed(WINDOW, frames[1], 32)).raw
    expected = decode_cells(raw[0, ..., 0].numpy())
    np.testing.assert_allclose(cells.score, expected.score, rtol=1e-5)
    np.testing.assert_allclose(cells.cxcywh, expected.cxcywh, rtol=1e-5)
    assert activity.frames == 1


def test_what_was_written_before_is_gone(frames: list[np.ndarray]) -> None:
    net, fresh = SiameseNet(pair()), SiameseNet(pair())
    first, second = net.template(frames[0], BOX), net.template(frames[1], BOX + 4)
    assert not np.array_equal(first.sums, second.sums)
    net.write(first.sums)
    before = net.potentials(frames[1], WINDOW)
    net.write(second.sums)
    fresh.write(second.sums)
    found = net.potentials(frames[1], WINDOW)
    np.testing.assert_array_equal(found, fresh.potentials(frames[1], WINDOW))
    assert not np.array_equal(found, before)
    net.write(first.sums)
    np.testing.assert_array_equal(net.potentials(frames[1], WINDOW), before)


def test_a_crop_does_not_remember_the_one_before(frames: list[np.ndarray]) -> None:
    net = SiameseNet(pair(template_steps=3, search_steps=2))
    first = net.template(frames[0], BOX)
    net.write(first.sums)
    once = net.potentials(frames[0], WINDOW)
    net.potentials(frames[1], Window(3.0, 4.0, 30.0))
    np.testing.assert_array_equal(net.potentials(frames[0], WINDOW), once)
    net.template(frames[1], BOX + 9)
    np.testing.assert_array_equal(net.template(frames[0], BOX).sums, first.sums)


@pytest.mark.parametrize("bits", [8, 6, 4])
def test_fewer_bits_lose_more_and_say_so(bits: Any, frames: list[np.ndarray]) -> None:
    siamese = pair()
    net = SiameseNet(siamese, bits=bits)
    sums = net.template(frames[0], BOX).sums
    assert sums is not None
    told = net.write(sums)
    assert [each.layer for each in told] == ["4 conv", "7 conv"]
    for spec, each in zip(siamese.contract.memory, told, strict=True):
        layer = siamese.search.layers[spec.layer]
        own = written_weights(layer, spec, sums, bits)
        assert (each.error, each.clipped) == (own.error, own.clipped)
        step = 2 ** (9 - bits)
        gains = np.array(spec.gains).reshape(2, 4, 1)
        wanted = gains * sums.transpose(0, 2, 1)
        kept = np.clip(np.floor(wanted / step + 0.5) * step, 0, 254 // step * step)
        assert each.error == pytest.approx(np.linalg.norm(kept - wanted) / np.linalg.norm(wanted))


def test_a_blind_pair_is_given_nothing(frames: list[np.ndarray]) -> None:
    net = SiameseNet(pair(retrieval="blind"))
    before = net.potentials(frames[1], WINDOW)
    template = net.template(frames[0], BOX)
    assert template.sums is None
    assert net.write(template.sums) == ()
    np.testing.assert_array_equal(net.potentials(frames[1], WINDOW), before)


def test_counts_of_a_template_are_its_own(frames: list[np.ndarray]) -> None:
    net = SiameseNet(pair(template_steps=3))
    first, second = net.template(frames[0], BOX), net.template(frames[0], BOX)
    assert first.activity.frames == second.activity.frames == 1
    for a, b in zip(first.spikes.first, second.spikes.first, strict=True):
        np.testing.assert_array_equal(a, b)
    # Spikes of each neuron add up to what the layers sent.
    sent = [int(layer.spikes_out.sum()) for layer in first.activity.layers]
    assert [int(each.sum()) for each in first.spikes.first] == sent


def test_sums_beyond_24_bits_are_told(frames: list[np.ndarray]) -> None:
    """254 x 255 of 576 neurons that all shout is more than 2**23."""
    siamese = pair(levels=255, layers=[{"channels": 64, "stride": 2}, {"channels": 6, "stride": 2}])
    first, second = siamese.search.layers[1:3]
    loud = replace(first, bias=np.full(64, 1 << 16, np.int32))
    heavy = replace(second, weight=np.full_like(second.weight, 254))
    chain = replace(
        siamese.search, layers=(siamese.search.layers[0], loud, heavy, *siamese.search.layers[3:])
    )
    for given, count in ((siamese, 0), (replace(siamese, search=chain), 1)):
        net = SiameseNet(given)
        net.write(net.template(frames[0], BOX).sums)
        net.look(frames[1], WINDOW)
        warnings = net.wrapped_layers()
        assert len(warnings) == count
        assert all("layer 2 conv of the search chain reached 4.4" in each for each in warnings)
        # Told once.
        assert net.wrapped_layers() == []


@pytest.mark.parametrize("steps", [1, 3])
def test_nothing_is_said_on_the_way(frames: list[np.ndarray], steps: int) -> None:
    """PyTorch warns of arrays that cannot be written."""
    net = SiameseNet(pair(template_steps=steps, search_steps=steps))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.write(net.template(frames[0], BOX).sums)
        net.look(frames[1], WINDOW)
