"""What the page's timeline and videos are fed with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.profiling import EnergyReport
from neuromorph_track.reports.html.content import RunContent
from neuromorph_track.reports.html.headline import headline_chip

# A screen has a tenth of these columns; more would only make the page large.
MOST_POINTS = 20_000
DIGITS = 4
ROUNDING = 1e-9


def player_data(runs: Sequence[RunContent]) -> dict[str, Any]:
    """For the script: runs with their series, and the chips that all of them have joules by frame on."""
    frames = max(run.timeline.first - 1 + len(run.timeline.synops) for run in runs)
    pool = ceil(frames / MOST_POINTS)
    chips = [report for report in runs[0].reports if all(_moves(run, report.profile) for run in runs)]
    return {
        "frames": frames,
        "pool": pool,
        "chips": [_chip(report) for report in chips],
        "chosen": headline_chip(chips).profile if chips else None,
        "runs": [
            {
                "name": run.name,
                "fps": run.fps,
                "first": run.timeline.first,
                "clip": None if run.clip is None else {"fps": run.clip.fps},
                "spikes": _pooled(run.timeline.spikes, pool),
                "synops": _pooled(run.timeline.synops, pool),
                "score": None if run.timeline.score is None else _pooled(run.timeline.score, pool),
                "joules": {chip.profile: _pooled(run.timeline.joules[chip.profile], pool) for chip in chips},
            }
            for run in runs
        ],
    }


def _moves(run: RunContent, profile: str) -> bool:
    """Whether a chip has joules by frame, and not the same for each."""
    joules = run.timeline.joules.get(profile)
    return joules is not None and bool(np.ptp(joules) > ROUNDING * joules.max())


def _chip(report: EnergyReport) -> dict[str, Any]:
    energy = report.steady_state.dynamic or report.steady_state.total
    assert energy is not None
    return {
        "id": report.profile,
        "name": report.name,
        "figure": "dynamic" if report.steady_state.dynamic is not None else "total",
        "low": _short(energy.p5 / energy.p50) if energy.p50 else 1,
        "high": _short(energy.p95 / energy.p50) if energy.p50 else 1,
    }


def _pooled(series: NDArray[Any], pool: int) -> list[float]:
    """Means of ``pool`` entries each; whole numbers stay whole where nothing is pooled."""
    if pool == 1:
        return [value if isinstance(value, int) else _short(value) for value in series.tolist()]
    starts = range(0, len(series), pool)
    return [_short(float(series[start : start + pool].mean())) for start in starts]


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def clips(runs: Sequence[RunContent]) -> list[str | None]:
    """Videos as base64, which a page may hold in a script element."""
    return [None if run.clip is None else b64encode(run.clip.data).decode() for run in runs]
