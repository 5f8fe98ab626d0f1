"""A tracker of one object trains: the same for the same seed, interrupted or not, and leaves a pair."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.runs.siamese_proof import prove_siamese
from neuromorph_track.training.families import Batch
from neuromorph_track.training.learner import Learner, Outcome
from neuromorph_track.training.loop import train
from neuromorph_track.training.ranks import Ranks
from neuromorph_track.training.recipe import Recipe
from tests.networks.tiny_trackers import table
from tests.training.test_ranks import run_together
from tests.training.trained import weights


def plan(**network: Any) -> Recipe:
    stages = [
        {"steps": 3, "batch": 4},
        {"steps": 2, "batch": 2, "freeze_norm": True, "plain": True, "learning_rate": 1e-3},
    ]
    given = {**table(**network), "stage": stages, "checkpoint_every": 2, "log_every": 1, "seed": 3}
    return Recipe.model_validate(given)


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    return train(plan(), tmp_path / "whole", quiet=True).checkpoint


def test_what_a_training_leaves_is_what_was_trained(finished: Path) -> None:
    lines = [json.loads(line) for line in (finished.parent / "log.jsonl").read_text().splitlines()]
    terms = {"loss", "score", "giou", "l1", "gradient", "learning_rate"}
    assert all(terms <= line.keys() for line in lines if "loss" in line)
    assert sum("loss" in line for line in lines) == 5
    made = export_siamese(finished)
    proof = prove_siamese(made.model, made.siamese)
    assert proof.equal
    assert proof.largest_potential > 0
    state = weights(finished)
    # Each retrieval began with the statistics of its first batch, and was frozen with the rest.
    for place in (0, 1):
        assert bool(state[f"retrievals.{place}.synapse.begun"])
        assert bool(state[f"retrievals.{place}.synapse.frozen"])


def test_the_seed_decides(finished: Path, tmp_path: Path) -> None:
    again = train(plan(), tmp_path / "again", quiet=True, workers=2).checkpoint
    assert same(weights(finished), weights(again))
    other = plan().model_copy(update={"seed": 4})
    assert not same(weights(finished), weights(train(other, tmp_path / "other", quiet=True).checkpoint))


@pytest.mark.parametrize("step", [1, 3, 4])
def test_interrupted_and_resumed_is_bitwise_the_same(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Before the first checkpoint, in the first stage, and when norms are frozen."""
    advance = Learner.advance

    def stopping(self: Learner, batch: Batch) -> Outcome:
        if self.step == step:
            raise KeyboardInterrupt
        return advance(self, batch)

    folder = tmp_path / "parts"
    with monkeypatch.context() as patch:
        patch.setattr(Learner, "advance", stopping)
        with pytest.raises(KeyboardInterrupt):
            train(plan(), folder, quiet=True)
    torch.manual_seed(99)
    resumed = train(plan(), folder, resume=step > 1, quiet=True).checkpoint
    assert same(weights(finished), weights(resumed))


def test_weights_of_another_training(finished: Path, tmp_path: Path) -> None:
    """A correlation begins with the backbone and the head of a memory; what it has alone starts afresh."""
    model = SpiketrackNet(plan(retrieval="correlation").network)  # type: ignore[arg-type]
    learner = Learner(plan(retrieval="correlation"), Ranks(0, 1, torch.device("cpu")))
    fresh = learner.take({**weights(finished)})  # type: ignore[arg-type]
    assert torch.equal(
        learner.model.state_dict()["blocks.1.synapse.weight"], weights(finished)["blocks.1.synapse.weight"]
    )
    assert any(name.startswith("retrievals") for name in fresh)
    assert not any(name.startswith("blocks") for name in fresh)
    assert model.state_dict().keys() == learner.model.state_dict().keys()


@pytest.mark.parametrize(
    "network", [{"retrieval": "correlation"}, {"retrieval": "blind"}, {"neuron": "relu"}]
)
def test_twins_train(network: dict[str, Any], tmp_path: Path) -> None:
    result = train(plan(**network), tmp_path, quiet=True)
    assert all(torch.isfinite(value).all() for value in weights(result.checkpoint).values())


@pytest.mark.slow
def test_two_processes_agree(tmp_path: Path) -> None:
    """Each has its half of the pairs, and its own first batch to begin statistics with."""
    path = tmp_path / "plan.json"
    path.write_text(plan().model_dump_json())
    assert run_together(path, tmp_path / "two") == 0
    first, second = (torch.load(tmp_path / "two" / f"rank{rank}.pt") for rank in (0, 1))
    assert same(first, second)
    assert same(first, weights(tmp_path / "two" / "final.pt"))


@pytest.mark.slow
def test_it_learns_to_follow_the_template(tmp_path: Path) -> None:
    """The loss on crops that were not trained with falls well below that of what is known of all crops."""
    given = table(layers=[{"channels": 8, "stride": 2}, {"channels": 16, "stride": 2}], levels=8)
    given |= {
        "data": {"sequences": 12, "frames": 12, "side": 96},
        "pairs": {"strangers": 0.0},
        "stage": [{"steps": 150, "batch": 8, "learning_rate": 4e-3}],
        "average_decay": 0.9,
    }
    recipe = Recipe.model_validate(given)
    lines: list[float] = []
    advance = Learner.advance

    def heard(self: Learner, batch: Batch) -> Outcome:
        outcome = advance(self, batch)
        lines.append(outcome.terms["loss"])
        return outcome

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Learner, "advance", heard)
        train(recipe, tmp_path, quiet=True)
    assert sum(lines[-20:]) < 0.75 * sum(lines[:20])
