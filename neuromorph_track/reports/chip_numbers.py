"""Chips by their numbers in a table, so that a note for many of them stays one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from neuromorph_track.profiling import EnergyReport

Entry = tuple[str, EnergyReport]
"""Name of a run, and what it costs on one chip."""


class ChipNumbers:
    """Number the chips of a table from 1, in the order in which they first come; one alone has no number.

    Attributes
    ----------
    entries : tuple of (run, report)
        All that the table shows.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        profiles = dict.fromkeys(report.profile for _, report in entries)
        self._number = {profile: number for number, profile in enumerate(profiles, 1)}

    def __len__(self) -> int:
        return len(self._number)

    def label(self, report: EnergyReport) -> str:
        """``7. Loihi 1``."""
        return report.name if len(self) == 1 else f"{self._number[report.profile]}. {report.name}"

    def of(self, some: Sequence[Entry]) -> str:
        """``[1-4, 7; night on 9]``: a run is named where not all runs on a chip are meant."""
        meant, all_runs = _runs_by_chip(some), _runs_by_chip(self.entries)
        if meant == all_runs:
            return " [all]" if len(self.entries) > 1 else ""
        whole = [self._number[chip] for chip in meant if meant[chip] == all_runs[chip]]
        parts = [_ranges(whole)] if whole else []
        partial = [(run, chip) for chip in meant if meant[chip] != all_runs[chip] for run in meant[chip]]
        for name in dict.fromkeys(run for run, _ in partial):
            numbers = _ranges([self._number[chip] for run, chip in partial if run == name])
            parts.append(name if len(self) == 1 else f"{name} on {numbers}")
        return f" [{'; '.join(parts)}]"


def _runs_by_chip(entries: Iterable[Entry]) -> dict[str, list[str]]:
    runs: dict[str, list[str]] = {}
    for run, report in entries:
        runs.setdefault(report.profile, []).append(run)
    return runs


def _ranges(numbers: Sequence[int]) -> str:
    """``1-4, 7``."""
    rows = [
        [number for _, number in row]
        for _, row in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(f"{row[0]}-{row[-1]}" if len(row) > 2 else ", ".join(map(str, row)) for row in rows)
