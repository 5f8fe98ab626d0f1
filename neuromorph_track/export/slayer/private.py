"""A copy of a model that may be run and changed, so that the caller's is not."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError


def private_copy(model: nn.Module, source: str) -> nn.Module:
    """A copy on the CPU in evaluation mode that shares nothing with the model.

    Raises
    ------
    InputError
        When something in the model cannot be copied, or it does not compute in float32.
    """
    # Weight norm leaves the product of its factors on the module, which PyTorch does not copy.
    products = {
        id(value): value.detach().clone()
        for module in model.modules()
        for value in vars(module).values()
        if isinstance(value, Tensor) and not value.is_leaf
    }
    try:
        private = copy.deepcopy(model, products)
    # Whatever a user's module holds (a file, a lock, a lambda's object) can fail in its own way.
    except Exception as error:
        found = f"a model that cannot be copied ({type(error).__name__}: {str(error)[:120]})"
        raise InputError(source, "model", found, "a model that copy.deepcopy can copy") from error
    other = {str(value.dtype) for value in private.parameters()} - {"torch.float32"}
    if other:
        found = "parameters of " + ", ".join(sorted(other))
        raise InputError(source, "model", found, "torch.float32, in which SLAYER computes")
    return private.cpu().eval()


def reset_states(model: nn.Module) -> None:
    """Set what SLAYER keeps from one call to the next to its initial value."""
    for module in model.modules():
        for name in module._buffers:
            if name.endswith("_state"):
                module._buffers[name] = torch.zeros(1)
        vars(module).pop("delay_buffer", None)
