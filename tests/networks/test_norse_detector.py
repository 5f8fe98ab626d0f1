"""What norse computes while it trains is what the chip computes afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.errors import InputError
from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.netx import InputSpec

pytest.importorskip("norse")
from neuromorph_track.networks.norse_detector import NorseDetector, SpikingSpec
from neuromorph_track.networks.norse_export import export_norse
from neuromorph_track.networks.norse_reset import RoundedReset
from neuromorph_track.networks.norse_weights import Grid, RoundedWeight, on_grid

SPEC = DetectorSpec.model_validate(
    {
        "anchors": [[2.0, 2.0], [1.0, 3.0]],
        "offset_gain": 3.0,
        "layers": [
            {"channels": 6, "kernel": 5, "stride": 2},
            {"channels": 8, "stride": 2},
            {"channels": 8, "dilation": 2},
        ],
    }
)
PIXELS = InputSpec(height=24, width=32, mean=(0.5,) * 3, std=(0.25,) * 3)
CLASSES = ("a", "b")


@pytest.fixture
def model() -> NorseDetector:
    torch.manual_seed(0)
    model = NorseDetector(SPEC, SpikingSpec(), len(CLASSES))
    model.calibrate(torch.rand(4, 3, 24, 32, 1) * 4 - 2)
    for conv in model.modules():
        if isinstance(conv, nn.Conv2d):
            nn.init.uniform_(conv.parametrizations.bias.original, -0.5, 0.5)
    return model.eval()


def clip(frames: int) -> np.ndarray:
    """Frames of integers, of which half the pixels change from one to the next."""
    rng = np.random.default_rng(0)
    values = rng.integers(-32, 33, (frames, 3, 24, 32))
    for k in range(1, frames):
        values[k] = np.where(rng.random(values[k].shape) < 0.5, values[k], values[k - 1])
    return values.astype(np.int32)


@torch.no_grad()
def test_every_spike_and_potential_is_the_chip_s(model: NorseDetector, tmp_path: Path) -> None:
    made = export_norse(model, "x", CLASSES, PIXELS, tmp_path / "x.nir")
    assert all(layer.rounding.exact for layer in made.report.layers)
    assert made.report.warnings == ()
    values = clip(5)
    sent: list[list[np.ndarray]] = [[] for _ in SPEC.layers]
    for layer, cell in zip(sent, list(model.cells)[1::2], strict=False):
        cell.register_forward_hook(lambda _, __, out, layer=layer: layer.append(out[0][0].numpy()))
    raw, rates, _ = model(torch.from_numpy(values.astype(np.float32) / 16).permute(1, 2, 3, 0)[None])
    contract = made.network.contract
    assert contract is not None
    steps = contract.steps_per_frame
    ran = FixedSimulator(made.network, pipelined=False).run(np.repeat(values, steps, 0), record=True)
    assert ran.spikes is not None
    for expected, got in zip(sent, ran.spikes[1:], strict=False):
        np.testing.assert_array_equal(got, np.stack(expected))
        assert 0.01 < got.mean() < 0.9
    np.testing.assert_allclose(rates.numpy(), [np.mean(s) for s in sent], atol=1e-5)
    assert ran.membrane is not None
    assert contract.head.scale is not None
    heads = ran.membrane[steps - 1 :: steps] * contract.head.scale
    # A head's potential is rounded on the chip alone, by two states at most: it goes nowhere.
    np.testing.assert_allclose(heads, raw[0].permute(3, 0, 1, 2).numpy(), atol=2.5 * contract.head.scale)


@pytest.mark.slow
@pytest.mark.slayer
def test_lava_computes_the_same(model: NorseDetector, tmp_path: Path) -> None:
    # Delta neurons before CUBA ones whose current adds up what they send: no file of lava-dl has that.
    network = export_norse(model, "x", CLASSES, PIXELS, tmp_path / "x.nir").network
    values = np.repeat(clip(3), 2, 0)
    fixed = FixedSimulator(network).run(values, record=True)
    with LavaBackend(network, timeout=120) as lava:
        found = lava.run(values, record=True)
    assert fixed.spikes is not None
    assert found.spikes is not None
    for expected, got in zip(fixed.spikes, found.spikes, strict=True):
        np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(found.membrane, fixed.membrane)  # type: ignore[arg-type]


def test_state_is_carried_from_clip_to_clip(model: NorseDetector) -> None:
    frames = torch.from_numpy(clip(4).astype(np.float32) / 16).permute(1, 2, 3, 0)[None]
    with torch.no_grad():
        whole, _, _ = model(frames)
        first, _, state = model(frames[..., :2])
        second, _, _ = model(frames[..., 2:], state)
    torch.testing.assert_close(torch.cat([first, second], -1), whole)


def test_every_weight_learns(model: NorseDetector) -> None:
    model.train()
    raw, _, _ = model(torch.rand(2, 3, 24, 32, 2) * 4 - 2)
    raw.square().mean().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_a_size_that_the_stride_does_not_divide(model: NorseDetector, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="multiples of the stride, 4"):
        export_norse(model, "x", CLASSES, PIXELS.model_copy(update={"width": 30}), tmp_path / "x.nir")


@pytest.mark.parametrize(
    ("grid", "spread"),
    [
        (Grid(), 0.3),
        (Grid(), 3.0),
        # Sums of 16 * 100 pixels of up to 32 leave 24 bits before a weight leaves 8.
        (Grid(input_unit=16.0, largest_input=2.0), 0.3),
    ],
)
def test_weights_are_integers_of_a_grid(grid: Grid, spread: float) -> None:
    torch.manual_seed(1)
    conv = nn.Conv2d(16, 4, 10)
    nn.init.normal_(conv.weight, std=spread)
    rounded, _ = on_grid(conv, grid, None)
    integers = (conv.weight / rounded.step).detach()
    biases = (conv.bias / rounded.step * grid.input_unit).detach()  # type: ignore[operator]
    for values in (integers, biases, torch.log2(rounded.step)):
        torch.testing.assert_close(values, values.round(), atol=0, rtol=0)
    assert integers.abs().max() <= 127
    if grid.input_unit == 1:
        assert integers.abs().max() > 60
    largest = integers.abs().flatten(1).sum(1).max() * grid.input_unit * grid.largest_input
    assert grid.input_unit == 1 or largest < 1 << 17


@given(
    states=st.lists(st.integers(1 - (1 << 23), (1 << 23) - 1), min_size=1, max_size=20),
    step=st.integers(-12, 2),
)
def test_what_a_cell_keeps_is_what_the_chip_keeps(states: list[int], step: int) -> None:
    leak = 0.5
    weights = RoundedWeight(Grid())
    weights.step = torch.tensor(2.0**step)
    reset = RoundedReset(leak, weights)
    integers = np.array(states, np.int64)
    v = torch.from_numpy(integers) * reset.state
    left = reset(torch.zeros(len(v)), v.float(), torch.zeros(()), torch.ones(()))
    # The cell's own next step without input takes the leak off; the chip rounds towards zero.
    kept = np.sign(integers) * (np.abs(integers) >> 1)
    np.testing.assert_array_equal(((left - leak * left) / reset.state).numpy(), kept)
    fired = reset(torch.ones(len(v)), v.float(), torch.zeros(()), torch.ones(()))
    assert not fired.any()
