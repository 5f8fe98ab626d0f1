"""Single-object trackers of a few thousand weights, as if they had been trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from neuromorph_track.export.siamese import siamese_of
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.netx import Siamese
from neuromorph_track.training.checkpoint import FORMAT, save_checkpoint
from neuromorph_track.training.recipe import Recipe

NETWORK: dict[str, Any] = {
    "family": "spiketrack",
    "layers": [{"channels": 4, "stride": 2}, {"channels": 6, "stride": 2}],
    "heads": 2,
    "keys": 3,
    "values": 4,
    "kernel": 3,
    "head": [{"channels": 5}],
    "template_side": 16,
    "search_side": 32,
}


def table(**network: Any) -> dict[str, Any]:
    """A recipe as TOML has it."""
    return {
        "name": "tiny-tracker",
        "network": {**NETWORK, **network},
        "data": {"sequences": 3, "frames": 4, "side": 96},
        "stage": [{"steps": 2, "batch": 2}],
    }


def spec(**network: Any) -> SpiketrackSpec:
    return SpiketrackSpec.model_validate({**NETWORK, **network})


def recipe(**network: Any) -> Recipe:
    return Recipe.model_validate(table(**network))


def lived(plan: Recipe, seed: int = 0) -> SpiketrackNet:
    """A network with gains, biases and running statistics unlike those of a fresh one."""
    torch.manual_seed(seed)
    shape = plan.network_as(SpiketrackSpec)
    model = SpiketrackNet(shape).train()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("place"):
                parameter.normal_(0, 0.5)
            elif name.endswith("shift") and not name.startswith("output"):
                parameter.normal_(0.5, 0.5)
            elif name.endswith("gain"):
                # Activations in the thousands would leave the 24 bits of a sigma-delta state.
                parameter.uniform_(*((1, 2) if shape.neuron == "sigma_delta" else (0.5, 3)))
            elif name == "output.weight":
                parameter.normal_(0, 0.3)
    sides = shape.template_side, shape.search_side
    for _ in range(4):
        model(*(torch.rand(4, 3, side, side, 1) for side in sides))
    return model.eval()


def pair(seed: int = 0, **network: Any) -> Siamese:
    """The two chains of such a network."""
    plan = recipe(**network)
    return siamese_of(plan, lived(plan, seed).state_dict(), "tiny").siamese


def checkpoint(path: Path, **network: Any) -> Path:
    """What `train` would leave."""
    plan = recipe(**network)
    state = {"format": FORMAT, "recipe": plan.model_dump_json(), "model": lived(plan).state_dict()}
    save_checkpoint(path, state)
    return path
