"""A RUN folder, read for its report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError, explain
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import Placement
from neuromorph_track.profiling import EnergyReport, read_activity, summarise
from neuromorph_track.profiling.energy_reader import read_energy
from neuromorph_track.profiling.loads import CoreLoads
from neuromorph_track.reports.html.content import RunContent, Template, Timeline
from neuromorph_track.reports.web_video import Clip, web_clip
from neuromorph_track.runs.command_line import command_line, verb_of
from neuromorph_track.runs.folder import (
    ACTIVITY,
    ENERGY_JSON,
    RUN_JSON,
    TEMPLATE_ACTIVITY,
    TEMPLATE_ENERGY_JSON,
    VIDEO,
    read_run,
)
from neuromorph_track.runs.frame_prices import joules_of_frames, profile_of
from neuromorph_track.runs.pairs import find_counted
from neuromorph_track.runs.scores import run_scores

NO_LAYERS = "the network of this run is not at hand, so its layers on cores are not shown"
NO_PROFILE = "the profile is not at hand, so layers on cores are not shown for"


class _Part(BaseModel):
    """Files of other versions may say more."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Source(_Part):
    given: str
    name: str
    fps: float = Field(gt=0, allow_inf_nan=False, strict=False)


class _Net(_Part):
    given: str
    name: str
    sha256: str | None = None
    search_sha256: str | None = None
    template_sha256: str | None = None


class _Record(_Part):
    """What a report cannot do without."""

    source: _Source
    network: _Net
    frames: int = Field(gt=0)
    options: dict[str, Any] = {}
    tracks: int | None = None
    lost: int | None = None
    templates: int = 1
    seconds: float | None = None
    score: list[float] | None = None
    scores: dict[str, Any] | None = None
    warnings: list[str] = []
    versions: dict[str, str] = {}


def read_content(folder: Path, name: str, video_bytes: int) -> RunContent:
    """Everything that a report shows of a run.

    Parameters
    ----------
    folder : Path
    name : str
        What to call it.
    video_bytes : int
        Most bytes of its video; 0: without it.

    Raises
    ------
    InputError
        When a part of the run is missing, broken, or of another run.
    """
    raw = read_run(folder)
    record = _checked(raw, folder / RUN_JSON)
    activity, reports = read_activity(folder / ACTIVITY), read_energy(folder / ENERGY_JSON)
    timeline, gaps = _timeline(activity, reports, record, folder)
    placements, unmapped = _placements(record, activity, reports)
    scores, unscored = _scores(folder, name, record)
    return RunContent(
        name=name,
        verb=verb_of(raw),
        command=command_line(raw),
        network=record.network.name,
        source=record.source.name,
        fps=record.source.fps,
        frames=record.frames,
        tracks=record.tracks,
        lost=record.lost,
        seconds=record.seconds,
        record=raw,
        summary=summarise(activity),
        reports=reports,
        timeline=timeline,
        clip=_clip(folder, video_bytes),
        scores=scores,
        placements=placements,
        template=_template(folder, record.templates),
        # A run writes the warnings of its layers into run.json.
        warnings=(*dict.fromkeys([*record.warnings, *gaps, *unmapped, *unscored]),),
    )


def _checked(raw: dict[str, Any], path: Path) -> _Record:
    try:
        return _Record.model_validate(raw)
    except ValidationError as error:
        raise InputError(path, *explain(error.errors()[0], "run")) from None


def _timeline(
    activity: Activity, reports: tuple[EnergyReport, ...], record: _Record, folder: Path
) -> tuple[Timeline, list[str]]:
    # The first frame of `sot` is the template's.
    first = 1 + record.frames - activity.frames
    if first not in (1, 2):
        raise InputError(
            folder / ACTIVITY, "frames", f"{activity.frames}", f"{record.frames}, as in {RUN_JSON}"
        )
    joules, gaps = joules_of_frames(activity, reports, record.options)
    score = None if record.score is None or len(record.score) != record.frames else record.score[first - 1 :]
    timeline = Timeline(
        first=first,
        spikes=np.sum([layer.spikes_out for layer in activity.layers], axis=0),
        synops=np.sum([layer.synops for layer in activity.layers], axis=0),
        joules=joules,
        score=None if score is None else np.array(score),
    )
    return timeline, gaps


def _placements(
    record: _Record, activity: Activity, reports: Sequence[EnergyReport]
) -> tuple[tuple[tuple[HardwareProfile, Placement], ...], list[str]]:
    """Layers on the cores of each chip that the run was mapped to."""
    mapped = [each for each in reports if each.placement and each.placement.basis.startswith("mapping")]
    if not mapped:
        return (), []
    network = find_counted(record.network.model_dump())
    profiles = [(each.name, profile_of(each, record.options)) for each in mapped]
    if network is None:
        return (), [NO_LAYERS]
    # It cuts a network once for chips that cut it alike.
    loads = CoreLoads(network, activity)
    found = [(profile, loads.placement(profile)) for _, profile in profiles if profile is not None]
    gone = [name for name, profile in profiles if profile is None]
    return tuple(found), [f"{NO_PROFILE} {', '.join(gone)}"] if gone else []


def _scores(folder: Path, name: str, record: _Record) -> tuple[tuple[dict[str, Any], ...], list[str]]:
    if record.scores is not None:
        return (record.scores,), []
    try:
        return tuple(run_scores(folder)), []
    except InputError as error:
        return (), [f"the accuracy of {name} is not known: {error}"]


def _clip(folder: Path, most: int) -> Clip | None:
    path = folder / VIDEO
    return web_clip(path, most) if most and os.path.isfile(path) else None


def _template(folder: Path, times: int) -> Template | None:
    paths = folder / TEMPLATE_ACTIVITY, folder / TEMPLATE_ENERGY_JSON
    if not all(map(os.path.isfile, paths)):
        return None
    return Template(summarise(read_activity(paths[0])), read_energy(paths[1]), times)
