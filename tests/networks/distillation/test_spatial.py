"""Transport between score maps and between tokens: what it tells, and what it must not be deaf to."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from neuromorph_track.networks.distillation.alignment import directions
from neuromorph_track.networks.distillation.ground import Distance
from neuromorph_track.networks.distillation.response import score_response
from neuromorph_track.networks.distillation.spatial import (
    Objects,
    coarse,
    map_transport,
    score_mass,
    token_transport,
)
from tests.networks.distillation.properties import (
    BACKGROUND,
    least_at_the_teacher,
    peak_at,
    raises_the_peak,
    steps_lead_there,
    tells_how_far,
)


def of_scores(objects: Objects, distance: Distance = "squared"):
    def loss(student: Tensor, teacher: Tensor) -> Tensor:
        return map_transport(score_mass(student, objects), score_mass(teacher, objects), distance).mean()

    return loss


@pytest.mark.parametrize("objects", ["one", "many"])
@pytest.mark.parametrize("distance", ["squared", "plain"])
def test_what_every_term_must_have(objects: Objects, distance: Distance) -> None:
    loss, teacher = of_scores(objects, distance), peak_at(3, 12)
    assert least_at_the_teacher(loss, teacher)
    assert raises_the_peak(loss, teacher)
    assert tells_how_far(loss)
    student = torch.randn(1, 8, 8, generator=torch.Generator().manual_seed(1)) - 2
    assert steps_lead_there(loss, student, peak_at(2, 6, 8), 5.0, lambda each: middle(each, objects))


def middle(logits: Tensor, objects: Objects) -> Tensor:
    """Mean row and column of a map's mass."""
    mass = score_mass(logits.detach(), objects)[0]
    cells = torch.arange(len(mass)).float()
    return torch.stack([mass.sum(1) @ cells, mass.sum(0) @ cells])


def test_who_is_sure_of_the_wrong_place_must_learn_from_the_response_too() -> None:
    """Through a softmax a cell hears of its own share alone, and the share of the right one is small."""
    teacher, heard = peak_at(3, 12), []
    for loss in (of_scores("one"), lambda found, wanted: score_response(found, wanted, "one", 1.0)):
        student = peak_at(3, 4, height=8.0).requires_grad_()
        loss(student, teacher).backward()
        assert student.grad is not None
        heard.append(-float(student.grad[0, 3, 12]))
    assert 0 < heard[0] < 1e-4
    assert heard[1] > 0.5


def costs_by_distance(mass: Tensor, place: int, distance: Distance) -> list[Tensor]:
    """Costs of 64 maps of 8 x 8 cells to one of them, by the distance of the peaks, the nearest first."""
    rows, columns = torch.arange(64) // 8, torch.arange(64) % 8
    far = (rows - rows[place]).square() + (columns - columns[place]).square()
    cost = map_transport(mass, mass[place].expand(64, -1, -1), distance)
    return [cost[far == each] for each in far.unique()]


@pytest.mark.parametrize("distance", ["squared", "plain"])
def test_it_grows_with_the_distance_of_two_peaks_over_the_whole_map(distance: Distance) -> None:
    """From any cell to all: each of a distance costs more than all of a smaller one."""
    maps = torch.full((64, 64), BACKGROUND).fill_diagonal_(3.0)
    mass = maps.softmax(1).view(64, 8, 8)
    for place in (0, 3, 27, 60):
        costs = costs_by_distance(mass, place, distance)
        assert abs(float(costs[0])) < 1e-6
        assert all(float(nearer.max()) < float(farther.min()) for nearer, farther in pairwise(costs))


@pytest.mark.parametrize("distance", ["squared", "plain"])
@pytest.mark.parametrize("peak", [0.0, 1.0])
def test_along_rows_and_columns_it_grows_for_weak_peaks_too(distance: Distance, peak: float) -> None:
    """They hold 61 and 81 % of the mass; the rest may go round by the edges."""
    mass = torch.full((64, 64), BACKGROUND).fill_diagonal_(peak).softmax(1).view(64, 8, 8)
    for place in (0, 3, 27, 60):
        cost = map_transport(mass, mass[place].expand(64, -1, -1), distance).view(8, 8)
        row, column = divmod(place, 8)
        lines = [
            line
            for turned, at in ((cost, column), (cost.T, row))
            for each in turned
            for line in (each[at:], each[: at + 1].flip(0))
        ]
        assert all(bool((line.diff() > 0).all()) for line in lines)


def test_a_peak_is_told_which_way_to_go() -> None:
    """The student's gradient rises away from the teacher's peak over all of the row, however far that is."""
    student = peak_at(4, 1, 8).requires_grad_()
    mass = score_mass(student, "one")
    mass.retain_grad()
    map_transport(mass, score_mass(peak_at(4, 6, 8), "one")).sum().backward()
    assert mass.grad is not None
    slope = mass.grad[0, 4]
    assert (slope[:7].diff() < 0).all()


