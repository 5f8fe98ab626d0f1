"""What all things of one sequence are made with, and the single pieces they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromorph_track.data.targets.outlines import Outline, Sheet, coverage, cut_out
from neuromorph_track.data.targets.surfaces import Look


@dataclass(frozen=True)
class Making:
    """What bodies of one sequence share: pixels of a sheet, light, and how much shapes change."""

    n: int
    sun: tuple[float, float]
    relief: float
    deform: float


def side_of(sheet: Sheet) -> float:
    """sqrt(w h) of the box around what is covered at least by half."""
    solid = sheet[..., 3] >= 128
    return float(
        np.sqrt(np.ptp(np.flatnonzero(solid.any(0))) + 1) * np.sqrt(np.ptp(np.flatnonzero(solid.any(1))) + 1)
    )


def piece(outline: Outline, look: Look, making: Making) -> Sheet:
    """An outline filled with the next surface of a look."""
    return cut_out(look.surface(making.n), coverage(outline, making.n), making.sun, making.relief)
