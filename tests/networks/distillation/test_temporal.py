"""Two clocks: which step meets which, what the teacher's learns, and that a constant is no way out."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.networks.distillation.pooling import box_mass, object_tokens
from neuromorph_track.networks.distillation.temporal import (
    Clock,
    TeacherClock,
    TemporalAlignment,
    Track,
    last_step,
)

FRAME_US = 40_000


@pytest.mark.parametrize(
    ("student", "teacher", "expected"),
    [
        # Four windows a frame: each frame meets the window that ends with it.
        ([10, 20, 30, 40, 50, 60, 70, 80], [40, 80], [3, 7]),
        # The frame comes in the middle of a window: the one before it.
        ([10, 20, 30, 40], [25, 39], [1, 2]),
        # Irregular both; a frame before the first window meets none, one after the last meets that.
        ([7, 8, 30, 31, 90], [6, 7, 29, 60, 91], [-1, 0, 1, 3, 4]),
        # The student's clock may be the slower one: one window answers twice.
        ([10, 50], [20, 30, 60], [0, 0, 1]),
    ],
)
def test_clocks_by_hand(student: list[int], teacher: list[int], expected: list[int]) -> None:
    assert last_step(torch.tensor([student]), torch.tensor([teacher])).tolist() == [expected]


def test_each_row_has_its_own_clock() -> None:
    student = torch.tensor([[10, 20, 30], [5, 6, 7]])
    teacher = torch.tensor([[20, 29], [6, 100]])
    assert last_step(student, teacher).tolist() == [[1, 1], [1, 2]]


def motion(seed: int, objects: int = 32, frames: int = 6, windows: int = 4) -> tuple[Track, Track, Tensor]:
    """Objects of constant velocity: what student and teacher saw, and where they were (B, T, 2)."""
    generator = torch.Generator().manual_seed(seed)
    start = torch.rand(objects, 1, 2, generator=generator) - 0.5
    velocity = 0.2 * torch.randn(objects, 1, 2, generator=generator)
    fine = torch.arange(1, frames * windows + 1)
    coarse = torch.arange(1, frames + 1)
    seen = start + velocity * (fine / windows).view(1, -1, 1)
    centres = start + velocity * coarse.view(1, -1, 1)
    noise = torch.rand(objects, frames, 1, generator=generator)
    return (
        Track(seen, fine * (FRAME_US // windows)),
        Track(torch.cat([centres, noise], 2), coarse * FRAME_US),
        centres,
    )


@pytest.fixture(scope="module")
def learnt() -> TeacherClock:
    """A teacher's clock that has learnt where objects of constant velocity go."""
    torch.manual_seed(0)
    clock = TeacherClock(3, 8, FRAME_US)
    optimiser = torch.optim.Adam(clock.parameters(), lr=0.03)
    for step in range(100):
        _, track, centres = motion(step)
        loss = clock.displacement_loss(track, centres)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return clock.freeze()


def test_the_teachers_clock_learns_where_objects_go(learnt: TeacherClock) -> None:
    """From the second frame on a constant velocity can be known, not from the first."""
    _, track, centres = motion(1000)
    fresh = TeacherClock(3, 8, FRAME_US)
    assert fresh.displacement_loss(track, centres).item() > 0.9
    present = torch.ones(32, 6, dtype=torch.bool)
    present[:, 0] = False
    assert learnt.displacement_loss(track, centres, present).item() < 0.3


def test_it_has_not_collapsed(learnt: TeacherClock) -> None:
    states = learnt(motion(1000)[1])
    assert int((states.flatten(0, 1).var(0) > 1e-3).sum()) >= 4


def test_displacements_by_hand() -> None:
    """A head that says (0, 0): of displacements per frame time (1, 0) and (3, 0) it leaves (1 + 9) / 2.

    The second step takes two frame times. The third is not asked for: the object was away.
    """
    clock = TeacherClock(1, 2, 10)
    torch.nn.init.zeros_(clock.head.weight)
    torch.nn.init.zeros_(clock.head.bias)
    track = Track(torch.zeros(1, 4, 1), torch.tensor([10, 20, 40, 50]))
    centres = torch.tensor([[[0.0, 0], [1, 0], [7, 0], [9, 9]]])
    present = torch.tensor([[True, True, True, False]])
    assert clock.displacement_loss(track, centres, present).item() == pytest.approx(5)
    assert clock.displacement_loss(track, centres, ~present).item() == 0


