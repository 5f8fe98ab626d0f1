"""A recipe that trains in seconds."""

from __future__ import annotations

from typing import Any

import pytest

from neuromorph_track.training.recipe import Recipe


@pytest.fixture
def tiny() -> dict[str, Any]:
    """As a TOML table: two stages, the second with clips; seven steps, a checkpoint after every second."""
    return {
        "name": "tiny",
        "seed": 3,
        "classes": ["walker", "car", "jelly"],
        "checkpoint_every": 2,
        "input": {"height": 112, "width": 112, "mean": [0.5] * 3, "std": [0.25] * 3},
        "network": {
            "anchors": [[4.0, 4.5]],
            "offset_gain": 3.0,
            "layers": [{"channels": 4, "stride": 4}, {"channels": 6, "stride": 2}],
        },
        "data": {"scenes": 2, "frames": 3, "objects": [2, 4]},
        "stage": [
            {"steps": 4, "batch": 2},
            {"steps": 3, "batch": 1, "clip": 2, "learning_rate": 1e-3},
        ],
    }


@pytest.fixture
def tiny_smtrack() -> dict[str, Any]:
    """The same for the family that needs PyTorch alone: two timesteps, an embedding, two kinds of clips."""
    return {
        "name": "tiny-smtrack",
        "seed": 3,
        "classes": ["walker", "car"],
        "checkpoint_every": 2,
        "log_every": 1,
        "input": {"height": 64, "width": 96, "std": [256 / 255] * 3, "fraction_bits": 8, "step": 1},
        "network": {
            "family": "smtrack",
            "steps": 2,
            "embedding": 4,
            "layers": [{"channels": 4, "stride": 4}, {"channels": 6, "stride": 2}],
        },
        "data": {"scenes": 2, "frames": 4, "objects": [2, 4], "size_min": 8, "size_max": 24},
        "augment": {"zoom": [0.8, 1.3], "shift": 0.1, "mosaic": 0.5},
        "stage": [
            {"steps": 4, "batch": 2, "clip": 2},
            {"steps": 3, "batch": 2, "learning_rate": 1e-3, "plain": True, "freeze_norm": True},
        ],
    }


@pytest.fixture
def smtrack(tiny_smtrack: dict[str, Any]) -> Recipe:
    return Recipe.model_validate(tiny_smtrack)


@pytest.fixture
def recipe(tiny: dict[str, Any]) -> Recipe:
    return Recipe.model_validate(tiny)
