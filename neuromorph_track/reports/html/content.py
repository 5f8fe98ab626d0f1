"""What a report shows of its runs, before it is a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import Placement
from neuromorph_track.profiling import EnergyReport, Summary
from neuromorph_track.profiling.ratio import EnergyRatio
from neuromorph_track.reports.web_video import Clip


@dataclass(frozen=True)
class Timeline:
    """Counts and joules of each frame.

    Attributes
    ----------
    first : int
        Number of the frame that the first entry is of, from 1.
    spikes, synops : (F,) int64
    joules : dict of (F,) float64
        J, by the profile's id, in the order of the reports.
    score : (F,) float64 or None
        Of ``sot``: how sure it was of each frame's box.
    """

    first: int
    spikes: NDArray[np.int64]
    synops: NDArray[np.int64]
    joules: Mapping[str, NDArray[np.float64]]
    score: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Template:
    """Of ``sot``: what a template costs, once for each target."""

    summary: Summary
    reports: tuple[EnergyReport, ...]
    times: int


@dataclass(frozen=True)
class RunContent:
    """One run.

    Attributes
    ----------
    name : str
        Its folder's name, with as much of the path as tells it from the others.
    verb : str
        ``track``, ``profile`` or ``sot``.
    command : str
        The command line that does it again.
    network, source : str
    fps : float
        Of the source.
    frames : int
    tracks, lost : int or None
        None where nothing was tracked, and where nobody counted.
    seconds : float or None
        What the run took.
    record : Mapping
        All of ``run.json``.
    summary : Summary
    reports : tuple of EnergyReport
        As in ``energy.json``.
    timeline : Timeline
    clip : Clip or None
    scores : tuple of Mapping
        Rows of scores, fractions; empty where no truth is known.
    placements : tuple of (HardwareProfile, Placement)
        Of chips that the network was mapped to.
    template : Template or None
    warnings : tuple of str
    """

    name: str
    verb: str
    command: str
    network: str
    source: str
    fps: float
    frames: int
    tracks: int | None
    lost: int | None
    seconds: float | None
    record: Mapping[str, Any]
    summary: Summary
    reports: tuple[EnergyReport, ...]
    timeline: Timeline
    clip: Clip | None = None
    scores: tuple[Mapping[str, Any], ...] = ()
    placements: tuple[tuple[HardwareProfile, Placement], ...] = ()
    template: Template | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Set:
    """One run on one chip against the first run on it; a ratio is None where there is nothing to divide."""

    run: str
    profile: str
    chip: str
    boundary: str
    total: EnergyRatio | None
    dynamic: EnergyRatio | None
    verdict: str


@dataclass(frozen=True)
class Against:
    """Several runs, priced alike and set against the first.

    Attributes
    ----------
    baseline : str
        Name of the first run.
    sets : tuple of Set
        Run by run, each on all chips; none of the first.
    reports : dict of tuple of EnergyReport
        By the run's name.
    accuracy_name : str
    accuracies : dict of float
        By the run's name, fractions; only those that are known.
    warnings : tuple of str
    """

    baseline: str
    sets: tuple[Set, ...]
    reports: Mapping[str, tuple[EnergyReport, ...]]
    accuracy_name: str
    accuracies: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
