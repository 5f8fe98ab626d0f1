"""Checkpoints of each kind, and an export that takes one of their weights for another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from neuromorph_track.networks.smtrack import SmtrackDetector
from neuromorph_track.netx import Layer
from neuromorph_track.runs import export, slayer_export
from neuromorph_track.training.checkpoint import FORMAT, save_checkpoint
from neuromorph_track.training.recipe import Recipe
from tests.networks.tiny_trackers import checkpoint as pair_checkpoint

DETECTOR = {
    "name": "tiny-detector",
    "classes": ["walker", "car"],
    "input": {"height": 32, "width": 48, "std": [256 / 255] * 3, "fraction_bits": 8, "step": 1},
    "network": {"family": "smtrack", "embedding": 2, "layers": [{"channels": 4, "stride": 4}]},
    "data": {"scenes": 1, "frames": 2, "size_min": 8, "size_max": 16},
    "stage": [{"steps": 1, "batch": 1}],
}
MODULE = """
import torch
from lava.lib.dl import slayer

def net():
    torch.manual_seed(0)
    neuron = {"threshold": 0.5, "current_decay": 0.25, "voltage_decay": 0.1}
    block = slayer.block.cuba
    return torch.nn.Sequential(
        block.Dense(dict(neuron), 6, 8, weight_scale=3), block.Dense(dict(neuron), 8, 4, weight_scale=3)
    )
"""


def detector(folder: Path) -> dict[str, Any]:
    """What `export_network` is given for a checkpoint of `train`, as yet without an output."""
    plan = Recipe.model_validate(DETECTOR)
    torch.manual_seed(0)
    model = SmtrackDetector(plan.network, len(plan.classes))  # type: ignore[arg-type]
    path = folder / "final.pt"
    save_checkpoint(path, {"format": FORMAT, "recipe": plan.model_dump_json(), "model": model.state_dict()})
    return {"checkpoint": path}


def pair(folder: Path) -> dict[str, Any]:
    """The same for a siamese pair."""
    return {"checkpoint": pair_checkpoint(folder / "final.pt", template_steps=2)}


def model(folder: Path) -> dict[str, Any]:
    """The same for a user's own SLAYER model, whose module lies in the folder."""
    (folder / "nets_that_differ.py").write_text(MODULE)
    sys.modules.pop("nets_that_differ", None)
    sys.path.insert(0, str(folder))
    try:
        from neuromorph_track.export.slayer.load import build_model

        torch.save(build_model("nets_that_differ:net").state_dict(), folder / "net.pt")
    finally:
        sys.path.remove(str(folder))
    return {"checkpoint": folder / "net.pt", "model": "nets_that_differ:net", "input_shape": (6,)}


def _spoil(patch: pytest.MonkeyPatch, room: Any, name: str, layer_of: Callable[[Any], Layer]) -> None:
    right = getattr(room, name)

    def wrong(*given: Any, **named: Any) -> Any:
        made = right(*given, **named)
        weight = layer_of(made).weight
        assert weight is not None
        weight += 2
        return made

    patch.setattr(room, name, wrong)


def spoil(patch: pytest.MonkeyPatch) -> None:
    """Let every weight of a layer be one step larger in what an export makes, whatever the kind."""
    _spoil(patch, export, "export_with_report", lambda made: made.network.layers[-1])
    _spoil(patch, export, "export_siamese", lambda made: made.siamese.search.layers[-1])
    _spoil(patch, slayer_export, "export_slayer", lambda made: made.network.layers[-1])
