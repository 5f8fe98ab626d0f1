"""The lines below a table: one for each subject, whatever the number of chips and runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuromorph_track.profiling import (
    Driver,
    EnergyRatio,
    EnergyReport,
    FrameEnergy,
    Interval,
    PlacementSummary,
)
from neuromorph_track.reports.chip_numbers import ChipNumbers
from neuromorph_track.reports.energy_notes import (
    FEW,
    REASONS,
    boundary_warning,
    driver_text,
    energy_notes,
    twin_answer,
)

Reports = tuple[EnergyReport, ...]
A_RATIO = EnergyRatio(0.3, 0.5, 0.7, "less")
TWIN = FrameEnergy(dynamic=Interval(1, 2, 3))


@pytest.fixture
def bare(reports: Reports) -> Reports:
    """Every chip, with nothing to say about it."""
    return tuple(
        replace(
            report,
            unpriced=(),
            caveats=(),
            sensitivity=(),
            placement=None,
            dense_twin_ratio=None,
            boundary="chip",
        )
        for report in reports
    )


def with_problems(report: EnergyReport, *problems: str) -> EnergyReport:
    caveats = (*report.caveats, *(f"DOES NOT FIT: {problem}" for problem in problems))
    placement = PlacementSummary(9, 2, False, problems, "mapping (fill)")
    return replace(report, placement=placement, caveats=caveats)


def test_nothing_to_say(bare: Reports) -> None:
    assert energy_notes(bare) == []


def test_all_chips_that_come_with_the_project_take_few_lines(reports: Reports) -> None:
    notes = energy_notes(reports, complete=True)
    assert len(notes) < len(reports)
    text = "\n".join(notes)
    for report in reports:
        for said in (*report.unpriced, driver_text([report])):
            assert said in text
        for caveat in report.caveats:
            assert caveat in text or caveat.startswith("DOES NOT FIT")


def test_one_chip_needs_no_number(bare: Reports) -> None:
    one = replace(bare[0], unpriced=("memory", "static power"), caveats=("It is old.",))
    assert energy_notes([one]) == ["not priced: memory, static power", "It is old."]


def test_a_subject_is_one_line_and_names_its_chips_by_number(bare: Reports) -> None:
    reports = list(bare[:6])
    for place in (0, 1, 2, 4):
        reports[place] = replace(reports[place], unpriced=("memory",))
    reports[4] = replace(reports[4], unpriced=("memory", "static power"))
    assert energy_notes(reports) == ["not priced: memory [1-3, 5]; static power [5]"]


def test_a_run_is_named_where_not_all_are_meant(bare: Reports) -> None:
    old = [replace(report, caveats=("It is old.",)) for report in bare[:3]]
    reports, runs = [*old, *bare[:2], old[2]], ["day"] * 3 + ["night"] * 3
    assert energy_notes(reports, runs) == ["It is old. [3; day on 1, 2]"]
    assert energy_notes([old[0], bare[0]], ["day", "night"]) == ["It is old. [day]"]
    assert energy_notes([old[0], old[0]], ["day", "night"]) == ["It is old. [all]"]


def test_why_few_chips_are_too_small_is_said_in_full(bare: Reports) -> None:
    few = [with_problems(report, "too many cores", "too many axons") for report in bare[:FEW]]
    assert energy_notes([*few, bare[FEW]]) == [
        "does not fit [1-4]: too many cores",
        "does not fit [1-4]: too many axons",
    ]
    many = [with_problems(report, f"{place}") for place, report in enumerate(bare[: FEW + 1])]
    assert energy_notes([*many, bare[FEW + 1]]) == [f"does not fit [1-5]: {REASONS}"]


def test_a_price_drives_every_run_on_a_chip(bare: Reports) -> None:
    def driven(report: EnergyReport, synop: float, static: float) -> EnergyReport:
        prices = {"energy.synop": synop, "power.static": static, "energy.barrier": 0.049}
        return replace(report, sensitivity=tuple(Driver(name, by, 1, 2) for name, by in prices.items()))

    reports = [driven(bare[0], 0.30, 0.70), driven(bare[1], 0.99, 0.01), driven(bare[0], 0.34, 0.60)]
    assert energy_notes(reports, ["day", "day", "night"]) == [
        "driven by: power.static 60-70 %, energy.synop 30-34 % [1]; energy.synop 99 % [2]"
    ]


@pytest.mark.parametrize(
    ("ratio", "answer"),
    [
        (A_RATIO, "needs less"),
        (replace(A_RATIO, p5=2, p95=3), "needs more"),
        (replace(A_RATIO, p95=3), "no claim"),
        (None, ""),
    ],
)
def test_what_may_be_said_of_the_twin(bare: Reports, ratio: EnergyRatio | None, answer: str) -> None:
    assert twin_answer(replace(bare[0], dense_twin=TWIN, dense_twin_ratio=ratio)) == answer
    # The same computation is no twin.
    same = replace(bare[0], dense_twin=TWIN, steady_state=TWIN, dense_twin_ratio=ratio)
    assert twin_answer(same) == ""


def test_boundaries_that_differ(bare: Reports) -> None:
    reports = [replace(report, boundary="board") for report in bare[:2]] + list(bare[2:8])
    said = "boundaries differ, so these figures are not one quantity"
    assert energy_notes(reports) == [f"{said}: board [1, 2]; chip [3-8]"]
    assert energy_notes(reports, boundaries=False) == []
    names = f"board: {bare[0].name}, {bare[1].name}; chip: 6 chips"
    assert boundary_warning(reports) == [f"{said} ({names})"]
    assert boundary_warning(bare) == []


def test_labels(bare: Reports) -> None:
    numbers = ChipNumbers([("day", report) for report in bare])
    assert [numbers.label(report) for report in bare[:2]] == [f"1. {bare[0].name}", f"2. {bare[1].name}"]
    assert ChipNumbers([("day", bare[3])]).label(bare[3]) == bare[3].name
