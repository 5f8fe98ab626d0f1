"""Networks that carry their states from window to window, and what one learns from another."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from neuromorph_track.networks.distillation import Distillation, DistillationSpec, Widths
from neuromorph_track.networks.hadtrack import HadtrackNet, TaughtNet, _believed
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.integer.conv import FusedConv
from neuromorph_track.networks.integer.sigma_delta import SPIKE_UNITS
from neuromorph_track.training.recipe import Recipe
from tests.networks.tiny_streams import NETWORK, TEACHER, TWIN, lived, recipe, seen

WINDOWS = 6


def test_every_window_has_an_answer() -> None:
    plan = recipe()
    output = lived(plan)(*seen(plan, WINDOWS))
    assert output.raw.shape == (2, 5, 8, 9, WINDOWS)
    assert output.features is not None
    assert output.features.shape == (2, 5, 8, 9, WINDOWS)
    assert all(each.shape == (WINDOWS,) for each in output.sent)


def test_features_of_sigma_delta_neurons_are_activations() -> None:
    plan = recipe(**TWIN)
    with torch.no_grad():
        features = lived(plan)(*seen(plan, WINDOWS)).features
    assert features is not None
    spikes = features * SPIKE_UNITS
    assert torch.equal(spikes, spikes.round())
    assert 0.1 < float(features.max()) < 32


@pytest.mark.parametrize(
    ("network", "remembers"), [({"decay": 0.5}, True), ({"decay": 0.0}, False), (TWIN, False)]
)
def test_what_was_seen_before_is_remembered(network: dict[str, Any], remembers: bool) -> None:
    plan = recipe(**network)
    model = lived(plan)
    templates, windows = seen(plan, WINDOWS)
    with torch.no_grad():
        all_of_them = model(templates, windows).raw[..., 3:]
        the_last = model(templates, windows[..., 3:]).raw
    assert torch.equal(all_of_them, the_last) != remembers


def test_nothing_later_is_known() -> None:
    plan = recipe()
    model = lived(plan)
    templates, windows = seen(plan, WINDOWS)
    with torch.no_grad():
        assert torch.equal(model(templates, windows[..., :4]).raw, model(templates, windows).raw[..., :4])


@pytest.mark.parametrize("network", [{}, {"retrieval": "blind"}, {"retrieval": "correlation"}, TWIN])
@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9])
def test_where_nothing_happens_nothing_is_said(network: dict[str, Any], decay: float) -> None:
    plan = recipe(decay=decay, **network)
    model = lived(plan)
    templates, windows = seen(plan, 40)
    layers = [each for each in model.modules() if isinstance(each, FusedConv) and each.norm]
    # Not for want of biases: as large ones as there may be are among them.
    ceiling = plan.network_as(HadtrackSpec).ceiling
    assert ceiling is not None
    assert max(each.folded_bias().max().item() for each in layers) == pytest.approx(ceiling)
    with torch.no_grad():
        output = model(templates, torch.zeros_like(windows))
    assert all(float(each.max()) == 0 for each in output.sent)


def test_a_bias_at_its_ceiling_can_come_down_again() -> None:
    layer = FusedConv(2, 3, 1, ceiling=0.1)
    with torch.no_grad():
        layer.shift.fill_(2.0)
    for frozen in (False, True):
        layer.frozen.fill_(frozen)
        layer.shift.grad = None
        currents, _ = layer(torch.rand(4, 2, 5, 5))
        currents.sum().backward()
        assert layer.shift.grad is not None
        assert float(layer.shift.grad.min()) > 0


def test_a_window_of_silence_has_the_same_bias_in_training() -> None:
    layer = FusedConv(2, 3, 1, ceiling=0.1)
    with torch.no_grad():
        layer.shift.fill_(2.0)
    pictures = torch.rand(4, 2, 5, 5)
    pictures[0] = 0
    currents, _ = layer(pictures)
    torch.testing.assert_close(currents[0], torch.full((3, 5, 5), 0.1), atol=1e-2, rtol=0)


def test_fields_that_do_not_fit() -> None:
    for field, value in (("template_side", 25), ("kernel", 2), ("sees", "nothing")):
        with pytest.raises(ValidationError, match=field):
            HadtrackSpec.model_validate({**NETWORK, field: value})
    with pytest.raises(ValidationError, match="template_steps 1 for sigma_delta neurons, not 2"):
        HadtrackSpec.model_validate({**NETWORK, **TWIN, "template_steps": 2})


def both() -> tuple[Recipe, HadtrackNet, Recipe, HadtrackNet]:
    plan, other = recipe(), recipe(**TEACHER)
    return plan, lived(plan), other, lived(other, 1)


def test_a_teacher_learns_where_its_object_goes() -> None:
    _, _, plan, teacher = both()
    templates, views = seen(plan, 4)
    times = 40_000 * torch.arange(4).expand(2, 4)
    boxes, present = torch.rand(2, 4, 4), torch.ones(2, 4, dtype=torch.bool)
    assert teacher(templates, views, times, boxes, present).aside is None
    aside = teacher.train()(templates, views, times, boxes, present).aside
    assert aside is not None
    loss, terms = aside
    loss.backward()
    assert terms == {"clock": loss.item()}
    assert teacher.clock is not None
    assert teacher.clock.head.weight.grad is not None
    # Its clock looks at what it does, and does not change it.
    assert teacher.head[-1].synapse.weight.grad is None


def test_a_student_learns_from_its_teacher() -> None:
    plan, student, other, teacher = both()
    assert teacher.clock is not None
    teacher.clock.freeze()
    spec = DistillationSpec(response=1, feature=1, similarity=1, transport=1, temporal=1)
    taught = TaughtNet(student, teacher, Distillation(spec, Widths((5,), (5,), student.token), teacher.clock))
    taught.train()
    assert not teacher.training
    assert {name.split(".")[0] for name in taught.state_dict()} == {"student", "distillation"}
    assert not any(name.startswith("distillation") and "blocks" in name for name in taught.state_dict())
    assert set(taught.own(taught.state_dict())) == set(student.state_dict())
    templates, windows = seen(plan, 8)
    told = seen(other, 2)
    times, at = 10_000 * (1 + torch.arange(8)).expand(2, 8), torch.tensor([[2, 6], [3, 7]])
    output = taught(templates, windows, times, *told, times.gather(1, at), at, torch.rand(2, 8, 4))
    assert output.aside is not None
    loss, terms = output.aside
    assert set(terms) == {"response", "feature", "similarity", "transport", "temporal"}
    loss.backward()
    assert student.output.weight.grad is not None
    assert float(student.output.weight.grad.abs().sum()) > 0
    assert all(parameter.grad is None for parameter in teacher.parameters())


def test_where_nobody_says_the_teacher_does() -> None:
    raw = torch.zeros(1, 5, 2, 4, 2)
    raw[0, 0, 1, 2, 0] = raw[0, 0, 0, 3, 1] = 5
    raw[0, 1:, :, :, 1] = 1.0
    boxes = _believed(raw, torch.tensor([[2, 6]]), 8)[0]
    first = torch.tensor([2.5 / 4, 1.5 / 2, 0.5, 0.5])
    said = float(torch.tensor(1.0).sigmoid())
    second = torch.tensor([(3 + said) / 4, said / 2, said, said])
    torch.testing.assert_close(boxes, torch.stack([first] * 6 + [second] * 2))


def test_a_track_is_of_the_object_alone() -> None:
    """What the network believes elsewhere in the picture changes nothing; where its cells point does."""
    _, _, plan, teacher = both()
    output = teacher(*seen(plan, 2))
    times = 40_000 * torch.arange(2).expand(2, 2)
    boxes = torch.tensor([0.25, 0.25, 0.125, 0.125]).expand(2, 2, 4)
    own = teacher.track(output, times, boxes)
    assert (own.features[..., -2:].abs() <= 0.5).all()
    elsewhere, moved = output.raw.clone(), output.raw.clone()
    elsewhere[:, :, -1, -1] += 5
    moved[:, 1, :4, :4] += 5
    torch.testing.assert_close(teacher.track(output._replace(raw=elsewhere), times, boxes), own)
    assert (
        teacher.track(output._replace(raw=moved), times, boxes).features[..., -2] > own.features[..., -2]
    ).all()
