"""Terms of the loss of an anchor-free grid, from perfect predictions, by hand and from gradients."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest
import torch
from torch import Tensor

from neuromorph_track.errors import InputError
from neuromorph_track.networks.box_losses import BOX_LOSSES
from neuromorph_track.networks.grid_loss import GridLoss, grid_loss, predictions_of
from neuromorph_track.networks.loss import Targets

CLASSES, EMBEDDING, GRID, STRIDE = 3, 4, 8, 8
CHANNELS = 5 + CLASSES + EMBEDDING
Box = tuple[float, float, float, float]


def targets(
    given: list[Box], identity: list[int] | None = None, pictures: list[int] | None = None
) -> Targets:
    """Boxes (cx, cy, w, h) in cells; classes 0, 1, 2, 0 ..."""
    return Targets(
        torch.tensor(given, dtype=torch.float32).reshape(-1, 4),
        torch.arange(len(given)) % CLASSES,
        torch.tensor(pictures or [0] * len(given), dtype=torch.int64),
        torch.zeros(len(given), dtype=torch.bool),
        None if identity is None else torch.tensor(identity, dtype=torch.int64),
    )


def silent(pictures: int = 1) -> Tensor:
    """Tiny boxes and no object anywhere."""
    raw = torch.zeros(pictures, CHANNELS, GRID, GRID)
    raw[:, 2:4] = -5
    raw[:, 4 : 5 + CLASSES] = -20
    return raw


def say(raw: Tensor, cell: tuple[int, int], box: Box, kind: int, picture: int = 0) -> None:
    """Write into one cell what stands for ``box`` of a class."""
    row, column = cell
    values = [box[0] - column - 0.5, box[1] - row - 0.5, log(box[2]), log(box[3]), 20]
    raw[picture, :5, row, column] = torch.tensor(values)
    raw[picture, 5 + kind, row, column] = 20


ONE: Box = (3.5, 3.5, 1, 1)


def test_what_a_cell_says() -> None:
    head = torch.zeros(1, 2, 3, 7)
    head[0, 1, 2] = torch.tensor([0.25, -0.5, log(3), 9.0, 7, 1, 2])
    said = predictions_of(head, classes=2, clamp=5.0)
    torch.testing.assert_close(said.cxcywh[0, 1, 2], torch.tensor([2.75, 1, 3, exp(5)]))
    torch.testing.assert_close(said.cxcywh[0, 0, 1], torch.tensor([1.5, 0.5, 1, 1]))
    assert said.objectness[0, 1, 2] == 7
    assert said.classes[0, 1, 2].tolist() == [1, 2]


@pytest.mark.parametrize("box", BOX_LOSSES)
def test_a_perfect_prediction_costs_nothing(box: str) -> None:
    """One cell for an object of one cell; its neighbours overlap nothing."""
    raw = silent()
    say(raw, (3, 3), ONE, 0)
    loss, terms = grid_loss(raw, targets([ONE]), STRIDE, CLASSES, GridLoss(box=box, l1_weight=1))
    assert set(terms) == {"box", "objectness", "classes", "l1", "embedding"}
    assert terms == pytest.approx(dict.fromkeys(terms, 0), abs=1e-5)
    assert loss.item() == pytest.approx(0, abs=1e-4)


def test_terms_by_hand() -> None:
    """A box half a cell too far right and twice as wide as it should be, of 8 x 8 pixels at stride 8."""
    raw = silent()
    say(raw, (3, 3), (4, 3.5, 2, 1), 0)
    raw[0, 4, 3, 3] = 0
    raw[0, 5:8, 3, 3] = 0
    _, terms = grid_loss(raw, targets([ONE]), STRIDE, CLASSES, GridLoss(l1_weight=1))
    # Δcx = 4 px, Δw = 8 px: W² = 16 + 64/4 = 32; C = 0.8 * 8.
    assert terms["box"] == pytest.approx(1 - exp(-(32**0.5) / 6.4), abs=1e-5)
    assert terms["objectness"] == pytest.approx(log(2), abs=1e-5)
    # Three classes with a probability of 1/2 each, whatever is wanted.
    assert terms["classes"] == pytest.approx(3 * log(2), abs=1e-5)
    assert terms["l1"] == pytest.approx(0.5 + log(2), abs=1e-5)
    _, overlap = grid_loss(raw, targets([ONE]), STRIDE, CLASSES, GridLoss(box="iou"))
    # Columns 3 to 5 against 3 to 4: 1 of 2.
    assert overlap["box"] == pytest.approx(1 / 2, abs=1e-5)


def test_classes_learn_the_overlap() -> None:
    raw = silent()
    say(raw, (3, 3), (4, 3.5, 2, 1), 0)
    raw[0, 5:8, 3, 3] = 0
    raw.requires_grad_()
    grid_loss(raw, targets([ONE]), STRIDE, CLASSES, GridLoss())[0].backward()
    assert raw.grad is not None
    # Wanted is the IoU 1/2 of class 0, as sigmoid(0) is, and 0 of the others.
    torch.testing.assert_close(raw.grad[0, 5:8, 3, 3], torch.tensor([0, 0.5, 0.5]), atol=1e-5, rtol=0)


def test_the_stride_reaches_the_constant_of_nwd() -> None:
    raw = silent()
    say(raw, (3, 3), (4.5, 3.5, 1, 1), 0)
    for stride in (4, 8, 16):
        _, terms = grid_loss(raw, targets([ONE]), stride, CLASSES, GridLoss(box="nwd"))
        assert terms["box"] == pytest.approx(1 - exp(-stride / 12.8), abs=1e-5)


def test_every_term_is_of_one_positive() -> None:
    """Twice the same picture and object: the same terms."""
    raw = torch.randn(1, CHANNELS, GRID, GRID, generator=torch.Generator().manual_seed(3))
    once = targets([(2.5, 3.1, 2, 3), (6, 6, 1.5, 2)], identity=[0, 1])
    twice = targets([(2.5, 3.1, 2, 3), (6, 6, 1.5, 2)] * 2, pictures=[0, 0, 1, 1])
    twice = replace(twice, class_id=once.class_id.repeat(2))
    settings = GridLoss(l1_weight=1, embedding_weight=0)
    _, single = grid_loss(raw, once, STRIDE, CLASSES, settings)
    _, double = grid_loss(raw.repeat(2, 1, 1, 1), twice, STRIDE, CLASSES, settings)
    assert double == pytest.approx(single, rel=1e-5)


@pytest.mark.parametrize("box", BOX_LOSSES)
def test_weights_of_the_terms(box: str) -> None:
    raw = torch.randn(1, CHANNELS, GRID, GRID, generator=torch.Generator().manual_seed(0))
    wanted = targets([(2.5, 2.5, 2, 2), (6.5, 4.5, 1, 4)], identity=[4, 9])
    loss, terms = grid_loss(raw, wanted, STRIDE, CLASSES, GridLoss(box, 2, 3, 5, 7, 11))
    expected = zip((2, 3, 5, 7, 11), ("box", "objectness", "classes", "l1", "embedding"), strict=True)
    assert loss.item() == pytest.approx(sum(w * terms[name] for w, name in expected), rel=1e-5)
    usual = GridLoss(box).weight_of_box()
    assert usual == (8 if box.endswith("nwd") else 5)
    loss, terms = grid_loss(raw, wanted, STRIDE, CLASSES, GridLoss(box, embedding_weight=0))
    expected_loss = usual * terms["box"] + terms["objectness"] + terms["classes"]
    assert loss.item() == pytest.approx(expected_loss, rel=1e-5)
    assert set(terms) == {"box", "objectness", "classes"}


@pytest.mark.parametrize("box", BOX_LOSSES)
@pytest.mark.parametrize("identity", [None, []])
def test_batches_without_objects(box: str, identity: list[int] | None) -> None:
    raw = torch.zeros(2, CHANNELS, GRID, GRID, requires_grad=True)
    settings = GridLoss(box, l1_weight=1)
    loss, terms = grid_loss(raw, targets([], identity), STRIDE, CLASSES, settings)
    loss.backward()
    assert terms["objectness"] == pytest.approx(2 * GRID**2 * log(2), rel=1e-5)
    assert [terms[name] for name in ("box", "classes", "l1", "embedding")] == [0, 0, 0, 0]
    assert raw.grad is not None
    # Down everywhere, and nothing else is learnt.
    torch.testing.assert_close(raw.grad[:, 4], torch.full((2, GRID, GRID), 0.5))
    assert torch.all(raw.grad[:, :4] == 0)
    assert torch.all(raw.grad[:, 5:] == 0)


def test_ignored_objects_teach_nothing() -> None:
    raw = torch.zeros(1, CHANNELS, GRID, GRID, requires_grad=True)
    wanted = replace(targets([(3.5, 3.5, 2, 2)]), ignored=torch.tensor([True]))
    grid_loss(raw, wanted, STRIDE, CLASSES, GridLoss())[0].backward()
    assert raw.grad is not None
    still = (raw.grad[0, 4] == 0).nonzero().tolist()
    assert still == [[3, 3]]


def test_embeddings_of_one_object_attract() -> None:
    """The same object in two pictures beside another one."""
    boxes: list[Box] = [(2.5, 2.5, 1, 1), (6.5, 6.5, 1, 1)] * 2
    wanted = targets(boxes, identity=[0, 1, 0, 1], pictures=[0, 0, 1, 1])
    raw = silent(2)
    for index, box in enumerate(boxes):
        place = int(box[1])
        say(raw, (place, place), box, index % CLASSES, index // 2)
        raw[index // 2, 8 + index % 2, place, place] = 1
    # Cosine 1 with its partner, 0 with both strangers, at a temperature of 1/2: log(1 + 2 e⁻²) each.
    _, terms = grid_loss(raw, wanted, STRIDE, CLASSES, GridLoss(temperature=0.5))
    assert terms["embedding"] == pytest.approx(log(1 + 2 * exp(-2)), rel=1e-5)
    unknown = replace(wanted, identity=None)
    assert grid_loss(raw, unknown, STRIDE, CLASSES, GridLoss())[1]["embedding"] == 0
    without = grid_loss(raw[:, :8], wanted, STRIDE, CLASSES, GridLoss())[1]
    assert "embedding" not in without


def test_half_precision_is_computed_in_single() -> None:
    raw = torch.randn(2, CHANNELS, GRID, GRID, generator=torch.Generator().manual_seed(1))
    boxes: list[Box] = [(2.5, 2.5, 2, 2), (6.5, 4.5, 1, 4), (3, 3, 1, 2)]
    wanted = targets(boxes, identity=[0, 0, 1], pictures=[0, 1, 1])
    half = raw.to(torch.bfloat16).requires_grad_()
    loss, terms = grid_loss(half, wanted, STRIDE, CLASSES, GridLoss())
    assert loss.dtype == torch.float32
    single = half.detach().float()
    assert terms == grid_loss(single, wanted, STRIDE, CLASSES, GridLoss())[1]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert terms == grid_loss(half, wanted, STRIDE, CLASSES, GridLoss())[1]
    loss.backward()
    assert half.grad is not None
    assert half.grad.isfinite().all()


@pytest.mark.parametrize("box", BOX_LOSSES)
def test_gradcheck(box: str) -> None:
    """The assignment is a constant to the gradient; small steps do not change it here."""
    raw = torch.randn(1, CHANNELS, 4, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    wanted = targets([(1.5, 1.5, 1.5, 1.5), (3, 2.5, 1, 2)], identity=[0, 0])
    settings = GridLoss(box, l1_weight=0.5)

    def loss(x: Tensor) -> Tensor:
        # What classes should be depends on the overlap, which is held still: checked without that term.
        return grid_loss(x, wanted, STRIDE, CLASSES, replace(settings, class_weight=0))[0]

    if box == "ciou":
        # Its trade-off is held still, see the tests of CIoU.
        raw[:, 3] = raw[:, 2] = 0
        wanted = replace(wanted, cxcywh=wanted.cxcywh[:1], class_id=wanted.class_id[:1])
        wanted = replace(wanted, picture=wanted.picture[:1], ignored=wanted.ignored[:1], identity=None)
    assert torch.autograd.gradcheck(loss, (raw.requires_grad_(),), atol=1e-5, fast_mode=True)


@pytest.mark.parametrize("box", BOX_LOSSES)
def test_it_can_be_learnt(box: str) -> None:
    """From silence, by gradient descent on the head's values alone."""
    wanted = targets([(2.3, 2.8, 1.6, 2.4), (6.1, 5.2, 2.5, 1.2)])
    raw = (
        0.1 * torch.randn(1, CHANNELS, GRID, GRID, generator=torch.Generator().manual_seed(4))
    ).requires_grad_()
    optimiser = torch.optim.Adam([raw], lr=0.2)
    for _ in range(80):
        optimiser.zero_grad()
        loss, terms = grid_loss(raw, wanted, STRIDE, CLASSES, GridLoss(box))
        loss.backward()
        optimiser.step()
    assert terms["box"] < 0.2
    # Of 64 cells all but those of the objects say that there is nothing.
    assert terms["objectness"] < 0.5


def test_names_of_box_losses() -> None:
    with pytest.raises(
        InputError, match="loss: box: found 'eiou', expected one of iou, giou, ciou, nwd, asa_nwd"
    ):
        GridLoss(box="eiou")