def same_as(teacher: TeacherClock) -> TemporalAlignment:
    """A student whose clock is the teacher's."""
    alignment = TemporalAlignment(3, teacher)
    alignment.clock.load_state_dict(teacher.clock.state_dict())
    with torch.no_grad():
        alignment.readout.weight.copy_(torch.eye(8))
        alignment.readout.bias.zero_()
    return alignment.eval()


def test_it_is_least_for_the_same_states_at_the_same_times(learnt: TeacherClock) -> None:
    _, track, _ = motion(7)
    assert same_as(learnt)(track, track).item() == pytest.approx(0, abs=1e-6)
    other = Track(track.features + 0.1 * torch.randn_like(track.features), track.times_us)
    assert same_as(learnt)(other, track).item() > 1e-3


def test_a_constant_is_no_way_out(learnt: TeacherClock) -> None:
    """Silent or constant, whatever the readout makes of it, leaves all of the variance."""
    _, track, _ = motion(7)
    alignment = TemporalAlignment(3, learnt)
    best = learnt(track).mean((0, 1)).detach()
    with torch.no_grad():
        alignment.readout.weight.zero_()
        alignment.readout.bias.copy_(best)
    assert alignment(track, track).item() == pytest.approx(1, rel=1e-3)
    with torch.no_grad():
        alignment.readout.bias.zero_()
    assert alignment(track, track).item() >= 1


def test_it_sees_time(learnt: TeacherClock) -> None:
    """Frames, or windows, in another order are another motion."""
    torch.manual_seed(1)
    found, wanted, _ = motion(7)
    alignment = TemporalAlignment(2, learnt)
    own = alignment(found, wanted).item()
    turned = alignment(Track(found.features.flip(1), found.times_us), wanted).item()
    assert abs(own - turned) > 1e-3
    other = alignment(found, Track(wanted.features.flip(1), wanted.times_us)).item()
    assert abs(own - other) > 1e-3
    slower = alignment(Track(found.features, found.times_us * 2), wanted).item()
    assert abs(own - slower) > 1e-3


def test_it_does_not_see_the_future(learnt: TeacherClock) -> None:
    """What comes after the last frame changes nothing but the batch's statistics."""
    torch.manual_seed(1)
    found, wanted, _ = motion(7)
    features = torch.cat([found.features, torch.randn(32, 3, 2)], 1)
    times = torch.cat([found.times_us, found.times_us[-1] + torch.arange(1, 4)])
    alignment = TemporalAlignment(2, learnt).eval()
    assert alignment(Track(features, times), wanted).item() == pytest.approx(alignment(found, wanted).item())


def test_the_student_and_its_clock_learn_and_the_teachers_does_not(learnt: TeacherClock) -> None:
    torch.manual_seed(1)
    found, wanted, _ = motion(7)
    features, teacher = found.features.requires_grad_(), wanted.features.requires_grad_()
    alignment = TemporalAlignment(2, learnt)
    alignment(Track(features, found.times_us), Track(teacher, wanted.times_us)).backward()
    assert features.grad is not None
    assert float(features.grad.abs().max()) > 0
    assert teacher.grad is None
    named = dict(alignment.named_parameters())
    assert {"clock.gru.weight_ih_l0", "clock.gru.weight_hh_l0", "readout.weight"} <= set(named)
    moved = {
        name for name, each in named.items() if each.grad is not None and float(each.grad.abs().max()) > 0
    }
    assert moved == {name for name in named if not name.startswith("teacher.")}
    assert not any(each.requires_grad for each in learnt.parameters())


