"""What a pair costs on chips, on synthetic sequences, measured once and kept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from trainings import FRAMES

from neuromorph_track.data.targets import TargetSpec
from neuromorph_track.files import write_text
from neuromorph_track.profiling import EnergyReport
from neuromorph_track.profiling.energy_report import Interval
from neuromorph_track.runs.sot import SotOptions, SotSummary, sot

Percentiles = tuple[float, float, float]
Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Joules:
    """Dynamic energy on a chip, J, 5th, 50th and 95th percentile; None where the chip has no such figure.

    Attributes
    ----------
    search : of a steady frame
    template : of a template, once per target
    shared : of a steady frame with its share of the template, over a sequence of ``frames``
    twin : of the ANN of the same shapes, one pass of the search chain
    times_less : energy of that ANN by that of the steady frame; a ratio
    shared_times_less : the same with the template's share in both
    total : of a steady frame, with static power
    frames : int
    terms : dict of (count, P5, P50, P95)
        What a steady frame is made of: how often each price is paid, and the joules.
    evidence : str
        Grade of the weakest price in it.
    """

    search: Percentiles | None
    template: Percentiles | None
    shared: Percentiles | None
    twin: Percentiles | None
    times_less: Percentiles | None
    shared_times_less: Percentiles | None
    total: Percentiles | None
    frames: int
    terms: dict[str, tuple[float, float, float, float]]
    evidence: str


def joules_of(
    net: Path, hardware: Sequence[str], kept: Path, preset: str = "hard", count: int = 3, frames: int = FRAMES
) -> dict[str, Joules]:
    """Price a pair on sequences of the part for tests, unless it is done; the mean over the sequences.

    Parameters
    ----------
    net : Path
        A checkpoint, or a pair's folder.
    kept : Path
        A JSON file of what was measured.
    """
    found = json.loads(kept.read_text()) if kept.is_file() else {}
    if missing := [name for name in hardware if name not in found]:
        found |= _measured(net, missing, preset, count, frames)
        write_text(kept, json.dumps(found))
    return {name: Joules(**found[name]) for name in hardware}


def followed(net: Path, hardware: Sequence[str], preset: str, seed: int, frames: int) -> SotSummary:
    """One sequence, priced; what it writes is thrown away."""
    spec = TargetSpec.preset(preset, seed=seed, split="test", frames=frames)
    with tempfile.TemporaryDirectory() as folder:
        options = SotOptions(hardware=tuple(hardware), quiet=True)
        return sot(spec.to_string(), net, Path(folder) / "run", options)


def _measured(
    net: Path, hardware: Sequence[str], preset: str, count: int, frames: int
) -> dict[str, dict[str, Any]]:
    runs = [followed(net, hardware, preset, seed, frames) for seed in range(count)]
    return {
        profile: _priced([run.energy[at] for run in runs], [run.template_energy[at] for run in runs], frames)
        for at, profile in enumerate(hardware)
    }


def _priced(
    searches: Sequence[EnergyReport], templates: Sequence[EnergyReport], frames: int
) -> dict[str, Any]:
    # Reports of one chip were drawn alike, so that worlds can be added one by one.
    search, template = _mean(searches, _dynamic), _mean(templates, _dynamic)
    twin, template_twin = _mean(searches, _twin), _mean(templates, _twin)
    shared = None if search is None or template is None else search + template / frames
    twin_shared = None if twin is None or template_twin is None else twin + template_twin / frames
    return {
        "search": _percentiles(search),
        "template": _percentiles(template),
        "shared": _percentiles(shared),
        "twin": _percentiles(twin),
        "times_less": _percentiles(None if twin is None or search is None else twin / search),
        "shared_times_less": _percentiles(
            None if twin_shared is None or shared is None else twin_shared / shared
        ),
        "total": _percentiles(_mean(searches, lambda report: report.samples.total)),
        "frames": frames,
        "terms": {name: _term(searches, name) for name in searches[0].terms},
        "evidence": searches[0].dynamic_evidence,
    }


def _term(reports: Sequence[EnergyReport], name: str) -> tuple[float, ...]:
    found = [report.terms[name] for report in reports]
    each = [(term.count, term.energy.p5, term.energy.p50, term.energy.p95) for term in found]
    return tuple(np.mean(each, axis=0).tolist())


def _dynamic(report: EnergyReport) -> Draws | None:
    return report.samples.dynamic


def _twin(report: EnergyReport) -> Draws | None:
    return report.samples.dense_twin_dynamic


def _mean(reports: Sequence[EnergyReport], part: Callable[[EnergyReport], Draws | None]) -> Draws | None:
    known = [draws for draws in map(part, reports) if draws is not None]
    return np.mean(known, axis=0) if len(known) == len(reports) else None


def _percentiles(draws: Draws | None) -> Percentiles | None:
    if draws is None:
        return None
    found = Interval.of_samples(draws)
    return found.p5, found.p50, found.p95
