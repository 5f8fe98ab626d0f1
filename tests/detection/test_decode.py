"""Head potentials to boxes, worked by hand in one cell."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection import HeadDecoder, Placement
from neuromorph_track.netx import Head, InputSpec, RunContract

SAME_SIZE = Placement((1, 1), (0, 0), (32, 32))
CELL = {"tx": 0.0, "ty": log(3), "tw": log(2), "th": 0.0, "to": 2.0, "a": log(9), "b": log(3)}
OBJECTNESS = 1 / (1 + exp(-2))


def contract(**given: object) -> RunContract:
    """A 32x32 input, so that the cells of a 2x2 grid are 16 pixels wide."""
    head = {"anchors": ((1.0, 2.0),), **given}
    return RunContract(
        name="by-hand",
        input=InputSpec(height=32, width=32),
        spike_exp=4,
        head=Head.model_validate(head),
        classes=("a", "b"),
    )


def potentials(row: int = 1, column: int = 0, **changed: float) -> NDArray[np.int32]:
    """One cell says something, the others say that there is nothing; 4 + 12 fractional bits."""
    raw = np.zeros((7, 2, 2))
    raw[4] = -20
    raw[:, row, column] = list({**CELL, **changed}.values())
    return np.round(raw * (1 << 16)).astype(np.int32)


@pytest.mark.parametrize(
    ("head", "changed", "box", "score"),
    [
        # x = 16 (0 + 1/2) = 8, y = 16 (1 + 3/4) = 28, width = 16 * 1 * 2, height = 16 * 2; cut at 0 and 32
        ({}, {}, (0, 12, 24, 32), 0.75 * OBJECTNESS),
        ({"class_activation": "sigmoid"}, {}, (0, 12, 24, 32), 0.9 * OBJECTNESS),
        # y = 16 (1 + 3 * 1/2 - 1) = 24: the offset reaches from -1 to 2
        ({"offset_gain": 3.0}, {"ty": 0.0}, (0, 8, 24, 32), 0.75 * OBJECTNESS),
        ({"offset_gain": 3.0}, {"ty": -log(3)}, (0, 0, 24, 28), 0.75 * OBJECTNESS),
        ({}, {"ty": 0.0, "tw": -log(2), "th": -log(4)}, (4, 20, 12, 28), 0.75 * OBJECTNESS),
        # Sizes stop growing at the clamp: 8 +- 16 exp(-1) / 2
        ({"clamp": -1.0}, {"tw": 9.0, "th": -log(4)}, (8 - 8 / exp(1), 24, 8 + 8 / exp(1), 32), None),
    ],
)
def test_one_cell_by_hand(
    head: dict[str, object],
    changed: dict[str, float],
    box: tuple[float, float, float, float],
    score: float | None,
) -> None:
    found = HeadDecoder(contract(**head))(potentials(**changed), SAME_SIZE)
    np.testing.assert_allclose(found.xyxy, [box], atol=1e-3)
    assert found.class_id.tolist() == [0]
    assert score is None or found.score == pytest.approx([score], abs=1e-4)


def test_boxes_are_in_pixels_of_the_frame() -> None:
    """A frame of 64x32 lies at half its size between two bars of 8 pixels."""
    placement = Placement((0.5, 0.5), (0, 8), (64, 32))
    cell = potentials(row=0, ty=0.0, th=-log(4), tw=-log(2))
    # (4, 4, 12, 12) in the input is above and below the upper bar's edge, 8.
    np.testing.assert_allclose(HeadDecoder(contract())(cell, placement).xyxy, [[8, 0, 24, 8]], atol=1e-3)


def test_what_lies_in_the_padding_is_dropped() -> None:
    placement = Placement((0.5, 0.5), (0, 12), (64, 16))
    cell = potentials(row=0, ty=0.0, th=-log(4), tw=-log(2))
    assert len(HeadDecoder(contract())(cell, placement)) == 0


@pytest.mark.parametrize(
    ("threshold", "kept"), [(0.5, 1), (0.75 * OBJECTNESS - 1e-3, 1), (0.75 * OBJECTNESS + 1e-3, 0), (1.0, 0)]
)
def test_threshold(threshold: float, kept: int) -> None:
    found = HeadDecoder(contract(), score_threshold=threshold)(potentials(), SAME_SIZE)
    assert len(found) == kept
    assert isinstance(found, Detections)
    assert (found.xyxy.dtype, found.score.dtype, found.class_id.dtype) == (np.float32, np.float32, np.int64)
    assert found.xyxy.shape == (kept, 4)


def test_the_networks_own_thresholds_are_the_default() -> None:
    decoder = HeadDecoder(contract())
    assert (decoder.score_threshold, decoder.nms_threshold) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("class_ids", "classes", "share"), [(None, 0, 0.75), ([0], 0, 0.75), ([1], 1, 0.25), ([0, 1], 0, 0.75)]
)
def test_class_filter(class_ids: list[int] | None, classes: int, share: float) -> None:
    decoder = HeadDecoder(contract(), score_threshold=0.1, class_ids=class_ids)
    found = decoder(potentials(), SAME_SIZE)
    assert found.class_id.tolist() == [classes]
    assert found.score == pytest.approx([share * OBJECTNESS], abs=1e-4)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_a_class_that_is_not_kept_never_comes_back(activation: str) -> None:
    """Also where nothing is refused by its score, and the kept class has underflowed to 0."""
    decoder = HeadDecoder(contract(class_activation=activation), score_threshold=0.0, class_ids=[1])
    found = decoder(potentials(a=3000.0, b=-3000.0), SAME_SIZE)
    assert len(found) > 0
    assert set(found.class_id.tolist()) == {1}


def test_anchors_are_blocks_of_channels() -> None:
    """The second anchor answers in channels 7 to 13."""
    raw = np.full((14, 2, 2), -20.0)
    raw[7:, 0, 1] = [0, 0, 0, 0, 5, 5, 0]
    found = HeadDecoder(contract(anchors=((1.0, 1.0), (0.5, 0.25)))).decode(raw.astype(np.float32), SAME_SIZE)
    np.testing.assert_allclose(found.xyxy, [[20, 6, 28, 10]], atol=1e-4)


def test_best_first_and_one_box_per_object() -> None:
    raw = np.zeros((7, 2, 2))
    raw[2:4] = [[[-log(2)] * 2] * 2, [[-log(4)] * 2] * 2]
    raw[4] = [[1, 3], [2, -20]]
    raw[0, 0] = [20, -20]  # the two cells of the upper row point at one place
    found = HeadDecoder(contract()).decode(raw.astype(np.float32), SAME_SIZE)
    np.testing.assert_allclose(found.xyxy, [[12, 4, 20, 12], [4, 20, 12, 28]], atol=1e-3)
    assert found.score[0] > found.score[1]
