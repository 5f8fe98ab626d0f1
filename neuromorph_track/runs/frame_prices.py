"""Joules of each frame of a RUN folder, on the chips that it was priced on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, load_profile
from neuromorph_track.profiling import EnergyReport
from neuromorph_track.profiling.energy_reader import read_energy
from neuromorph_track.profiling.frame_joules import frame_joules
from neuromorph_track.reports.html.headline import headline_chip
from neuromorph_track.runs.folder import ENERGY_JSON

NO_FRAMES = "no joules by frame"


def joules_of_run(
    folder: Path, record: dict[str, Any], activity: Activity, chips: Sequence[str] = ()
) -> tuple[dict[str, NDArray[np.float64]], list[str]]:
    """J of each frame by profile, (F,), and which chips have none, as warnings.

    Parameters
    ----------
    folder : Path
        The RUN folder.
    record : dict
        Its ``run.json``.
    chips : sequence of str
        Ids of profiles in its ``energy.json``; without them the one that a report is headed by.

    Raises
    ------
    InputError
        When the run was not priced on a chip that is asked for.
    """
    reports = read_energy(folder / ENERGY_JSON)
    known = [report.profile for report in reports]
    for chip in chips:
        if chip not in known:
            hint = f"neuromorph-track compare {folder} --hardware {chip} prices the run on it"
            raise InputError("hardware", "profile", repr(chip), f"one of {', '.join(known)}", hint)
    wanted = chips or [headline_chip(reports).profile]
    chosen = [report for report in reports if report.profile in wanted]
    options = record.get("options")
    return joules_of_frames(activity, chosen, options if isinstance(options, dict) else {})


def joules_of_frames(
    activity: Activity, reports: Sequence[EnergyReport], options: Mapping[str, Any]
) -> tuple[dict[str, NDArray[np.float64]], list[str]]:
    """The same of chosen reports of a run with these options."""
    found = [(report, profile_of(report, options)) for report in reports]
    priced = [(report, profile) for report, profile in found if profile is not None]
    joules = frame_joules(activity, priced)
    missing = [report.name for report in reports if report.profile not in joules]
    if not missing:
        return joules, []
    why = "the profile is not at hand, or prices other events now"
    return joules, [f"{NO_FRAMES} on {', '.join(missing)}: {why}"]


def profile_of(report: EnergyReport, options: Mapping[str, Any]) -> HardwareProfile | None:
    """The profile of a report, from the project or from a file that the run was given; else None."""
    given = options.get("hardware")
    files = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
    for asked in (report.profile, *files):
        try:
            profile = load_profile(asked)
        except InputError:
            continue
        if profile.id == report.profile:
            return profile
    return None
