"""Pricing finished runs on hardware profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import list_profiles, load_profile
from neuromorph_track.profiling import EnergyReport, price, read_activity
from neuromorph_track.runs.folder import ACTIVITY, RUN_JSON, read_run


@dataclass(frozen=True)
class Comparison:
    """One run on several chips."""

    run: Path
    title: str
    reports: tuple[EnergyReport, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "title": self.title,
            "energy": [report.to_dict() for report in self.reports],
        }


def compare_runs(runs: Sequence[Path], hardware: Sequence[str] = ()) -> tuple[Comparison, ...]:
    """Price each run on each profile; without names, on all that come with the project.

    Raises
    ------
    InputError
        When a folder is no RUN folder or a profile cannot be used.
    """
    profiles = [load_profile(name) for name in dict.fromkeys(hardware) or list_profiles()]
    comparisons = []
    for run in runs:
        description = read_run(run)
        try:
            fps, name = float(description["source"]["fps"]), description["network"]["name"]
            title = f"{name} on {description['source']['name']}, {description['frames']} frames"
            if not 0 < fps < float("inf"):
                raise ValueError(f"source/fps {fps}")
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                Path(run) / RUN_JSON, str(error), "nothing", "what a run writes there"
            ) from error
        activity = read_activity(Path(run) / ACTIVITY)
        reports = tuple(price(activity, profile, 1 / fps) for profile in profiles)
        comparisons.append(Comparison(Path(run), title, reports))
    return tuple(comparisons)
