"""Features of cells and relations between them: aligned, minimal at the teacher, with bounded gradients."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from neuromorph_track.networks.distillation.alignment import at_most, directions, nearest, resampled
from neuromorph_track.networks.distillation.feature import FeatureKind, FeatureTerm, feature_distance
from neuromorph_track.networks.distillation.similarity import SimilarityKind, cosines, similarity_loss
from tests.networks.distillation.properties import steps_lead_there


def maps(seed: int = 0, channels: int = 6, size: tuple[int, int] = (4, 5)) -> Tensor:
    return torch.randn(2, channels, *size, generator=torch.Generator().manual_seed(seed))


LOSSES = [
    pytest.param(lambda s, t: feature_distance(s, t, "mse"), torch.clone, 1.0, id="mse"),
    pytest.param(lambda s, t: feature_distance(s, t, "cosine"), directions, 20.0, id="cosine"),
    pytest.param(lambda s, t: similarity_loss(s, t), lambda m: cosines(m, (4, 5)), 50.0, id="gram"),
    pytest.param(
        lambda s, t: similarity_loss(s, t, "attention"), lambda m: cosines(m, (4, 5)), 1.0, id="attention"
    ),
]


@pytest.mark.parametrize(("loss", "seen", "rate"), LOSSES)
def test_what_every_term_must_have(loss, seen, rate: float) -> None:
    teacher = maps()
    own = float(loss(teacher, teacher))
    assert own == pytest.approx(0, abs=2e-4)
    constant = teacher.mean((2, 3), keepdim=True).expand_as(teacher)
    for other in (maps(1), torch.zeros_like(teacher), constant, teacher + 0.2 * maps(2)):
        assert float(loss(other, teacher)) > own + 2e-3
    assert steps_lead_there(loss, maps(1), teacher, rate, seen)


@pytest.mark.parametrize(("loss", "seen", "rate"), LOSSES)
def test_cells_in_another_order_are_not_the_same(loss, seen, rate: float) -> None:
    """Tokens that are tiled, or that come in another order, must cost."""
    teacher = maps()
    order = torch.randperm(20, generator=torch.Generator().manual_seed(3))
    shuffled = teacher.flatten(2)[:, :, order].unflatten(2, (4, 5))
    assert float(loss(shuffled, teacher)) > 0.05


@pytest.mark.parametrize(("loss", "seen", "rate"), LOSSES)
def test_gradients_are_bounded_where_cells_are_silent(loss, seen, rate: float) -> None:
    student = maps(1).clone()
    student[:, :, 1:] = 0
    student.requires_grad_()
    loss(student, maps()).backward()
    assert student.grad is not None
    assert bool(torch.isfinite(student.grad).all())
    assert 0 < float(student.grad[:, :, 1:].abs().max()) < 20


def test_features_by_hand() -> None:
    """Cells (1, 0) and (3, 4) of the teacher: mean (2, 2), variance 2 + 8; a student of zeros leaves 26."""
    teacher = torch.tensor([[1.0, 3.0], [0.0, 4.0]]).view(1, 2, 1, 2)
    assert float(feature_distance(torch.zeros(1, 2, 1, 2), teacher, "mse")) == pytest.approx(2.6)
    student = torch.tensor([[0.0, 3.0], [1.0, 4.0]]).view(1, 2, 1, 2)
    assert float(feature_distance(student, teacher, "mse")) == pytest.approx(0.2)
    assert float(feature_distance(student, teacher, "cosine")) == pytest.approx(0.5, abs=1e-3)


def test_relations_by_hand() -> None:
    """A cross of four cells, and the same on a line: of 16 cosines the eight across differ by 1.

    Where their mean is does not matter; of a student that says the same everywhere nothing is left.
    """
    teacher = 7 + torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]]).view(1, 2, 1, 4)
    student = 5 + torch.tensor([[1.0, -1.0, 1.0, -1.0]]).view(1, 1, 1, 4)
    assert float(similarity_loss(student, teacher)) == pytest.approx(0.5, abs=0.02)
    # The teacher's cosines are ±1 in eight places.
    assert float(similarity_loss(torch.full_like(student, 5), teacher)) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    "loss",
    [
        lambda s, t, w: feature_distance(s, t, "mse", w),
        lambda s, t, w: feature_distance(s, t, "cosine", w),
        lambda s, t, w: similarity_loss(s, t, "gram", weight=w),
        lambda s, t, w: similarity_loss(s, t, "attention", weight=w),
    ],
    ids=["mse", "cosine", "gram", "attention"],
)
def test_what_does_not_count_costs_nothing(loss) -> None:
    """Cells without weight may say anything; where all count alike it is the loss without weights."""
    teacher, student = maps(), maps(1)
    half = torch.ones(2, 4, 5)
    half[:, :2] = 0
    elsewhere = student.clone()
    # Directions are over the usual length in a picture: signs leave it as it is.
    elsewhere[:, :, :2] *= -1
    assert float(loss(elsewhere, teacher, half)) == pytest.approx(
        float(loss(student, teacher, half)), rel=1e-4
    )
    assert float(loss(elsewhere, teacher, 2 * half)) == pytest.approx(
        float(loss(student, teacher, half)), rel=1e-4
    )
    assert float(loss(student, teacher, 0.5 + 0 * half)) == pytest.approx(
        float(loss(student, teacher, None)), rel=1e-4
    )
    assert float(loss(student, teacher, half)) != pytest.approx(float(loss(student, teacher, None)), rel=1e-3)
    assert float(loss(student, teacher, 0 * half)) == 0


def test_weights_by_hand() -> None:
    """Cells 1, 3 and 7, the last of weight 0: mean 2, variance 2; a student of zeros leaves 10."""
    teacher = torch.tensor([1.0, 3.0, 7.0]).view(1, 1, 1, 3)
    weight = torch.tensor([1.0, 1.0, 0.0]).view(1, 1, 3)
    assert float(feature_distance(torch.zeros_like(teacher), teacher, "mse", weight)) == pytest.approx(5)
    term = FeatureTerm(1, 1)
    torch.nn.init.zeros_(term.projection.weight)
    assert term(torch.zeros_like(teacher), teacher, weight).item() == pytest.approx(1)


def test_what_a_channel_is_on_average_need_not_be_learnt() -> None:
    """A projection of nothing leaves the variance, however far from zero the teacher's features are."""
    term = FeatureTerm(3, 6)
    torch.nn.init.zeros_(term.projection.weight)
    assert term(maps(1, 3), maps() + 3).item() == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("kind", ["mse", "cosine"])