def test_grids_of_other_sizes_need_no_resampling() -> None:
    """A teacher of 16 x 16 cells, of which four make a cell of the student's, and it knows which half."""
    teacher = torch.zeros(1, 16, 16)
    teacher[0, 4:6, 8:10] = 0.25
    student = torch.zeros(64, 8, 8)
    student.view(64, 64).fill_diagonal_(1)
    cost = map_transport(student, teacher.expand(64, -1, -1))
    assert int(cost.argmin()) == 2 * 8 + 4
    half = torch.zeros(1, 16, 16)
    half[0, 4:6, 9] = 0.5
    left, right = map_transport(student[[19, 21]], half.expand(2, -1, -1))
    assert float(left) > float(right)


def test_fine_maps_are_made_coarse_without_losing_mass() -> None:
    mass = torch.rand(2, 34, 60, dtype=torch.float64)
    small = coarse(mass, 16)
    assert small.shape == (2, 9, 16)
    torch.testing.assert_close(small.sum((1, 2)), mass.sum((1, 2)))
    # Three cells in two: the middle one is shared.
    row = coarse(torch.tensor([[[1.0, 2.0, 3.0]]]), 2)
    assert row[0].tolist() == [[2.0, 4.0]]
    assert coarse(mass, 64) is mass
    assert float(map_transport(mass, mass).abs().max()) < 1e-9


def test_many_objects_share_the_mass_and_the_surest_does_not_take_all() -> None:
    logits = torch.tensor([[[4.0, 2.0], [-9.0, -9.0]]])
    many, one = (score_mass(logits, objects).flatten() for objects in ("many", "one"))
    square = logits.sigmoid().flatten().square()
    torch.testing.assert_close(many, square / square.sum())
    assert float(many[1]) > 0.4 > 0.2 > float(one[1])
    assert float(many.sum()) == pytest.approx(1)


def tokens(seed: int = 0, channels: int = 6, size: tuple[int, int] = (4, 5)) -> Tensor:
    return torch.randn(2, channels, *size, generator=torch.Generator().manual_seed(seed))


def of_tokens(student: Tensor, teacher: Tensor) -> Tensor:
    return token_transport(student, teacher).mean()


def test_tokens_what_every_term_must_have() -> None:
    teacher = tokens()
    own = float(of_tokens(teacher, teacher))
    assert abs(own) < 1e-5
    constant = teacher.mean((2, 3), keepdim=True).expand_as(teacher)
    for other in (tokens(1), torch.zeros_like(teacher), constant, teacher + 0.1 * tokens(2)):
        assert float(of_tokens(other, teacher)) > own + 1e-3
    assert steps_lead_there(of_tokens, tokens(1), teacher, 20.0, lambda each: of_tokens(each, teacher))
    # Where places weigh more than features, each token learns from its own place alone.
    assert steps_lead_there(
        lambda found, wanted: token_transport(found, wanted, grid=10.0).mean(),
        tokens(1),
        teacher,
        20.0,
        directions,
    )


def test_the_same_tokens_elsewhere_are_not_the_same() -> None:
    """Permuted, tiled or shifted, the features are all there; it is their places that cost."""
    teacher = tokens()
    shifted = [teacher.roll(by, 3) for by in (1, 2)]
    costs = [float(of_tokens(each, teacher)) for each in shifted]
    assert 1e-3 < costs[0] < costs[1]
    without_places = token_transport(shifted[1], teacher, grid=0.0)
    assert float(without_places.abs().max()) < 1e-5


def test_one_token_is_its_feature_and_its_place_apart() -> None:
    """1 − cosine of (3, 4) and (1, 0) is 2/5; δ shortens both directions by 1e-4."""
    student, teacher = torch.tensor([3.0, 4.0]), torch.tensor([1.0, 0.0])
    found = token_transport(student.view(1, 2, 1, 1), teacher.view(1, 2, 1, 1))
    assert float(found) == pytest.approx(0.4, abs=1e-3)


def test_silent_tokens_have_bounded_gradients() -> None:
    student = tokens().clone()
    student[:, :, 1:] = 0
    student.requires_grad_()
    of_tokens(student, tokens(1)).backward()
    assert student.grad is not None
    assert bool(torch.isfinite(student.grad).all())
    assert 0 < float(student.grad[:, :, 1:].abs().max()) < 10
    silent = torch.zeros(1, 3, 4, 4, requires_grad=True)
    of_tokens(silent, tokens(1, 3, (4, 4))[:1]).backward()
    assert silent.grad is not None
    assert bool(torch.isfinite(silent.grad).all())
