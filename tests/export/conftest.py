"""A checkpoint with random weights, made without SLAYER."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from neuromorph_track.training.checkpoint import FORMAT, save_checkpoint
from neuromorph_track.training.recipe import Recipe


@pytest.fixture
def recipe() -> Recipe:
    return Recipe.model_validate(
        {
            "name": "tiny",
            "seed": 11,
            "classes": ["walker", "car"],
            "input": {"height": 112, "width": 128},
            "network": {
                "threshold": 0.2,
                "anchors": [[4.0, 4.5], [1.0, 2.0]],
                "layers": [{"channels": 4, "stride": 4}, {"channels": 6, "stride": 2, "dilation": 2}],
            },
            "stage": [{"steps": 1, "batch": 1}],
        }
    )


@pytest.fixture
def state(recipe: Recipe) -> dict[str, Any]:
    """What ``train`` saves for this recipe."""
    generator = torch.Generator().manual_seed(0)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    model, channels = {}, 3
    for index, layer in enumerate(recipe.network.layers):
        model[f"blocks.{index}.synapse.weight_g"] = random(layer.channels, 1, 1, 1, 1).abs()
        model[f"blocks.{index}.synapse.weight_v"] = random(layer.channels, channels, 3, 3, 1)
        model[f"blocks.{index}.neuron.norm.running_mean"] = random(layer.channels)
        channels = layer.channels
    model["head.weight"] = random(2 * (5 + 2), channels, 1, 1, 1)
    return {"format": FORMAT, "recipe": recipe.model_dump_json(), "model": model}


@pytest.fixture
def checkpoint(state: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "final.pt"
    save_checkpoint(path, state)
    return path