def test_the_projection_learns_and_the_teacher_does_not(kind: FeatureKind) -> None:
    torch.manual_seed(0)
    term = FeatureTerm(3, 6, kind)
    student, teacher = maps(1, 3).requires_grad_(), maps().requires_grad_()
    term(student, teacher).backward()
    assert teacher.grad is None
    assert student.grad is not None
    assert float(student.grad.abs().max()) > 0
    assert term.projection.weight.grad is not None


@pytest.mark.parametrize("kind", ["gram", "attention"])
def test_relations_need_no_equal_channels(kind: SimilarityKind) -> None:
    """They do not change where the features are turned, and the teacher's larger map is resampled."""
    teacher = maps(0, 3)
    turned = torch.einsum("dc,nchw->ndhw", torch.linalg.qr(torch.randn(5, 3))[0], teacher)
    assert float(similarity_loss(turned, teacher, kind)) == pytest.approx(0, abs=1e-3)
    assert float(similarity_loss(turned, maps(0, 2, (8, 10)), kind)) > 0.01


@pytest.mark.parametrize(("size", "off"), [((2, 3), 1e-5), ((8, 12), 1e-5), ((3, 5), 0.01)])
def test_maps_are_resampled_at_the_places_of_cells(size: tuple[int, int], off: float) -> None:
    """A ramp over the picture is read off where the new cells lie, inside of what the old ones reach.

    Where sides do not divide each other, the average is over whole cells, a little off the middle.
    """
    y, x = ((torch.arange(cells) + 0.5) / cells for cells in (4, 6))
    ramp = torch.stack([y[:, None].expand(4, 6), x.expand(4, 6)]).unsqueeze(0)
    found = resampled(ramp, size)
    rows, columns = ((torch.arange(cells) + 0.5) / cells for cells in size)
    inside_y, inside_x = ((at > reach) & (at < 1 - reach) for at, reach in ((rows, 0.26), (columns, 0.2)))
    expected = rows[inside_y][:, None].expand(-1, size[1])
    torch.testing.assert_close(found[0, 0][inside_y], expected, atol=off, rtol=0)
    expected = columns[inside_x].expand(size[0], -1)
    torch.testing.assert_close(found[0, 1][:, inside_x], expected, atol=off, rtol=0)


def test_no_cell_of_a_finer_map_is_lost() -> None:
    fine = torch.zeros(1, 1, 8, 8)
    fine[0, 0, 2, 5] = 16.0
    found = resampled(fine, (2, 2))
    assert float(found.amax()) == float(found[0, 0, 0, 1]) > 0
    assert nearest(fine, (4, 4)).shape == (1, 1, 4, 4)
    assert resampled(fine, (8, 8)) is fine


def test_nearest_takes_the_cell_that_holds_the_centre() -> None:
    row = torch.arange(3.0).view(1, 1, 1, 3)
    assert nearest(row, (1, 6)).flatten().tolist() == [0, 0, 1, 1, 2, 2]
    assert nearest(torch.arange(6.0).view(1, 1, 1, 6), (1, 2)).flatten().tolist() == [1, 4]


def test_pictures_keep_their_shape_on_a_coarser_grid() -> None:
    assert [at_most(size, 16) for size in ((8, 12), (34, 60), (64, 64), (1, 100))] == [
        (8, 12),
        (9, 16),
        (16, 16),
        (1, 16),
    ]


def test_similarity_of_large_maps_is_taken_on_a_coarser_grid() -> None:
    teacher = maps(0, 3, (40, 40))
    assert float(similarity_loss(teacher, teacher)) == pytest.approx(0, abs=1e-6)
    assert cosines(teacher, at_most((40, 40), 16)).shape == (2, 256, 256)
