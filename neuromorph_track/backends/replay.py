"""State changes of a backend that only records spikes: its layers run again on what arrived at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Counts
from neuromorph_track.backends.fixed.entry import runner_of
from neuromorph_track.backends.fixed.joins import joined
from neuromorph_track.backends.fixed.spikes import Spikes
from neuromorph_track.netx import Stage

Integers = NDArray[np.int32]


class LayerReplay:
    """Tells how many neurons of a layer each step left another state; the state is carried on.

    Parameters
    ----------
    stage : Stage
    spike_exp, reset_interval, reset_offset
        As of ``FixedSimulator``; the offset in steps of this layer.
    """

    def __init__(self, stage: Stage, spike_exp: int, reset_interval: int | None, reset_offset: int) -> None:
        self.stage = stage
        self._runner = runner_of(stage, spike_exp, reset_interval, reset_offset)
        self._next_step = -stage.depth

    def rewrite(self, stage: Stage) -> None:
        """Take the weights of ``stage``, the same convolution, from the next step on."""
        self.stage = stage
        self._runner.rewrite(stage.layer)

    @torch.inference_mode()
    def __call__(self, arrived: Sequence[Integers]) -> Counts:
        """Neurons that changed in each step, ``(T,)``.

        Parameters
        ----------
        arrived : sequence of (T, ...) int32
            Each branch's messages, where several are added. The first call begins with the steps that
            fill the pipeline.
        """
        stage, steps = self.stage, len(arrived[0])
        shapes = stage.shapes if len(arrived) > 1 else (stage.input_shape,)
        parts = [
            Spikes(shape, steps, dense=torch.from_numpy(part).reshape(steps, *shape))
            for part, shape in zip(arrived, shapes, strict=True)
        ]
        changed = self._runner.run(joined(parts, shapes, stage.join), self._next_step).changed
        self._next_step += steps
        return changed
