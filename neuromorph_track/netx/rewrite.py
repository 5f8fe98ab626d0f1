"""A stage of a running network with other weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError
from neuromorph_track.netx.validate import WEIGHT_RANGE
from neuromorph_track.netx.wiring import Stage


def rewritten(source: str, wired: Sequence[Stage], name: str, weight: NDArray[Any]) -> tuple[int, Stage]:
    """Which stage is called ``name``, and what it is with ``weight`` instead of its own.

    Parameters
    ----------
    source : str
        The network's file, for messages.
    weight : int array of the shape of the stage's own weights
        A copy of it is kept.

    Raises
    ------
    InputError
        When there is no stage of that name, it is no convolution, or the weights have another shape or leave
        the chip's range. Dense layers are left out: NetX fits all their weights to 8 bits together.
    """
    convolutions = [stage.name for stage in wired if stage.layer.kind == "conv"]
    if name not in convolutions:
        known = ", ".join(convolutions) or "none here"
        raise InputError(source, "layer", repr(name), f"a convolution: {known}")
    at = [stage.name for stage in wired].index(name)
    layer = wired[at].layer
    assert layer.weight is not None
    given, (low, high) = np.asarray(weight), WEIGHT_RANGE
    if given.dtype.kind not in "iu" or given.shape != layer.weight.shape:
        expected = f"whole numbers of shape {layer.weight.shape}"
        raise InputError(source, f"{name}/weight", f"{given.dtype} of shape {given.shape}", expected)
    if given.min() < low or given.max() > high:
        found = f"{given.min()} to {given.max()}"
        raise InputError(source, f"{name}/weight", found, f"8-bit weights, {low} to {high}")
    return at, replace(wired[at], layer=replace(layer, weight=given.astype(np.int32)))
