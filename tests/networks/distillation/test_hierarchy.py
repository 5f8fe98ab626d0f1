"""The terms together: on both heads, with both networks, switched one by one, and outside of the student."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from neuromorph_track.detection.centre import decode_cells
from neuromorph_track.errors import InputError
from neuromorph_track.networks.distillation import (
    Distillation,
    DistillationSpec,
    View,
    Widths,
    centre_view,
    grid_view,
)
from neuromorph_track.networks.distillation.hierarchy import scores_transport
from neuromorph_track.networks.distillation.spec import TERMS
from neuromorph_track.networks.distillation.tap import Tap, over_steps
from neuromorph_track.networks.distillation.temporal import TeacherClock, Track
from neuromorph_track.networks.distillation.views import frames_first
from neuromorph_track.networks.grid_loss import predictions_of
from neuromorph_track.networks.smtrack import SmtrackDetector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.networks.spiketrack import SpiketrackNet
from tests.networks.distillation.properties import peak_at
from tests.networks.tiny_trackers import lived, recipe

WIDTHS = Widths(student=(3, 4), teacher=(5, 6), track=2)
TIMES = torch.arange(1, 5) * 10_000


def clock() -> TeacherClock:
    """As if it had learnt."""
    torch.manual_seed(0)
    return TeacherClock(3, 4, 20_000).freeze()


def view(seed: int, channels: tuple[int, int], track: int) -> View:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    raw = draw(2, 5, 4, 4, 1) * 2
    levels = (draw(2, channels[0], 4, 4), draw(2, channels[1], 2, 2))
    return centre_view(raw, levels, Track(draw(2, 4, track), TIMES))


STUDENT, TEACHER = view(0, (3, 4), 2), view(1, (5, 6), 3)


def built(**settings: Any) -> Distillation:
    torch.manual_seed(3)
    return Distillation(DistillationSpec.model_validate(settings), WIDTHS, clock())


def test_each_term_can_be_had_alone_and_all_add_up() -> None:
    weights = dict(zip(TERMS, (0.5, 1.0, 2.0, 10.0, 4.0, 3.0, 1.5), strict=True))
    all_terms = built(sure=0.0, **weights)
    both, together = all_terms(STUDENT, TEACHER)
    assert tuple(together) == TERMS
    for name, weight in weights.items():
        alone = built(sure=0.0, **{name: weight})
        kept = {key: value for key, value in all_terms.state_dict().items() if key in alone.state_dict()}
        alone.load_state_dict(kept)
        loss, terms = alone(STUDENT, TEACHER)
        assert terms == pytest.approx({name: together[name]}, rel=1e-5)
        assert float(loss.detach()) == pytest.approx(weight * terms[name], rel=1e-5)
    assert float(both.detach()) == pytest.approx(
        sum(weights[name] * together[name] for name in TERMS), rel=1e-5
    )


def test_without_terms_it_is_zero_and_has_no_parameters() -> None:
    nothing = Distillation(DistillationSpec(), Widths())
    loss, terms = nothing(STUDENT, TEACHER)
    assert (float(loss), terms, list(nothing.parameters())) == (0, {}, [])


def test_near_the_object_alone() -> None:
    """What the student says elsewhere is nothing to features and similarities."""
    around = torch.zeros(2, 4, 4)
    around[:, :2, :2] = 1
    wanted = replace(TEACHER, near=around)
    module = built(feature=1.0, similarity=1.0, near=True)
    levels = [level.clone() for level in STUDENT.features]
    levels[0][:, :, 2:, 2:] *= -1
    moved = replace(STUDENT, features=tuple(levels))
    assert module(moved, wanted)[1] == pytest.approx(module(STUDENT, wanted)[1], rel=1e-4)
    everywhere = built(feature=1.0, similarity=1.0)
    assert everywhere(moved, wanted)[1] != pytest.approx(everywhere(STUDENT, wanted)[1], rel=1e-3)
    with pytest.raises(InputError, match="near"):
        module(STUDENT, TEACHER)


def test_gradients_reach_the_student_and_not_the_teacher() -> None:
    maps = [(each, each.clone().requires_grad_()) for each in (STUDENT.score, TEACHER.score)]
    (_, found), (_, wanted) = maps
    levels = tuple(level.clone().requires_grad_() for level in STUDENT.features)
    asked = tuple(level.clone().requires_grad_() for level in TEACHER.features)
    assert STUDENT.track is not None
    track = Track(STUDENT.track.features.clone().requires_grad_(), TIMES)
    boxes = STUDENT.boxes.clone().requires_grad_()
    module = built(sure=0.0, **dict.fromkeys(TERMS, 1.0))
    loss, _ = module(View(found, boxes, levels, track), View(wanted, TEACHER.boxes, asked, TEACHER.track))
    loss.backward()
    for each in (found, boxes, *levels, track.features):
        assert each.grad is not None
        assert float(each.grad.abs().max()) > 0
    assert all(each.grad is None for each in (wanted, *asked))


def test_an_optimiser_gets_all_that_is_the_distillations_own() -> None:
    """Projections, the student's GRU and its readout learn; the teacher's clock stays."""
    module = built(sure=0.0, **dict.fromkeys(TERMS, 1.0))
    before = {name: each.clone() for name, each in module.named_parameters()}
    own = [each for each in module.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(own, lr=0.01)
    module(STUDENT, TEACHER)[0].backward()
    optimiser.step()
    moved = {name for name, each in module.named_parameters() if not torch.equal(each, before[name])}
    kinds = {name.split(".")[0] + "." + name.split(".")[1] for name in moved}
    assert kinds == {"features.0", "features.1", "temporal.clock", "temporal.readout"}
    assert moved == {name for name in before if not name.startswith("temporal.teacher")}


def test_all_terms_are_least_for_the_teachers_own_view() -> None:
    """With projections that change nothing the teacher's own view is free; others cost, also silent ones."""
    spec = DistillationSpec(response=1, boxes=1, feature=1, similarity=1, transport=1, tokens=1, sure=0)
    module = Distillation(spec, Widths((5, 6), (5, 6)))
    for term in module.features:
        nn.init.dirac_(term.projection.weight)
    loss, terms = module(TEACHER, TEACHER)
    assert terms == pytest.approx(dict.fromkeys(terms, 0), abs=1e-5)
    silent = View(
        *(torch.zeros_like(each) for each in (TEACHER.score, TEACHER.boxes)),
        tuple(torch.zeros_like(each) for each in TEACHER.features),
    )
    for other in (silent, view(4, (5, 6), 3)):
        assert all(value > 1e-3 for value in module(other, TEACHER)[1].values())
    assert float(loss.detach()) == pytest.approx(0, abs=1e-4)


