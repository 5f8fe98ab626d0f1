"""The SLAYER network itself: shapes, size, and a start at which every layer speaks."""

from __future__ import annotations

import sys

import pytest
import torch

from neuromorph_track.errors import JobError
from neuromorph_track.networks.calibrate import scale_to_unit_variance
from neuromorph_track.networks.detector import ConvSpec, DetectorSpec, SigmaDeltaDetector
from neuromorph_track.networks.slayer import load_slayer

SPEC = DetectorSpec(
    layers=(ConvSpec(channels=6, stride=2), ConvSpec(channels=8, dilation=2), ConvSpec(channels=8, stride=2)),
    anchors=((2.0, 2.0), (1.0, 3.0)),
)


def frames(pictures: int, steps: int) -> torch.Tensor:
    return torch.randn(pictures, 3, 16, 24, steps, generator=torch.Generator().manual_seed(1))


def test_stride_is_the_product() -> None:
    assert SPEC.stride == 4


@pytest.mark.slayer
def test_shapes_of_a_clip() -> None:
    torch.manual_seed(0)
    raw, sent, *_ = SigmaDeltaDetector(SPEC, 3)(frames(2, 5))
    assert raw.shape == (2, 2 * (5 + 3), 4, 6, 5)
    assert [each.shape for each in sent] == [(5,)] * 4
    assert all(torch.all((each >= 0) & (each <= 1)) for each in sent)


@pytest.mark.slayer
def test_a_still_picture_falls_silent() -> None:
    """Sigma-delta neurons send changes: after the first step there are none."""
    torch.manual_seed(0)
    model = SigmaDeltaDetector(SPEC, 3).eval()
    clip = frames(1, 1).expand(-1, -1, -1, -1, 4)
    raw, sent, *_ = model(clip)
    assert sent[0][0] > 0.5
    assert all(torch.all(each[1:] == 0) for each in sent)
    torch.testing.assert_close(raw[..., 1:], raw[..., :1].expand_as(raw[..., 1:]))


@pytest.mark.slayer
def test_how_much_is_sent_can_be_learnt() -> None:
    """The number of spikes has no gradient but that of their size; steps against it help."""
    torch.manual_seed(0)
    model = SigmaDeltaDetector(SPEC, 3).train()
    pictures = frames(4, 1)
    scale_to_unit_variance(model, pictures)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02)
    before = model(pictures).sent
    for _ in range(50):
        optimiser.zero_grad()
        torch.stack(model(pictures).sent[1:]).sum().backward()
        optimiser.step()
    after = model(pictures).sent
    # The input is not learnt.
    assert torch.equal(before[0], after[0])
    assert all(float(late) < 0.8 * float(early) for early, late in zip(before[1:], after[1:], strict=True))


@pytest.mark.slayer
def test_calibration_gives_every_layer_unit_variance() -> None:
    torch.manual_seed(0)
    model = SigmaDeltaDetector(SPEC, 3).train()
    pictures = frames(8, 1)
    before = scale_to_unit_variance(model, pictures)
    assert len(before) == len(SPEC.layers) + 1
    x = model.input(pictures)
    for block in model.blocks:
        assert float(torch.cumsum(block.synapse(x), -1).std()) == pytest.approx(1, abs=0.1)
        x = block(x)
    assert float(torch.cumsum(model.head(x), -1).std()) == pytest.approx(1, abs=0.1)


def test_without_lava_dl_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lava.lib.dl", None)
    with pytest.raises(JobError, match=r"neuromorph-track\[lava\]"):
        load_slayer()
