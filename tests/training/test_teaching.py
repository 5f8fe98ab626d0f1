"""Trainings on events: a teacher, a student, and a student with a teacher."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe
from tests.networks.tiny_streams import TEACHER, recipe, table
from tests.training.trained import stopped, weights

TERMS = {"response": 1.0, "feature": 0.5, "transport": 1.0, "temporal": 0.1}


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(recipe(**TEACHER), tmp_path_factory.mktemp("teacher"), quiet=True).checkpoint


def plan(**changes: Any) -> Recipe:
    return Recipe.model_validate({**table(), "log_every": 1, "distillation": TERMS, **changes})


def test_what_is_saved_is_the_student_alone(teacher: Path, tmp_path: Path) -> None:
    taught = train(plan(), tmp_path / "taught", quiet=True, teacher=teacher).checkpoint
    alone = train(recipe(), tmp_path / "alone", quiet=True).checkpoint
    assert set(weights(taught)) == set(weights(alone)) == set(HadtrackNet(recipe().network).state_dict())  # type: ignore[arg-type]
    assert not torch.equal(weights(taught)["output.weight"], weights(alone)["output.weight"])
    assert export_siamese(taught).siamese.contract.streams


def test_the_released_formulas_are_a_switch(teacher: Path, tmp_path: Path) -> None:
    given = plan(distillation={"released": True})
    train(given, tmp_path / "x", quiet=True, teacher=teacher)
    terms = json.loads((tmp_path / "x" / "log.jsonl").read_text().splitlines()[-1])
    assert {"similarity", "feature", "response", "transport", "temporal"} <= set(terms)
    with pytest.raises(ValidationError, match="released"):
        plan(distillation={"released": True, "response": 1.0})


def test_a_lesson_goes_on(teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train(plan(), tmp_path / "whole", quiet=True, teacher=teacher).checkpoint
    stopped(monkeypatch, plan(), tmp_path / "parts", teacher=teacher)
    parts = train(plan(), tmp_path / "parts", resume=True, quiet=True, teacher=teacher).checkpoint
    assert all(torch.equal(weights(whole)[name], value) for name, value in weights(parts).items())


def test_a_teacher_tells_of_what_nobody_labelled(teacher: Path, tmp_path: Path) -> None:
    data = {**table()["data"], "labelled": False}
    unlabelled = plan(data=data)
    train(unlabelled, tmp_path / "x", quiet=True, teacher=teacher)
    rows = [json.loads(line) for line in (tmp_path / "x" / "log.jsonl").read_text().splitlines()]
    assert all(row["giou"] == row["l1"] == row["score"] == 0 for row in rows)
    assert all(row["loss"] > 0 and row["gradient"] > 0 for row in rows)
    assert unlabelled.data[0].described().endswith("without boxes, mixed, seeds 0 to 1")


def test_a_table_needs_a_teacher_and_a_teacher_a_table(teacher: Path, tmp_path: Path) -> None:
    for given, path in ((plan(), None), (recipe(), teacher)):
        with pytest.raises(InputError, match="distillation"):
            train(given, tmp_path / "x", quiet=True, teacher=path)


def test_a_teacher_that_is_none(teacher: Path, tmp_path: Path) -> None:
    student = train(recipe(), tmp_path / "alone", quiet=True).checkpoint
    with pytest.raises(InputError, match="that sees frames"):
        train(plan(), tmp_path / "x", quiet=True, teacher=student)
    state = load_checkpoint(teacher)
    del state["model"]["output.weight"]
    torch.save(state, tmp_path / "broken.pt")
    with pytest.raises(InputError, match="do not fit"):
        train(plan(), tmp_path / "x", quiet=True, teacher=tmp_path / "broken.pt")
    torch.save({"format": "x"}, tmp_path / "other.pt")
    with pytest.raises(InputError, match="recipe"):
        train(plan(), tmp_path / "x", quiet=True, teacher=tmp_path / "other.pt")


def test_a_teacher_of_another_grid(teacher: Path, tmp_path: Path) -> None:
    given = table(layers=[{"channels": 4, "stride": 2}])
    coarse = Recipe.model_validate({**given, "distillation": TERMS})
    with pytest.raises(InputError, match="stride"):
        train(coarse, tmp_path / "x", quiet=True, teacher=teacher)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input": {"height": 64, "width": 72}}, "input.events"),
        (
            {"input": {"height": 64, "width": 72, "events": {"window_us": 10_000, "picture": "surface"}}},
            "counts",
        ),
        ({"network": {**table(frame_us=30_000)["network"]}}, "frame_us"),
        ({"stage": [{"steps": 2, "batch": 2, "clip": 6}]}, "multiples of 4"),
        ({"stage": [{"steps": 2, "batch": 2, "clip": 16}]}, "at most 12"),
        ({"network": {**table(**TEACHER)["network"]}, "distillation": TERMS}, "not for a teacher"),
        ({"data": {"kind": "targets"}}, "paired|targets"),
        ({"data": {"labelled": False}}, "labelled true where there is no .distillation"),
        ({"budget": {"synops_per_frame": 10.0}}, "budget"),
        ({"augment": {"mosaic": 1.0}}, "mosaic"),
    ],
)
def test_recipes_that_do_not_fit(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValidationError, InputError), match=message):
        Recipe.model_validate({**table(), **change})
