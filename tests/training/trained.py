"""What a training leaves, and a training that is stopped after its first step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from neuromorph_track.training import loop
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.recipe import Recipe


def weights(path: Path) -> dict[str, Tensor]:
    """The model's tensors by name."""
    model: dict[str, Tensor] = load_checkpoint(path)["model"]
    return model


class Asked:
    """Somebody has pressed Ctrl-C before the first step is over."""

    stop = True

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *given: object) -> None:
        pass


def stopped(patch: pytest.MonkeyPatch, plan: Recipe, folder: Path, **options: Any) -> None:
    """Leave a training of one step in ``folder``, to be gone on with."""
    with patch.context() as for_now:
        for_now.setattr(loop, "stop_between_steps", lambda alone: Asked())
        with pytest.raises(loop.Interrupted):
            loop.train(plan, folder, quiet=True, **options)
    assert load_checkpoint(folder / loop.LAST)["step"] == 1
