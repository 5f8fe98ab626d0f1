from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from neuromorph_track.profiling import (
    Driver,
    EnergyRatio,
    EnergyReport,
    FrameEnergy,
    Interval,
    PlacementSummary,
)
from neuromorph_track.reports.energy_table import energy_table

Reports = tuple[EnergyReport, ...]


def lines_of(reports: Reports, width: int = 160, runs: tuple[str, ...] = ()) -> list[str]:
    console = Console(width=width, file=io.StringIO(), record=True, markup=False)
    console.print(energy_table(reports, runs))
    return console.export_text().splitlines()


def rows_of(lines: list[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]


def loihi(reports: Reports) -> EnergyReport:
    """Loihi 1 with figures that are easy to read."""
    report = next(report for report in reports if report.profile == "loihi1")
    energy = replace(
        report.steady_state,
        dynamic=Interval(4e-6, 5.57e-6, 8e-6),
        total=Interval(8.61e-3, 9.61e-3, 12.5e-3),
        frame_time=Interval(0.04, 0.04, 0.04),
    )
    return replace(
        report,
        steady_state=energy,
        bound="real time",
        placement=PlacementSummary(640, 6, False, ("too large",), "mapping (fill)"),
        dense_twin=FrameEnergy(total=Interval(1e-3, 2e-3, 3e-3)),
        dense_twin_ratio=EnergyRatio(0.3, 0.5, 0.7, "less", False),
        sensitivity=(Driver("power.static", 0.64, 1, 2), Driver("energy.synop", 0.02, 1, 2)),
        dynamic_evidence="simulated",
        total_evidence="derived",
    )


def test_a_chip_with_everything(reports: Reports) -> None:
    lines = lines_of((loihi(reports),))
    assert rows_of(lines) == [
        ["Loihi 1", "5.57 µJ", "9.61 mJ", "2 mJ", "40 ms", "640", "simulated", "board"],
        [
            "does not fit",
            "[4, 8]",
            "[8.61, 12.5]",
            "×0.5 [0.3, 0.7]",
            "(real time)",
            "6 chips",
            "derived",
            "",
        ],
    ]
    text = "\n".join(lines)
    assert "driven by: power.static 64 %" in text
    assert "energy.synop" not in text
    assert "the ANN twin, beside the spiking network: needs less" in text


def test_what_is_missing_is_a_dash_and_a_note(reports: Reports) -> None:
    lines = lines_of(reports)
    rows = {row[0].partition(". ")[2]: row for row in rows_of(lines)}
    assert rows["45 nm MACs, int8"][2:4] == ["–", "the same"]
    assert rows["TrueNorth"][1] == "in total"
    text = " ".join(" ".join(lines).split())
    assert "control and clock [2-4, " in text
    assert "boundaries differ, so these figures are not one quantity: board [" in text


def test_one_boundary_needs_no_warning(reports: Reports) -> None:
    assert "boundaries differ" not in "\n".join(lines_of((loihi(reports),)))


@pytest.mark.parametrize(
    ("width", "columns"), [(120, 8), (100, 6), (80, 4), (40, 3)], ids=["120", "100", "80", "40"]
)
def test_a_narrow_terminal_has_fewer_columns_and_whole_numbers(
    reports: Reports, width: int, columns: int
) -> None:
    lines = lines_of((loihi(reports),), width)
    rows = rows_of(lines)
    assert {len(row) for row in rows} == {columns}
    assert all(len(line) <= width for line in lines)
    if width >= 80:
        text = " ".join(" ".join(lines).split())
        for figure in ("[8.61, 12.5]", "640", "40 ms", "simulated", "board"):
            assert figure in text


def test_all_chips_in_120_columns(reports: Reports) -> None:
    lines = lines_of(reports, 120)
    assert {len(row) for row in rows_of(lines)} == {8}
    assert "…" not in "\n".join(lines)


def test_runs_stand_side_by_side_on_each_chip(
    three_runs: tuple[tuple[str, ...], Reports],
) -> None:
    names, reports = three_runs
    lines = lines_of(reports, 200, names)
    chips = [row[1] for row in rows_of(lines) if row[0] in names and row[1]]
    assert chips == sorted(chips, key=chips.index)
    assert len(chips) == 9
    assert sum(line.startswith("├") for line in lines) == 2
