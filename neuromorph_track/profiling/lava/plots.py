"""The three plots of Intel's profiler, for estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.files import atomic_path
from neuromorph_track.hardware.mapping import Placement

MICRO = 1e6
File = str | PathLike[str] | None


def plot_times(phases: Mapping[str, NDArray[np.float64]], title: str, file: File) -> Figure:
    """Seconds of each bin of steps, a line for each phase."""
    figure, axes = _figure(title)
    for name, seconds in phases.items():
        axes.plot(np.arange(1, len(seconds) + 1), seconds * MICRO, label=name)
    axes.set_xlabel("sample")
    axes.set_ylabel("estimated time (µs)")
    axes.legend()
    return _saved(figure, file)


def plot_counts(activity: Activity, title: str, file: File) -> Figure:
    """Synops, updates and spikes of each layer, mean of a step."""
    counts = {"synops": "synops", "neuron_updates": "neuron updates", "spikes_out": "spikes out"}
    bars = {
        label: [float(getattr(layer, name).mean()) for layer in activity.layers]
        for name, label in counts.items()
    }
    figure, axes = _bars([layer.name for layer in activity.layers], bars, title)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylabel("events per timestep")
    return _saved(figure, file)


def plot_utilisation(placement: Placement, title: str, file: File) -> Figure:
    """Share of each limited resource on the fullest core of each layer."""
    names = list(dict.fromkeys(name for layer in placement.layers for name in layer.utilisation))
    bars = {name: [100 * layer.utilisation.get(name, 0.0) for layer in placement.layers] for name in names}
    figure, axes = _bars([layer.name for layer in placement.layers], bars, title)
    axes.set_ylabel("of the fullest core (%)")
    return _saved(figure, file)


def _bars(names: Sequence[str], bars: Mapping[str, Sequence[float]], title: str) -> tuple[Figure, Axes]:
    figure, axes = _figure(title)
    width = 0.8 / max(1, len(bars))
    for place, (label, heights) in enumerate(bars.items()):
        axes.bar(np.arange(len(names)) + (place + 0.5) * width - 0.4, heights, width, label=label)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    if bars:
        axes.legend()
    return figure, axes


def _figure(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _saved(figure: Figure, file: File) -> Figure:
    if file is not None:
        target = Path(file)
        # Code for the chip names files without a suffix.
        with atomic_path(target if target.suffix else target.with_name(f"{target.name}.png")) as path:
            figure.savefig(path)
    return figure
