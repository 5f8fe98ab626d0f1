"""What every cell says, against what the decoder says without it, and against a loop over the cells."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection import HeadDecoder, Placement, decode
from neuromorph_track.netx import Head, InputSpec, RunContract

SIDE, CLASSES, ANCHORS = 8, 3, ((1.0, 2.0), (3.0, 1.5))
SPEC = InputSpec(height=64, width=64)
PLAIN = Placement((1, 1), (0, 0), (64, 64))
# A frame of 128x96 at half its size between two bars of 8 pixels.
BARRED = Placement((0.5, 0.5), (0, 8), (128, 96))


def contract(**head: object) -> RunContract:
    return RunContract(
        name="cells",
        input=SPEC,
        head=Head.model_validate({"anchors": ANCHORS, **head}),
        classes=tuple("abc"),
    )


def raw(seed: int) -> NDArray[np.float32]:
    values = np.random.default_rng(seed).normal(0, 2, (len(ANCHORS), 5 + CLASSES, SIDE, SIDE))
    values[:, 4] -= 3
    return values.reshape(-1, SIDE, SIDE).astype(np.float32)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize("threshold", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("class_ids", [None, [1], [0, 2]])
@pytest.mark.parametrize("placement", [PLAIN, BARRED])
@pytest.mark.parametrize("voting", [None, 0.4])
def test_those_not_suppressed_are_the_plain_output(
    activation: str, threshold: float, class_ids: list[int] | None, placement: Placement, voting: float | None
) -> None:
    """To the last bit and in the same order."""
    described = contract(class_activation=activation).model_copy(update={"voting_threshold": voting})
    found = 0
    for seed in range(3):
        plain = HeadDecoder(described, threshold, class_ids=class_ids).decode(raw(seed), placement)
        every = HeadDecoder(described, threshold, class_ids=class_ids, every_cell=True).decode(
            raw(seed), placement
        )
        assert every.suppressed is not None
        chosen = every[~every.suppressed]
        for name in ("xyxy", "score", "class_id"):
            np.testing.assert_array_equal(getattr(chosen, name), getattr(plain, name))
        assert plain.anchor is None
        assert len(every) > len(plain)
        found += len(plain)
    assert (found > 0) == (threshold < 1)


@pytest.mark.parametrize("class_ids", [None, [2]])
def test_a_row_for_each_cell_and_class(class_ids: list[int] | None) -> None:
    """Prior box and score of each, from a loop over the cells."""
    values = raw(0)
    values.reshape(2, -1, SIDE, SIDE)[:, :4] = (
        0  # boxes are their priors, and all lie in the frame at least in part
    )
    every = HeadDecoder(contract(), 0.25, class_ids=class_ids, every_cell=True).decode(values, PLAIN)
    rows = {}
    for a, (width, height) in enumerate(ANCHORS):
        for row in range(SIDE):
            for column in range(SIDE):
                t = values.reshape(2, -1, SIDE, SIDE)[a, :, row, column].astype(float)
                odds = np.exp(t[5:])
                for c in range(CLASSES) if class_ids is None else class_ids:
                    centre = np.array([8 * column + 4, 8 * row + 4, 8 * column + 4, 8 * row + 4])
                    prior = centre + np.array([-4 * width, -4 * height, 4 * width, 4 * height])
                    rows[(*prior, c)] = odds[c] / odds.sum() / (1 + np.exp(-t[4]))
    assert every.anchor is not None
    assert every.anchor.dtype == np.float32
    assert len(every) == len(rows)
    for prior, score, c, box in zip(every.anchor, every.score, every.class_id, every.xyxy, strict=True):
        assert score == pytest.approx(rows.pop((*prior.tolist(), int(c))), abs=1e-6)
        np.testing.assert_allclose(box, np.clip(prior, 0, 64), atol=1e-4)


def test_best_first_after_the_plain_ones() -> None:
    every = HeadDecoder(contract(), 0.2, every_cell=True).decode(raw(1), PLAIN)
    assert every.suppressed is not None
    plain = int((~every.suppressed).sum())
    assert not every.suppressed[:plain].any()
    for part in (every.score[:plain], every.score[plain:]):
        assert (np.diff(part) <= 0).all()


def test_rows_are_bounded_and_the_plain_ones_never_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = HeadDecoder(contract(), 0.0).decode(raw(2), PLAIN)
    monkeypatch.setattr(decode, "CELL_ROWS", len(plain) + 5)
    every = HeadDecoder(contract(), 0.0, every_cell=True).decode(raw(2), PLAIN)
    assert every.suppressed is not None
    assert len(every) <= len(plain) + 5
    assert (~every.suppressed).sum() == len(plain)


def test_prior_boxes_are_in_pixels_of_the_frame_and_not_cut() -> None:
    every = HeadDecoder(contract(), 0.2, every_cell=True).decode(raw(1), BARRED)
    assert every.anchor is not None
    # In the input the first anchor is 8 by 16 pixels, in the frame twice that.
    sizes = {tuple(side) for side in (every.anchor[:, 2:] - every.anchor[:, :2]).tolist()}
    assert sizes == {(16.0, 32.0), (48.0, 24.0)}
    assert every.anchor[:, 0].min() < 0
    assert every.anchor[:, 3].max() > 96
    assert every.xyxy[:, 0].min() >= 0


def test_indexing_keeps_all_columns() -> None:
    values = np.concatenate([raw(1).reshape(2, -1, SIDE, SIDE), np.ones((2, 4, SIDE, SIDE), np.float32)], 1)
    told = contract(embedding=4)
    every = HeadDecoder(told, 0.2, every_cell=True).decode(values.reshape(-1, SIDE, SIDE), PLAIN)
    some = every[every.class_id == 1]
    assert isinstance(some, Detections)
    for field in dataclasses.fields(some):
        assert len(getattr(some, field.name)) == len(some)
    plain = HeadDecoder(contract(), 0.2, every_cell=True).decode(raw(1), PLAIN)
    assert plain[plain.class_id == 1].embedding is None
