"""Training and run time read the head alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neuromorph_track.detection import HeadDecoder, Placement
from neuromorph_track.networks.detector import ConvSpec, DetectorSpec
from neuromorph_track.networks.loss import decode_boxes, split_head
from neuromorph_track.netx import Head, InputSpec, RunContract

ROWS, COLUMNS, CELL = 3, 5, 8
CLASSES = ("a", "b", "c")
# The frame is far larger than the input, so that no box is cut.
OFFSET, FRAME = 4096, 8192


@pytest.mark.parametrize("offset_gain", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("anchors", [((4.0, 4.5),), ((2.0, 2.0), (1.0, 4.0), (5.0, 0.5))])
def test_boxes_and_scores_agree(offset_gain: float, anchors: tuple[tuple[float, float], ...]) -> None:
    spec = DetectorSpec(layers=(ConvSpec(channels=1),), anchors=anchors, offset_gain=offset_gain)
    contract = RunContract(
        name="any",
        input=InputSpec(height=ROWS * CELL, width=COLUMNS * CELL),
        head=Head(anchors=anchors, offset_gain=offset_gain),
        classes=CLASSES,
    )
    decoder = HeadDecoder(contract, score_threshold=0.0)
    placement = Placement((1, 1), (-OFFSET, -OFFSET), (FRAME, FRAME))
    generator = torch.Generator().manual_seed(0)
    raw = 3 * torch.randn(1, len(anchors) * (5 + len(CLASSES)), ROWS, COLUMNS, generator=generator)
    raw[0, 2, 1, 1] = 40.0  # beyond the clamp of sizes
    boxes = decode_boxes(split_head(raw, spec, len(CLASSES)), spec)[0]
    head = split_head(raw, spec, len(CLASSES))[0]
    # One cell at a time is left standing, so that suppression has nothing to do.
    for anchor, row, column in np.ndindex(len(anchors), ROWS, COLUMNS):
        alone = raw.clone()
        others = split_head(alone, spec, len(CLASSES))[0, ..., 4]
        kept = others[anchor, row, column].clone()
        others[:] = -200
        others[anchor, row, column] = kept
        found = decoder.decode(alone[0].numpy(), placement)[:1]
        centre, size = np.split(boxes[anchor, row, column].numpy() * CELL, 2)
        expected = np.concatenate([centre - size / 2, centre + size / 2]) + OFFSET
        if np.any(size < 1):
            continue  # too small to be a box in the frame
        np.testing.assert_allclose(found.xyxy[0], expected, rtol=1e-5, atol=2e-2)
        chance = kept.sigmoid() * head[anchor, row, column, 5:].softmax(0)
        assert found.score[0] == pytest.approx(float(chance.max()), abs=1e-6)
        assert found.class_id[0] == int(chance.argmax())


def test_split_head_keeps_each_number_in_its_place() -> None:
    spec = DetectorSpec(layers=(ConvSpec(channels=1),), anchors=((1.0, 1.0), (2.0, 2.0)))
    raw = torch.arange(2 * 16 * 3 * 4).reshape(2, 16, 3, 4)
    head = split_head(raw, spec, 3)
    assert head.shape == (2, 2, 3, 4, 8)
    for n, anchor, row, column, field in ((0, 0, 0, 0, 0), (1, 1, 2, 3, 7), (1, 0, 2, 1, 4)):
        assert head[n, anchor, row, column, field] == raw[n, anchor * 8 + field, row, column]
