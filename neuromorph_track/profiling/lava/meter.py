"""Counts that a process model writes and the host reads, in memory that both have since the fork."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.lava_worker.memory import COUNTER, Segment

Counts = NDArray[np.int64]


class Meter:
    """Counts of one process, step by step; the memory has no name, so nothing is left behind.

    Parameters
    ----------
    columns : int
        Numbers that are counted in a step.
    steps : int
        Steps that are kept; pages that no step reaches cost nothing.
    neurons : int
        Neurons whose spikes are summed over the kept steps.

    Attributes
    ----------
    steps_run : (1,) int64
        Steps that the process ran, kept or not.
    rows : (steps, columns) int64
    spikes : (neurons,) int64
    """

    def __init__(self, columns: int, steps: int, neurons: int = 0) -> None:
        words = 1 + steps * columns + neurons
        memory: Counts = np.ndarray((words,), COUNTER, Segment(COUNTER.itemsize * words).buf)
        self.steps_run = memory[:1]
        self.rows = memory[1 : 1 + steps * columns].reshape(steps, columns)
        self.spikes = memory[1 + steps * columns :]

    def add(self, step: int, counts: tuple[int, ...], spiked: NDArray[np.bool_] | None = None) -> None:
        """Write the counts of one step, from 1, and which neurons spiked in it."""
        self.steps_run[0] = step
        if step <= len(self.rows):
            self.rows[step - 1] = counts
            if spiked is not None:
                self.spikes += spiked

    @property
    def kept(self) -> int:
        """Steps that were run and kept."""
        return min(int(self.steps_run[0]), len(self.rows))
