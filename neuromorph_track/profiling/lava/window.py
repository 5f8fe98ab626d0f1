"""Which steps were asked for, by the arguments that Intel's probes take."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError

# What is kept of a run where no probe names a number of steps.
DEFAULT_STEPS = 1 << 16
LONGEST = 1 << 20
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Steps ``first`` to ``last``, from 1, in bins of ``bin`` steps."""

    first: int
    last: int
    bin: int = 1

    @classmethod
    def of(
        cls, num_steps: int | None, t_start: int | None = None, t_end: int | None = None, dt: int = 1
    ) -> Window:
        """From a probe's arguments.

        Raises
        ------
        InputError
            When they name no steps, or more than 2**20.
        """
        first = 1 if t_start is None else index(t_start)
        last = first - 1 + index(num_steps) if num_steps is not None and t_end is None else None
        if t_end is not None:
            last = index(t_end)
        if last is None:
            last = first - 1 + DEFAULT_STEPS
        width = index(dt)
        if not 1 <= first <= last <= LONGEST or width < 1:
            found = f"steps {first} to {last}, dt {width}"
            raise InputError("profiler", "probe", found, f"steps from 1 to {LONGEST} at most, dt 1 or more")
        return cls(first, last, width)

    def cut(self, steps: Floats) -> Floats:
        """The window's steps of ``(T,)``, those of each bin added."""
        inside = steps[self.first - 1 : self.last]
        if self.bin == 1:
            return inside
        return np.add.reduceat(inside, np.arange(0, len(inside), self.bin)) if len(inside) else inside
