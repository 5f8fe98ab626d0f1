"""Finished RUN folders as the results that their verbs returned."""

from __future__ import annotations

from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any

from neuromorph_track.association.stages import HostStages
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import SingleScores
from neuromorph_track.profiling import read_activity, summarise
from neuromorph_track.profiling.energy_reader import read_energy
from neuromorph_track.runs.folder import (
    ACTIVITY,
    ENERGY_JSON,
    RUN_JSON,
    TEMPLATE_ACTIVITY,
    TEMPLATE_ENERGY_JSON,
    read_run,
)
from neuromorph_track.runs.run_summary import RunSummary
from neuromorph_track.runs.siamese_net import Written
from neuromorph_track.runs.sot_summary import SotSummary

WHAT = "what a run writes there"


def open_run(folder: str | PathLike[str]) -> RunSummary | SotSummary:
    """What `track`, `profile` or `sot` returned when they wrote this folder.

    The draws behind the intervals are not kept in it: :func:`neuromorph_track.compare` makes them anew.

    Raises
    ------
    InputError
        When it is no RUN folder, or a file in it is broken.
    """
    folder = Path(folder)
    described = read_run(folder)
    try:
        if str(described["format"]).startswith("neuromorph-track sot/"):
            return _sot(folder, described)
        return _run(folder, described)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise InputError(folder / RUN_JSON, "content", found[:120], WHAT) from error


def _run(folder: Path, described: dict[str, Any]) -> RunSummary:
    tracks, stages = described["tracks"], described.get("association")
    return RunSummary(
        folder,
        int(described["frames"]),
        None if tracks is None else int(tracks),
        float(described["seconds"]),
        summarise(read_activity(folder / ACTIVITY)),
        read_energy(folder / ENERGY_JSON),
        tuple(map(str, described["warnings"])),
        None if stages is None else HostStages(**_known(HostStages, stages)),
    )


def _sot(folder: Path, described: dict[str, Any]) -> SotSummary:
    scores = described["scores"]
    return SotSummary(
        folder,
        int(described["frames"]),
        int(described["lost"]),
        int(described["templates"]),
        float(described["seconds_per_frame"]),
        tuple(Written(**_known(Written, each)) for each in described["written"]),
        None if scores is None else SingleScores(**_known(SingleScores, scores)),
        summarise(read_activity(folder / ACTIVITY)),
        summarise(read_activity(folder / TEMPLATE_ACTIVITY)),
        read_energy(folder / ENERGY_JSON),
        read_energy(folder / TEMPLATE_ENERGY_JSON),
        tuple(map(str, described["warnings"])),
    )


def _known(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass; what else a file of another version says is left out."""
    return {field.name: found[field.name] for field in fields(kind) if field.name in found}
