"""A user's own SLAYER model from the name of what builds it, and its weights from a file."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.export.slayer.site import SLAYER
from neuromorph_track.networks.slayer import load_slayer
from neuromorph_track.training.checkpoint import load_checkpoint


def build_model(factory: str) -> nn.Module:
    """Import ``package.module:factory`` and call it without arguments.

    This executes the user's own code, which the user named; it is looked for in the current folder too.

    Raises
    ------
    InputError
        When there is no such module or name, or it does not give a ``torch.nn.Module``.
    JobError
        When lava-dl is not installed, or the user's code fails.
    """
    module_name, colon, name = factory.partition(":")
    if not colon or not all(part.isidentifier() for part in [*module_name.split("."), name]):
        raise InputError("--model", "name", repr(factory), "package.module:factory")
    # First of all, because importing it prints to stdout.
    load_slayer()
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        build = getattr(importlib.import_module(module_name), name, None)
    # The user's module can fail in any way; a script that reads its own options ends the process.
    except (Exception, SystemExit) as error:
        raise InputError("--model", module_name, _reason(error), "a module that can be imported") from error
    if not callable(build):
        raise InputError("--model", factory, f"no function {name!r}", "a function that builds the model")
    try:
        model = build()
    except (Exception, SystemExit) as error:
        raise JobError(
            f"--model {factory}: it fails when called without arguments: {_reason(error)}"
        ) from error
    if not isinstance(model, nn.Module):
        raise InputError(
            "--model", factory, f"a function that gives {type(model).__name__}", "a torch.nn.Module"
        )
    return model


def load_weights(model: nn.Module, path: str | os.PathLike[str]) -> None:
    """Load a ``state_dict`` strictly, also into a SLAYER model that has never run forward.

    SLAYER makes some tensors (means of batch norms, axonal delays) in its first forward pass; before,
    they have one element, and PyTorch would refuse those of the file. They get the sizes of the file.

    Raises
    ------
    InputError
        When the file is none of tensors and plain values, or names and shapes are not the model's.
    """
    state: dict[str, Any] = load_checkpoint(path)
    if not state or not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()):
        found = "names such as " + ", ".join(sorted(map(str, state))[:3])
        raise InputError(
            path, "contents", found, "a state_dict: tensors by name, as model.state_dict() gives"
        )
    modules = dict(model.named_modules())
    for key, value in state.items():
        owner, _, name = key.rpartition(".")
        module = modules.get(owner)
        if module is not None and type(module).__module__.startswith(SLAYER):
            _size_like(module, name, value)
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError as error:
        found = "; ".join(line.strip() for line in str(error).splitlines()[1:4])
        raise InputError(Path(path), "tensors", found[:400], "those of the model") from error


def _size_like(module: Any, name: str, value: Tensor) -> None:
    """Give a tensor that SLAYER has not sized yet the size of the file's, and say that it is set."""
    own = getattr(module, name, None)
    if isinstance(own, Tensor) and own.numel() == 1 and own.shape != value.shape:
        if name in module._parameters:
            module._parameters[name] = nn.Parameter(torch.zeros_like(value), own.requires_grad)
        else:
            module._buffers[name] = torch.zeros_like(value)
    kind = type(module).__qualname__
    if kind == "Delay":
        # Else the first forward pass would draw new delays in place of the loaded ones.
        module.init = True
    elif name == "running_mean":
        module.num_features = value.numel()
    elif name == "bias" and hasattr(module, "bias_is_set"):
        module.bias_is_set = bool(value.any())


def _reason(error: BaseException) -> str:
    text = (str(error) or "no message").splitlines()[0]
    return f"{type(error).__name__}: {text}"[:200]
