"""Every kind of network trains a step, also on pictures of nothing, and its loss sees the right frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from neuromorph_track.networks.loss import Targets
from neuromorph_track.training.clips import Batch
from neuromorph_track.training.families import family_of, joined
from neuromorph_track.training.learner import Learner
from neuromorph_track.training.loop import train
from neuromorph_track.training.ranks import Ranks
from neuromorph_track.training.recipe import Recipe

SLAYER = pytest.mark.slayer


def with_network(table: dict[str, Any], **network: Any) -> Recipe:
    table["network"] |= network
    table["input"] = {"height": 64, "width": 96}
    table["stage"] = [{"steps": 2, "batch": 1}]
    return Recipe.model_validate(table)


@pytest.mark.parametrize(
    "network",
    [
        {"neuron": "integer", "steps": 1},
        {"neuron": "integer", "steps": 3, "history": True},
        {"neuron": "relu", "steps": 1},
        pytest.param({"neuron": "cuba", "steps": 4}, marks=SLAYER),
        pytest.param({"neuron": "sigma_delta", "steps": 1}, marks=SLAYER),
    ],
)
def test_every_kind_of_neuron_trains(
    tiny_smtrack: dict[str, Any], tmp_path: Path, network: dict[str, Any]
) -> None:
    recipe = with_network(tiny_smtrack, **network)
    before = family_of(recipe).build(recipe).state_dict()
    model = train(recipe, tmp_path, quiet=True).model
    assert model.state_dict().keys() == before.keys()
    assert all(torch.isfinite(value).all() for value in model.state_dict().values())


@pytest.mark.parametrize("plan", ["smtrack", pytest.param("recipe", marks=SLAYER)])
def test_a_batch_without_boxes(request: pytest.FixtureRequest, plan: str) -> None:
    recipe: Recipe = request.getfixturevalue(plan)
    torch.manual_seed(0)
    learner = Learner(recipe, Ranks(0, 1, torch.device("cpu")))
    frames = torch.rand(2, 3, recipe.input.height, recipe.input.width, 2)
    none = torch.zeros(0, dtype=torch.int64)
    empty = Targets(torch.zeros(0, 4), none, none, torch.zeros(0, dtype=torch.bool), none)
    batch = Batch(frames, (empty, empty))
    learner.begin(lambda: Batch(frames[..., :1], (empty,)))
    terms = learner.advance(batch).terms
    assert terms["loss"] > 0
    assert terms["gradient"] > 0


def test_frames_of_a_clip_become_one_batch() -> None:
    first, second = (
        Targets(
            torch.full((count, 4), float(count)),
            torch.arange(count),
            torch.arange(count),
            torch.zeros(count, dtype=torch.bool),
            torch.arange(count) + 5,
        )
        for count in (2, 3)
    )
    both = joined([first, second], pictures=4)
    assert both.picture.tolist() == [0, 1, 4, 5, 6]
    assert both.cxcywh[:, 0].tolist() == [2, 2, 3, 3, 3]
    assert both.identity is not None
    assert both.identity.tolist() == [5, 6, 5, 6, 7]
    unknown = Targets(second.cxcywh, second.class_id, second.picture, second.ignored)
    assert joined([first, unknown], pictures=4).identity is None


def test_the_loss_of_a_clip_is_that_of_its_pictures(smtrack: Recipe) -> None:
    """Two frames judged together against a batch in which they are two pictures."""
    family, stage = family_of(smtrack), smtrack.stage[0]
    raw = torch.randn(1, 5 + 2 + 4, 8, 12, 2, generator=torch.Generator().manual_seed(1))
    box = torch.tensor([[4.0, 4.0, 2.0, 3.0]])
    one, zero = torch.ones(1, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)
    frames = [Targets(box + shift, one, zero, zero.bool(), one) for shift in (0.0, 1.0)]
    together, _ = family.loss(raw, frames, smtrack, stage)
    pictures = Targets(
        torch.cat([box, box + 1]), one.repeat(2), torch.tensor([0, 1]), zero.bool().repeat(2), one.repeat(2)
    )
    apart, _ = family.loss(raw[0].movedim(-1, 0).unsqueeze(-1), [pictures], smtrack, stage)
    torch.testing.assert_close(together, apart)
    # With one target for two frames, it is the last's.
    last, _ = family.loss(raw, frames[1:], smtrack, stage)
    alone, _ = family.loss(raw[..., 1:], frames[1:], smtrack, stage)
    torch.testing.assert_close(last, alone)
