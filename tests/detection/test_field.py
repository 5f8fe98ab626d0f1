"""All of a frame as a network's input, and back."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.detection.encode import FrameEncoder
from neuromorph_track.detection.field import Field
from neuromorph_track.netx import InputSpec


@pytest.mark.parametrize("fit", ["letterbox", "stretch"])
def test_a_box_comes_back(fit: str) -> None:
    spec = InputSpec(height=96, width=128, fit=fit)  # type: ignore[arg-type]
    encoder = FrameEncoder(spec)
    field = Field.of(encoder, 320, 200)
    xyxy = np.array([[40.0, 60.0, 90.0, 110.0]], np.float32)
    cxcywh = np.array([65.0, 85.0, 50.0, 50.0])
    inside = field.from_frame(cxcywh) * np.array([128, 96, 128, 96])
    corners = np.concatenate([inside[:2] - inside[2:] / 2, inside[:2] + inside[2:] / 2])
    placement = encoder.placement(320, 200)
    np.testing.assert_allclose(placement.to_frame(corners[None].astype(np.float32)), xyxy, rtol=1e-5)
    np.testing.assert_allclose(field.to_frame(field.from_frame(cxcywh)), cxcywh)


def test_a_letterbox_has_margins() -> None:
    # 320 x 200 at 0.4 is 128 x 80: eight rows, 20 pixels of the frame, above and below.
    field = Field.of(FrameEncoder(InputSpec(height=96, width=128)), 320, 200)
    np.testing.assert_allclose(field.to_frame(np.array([0.0, 0.0, 1.0, 1.0])), [0, -20, 320, 240])
