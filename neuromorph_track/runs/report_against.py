"""Several runs in one report: priced alike, each set against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from neuromorph_track.errors import InputError
from neuromorph_track.profiling import EnergyReport
from neuromorph_track.reports.html.content import Against, RunContent, Set
from neuromorph_track.runs.compare import compare_runs, set_against
from neuromorph_track.runs.comparison import Comparison, Priced

PRICED_ANEW = (
    "prices or mappings changed since: the comparison is priced anew, the rest is as the run left it"
)


def compared(folders: Sequence[Path], runs: Sequence[RunContent], quiet: bool) -> Against:
    """Set runs against the first, as `compare` does, on the chips that all of them were priced on.

    Raises
    ------
    InputError
        When there is no such chip.
    """
    common = [
        report.profile
        for report in runs[0].reports
        if all(report.profile in {each.profile for each in run.reports} for run in runs)
    ]
    if not common:
        found = "; ".join(f"{run.name}: {', '.join(each.profile for each in run.reports)}" for run in runs)
        raise InputError("report", "runs", found[:200], "runs priced on one chip at least that is the same")
    comparison = compare_runs(folders, common, "total", quiet=quiet)
    # Two runs of a name cannot be: `run_names` numbers them.
    names = [run.name for run in comparison.runs]
    reports = {
        name: tuple(priced.report for priced in comparison.priced if priced.run.name == name)
        for name in names
    }
    return Against(
        baseline=names[0],
        sets=tuple(_sets(comparison)),
        reports=reports,
        accuracy_name=comparison.accuracy_name,
        accuracies={run.name: run.accuracy for run in comparison.runs if run.accuracy is not None},
        warnings=(*comparison.warnings, *_anew(runs, reports)),
    )


def _sets(comparison: Comparison) -> list[Set]:
    pairs = [(priced.run, priced.report) for priced in comparison.priced]
    baseline = (comparison.runs[0].name, None)
    found = []
    for total in comparison.priced:
        if not total.verdict:
            continue
        dynamic = set_against(total.run, total.report, pairs, baseline, "dynamic")
        found.append(
            Set(
                run=total.run.name,
                profile=total.report.profile,
                chip=total.report.name,
                boundary=total.report.boundary,
                total=total.ratio,
                dynamic=dynamic.ratio,
                verdict=_said(total, dynamic),
            )
        )
    return found


def _said(total: Priced, dynamic: Priced) -> str:
    """Of the total; of the dynamic energy where no total is priced."""
    return dynamic.verdict if total.ratio is None and dynamic.ratio is not None else total.verdict


def _anew(runs: Sequence[RunContent], reports: Mapping[str, Sequence[EnergyReport]]) -> list[str]:
    changed = [run.name for run in runs if any(report not in run.reports for report in reports[run.name])]
    return [f"{', '.join(changed)}: {PRICED_ANEW}"] if changed else []
