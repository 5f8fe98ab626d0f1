"""A layer in the simulator: what runs it, and what it has done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from neuromorph_track.backends.activity import Counts, LayerActivity
from neuromorph_track.backends.counting import LayerCounts, description
from neuromorph_track.backends.fixed.dense_layer import DenseLayer
from neuromorph_track.backends.fixed.event_layer import EventLayer, runs_on_events
from neuromorph_track.backends.fixed.joins import delayed, joined
from neuromorph_track.backends.fixed.ran import Ran
from neuromorph_track.backends.fixed.spikes import Spikes
from neuromorph_track.backends.fixed.steps import Output
from neuromorph_track.netx import Stage
from neuromorph_track.netx.branching import Shape


class Entry:
    """A stage of the network, its runner and its counts.

    Parameters
    ----------
    stage : Stage
    runner : EventLayer or DenseLayer
    """

    def __init__(self, stage: Stage, runner: EventLayer | DenseLayer) -> None:
        self.stage, self.runner = stage, runner
        self._described = description(stage)
        self._spikes = np.zeros(stage.layer.neurons, np.int64)
        self._before: tuple[LayerCounts, Counts] | None = None

    def reset(self) -> None:
        """Set the state to zero; spikes by neuron that were counted stay."""
        self.runner.reset()
        self._before = None

    def rewrite(self, stage: Stage) -> None:
        """Take the weights of ``stage``, the same convolution, from the next step on."""
        self.stage, self._described = stage, description(stage, self._described.macs)
        self.runner.rewrite(stage.layer)

    def arrived(self, parts: list[Spikes]) -> Spikes:
        return joined(parts, self.stage.shapes, self.stage.join)

    def fill(self, sent: dict[int, Spikes]) -> Spikes:
        """Run the steps before the first input on what the stages before ``sent`` in theirs."""
        stage, steps = self.stage, self.stage.depth
        parts = [
            delayed(sent.get(source), shape, steps)
            for source, shape in zip(stage.sources, stage.shapes, strict=True)
        ]
        arrived = self.arrived(parts) if parts else delayed(None, stage.input_shape, steps)
        self._spikes += self.runner.take_spikes()
        ran = self.runner.run(arrived, -steps)
        # They count once a step follows; another reset may come first.
        self._before = (self._counts(ran), self.runner.take_spikes())
        return ran.sent

    def run(self, arrived: Spikes, first_step: int) -> tuple[Spikes, LayerActivity]:
        """What a chunk of steps sent, and its counts; those of :meth:`fill` are in the first step."""
        ran = self.runner.run(arrived, first_step)
        counts = self._counts(ran)
        if self._before is not None:
            earlier, spikes = self._before
            counts.add_to_first(earlier)
            self._spikes += spikes
            self._before = None
        return ran.sent, replace(self._described, **counts._asdict())

    def take_spikes(self) -> Counts:
        """Spikes of each neuron since this was last asked, ``(neurons,)`` int64 in (C, H, W) order."""
        taken = self._spikes + self.runner.take_spikes()
        self._spikes[:] = 0
        return taken

    def output(self, sent: Spikes, shape: Shape) -> Output:
        membrane = self.runner.membrane.reshape(sent.steps, *shape) if self.runner.keeps_membrane else None
        return Output(sent.dense.reshape(sent.steps, *shape).cpu().numpy(), membrane)

    def _counts(self, ran: Ran) -> LayerCounts:
        return LayerCounts.of(self.stage.layer, ran.arrived, ran.changed, ran.sent.number)


def runner_of(
    stage: Stage,
    spike_exp: int,
    reset_interval: int | None,
    reset_offset: int,
    *,
    by_events: bool = True,
    device: torch.device | None = None,
) -> EventLayer | DenseLayer:
    """What runs a stage: by events where that is wanted and possible, else dense on ``device``."""
    common = (stage.layer, stage.input_shape, spike_exp, reset_interval, reset_offset)
    if by_events and runs_on_events(stage.layer):
        return EventLayer(*common)
    return DenseLayer(*common, device or torch.device("cpu"))
