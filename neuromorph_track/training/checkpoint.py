"""Checkpoints: tensors and plain values only, written in one step; and weights of one to begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path

FORMAT = "neuromorph-track-checkpoint/1"


def save_checkpoint(path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Write ``state`` (tensors, numbers, texts and containers of them) to ``path``."""
    with atomic_path(path) as temporary:
        torch.save(state, temporary)


def load_checkpoint(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a checkpoint without running anything in it.

    Raises
    ------
    InputError
        When the file is absent, broken, or holds more than tensors and plain values.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "file", "nothing", "a PyTorch checkpoint")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    # What pickle makes of arbitrary bytes can be any exception; PyTorch's own words tell users to trust it.
    except Exception as error:
        found = f"{path.stat().st_size} bytes that PyTorch does not read safely"
        raise InputError(path, "file", found, "a PyTorch file of tensors and plain values") from error
    if not isinstance(state, dict):
        raise InputError(path, "file", type(state).__name__, "a dictionary of tensors")
    return state


def averaged_tensors(state: dict[str, Any]) -> Any:
    """The averaged weights of our checkpoint; an unfinished training keeps them beside the raw ones."""
    return state.get("average", state.get("model"))


class InitialWeights(dict[str, Tensor]):
    """Tensors of a checkpoint by name; ``source`` is its file."""

    source: Path


def initial_weights(path: Path) -> InitialWeights:
    """The averaged weights of one of our checkpoints.

    Raises
    ------
    InputError
        When it holds none.
    """
    tensors = averaged_tensors(load_checkpoint(path))
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise InputError(path, "model", "nothing", "the tensors of a model")
    found = InitialWeights(tensors)
    found.source = path
    return found


def take_over(model: nn.Module, weights: InitialWeights) -> list[str]:
    """Give ``model`` the tensors that fit it by name and shape; the others, such as another head, stay fresh.

    Flags (a norm that was frozen) belong to the other training and are not taken.

    Returns
    -------
    list of str
        Names of tensors that stay fresh.

    Raises
    ------
    InputError
        When nothing fits.
    """
    own = {name: value for name, value in model.state_dict().items() if value.is_floating_point()}
    fitting = {
        name: weights[name]
        for name, value in own.items()
        if name in weights and weights[name].shape == value.shape
    }
    if not fitting:
        raise InputError(
            weights.source, "model", "no tensor that fits", "weights of a network like the recipe's"
        )
    model.load_state_dict({**model.state_dict(), **fitting})
    return [name for name in own if name not in fitting]
