"""Checkpoints: tensors and plain values only, written in one step."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

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
