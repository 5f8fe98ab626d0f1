"""The float forward pass of a trained network: what a `.net` is checked against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import recipe_of, weights_of
from neuromorph_track.export.trained import smtrack_with
from neuromorph_track.export.yolo_kp import CONTRACT, is_yolo_kp
from neuromorph_track.networks.branches_spec import BranchesSpec
from neuromorph_track.networks.detector import SigmaDeltaDetector
from neuromorph_track.networks.slayer import load_slayer
from neuromorph_track.networks.smtrack_sigma_delta import SigmaDeltaSmtrack
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.training.checkpoint import load_checkpoint

Forward = Callable[[Tensor], Tensor]


def trained_forward(path: str) -> Forward:
    """Load a checkpoint into the network it was trained as.

    Returns
    -------
    callable
        Normalised pixels ``(N, 3, H, W, T)`` to head potentials ``(N, C, H', W', T)``, float32; of a network
        with a history the pictures of one frame's steps to ``(N, C, H', W', 1)``.

    Raises
    ------
    InputError
        When it is neither one of our checkpoints nor lava-dl's YOLO-KP.
    JobError
        When the network needs lava-dl, which is not installed.
    """
    state = load_checkpoint(path)
    if is_yolo_kp(state):
        return _yolo_kp(state)
    if "recipe" not in state:
        raise InputError(path, "contents", "no recipe", "a checkpoint that can be run as it was trained")
    recipe, weights = recipe_of(state, path), weights_of(state, path)
    spec, classes = recipe.network, len(recipe.classes)
    if isinstance(spec, BranchesSpec):
        raise InputError(path, "network.family", repr(spec.family), "a detector's")
    if isinstance(spec, SmtrackSpec) and spec.neuron != "sigma_delta":
        own = smtrack_with(spec, classes, weights, path)
        return torch.inference_mode()(lambda frames: own(frames).raw)
    if isinstance(spec, SmtrackSpec):
        model: SigmaDeltaDetector = SigmaDeltaSmtrack(spec, classes)
    else:
        model = SigmaDeltaDetector(spec, classes)
    try:
        model.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[-1].strip()[:120]
        raise InputError(path, "model", reason, "the tensors of the recipe's network") from error
    model.eval()
    return torch.inference_mode()(lambda frames: model(frames).raw)


def _yolo_kp(state: dict[str, Any]) -> Forward:
    load_slayer()
    from lava.lib.dl.slayer import obd

    network = obd.models.yolo_kp.Network(
        num_classes=len(CONTRACT.classes), threshold=0.1, tau_grad=0.1, scale_grad=0.2
    )
    # Batch norm learns its width on the first forward; the checkpoint already has it.
    for index, block in enumerate(network.blocks):
        mean = state[f"blocks.{index}.neuron.norm.running_mean"]
        block.neuron.norm.num_features = len(mean)
        block.neuron.norm.running_mean = torch.zeros_like(mean)
    network.load_state_dict(state)
    network.eval()

    # Network.forward would end in torch.abs of a boolean, which the CPU does not have.
    @torch.inference_mode()
    def forward(frames: Tensor) -> Tensor:
        x = frames
        for part in (*network.input_blocks, *network.blocks, *network.heads):
            x = part(x)
        return x

    return forward
