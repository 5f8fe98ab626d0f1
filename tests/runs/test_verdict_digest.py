"""Many verdicts in a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.profiling import EnergyRatio, EnergyReport, FrameEnergy
from neuromorph_track.runs.comparison import ComparedRun, Comparison, Priced
from neuromorph_track.runs.verdict_digest import LESS, MORE, OPEN, UNKNOWN, verdict_lines

RATIOS = {
    "Small": EnergyRatio(0.1, 0.2, 0.3, "less"),
    "Large": EnergyRatio(2, 3, 4, "more", boundaries_differ=True),
    "Wide": EnergyRatio(0.5, 1.2, 3, "no claim"),
    "Close": EnergyRatio(1.0004, 1.0005, 1.0006, "no claim"),
    "Silent": None,
}


def report(name: str) -> EnergyReport:
    nothing = FrameEnergy()
    return EnergyReport(
        profile=name.lower(),
        name=name,
        kind="event_driven",
        boundary="board",
        dense_equivalent=False,
        first_frame=nothing,
        steady_state=nothing,
        layers={},
        terms={},
        counters={},
        dynamic_evidence="measured",
        total_evidence=None,
        unpriced=(),
        caveats=(),
        chips=1,
        frame_period=None,
    )


def compared(run: str, ratios: dict[str, EnergyRatio | None]) -> list[Priced]:
    one = ComparedRun(Path(run), run, "net", "scene", 2, None)
    return [
        Priced(one, report(name), "base", ratio, ratio.verdict if ratio else "not priced")
        for name, ratio in ratios.items()
    ]


def comparison(*priced: Priced) -> Comparison:
    runs = tuple(dict.fromkeys(one.run for one in priced))
    return Comparison(runs, priced, "total", "base on the same chip", "HOTA", ())


HEADING = "total energy per frame against base on the same chip, P50 [P5, P95] of the ratio"


def test_each_chip_stands_where_its_ratio_puts_it() -> None:
    assert verdict_lines(comparison(*compared("night", RATIOS))) == [
        f"night: {HEADING}",
        f"  {LESS}: Small ×0.2 [0.1, 0.3]",
        f"  {MORE}: Large ×3 [2, 4] (board)",
        f"  {OPEN}: Wide ×1.2 [0.5, 3]; Close ×1 [1, 1.001]",
        f"  {UNKNOWN}: Silent",
    ]


def test_each_run_has_lines_of_its_own_and_the_baseline_none() -> None:
    base = [Priced(priced.run, priced.report, "", None, "") for priced in compared("base", RATIOS)]
    less = {"Small": RATIOS["Small"], "Tiny": RATIOS["Small"], "Large": RATIOS["Large"]}
    lines = verdict_lines(comparison(*base, *compared("night", less), *compared("rain", less)))
    assert [line for line in lines if not line.startswith(" ")] == [f"night: {HEADING}", f"rain: {HEADING}"]
    assert lines.count(f"  {LESS}: Small ×0.2 [0.1, 0.3]; Tiny ×0.2 [0.1, 0.3]") == 2


@pytest.mark.parametrize("number", [0, 1, 4])
def test_few_are_sentences(number: int) -> None:
    few = comparison(*compared("night", dict(list(RATIOS.items())[:number])))
    assert verdict_lines(few) == list(few.verdicts)
