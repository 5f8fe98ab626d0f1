"""What the energy plot shows, read from its rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuromorph_track.profiling import EnergyReport, FrameEnergy, Interval, PlacementSummary
from neuromorph_track.reports.energy_rows import NOT_PRICED, energy_groups, size_text
from neuromorph_track.reports.style import PALETTE

Reports = tuple[EnergyReport, ...]


def of(reports: Reports, profile: str) -> EnergyReport:
    return next(report for report in reports if report.profile == profile)


def test_one_run_shows_everything(reports: Reports) -> None:
    report = of(reports, "loihi1")
    (group,) = energy_groups([report])
    assert group.name == "Loihi 1"
    assert group.facts.startswith("boundary: board")
    energy = report.steady_state
    assert [bar.interval for bar in group.bars[:2]] == [energy.dynamic, energy.total]
    assert [bar.evidence for bar in group.bars[:2]] == [report.dynamic_evidence, report.total_evidence]
    assert not any(bar.hollow for bar in group.bars[:2])
    assert group.gaps == "not priced: " + ", ".join(report.unpriced)


def test_the_dense_twin_is_hollow(reports: Reports) -> None:
    twin = FrameEnergy(dynamic=Interval(1, 2, 3), total=Interval(4, 5, 6))
    (group,) = energy_groups([replace(of(reports, "loihi1"), dense_twin=twin)])
    assert (group.bars[2].interval, group.bars[2].hollow) == (twin.total, True)
    only = replace(twin, total=None)
    (group,) = energy_groups([replace(of(reports, "loihi1"), dense_twin=only)])
    assert (group.bars[2].label, group.bars[2].interval) == ("ANN twin, dynamic", twin.dynamic)


def test_a_dense_machine_computes_the_same_network(reports: Reports) -> None:
    dense = of(reports, "dense-45nm-int8")
    # In one timestep the twin is the network itself, and is not drawn twice.
    assert dense.dense_twin == dense.steady_state
    (group,) = energy_groups([dense])
    assert [bar.label for bar in group.bars] == ["dynamic", "total"]
    assert not any(bar.hollow for bar in group.bars)
    assert group.bars[1].text == NOT_PRICED
    assert group.facts == "simulated densely · boundary: core"


def test_several_runs_stand_together_on_each_chip(reports: Reports) -> None:
    chips = (of(reports, "spinnaker2"), of(reports, "loihi1"))
    groups = energy_groups(chips * 2, ["a", "a", "b", "b"])
    assert [group.name for group in groups] == [chip.name for chip in chips]
    assert [[bar.label for bar in group.bars] for group in groups] == [["a", "b"]] * 2
    assert [bar.colour for bar in groups[0].bars] == list(PALETTE[:2])
    assert groups[1].bars[0].interval == chips[1].steady_state.total
    dynamic = energy_groups(chips * 2, ["a", "a", "b", "b"], "dynamic")
    assert dynamic[1].bars[0].interval == chips[1].steady_state.dynamic


def test_what_stands_in_for_a_total_is_dotted(reports: Reports) -> None:
    dense = of(reports, "dense-45nm-fp32")
    (group,) = energy_groups([dense, dense], ["a", "b"])
    assert all(bar.dotted and bar.text.endswith(" dynamic") for bar in group.bars)
    assert not any(bar.dotted for bar in energy_groups([dense, dense], ["a", "b"], "dynamic")[0].bars)


def placed(report: EnergyReport, cores: int, fits: bool | None) -> EnergyReport:
    return replace(report, placement=PlacementSummary(cores, 1, fits, (), "mapping (fill)"))


@pytest.mark.parametrize(
    ("fits", "alarm"),
    [
        ((True, True), ""),
        ((None, None), ""),
        ((False, False), "does not fit on the board"),
        ((True, False), "does not fit on the board: b"),
    ],
)
def test_what_does_not_fit_is_marked(reports: Reports, fits: tuple[bool | None, ...], alarm: str) -> None:
    pair = [placed(reports[0], 3, fit) for fit in fits]
    (group,) = energy_groups(pair, ["a", "b"])
    assert group.alarm == alarm


def test_cores_of_several_runs_are_a_range(reports: Reports) -> None:
    assert size_text([placed(reports[0], 1, True)]) == "1 core, 1 chip"
    two = [placed(reports[0], 1200, True), placed(reports[0], 3, True)]
    assert size_text(two) == "3 to 1,200 cores, 1 chip"
    assert size_text([replace(reports[0], placement=None)]) == ""
    alone = replace(reports[0], placement=PlacementSummary(7, 2, None, (), "neurons alone"))
    assert size_text([alone]) == "at least 7 cores, 2 chips"
