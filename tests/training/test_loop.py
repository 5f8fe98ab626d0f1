"""Training gives the same weights for the same recipe, interrupted or not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.training import loop
from neuromorph_track.training.checkpoint import FORMAT, load_checkpoint, save_checkpoint
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe

pytestmark = pytest.mark.slayer


def weights(path: Path) -> dict[str, Tensor]:
    model: dict[str, Tensor] = load_checkpoint(path)["model"]
    return model


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def stop_before(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt the training when it is about to take ``step``."""
    advance = loop._Loop.advance

    def stopping(self: loop._Loop) -> dict[str, float]:
        if self.step == step:
            raise KeyboardInterrupt
        return advance(self)

    monkeypatch.setattr(loop._Loop, "advance", stopping)


@pytest.fixture
def finished(recipe: Recipe, tmp_path: Path) -> Path:
    return train(recipe, tmp_path / "whole", quiet=True).checkpoint


def test_what_a_training_leaves(recipe: Recipe, finished: Path) -> None:
    assert [path.name for path in finished.parent.iterdir()] == ["final.pt"]
    state = load_checkpoint(finished)
    assert state["format"] == FORMAT
    assert Recipe.model_validate_json(state["recipe"]) == recipe
    # Batch norm's means are part of it, and have moved.
    assert float(state["model"]["blocks.0.neuron.norm.running_mean"].abs().max()) > 0


def test_the_model_returned_is_the_one_saved(recipe: Recipe, tmp_path: Path) -> None:
    result = train(recipe, tmp_path, quiet=True)
    assert result.seconds > 0
    assert not result.model.training
    assert same(dict(result.model.state_dict()), weights(result.checkpoint))


def test_the_seed_decides(recipe: Recipe, finished: Path, tmp_path: Path) -> None:
    again = train(recipe, tmp_path / "again", quiet=True).checkpoint
    assert same(weights(finished), weights(again))
    other = train(recipe.model_copy(update={"seed": 4}), tmp_path / "other", quiet=True).checkpoint
    assert not same(weights(finished), weights(other))


@pytest.mark.parametrize("step", [1, 3, 5])
def test_interrupted_and_resumed_is_bitwise_the_same(
    recipe: Recipe, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Stopped before the first checkpoint, within the first stage, and within the second."""
    folder = tmp_path / "parts"
    with monkeypatch.context() as patch:
        stop_before(step, patch)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, folder, quiet=True)
    assert (folder / "last.pt").exists() == (step > 1)
    torch.manual_seed(99)
    resumed = train(recipe, folder, resume=True, quiet=True).checkpoint
    assert same(weights(finished), weights(resumed))
    assert [path.name for path in folder.iterdir()] == ["final.pt"]


def test_a_checkpoint_holds_all_that_moves(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_before(4, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, tmp_path, quiet=True)
    state = load_checkpoint(tmp_path / "last.pt")
    assert state["step"] == 4
    assert not same(state["model"], state["average"])
    moments = state["optimiser"]["state"]
    assert all(float(entry["step"]) == 4 for entry in moments.values())
    assert any(float(entry["exp_avg"].abs().max()) > 0 for entry in moments.values())


@pytest.fixture
def unfinished(recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with monkeypatch.context() as patch:
        stop_before(3, patch)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, tmp_path / "parts", quiet=True)
    return tmp_path / "parts" / "last.pt"


def test_an_unfinished_training_is_not_lost(recipe: Recipe, unfinished: Path) -> None:
    before = unfinished.read_bytes()
    with pytest.raises(InputError, match=r"last\.pt: file: found an unfinished training.*--resume"):
        train(recipe, unfinished.parent, quiet=True)
    other = recipe.model_copy(update={"seed": 9})
    with pytest.raises(InputError, match=r"last\.pt: recipe: found another recipe"):
        train(other, unfinished.parent, resume=True, quiet=True)
    assert unfinished.read_bytes() == before


@pytest.mark.parametrize("resume", [False, True])
def test_a_finished_training_is_not_replaced(recipe: Recipe, finished: Path, resume: bool) -> None:
    before = finished.read_bytes()
    with pytest.raises(InputError, match=r"final\.pt: file: found a finished training"):
        train(recipe, finished.parent, resume=resume, quiet=True)
    assert finished.read_bytes() == before


def test_resuming_from_what_is_no_checkpoint(recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_text("no checkpoint")
    with pytest.raises(InputError, match=r"last\.pt: file"):
        train(recipe, tmp_path, resume=True, quiet=True)
    save_checkpoint(tmp_path / "last.pt", {"recipe": recipe.model_dump_json(), "model": {}})
    with pytest.raises(InputError, match=r"last\.pt: optimiser: found nothing"):
        train(recipe, tmp_path, resume=True, quiet=True)


def test_a_folder_that_cannot_be_written(recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match="cannot be written"):
        train(recipe, tmp_path / "file" / "run", quiet=True)