def test_steps_move_a_small_student_to_the_teacher() -> None:
    """The peak goes where the teacher's is, from a student that is sure of another place."""
    spec = DistillationSpec(response=1, boxes=1, transport=4)
    teacher = torch.zeros(1, 5, 8, 8, 1)
    teacher[:, 0, ..., 0] = peak_at(2, 6, 8)
    student = torch.zeros(1, 5, 8, 8, 1)
    student[:, 0, ..., 0] = peak_at(6, 1, 8, height=4.0)
    student[:, 3:] = 2.0
    student.requires_grad_()
    module, optimiser = Distillation(spec, Widths()), torch.optim.Adam([student], lr=0.3)
    first = module(centre_view(student), centre_view(teacher))[1]
    for _ in range(40):
        optimiser.zero_grad()
        module(centre_view(student), centre_view(teacher))[0].backward()
        optimiser.step()
    last = module(centre_view(student), centre_view(teacher))[1]
    assert int(student[0, 0].argmax()) == 2 * 8 + 6
    assert all(last[name] < 0.2 * first[name] for name in first)


def test_a_teacher_that_sees_nothing_does_not_say_where() -> None:
    """Its best score weighs the picture: of σ(0) and σ(−9) the second hardly counts."""
    spec = DistillationSpec(transport=1)
    sure, blind = peak_at(3, 12, height=0.0), peak_at(3, 12, height=0.0) - 9
    student = peak_at(12, 3)
    own, none = (float(scores_transport(student, each, spec)) for each in (sure, blind))
    assert own / none == pytest.approx(0.5 / torch.tensor(-9.0).sigmoid().item(), rel=1e-3)


def test_views_of_a_centre_head_are_what_the_host_decodes() -> None:
    raw = torch.randn(1, 5, 3, 4, 1, generator=torch.Generator().manual_seed(0))
    seen, told = centre_view(raw), decode_cells(raw[0, ..., 0].numpy())
    torch.testing.assert_close(seen.boxes[0].permute(1, 2, 0), torch.from_numpy(told.cxcywh).to(seen.boxes))
    torch.testing.assert_close(seen.score[0].sigmoid(), torch.from_numpy(told.score).to(seen.score))


def test_views_of_a_grid_head_are_in_sides_of_the_picture() -> None:
    """Two frames of two pictures: those of the first frame come first."""
    raw = torch.randn(2, 7, 3, 4, 2, generator=torch.Generator().manual_seed(0))
    seen = grid_view(raw, classes=2)
    assert seen.score.shape == (4, 3, 4)
    assert torch.equal(seen.score[1], raw[1, 4, ..., 0])
    assert torch.equal(seen.score[2], raw[0, 4, ..., 1])
    said = predictions_of(raw[..., 1].movedim(1, -1), 2, 5.0).cxcywh
    torch.testing.assert_close(seen.boxes[2:, 0], said[..., 0] / 4)
    torch.testing.assert_close(seen.boxes[2:, 3], said[..., 3] / 3)


