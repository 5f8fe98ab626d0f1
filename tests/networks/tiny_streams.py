"""Trackers in events of a few thousand weights, as if they had been trained, and their teacher."""

from __future__ import annotations

from typing import Any

import torch

from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.training.recipe import Recipe

NETWORK: dict[str, Any] = {
    "family": "hadtrack",
    "layers": [{"channels": 4, "stride": 2}, {"channels": 6, "stride": 4}],
    "keys": 3,
    "values": 4,
    "head": [{"channels": 5}],
    "template_side": 24,
    "template_steps": 2,
    "decay": 0.5,
}
TWIN: dict[str, Any] = {"neuron": "sigma_delta", "template_steps": 1}
TEACHER: dict[str, Any] = {"sees": "both", "neuron": "relu", "template_steps": 1}


def table(**network: Any) -> dict[str, Any]:
    """A recipe as TOML has it."""
    return {
        "name": "tiny-stream",
        "input": {"height": 64, "width": 72, "events": {"window_us": 10_000, "gain": 64}},
        "network": {**NETWORK, **network},
        "data": {"sequences": 2, "frames": 5, "size": 16.0},
        "stage": [{"steps": 2, "batch": 2, "clip": 8}],
    }


def recipe(**network: Any) -> Recipe:
    return Recipe.model_validate(table(**network))


def lived(plan: Recipe, seed: int = 0) -> HadtrackNet:
    """A network with gains, biases and running statistics unlike those of a fresh one."""
    torch.manual_seed(seed)
    spec = plan.network_as(HadtrackSpec)
    model = HadtrackNet(spec).train()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("shift") and not name.startswith("output"):
                parameter.normal_(0.5, 0.5)
            elif name.endswith("gain"):
                parameter.uniform_(0.5, 3)
            elif name == "output.weight":
                parameter.normal_(0, 0.3)
    for _ in range(4):
        model(*seen(plan, 3))
    return model.eval()


def seen(plan: Recipe, windows: int, clips: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """Templates and windows in which few pixels say something."""
    spec = plan.network_as(HadtrackSpec)
    sizes = ((spec.template_side,) * 2, (plan.input.height, plan.input.width))
    steps = (spec.template_steps, windows)
    made = [torch.rand(clips, spec.inputs, *size, step) for size, step in zip(sizes, steps, strict=True)]
    return made[0] * (made[0] > 0.8), made[1] * (made[1] > 0.9)
