"""A detector of many objects that learns from another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import recipe_of
from neuromorph_track.networks.distillation import Distillation, DistillationSpec, Widths
from neuromorph_track.networks.smtrack import smtrack_detector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.networks.smtrack_taught import TaughtDetector
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe
from tests.training.trained import stopped, weights

TERMS = {"response": 1.0, "boxes": 1.0, "feature": 1.0, "similarity": 1.0, "transport": 1.0, "tokens": 0.5}
# Wider, without spikes and on a coarser grid.
LARGER = {
    "neuron": "relu",
    "steps": 1,
    "layers": [{"channels": 6, "stride": 4}, {"channels": 9, "stride": 4}],
}
PIXELS = ((0.0,) * 3, (256 / 255,) * 3)


def network(table: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**table, "network": {**table["network"], **changes}}


@pytest.fixture
def plan(tiny_smtrack: dict[str, Any]) -> Recipe:
    return Recipe.model_validate({**tiny_smtrack, "distillation": TERMS})


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("teacher")


@pytest.fixture
def trained_teacher(teacher: Path, tiny_smtrack: dict[str, Any]) -> Path:
    if not (teacher / "final.pt").is_file():
        given = {**network(tiny_smtrack, **LARGER), "stage": [{"steps": 2, "batch": 2}]}
        train(Recipe.model_validate(given), teacher, quiet=True)
    return teacher / "final.pt"


def pair(
    scales: Any = (PIXELS, PIXELS), student: dict[str, Any] | None = None, terms: dict[str, float] = TERMS
) -> TaughtDetector:
    torch.manual_seed(1)
    layers: list[dict[str, Any]] = [{"channels": 4, "stride": 4}, {"channels": 6, "stride": 2}]
    small = SmtrackSpec.model_validate({"layers": layers, "steps": 2, **(student or {})})
    large = SmtrackSpec.model_validate(LARGER)
    # Whatever the teacher says of a cell counts: one of random weights may be sure of none.
    loss = Distillation(DistillationSpec(objects="many", sure=0, **terms), Widths((6,), (9,)))
    made = [smtrack_detector(spec, 2) for spec in (small, large)]
    taught = TaughtDetector(made[0], made[1], loss, scales)
    with torch.no_grad():
        # A teacher that says something, unlike a fresh one.
        for parameter in taught.teacher.head.parameters():
            parameter.normal_(0, 1)
    return taught


@pytest.mark.parametrize("name", TERMS)
def test_each_term_falls_on_pictures_that_come_again(name: str) -> None:
    taught = pair(terms={name: 1.0}).train()
    frames = torch.rand(2, 3, 64, 96, 2)
    optimiser = torch.optim.Adam(taught.parameters(), 0.01)
    losses = []
    for _ in range(30):
        loss, told = taught(frames).aside
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(told[name])
    assert losses[-1] < 0.9 * losses[0]


def test_no_gradient_in_the_teacher_and_nothing_of_it_is_saved() -> None:
    taught = pair().train()
    before = {name: value.clone() for name, value in taught.teacher.state_dict().items()}
    output = taught(torch.rand(2, 3, 64, 96, 2))
    output.aside[0].backward()
    assert all(parameter.grad is None for parameter in taught.teacher.parameters())
    assert all(torch.equal(value, before[name]) for name, value in taught.teacher.state_dict().items())
    assert set(taught.own(taught.state_dict())) == set(taught.student.state_dict())
    assert taught.student.blocks[0].synapse.weight.grad.abs().sum() > 0


def test_the_teacher_sees_the_same_pictures_however_they_are_normalised() -> None:
    plain, other = pair(), pair((((0.2, 0.4, 0.6), (0.5, 1.0, 2.0)), PIXELS))
    pictures = torch.rand(1, 3, 64, 96, 2)
    mean, std = (torch.tensor(each).view(3, 1, 1, 1) for each in ((0.2, 0.4, 0.6), (0.5, 1.0, 2.0)))
    told = other._as_taught((pictures - mean) / std)
    torch.testing.assert_close(told, plain._as_taught(pictures / torch.tensor(256 / 255)))


def test_of_a_history_the_teacher_sees_the_last_picture() -> None:
    taught = pair(student={"history": True}).eval()
    output = taught(torch.rand(2, 3, 64, 96, 2))
    assert output.raw.shape[-1] == 1
    assert taught._as_taught(torch.rand(2, 3, 64, 96, 2)).shape[-1] == 1
    assert torch.isfinite(output.aside[0])


@pytest.mark.slayer
def test_a_student_of_sigma_delta_neurons() -> None:
    """Its changes, summed, are the activations that the next layer has."""
    scales = (((0.5,) * 3, (0.25,) * 3), PIXELS)
    taught = pair(scales, {"neuron": "sigma_delta", "steps": 1}).train()
    loss, terms = taught(torch.randn(2, 3, 64, 96, 3)).aside
    loss.backward()
    assert set(terms) == set(TERMS)
    assert torch.isfinite(loss)


def test_what_is_saved_is_the_student_alone(
    plan: Recipe, tiny_smtrack: dict[str, Any], trained_teacher: Path, tmp_path: Path
) -> None:
    taught = train(plan, tmp_path / "taught", quiet=True, teacher=trained_teacher).checkpoint
    alone = train(Recipe.model_validate(tiny_smtrack), tmp_path / "alone", quiet=True).checkpoint
    assert {name: value.shape for name, value in weights(taught).items()} == {
        name: value.shape for name, value in weights(alone).items()
    }
    assert not torch.equal(weights(taught)["head.weight"], weights(alone)["head.weight"])
    assert recipe_of(load_checkpoint(taught), "x").distillation == plan.distillation
    told = json.loads((tmp_path / "taught" / "log.jsonl").read_text().splitlines()[-1])
    assert set(TERMS) <= set(told)
    assert {"box", "objectness"} <= set(told)


def test_a_lesson_goes_on(
    plan: Recipe, trained_teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(plan, tmp_path / "whole", quiet=True, teacher=trained_teacher).checkpoint
    stopped(monkeypatch, plan, tmp_path / "parts", teacher=trained_teacher)
    parts = train(plan, tmp_path / "parts", resume=True, quiet=True, teacher=trained_teacher).checkpoint
    assert all(torch.equal(weights(whole)[name], value) for name, value in weights(parts).items())


def test_a_lesson_within_a_budget_and_from_weights_that_are_there(
    tiny_smtrack: dict[str, Any], trained_teacher: Path, tmp_path: Path
) -> None:
    """Both are about the student, not about what is beside it."""
    alone = train(Recipe.model_validate(tiny_smtrack), tmp_path / "alone", quiet=True).checkpoint
    given = {**tiny_smtrack, "distillation": TERMS, "budget": {"synops_per_frame": 1e6}}
    train(Recipe.model_validate(given), tmp_path / "x", quiet=True, teacher=trained_teacher, init=alone)
    assert set(weights(tmp_path / "x" / "final.pt")) == set(weights(alone))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"classes": ["walker", "jelly"]}, "classes"),
        (
            {"input": {"height": 64, "width": 64, "std": [256 / 255] * 3, "fraction_bits": 8, "step": 1}},
            "input",
        ),
    ],
)
def test_a_teacher_of_something_else(
    tiny_smtrack: dict[str, Any], trained_teacher: Path, tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    given = Recipe.model_validate({**tiny_smtrack, **change, "distillation": TERMS})
    with pytest.raises(InputError, match=rf"final\.pt: {field}: .*as the student's"):
        train(given, tmp_path / "x", quiet=True, teacher=trained_teacher)


def test_a_teacher_of_another_family(plan: Recipe, tmp_path: Path) -> None:
    from tests.networks.tiny_streams import TEACHER, recipe

    other = train(recipe(**TEACHER), tmp_path / "other", quiet=True).checkpoint
    with pytest.raises(InputError, match=r"network\.family: found 'hadtrack', expected 'smtrack'"):
        train(plan, tmp_path / "x", quiet=True, teacher=other)


def test_a_teacher_with_a_history_that_the_student_has_not(
    plan: Recipe, tiny_smtrack: dict[str, Any], tmp_path: Path
) -> None:
    given = {**network(tiny_smtrack, history=True), "stage": [{"steps": 1, "batch": 1}]}
    other = train(Recipe.model_validate(given), tmp_path / "other", quiet=True).checkpoint
    with pytest.raises(InputError, match=r"network\.history"):
        train(plan, tmp_path / "x", quiet=True, teacher=other)


def test_a_teacher_that_is_broken(plan: Recipe, trained_teacher: Path, tmp_path: Path) -> None:
    state = load_checkpoint(trained_teacher)
    del state["model"]["head.weight"]
    torch.save(state, tmp_path / "broken.pt")
    with pytest.raises(InputError, match="do not fit"):
        train(plan, tmp_path / "x", quiet=True, teacher=tmp_path / "broken.pt")


@pytest.mark.parametrize(
    ("distillation", "message"),
    [
        ({"response": 1.0, "objects": "one"}, "distillation.objects 'many'"),
        ({"temporal": 1.0}, "no distillation.temporal"),
        ({"feature": 1.0, "near": True}, "no distillation.near"),
        ({"released": True}, "released"),
    ],
)
def test_terms_that_a_detector_has_not(
    tiny_smtrack: dict[str, Any], distillation: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        Recipe.model_validate({**tiny_smtrack, "distillation": distillation})


def test_the_other_family_of_detectors_has_no_lesson(tiny: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="hadtrack and smtrack"):
        Recipe.model_validate({**tiny, "distillation": {"response": 1.0, "objects": "many"}})