def test_a_spiking_tracker_is_distilled_and_keeps_its_own_weights() -> None:
    """A teacher of another width; maps come through taps; the student's state is as it was."""
    student, teacher = (
        lived(recipe()).train(),
        lived(recipe(layers=[{"channels": 8, "stride": 2}, {"channels": 10, "stride": 2}]), seed=1),
    )
    crops = torch.rand(2, 3, 16, 16, 1), torch.rand(2, 3, 32, 32, 1)
    spec = DistillationSpec(response=1, boxes=1, feature=1, similarity=1, transport=1, tokens=1, sure=0)
    module = Distillation(spec, Widths((6,), (10,)))
    names = set(student.state_dict())
    with torch.no_grad():
        wanted = seen_by(teacher, *crops)
    found = seen_by(student, *crops)
    loss, terms = module(found, wanted)
    loss.backward()
    assert all(value > 0 for value in terms.values())
    assert set(student.state_dict()) == names
    assert not set(map(id, student.parameters())) & set(map(id, module.parameters()))
    weight = student.blocks[0].synapse.weight
    assert weight.grad is not None
    assert float(weight.grad.abs().max()) > 0


def seen_by(network: SpiketrackNet, *crops: Tensor) -> View:
    with Tap(network, "blocks.1") as tap:
        raw = network(*crops).raw
    return centre_view(raw, (over_steps(tap.maps["blocks.1"]),))


def test_a_detector_is_distilled_alike() -> None:
    layers = [{"channels": 4, "stride": 2}, {"channels": 6, "stride": 2}]
    spec = SmtrackSpec.model_validate({"layers": layers, "steps": 2})
    torch.manual_seed(0)
    student, teacher = (SmtrackDetector(spec, 1).train() for _ in range(2))
    frames = torch.rand(2, 3, 16, 24, 3)
    views = []
    for network in (student, teacher):
        with Tap(network, "blocks.1") as tap:
            raw = network(frames).raw
        # Its pictures come in the order of the view's.
        maps = over_steps(tap.maps["blocks.1"])
        assert len(maps) == len(frames_first(raw)) == 6
        views.append(grid_view(raw, 1, features=(maps,)))
    terms = dict(response=1, boxes=1, feature=1, similarity=1, transport=1, tokens=1)
    chosen = DistillationSpec.model_validate({"objects": "many", "sure": 0.0, **terms})
    loss, found = Distillation(chosen, Widths((6,), (6,)))(*views)
    loss.backward()
    assert set(found) == set(terms)
    assert float(student.head.weight.grad.abs().max()) > 0


def test_taps_keep_the_last_map_and_go_away() -> None:
    layer = nn.Sequential(nn.Identity(), nn.ReLU())
    with Tap(layer, "1") as tap:
        layer(torch.tensor([-1.0]))
        layer(torch.tensor([2.0]))
    assert tap.maps["1"].tolist() == [2.0]
    layer(torch.tensor([5.0]))
    assert tap.maps["1"].tolist() == [2.0]
    with pytest.raises(InputError, match="a module of the network"):
        Tap(layer, "7")


@pytest.mark.parametrize(
    ("settings", "widths", "text"),
    [
        ({"feature": 1}, Widths(), "feature maps"),
        ({"feature": 1}, Widths((3,), (5, 6)), "as many"),
        ({"temporal": 1}, Widths((3,), (5,)), "clock"),
    ],
)
def test_what_a_term_is_about_must_be_there(settings: dict[str, float], widths: Widths, text: str) -> None:
    with pytest.raises(InputError, match=text):
        Distillation(DistillationSpec.model_validate(settings), widths)


def test_views_must_have_it_too() -> None:
    for view_without, term in (
        (View(STUDENT.score, STUDENT.boxes, (), STUDENT.track), "similarity"),
        (View(STUDENT.score, STUDENT.boxes, STUDENT.features), "temporal"),
    ):
        with pytest.raises(InputError):
            built(**{term: 1.0})(view_without, TEACHER)
    one = View(STUDENT.score[:1], STUDENT.boxes[:1])
    with pytest.raises(InputError, match="pictures"):
        built(response=1)(STUDENT, one)


@pytest.mark.parametrize(
    "settings", [{"response": -1}, {"transports": 1}, {"objects": "two"}, {"epsilon": 0}, {"feature": "nan"}]
)
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DistillationSpec.model_validate(settings)


def test_it_is_the_same_in_half_precision() -> None:
    module = built(sure=0.0, **dict.fromkeys(TERMS, 1.0))
    expected = module(STUDENT, TEACHER)[1]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert module(STUDENT, TEACHER)[1] == pytest.approx(expected, rel=1e-5)
    short = View(
        STUDENT.score.half(),
        STUDENT.boxes.half(),
        tuple(each.half() for each in STUDENT.features),
        STUDENT.track,
    )
    assert module(short, TEACHER)[1] == pytest.approx(expected, rel=0.02, abs=1e-3)
