"""Fine-tuning: weights of another training to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.training.checkpoint import (
    initial_weights,
    load_checkpoint,
    save_checkpoint,
    take_over,
)
from neuromorph_track.training.families import family_of
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe


def test_what_fits_is_taken(smtrack: Recipe, tiny_smtrack: dict[str, Any], tmp_path: Path) -> None:
    first = train(smtrack, tmp_path, quiet=True)
    tiny_smtrack["classes"] = ["walker"]
    model = family_of(smtrack).build(Recipe.model_validate(tiny_smtrack))
    fresh = take_over(model, initial_weights(first.checkpoint))
    # One class less: the head has another shape.
    assert set(fresh) == {"head.weight", "head.shift", "head.mean", "head.variance"}
    trained, found = first.model.state_dict(), model.state_dict()
    assert torch.equal(found["blocks.1.synapse.weight"], trained["blocks.1.synapse.weight"])
    # The first training ended with its norm frozen; this one begins with a norm that learns.
    assert bool(trained["blocks.0.synapse.frozen"])
    assert not bool(found["blocks.0.synapse.frozen"])


def test_a_training_begins_with_them(smtrack: Recipe, tiny_smtrack: dict[str, Any], tmp_path: Path) -> None:
    first = train(smtrack, tmp_path / "first", quiet=True).checkpoint
    tiny_smtrack["stage"] = [{"steps": 1, "batch": 1, "learning_rate": 1e-12}]
    tiny_smtrack["average_decay"] = 0.0
    plan = Recipe.model_validate(tiny_smtrack)
    tuned = train(plan, tmp_path / "tuned", quiet=True, init=first).checkpoint
    before, after = (load_checkpoint(path)["model"]["blocks.0.synapse.weight"] for path in (first, tuned))
    torch.testing.assert_close(before, after, rtol=1e-5, atol=1e-8)


def test_what_holds_no_weights(smtrack: Recipe, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.pt: file: found nothing"):
        train(smtrack, tmp_path / "a", quiet=True, init=tmp_path / "absent.pt")
    save_checkpoint(tmp_path / "x.pt", {"model": {"name": "a text"}})
    with pytest.raises(InputError, match=r"x\.pt: model: found nothing"):
        train(smtrack, tmp_path / "a", quiet=True, init=tmp_path / "x.pt")
    save_checkpoint(tmp_path / "y.pt", {"model": {"other": torch.ones(3)}})
    with pytest.raises(InputError, match=r"y\.pt: model: found no tensor that fits"):
        train(smtrack, tmp_path / "a", quiet=True, init=tmp_path / "y.pt")