def test_steps_lead_a_student_to_follow(learnt: TeacherClock) -> None:
    torch.manual_seed(2)
    alignment = TemporalAlignment(2, learnt)
    optimiser = torch.optim.Adam((each for each in alignment.parameters() if each.requires_grad), lr=0.03)
    before = [each.clone() for each in learnt.parameters()]
    for step in range(50):
        found, wanted, _ = motion(step)
        loss = alignment(found, wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    found, wanted, _ = motion(1000)
    assert alignment(found, wanted).item() < 0.4
    assert all(torch.equal(*pair) for pair in zip(before, learnt.parameters(), strict=True))


def test_a_clock_that_never_learnt_is_not_a_teacher(learnt: TeacherClock) -> None:
    found, wanted, _ = motion(0)
    fresh = TeacherClock(3, 8, FRAME_US)
    with pytest.raises(JobError, match="has not learnt"):
        TemporalAlignment(2, fresh)(found, wanted)
    fresh.load_state_dict(learnt.state_dict())
    assert torch.isfinite(TemporalAlignment(2, fresh)(found, wanted))


def test_tracks_that_do_not_fit() -> None:
    clock = Clock(3, 4, FRAME_US)
    with pytest.raises(InputError, match="strictly rising"):
        clock(Track(torch.zeros(1, 3, 3), torch.tensor([1, 1, 2])))
    with pytest.raises(InputError, match=r"\(B, T, 3\)"):
        clock(Track(torch.zeros(1, 3, 2), torch.tensor([1, 2, 3])))


def test_clocks_that_never_meet(learnt: TeacherClock) -> None:
    _, wanted, _ = motion(0)
    late = Track(wanted.features, wanted.times_us + 10**9)
    with pytest.raises(InputError, match="overlap"):
        TemporalAlignment(3, learnt)(late, wanted)


def test_half_precision(learnt: TeacherClock) -> None:
    torch.manual_seed(1)
    found, wanted, _ = motion(7)
    alignment = TemporalAlignment(2, learnt)
    expected = alignment(found, wanted)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        short = alignment(Track(found.features.bfloat16(), found.times_us), wanted)
        assert torch.equal(alignment(found, wanted), expected)
    assert short.item() == pytest.approx(alignment(found, wanted).item(), rel=0.05)


def test_an_object_is_what_stands_there_and_where() -> None:
    """Half of the mass in each of two cells of the top row, of four columns."""
    maps = torch.arange(8.0).view(1, 1, 1, 2, 4)
    mass = torch.zeros(1, 1, 2, 4)
    mass[..., 0, 2:] = 3.0
    assert object_tokens(maps, mass)[0, 0].tolist() == pytest.approx([2.5, 0.25, -0.25])
    places = torch.tensor([0.5, 1.0]).view(1, 1, 2, 1, 1).expand(1, 1, 2, 2, 4)
    assert object_tokens(maps, mass, places)[0, 0].tolist() == pytest.approx([2.5, 0.0, 0.5])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert object_tokens(maps.bfloat16(), mass).dtype == torch.float32


def test_an_object_tells_its_motion_even_if_it_always_looks_alike() -> None:
    mass = torch.zeros(1, 3, 4, 4).requires_grad_()
    with torch.no_grad():
        mass[0, torch.arange(3), 1, torch.arange(3)] = 1.0
    tokens = object_tokens(torch.ones(1, 3, 2, 4, 4), mass)
    assert tokens[0, :, 2].tolist() == pytest.approx([-0.375, -0.125, 0.125])
    assert (tokens[0, :, :2] == 1).all()
    tokens[..., 2].sum().backward()
    assert mass.grad is not None
    assert float(mass.grad.abs().max()) > 0


def test_mass_of_boxes_by_hand() -> None:
    """Over 2 x 2 cells, the middle half: a quarter of each cell. Beyond the edge: what is left inside."""
    covered = box_mass(
        torch.tensor([[0.5, 0.5, 0.5, 0.5], [0.0, 0.25, 0.5, 0.5], [5.0, 5.0, 1.0, 1.0]]), (2, 2)
    )
    torch.testing.assert_close(covered[0], torch.full((2, 2), 0.25))
    torch.testing.assert_close(covered[1], torch.tensor([[0.5, 0.0], [0.0, 0.0]]))
    assert float(covered[2].abs().max()) == 0
