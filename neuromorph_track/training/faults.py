"""Where numbers stopped being numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def first_fault(model: nn.Module, run: Callable[[], object]) -> str:
    """Name the first module whose parameters, running statistics, output or gradient is not finite.

    Parameters
    ----------
    model : nn.Module
        After a step that went wrong, its gradients still there.
    run : callable
        Runs the model on the same batch again.
    """
    for name, parameter in model.named_parameters():
        if not _finite(parameter):
            return f"weights of {name}"
    # What went wrong may have gone into them already; nothing can be run with them then.
    for name, buffer in model.named_buffers():
        if not _finite(buffer):
            return f"running statistics {name}"
    found: list[str] = []

    def look(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, inputs: Any, output: Any) -> None:
            if not found and not all(_finite(tensor) for tensor in _tensors(output)):
                found.append(name)

        return hook

    # Children end before the modules that hold them, so the first name is the innermost.
    hooks = [module.register_forward_hook(look(name)) for name, module in model.named_modules() if name]
    try:
        with torch.no_grad():
            run()
    finally:
        for hook in hooks:
            hook.remove()
    if found:
        return f"output of {found[0]}"
    for name, parameter in model.named_parameters():
        if parameter.grad is not None and not _finite(parameter.grad):
            return f"gradient of {name}"
    return "the loss itself"


def _finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())


def _tensors(output: Any) -> list[Tensor]:
    if isinstance(output, Tensor):
        return [output]
    if isinstance(output, (tuple, list)):
        return [tensor for part in output for tensor in _tensors(part)]
    return []
