"""Many verdicts in a few lines: who needs less, who needs more, and where nothing may be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuromorph_track.reports.energy_table import ratio_text

if TYPE_CHECKING:
    from neuromorph_track.runs.comparison import Comparison, Priced

# So many sentences are read one by one.
FEW = 4
LESS, MORE = "needs less", "needs more"
OPEN = "no claim, the interval covers 1 or ends within 0.1 % of it"
UNKNOWN = "no claim, one of the two is not priced or 0 J"


def verdict_lines(comparison: Comparison) -> list[str]:
    """The verdicts of a comparison: sentences where they are few, else grouped by what they say."""
    if len(comparison.verdicts) <= FEW:
        return list(comparison.verdicts)
    return [line for run in comparison.runs for line in _of_one_run(comparison, run.name)]


def _of_one_run(comparison: Comparison, run: str) -> Iterator[str]:
    compared = [priced for priced in comparison.priced if priced.verdict and priced.run.name == run]
    if not compared:
        return
    against = f"{comparison.figure} energy per frame against {comparison.baseline}"
    yield f"{run}: {against}, P50 [P5, P95] of the ratio"
    for answer in (LESS, MORE, OPEN, UNKNOWN):
        if some := [_item(priced) for priced in compared if _answer(priced) == answer]:
            yield f"  {answer}: {'; '.join(some)}"


def _answer(priced: Priced) -> str:
    if priced.ratio is None:
        return UNKNOWN
    if not priced.ratio.claim:
        return OPEN
    return LESS if priced.ratio.p95 < 1 else MORE


def _item(priced: Priced) -> str:
    if priced.ratio is None:
        return priced.report.name
    boundary = f" ({priced.report.boundary})" if priced.ratio.boundaries_differ else ""
    return f"{priced.report.name} {ratio_text(priced.ratio)}{boundary}"
