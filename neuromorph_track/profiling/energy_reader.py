"""Reading an ``energy.json``: the reports that a run wrote, without their draws."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from os import PathLike
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from neuromorph_track.errors import InputError, explain
from neuromorph_track.files import read_text
from neuromorph_track.hardware import Evidence
from neuromorph_track.profiling.energy_report import (
    FRAME_KEYS,
    Bound,
    Driver,
    EnergyReport,
    FrameEnergy,
    Interval,
    PlacementSummary,
    Term,
)
from neuromorph_track.profiling.ratio import EnergyRatio

CONTENT = "what a run writes there"
MOST_CHIPS = 1000

_Frame = dict[str, Interval | None]


class _Frames(BaseModel):
    first_frame: _Frame
    steady_state: _Frame
    dense_twin: _Frame | None = None


class _Term(BaseModel):
    events_count: float
    joules: Interval
    evidence: Evidence


class _Placement(BaseModel):
    cores_count: int
    chips_count: int
    fits: bool | None
    problems: tuple[str, ...]
    basis: str


class _Driver(BaseModel):
    price: str
    variance_share_ratio: float
    low_joules: float
    high_joules: float


class _Evidence(BaseModel):
    dynamic: Evidence
    total: Evidence | None = None


class _Report(BaseModel):
    """Fields with a default are absent from files that older versions wrote."""

    profile: str
    name: str
    kind: str = "event_driven"
    boundary: str
    dense_equivalent: bool
    chips_count: int
    frame_period_seconds: float | None
    bound: Bound = "unknown"
    placement: _Placement | None = None
    per_frame: _Frames
    ratio: EnergyRatio | None = Field(None, alias="dense_twin_by_network_ratio")
    layers_joules: dict[str, Interval]
    terms: dict[str, _Term]
    counters: dict[str, float] = Field({}, alias="chip_counters_per_timestep_count")
    sensitivity: tuple[_Driver, ...] = ()
    evidence: _Evidence
    unpriced: tuple[str, ...]
    caveats: tuple[str, ...]


def read_energy(path: str | PathLike[str]) -> tuple[EnergyReport, ...]:
    """The reports of :meth:`EnergyReport.to_dict`, whose ``samples`` are empty.

    Raises
    ------
    InputError
        When the file is absent, no JSON, or lacks a part.
    """
    text = read_text(path, CONTENT)
    try:
        content = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise InputError(path, "file", str(error)[:80], "JSON of finite numbers") from error
    if not isinstance(content, list) or not 0 < len(content) <= MOST_CHIPS:
        raise InputError(path, "file", type(content).__name__, f"a list of 1 to {MOST_CHIPS} chips")
    return tuple(_report(path, number, each) for number, each in enumerate(content))


def _report(path: str | PathLike[str], number: int, content: object) -> EnergyReport:
    try:
        found = _Report.model_validate(content)
    except ValidationError as error:
        field, what, expected = explain(error.errors()[0], "report")
        raise InputError(path, f"{number}.{field}", what, expected) from None
    frames = found.per_frame
    return EnergyReport(
        profile=found.profile,
        name=found.name,
        kind=found.kind,
        boundary=found.boundary,
        dense_equivalent=found.dense_equivalent,
        first_frame=_frame(frames.first_frame),
        steady_state=_frame(frames.steady_state),
        layers=found.layers_joules,
        terms={
            name: Term(term.events_count, term.joules, term.evidence) for name, term in found.terms.items()
        },
        counters=found.counters,
        dynamic_evidence=found.evidence.dynamic,
        total_evidence=found.evidence.total,
        unpriced=found.unpriced,
        caveats=found.caveats,
        chips=found.chips_count,
        frame_period=found.frame_period_seconds,
        bound=found.bound,
        placement=None if found.placement is None else _placement(found.placement),
        dense_twin=None if frames.dense_twin is None else _frame(frames.dense_twin),
        dense_twin_ratio=found.ratio,
        sensitivity=tuple(
            Driver(each.price, each.variance_share_ratio, each.low_joules, each.high_joules)
            for each in found.sensitivity
        ),
    )


def _frame(found: Mapping[str, Interval | None]) -> FrameEnergy:
    return FrameEnergy(**{name: found.get(key) for name, key in FRAME_KEYS.items()})


def _placement(found: _Placement) -> PlacementSummary:
    return PlacementSummary(found.cores_count, found.chips_count, found.fits, found.problems, found.basis)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name}, which is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]}, which is beyond a float")
    return value
