"""The anchor-free head: one cell by hand, what the loss says of the same numbers, and embeddings."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from neuromorph_track.detection import HeadDecoder, Placement
from neuromorph_track.networks.grid_loss import predictions_of
from neuromorph_track.netx import Head, InputSpec, RunContract

# Two rows and three columns of cells of 16 pixels.
PLAIN = Placement((1, 1), (0, 0), (48, 32))


def contract(classes: str = "ab", **head: object) -> RunContract:
    return RunContract(
        name="by-hand",
        input=InputSpec(height=32, width=48),
        head=Head.model_validate({"kind": "yolox", **head}),
        classes=tuple(classes),
        nms_threshold=1.0,
    )


def one_cell(row: int, column: int, said: list[float]) -> NDArray[np.float32]:
    raw = np.zeros((len(said), 2, 3), np.float32)
    raw[4] = -20
    raw[:, row, column] = said
    return raw


@pytest.mark.parametrize(
    ("head", "said", "box"),
    [
        # Centre of the cell (1, 2): 16 * 2.5 and 16 * 1.5; a cell wide.
        ({}, [0, 0, 0, 0], (32, 16, 48, 32)),
        # A quarter of a cell to the left and up; half a cell wide, a quarter high.
        ({}, [-0.25, -0.25, log(0.5), log(0.25)], (32, 18, 40, 22)),
        # As far as it says, also into other cells.
        ({}, [-1.5, -1, log(0.5), log(0.5)], (12, 4, 20, 12)),
        ({"anchors": ((0.5, 0.25),)}, [0, 0, 0, 0], (36, 22, 44, 26)),
        # Sizes stop growing at the clamp: 16 / e.
        (
            {"clamp": -1.0},
            [-1, 0, 3, -1],
            (24 - 8 / exp(1), 24 - 8 / exp(1), 24 + 8 / exp(1), 24 + 8 / exp(1)),
        ),
    ],
)
def test_one_cell_by_hand(
    head: dict[str, object], said: list[float], box: tuple[float, float, float, float]
) -> None:
    raw = one_cell(1, 2, [*said, 2.0, log(3), -log(3)])
    found = HeadDecoder(contract(**head), score_threshold=0.1).decode(raw, PLAIN)
    np.testing.assert_allclose(found.xyxy, [box], atol=1e-4)
    assert found.class_id.tolist() == [0]
    # Objectness and class are sigmoids of their own: 3/4 of 1 / (1 + exp(-2)).
    assert found.score == pytest.approx([0.75 / (1 + exp(-2))], abs=1e-6)
    assert found.embedding is None


def test_says_what_the_loss_learns() -> None:
    """Boxes and scores of every cell are those that the loss sees, with an embedding behind the classes."""
    raw = np.random.default_rng(0).normal(0, 1, (5 + 2 + 3, 2, 3)).astype(np.float32)
    said = predictions_of(torch.from_numpy(raw).permute(1, 2, 0)[None], classes=2, clamp=5.0)
    boxes = said.cxcywh[0].reshape(-1, 4).numpy() * 16
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
    scores = (said.objectness[0, ..., None].sigmoid() * said.classes[0].sigmoid()).reshape(-1, 2).numpy()
    every = HeadDecoder(contract(embedding=3), 0.0, every_cell=True).decode(raw, PLAIN)
    assert every.anchor is not None
    for prior, score, kind, box in zip(every.anchor, every.score, every.class_id, every.xyxy, strict=True):
        column, row = (prior[:2] / 16).astype(int)
        np.testing.assert_allclose(prior, [16 * column, 16 * row, 16 * column + 16, 16 * row + 16])
        cell = row * 3 + column
        assert score == pytest.approx(scores[cell, kind], abs=1e-6)
        np.testing.assert_allclose(box, np.clip(corners[cell], 0, [48, 32, 48, 32]), atol=1e-3)
    assert len(every) > 8


@pytest.mark.parametrize("every_cell", [False, True])
def test_embeddings_go_with_their_boxes(every_cell: bool) -> None:
    """Each cell's embedding tells its own number by a direction; its length does not matter."""
    raw = np.zeros((5 + 2 + 2, 2, 3), np.float32)
    raw[4] = [[0, 3, 1], [2, -1, 4]]
    raw[5] = 1
    raw[2:4] = -1
    angle = np.arange(6, dtype=np.float32).reshape(2, 3)
    raw[7], raw[8] = 10 * np.cos(angle), 10 * np.sin(angle)
    found = HeadDecoder(contract(embedding=2), 0.2, every_cell=every_cell).decode(raw, PLAIN)
    assert len(found) == (12 if every_cell else 5)
    assert found.embedding is not None
    assert found.embedding.dtype == np.float32
    centre = (found.xyxy[:, :2] + found.xyxy[:, 2:]) / 2
    cell = (centre[:, 1] // 16) * 3 + centre[:, 0] // 16
    np.testing.assert_allclose(found.embedding, np.stack([np.cos(cell), np.sin(cell)], 1), atol=1e-5)
    some = found[found.score > 0.5]
    assert some.embedding is not None
    assert 0 < len(some.embedding) == len(some) < len(found)


def test_an_embedding_of_zeros_stays_one() -> None:
    raw = one_cell(0, 0, [0, 0, 0, 0, 5, 5, 5, 0, 0, 0])
    found = HeadDecoder(contract(embedding=3)).decode(raw, PLAIN)
    assert found.embedding is not None
    assert found.embedding.tolist() == [[0, 0, 0]]


def test_several_anchors_have_embeddings_of_their_own() -> None:
    raw = np.zeros((2, 5 + 1 + 2, 2, 3), np.float32)
    raw[:, 4] = -20
    raw[0, :, 0, 0] = [0, 0, 0, 0, 4, 4, 1, 0]
    raw[1, :, 1, 1] = [0, 0, 0, 0, 5, 5, 0, -3]
    head = HeadDecoder(contract("a", embedding=2, anchors=((1.0, 1.0), (2.0, 1.0))))
    found = head.decode(raw.reshape(-1, 2, 3), PLAIN)
    np.testing.assert_allclose(found.xyxy, [[8, 16, 40, 32], [0, 0, 16, 16]], atol=1e-4)
    assert found.embedding is not None
    assert found.embedding.tolist() == [[0, -1], [1, 0]]
