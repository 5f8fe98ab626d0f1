"""What a reader of joules must know besides the numbers: a line for each subject, with its chips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from neuromorph_track.profiling import EnergyReport
from neuromorph_track.reports.chip_numbers import ChipNumbers, Entry
from neuromorph_track.reports.units import format_si

DRIVERS, LEAST_SHARE = 3, 0.05
# More chips than these are counted where they cannot be numbered, and their reasons are asked for one by one.
FEW = 4
UNPRICED, TIME, CORES, DRIVEN, TWIN = (
    "not priced",
    "a frame takes",
    "cores",
    "driven by",
    "the ANN twin, beside the spiking network",
)
BOUNDARIES = "boundaries differ, so these figures are not one quantity"
MISFIT = "does not fit"
_MISFIT_CAVEAT = "DOES NOT FIT: "
REASONS = "`neuromorph-track inspect NET --hardware CHIP` says why, and what would fit"


def energy_notes(
    reports: Sequence[EnergyReport],
    runs: Sequence[str] = (),
    complete: bool = False,
    boundaries: bool = True,
) -> list[str]:
    """Lines for below a table.

    Parameters
    ----------
    reports : sequence of EnergyReport
    runs : sequence of str
        What to call the run of each report, where there are several.
    complete : bool
        Also time, cores and chips, which a narrow table has no column for.
    boundaries : bool
        Also that boundaries differ, where they do.
    """
    entries = list(zip(runs or [""] * len(reports), reports, strict=True))
    numbers = ChipNumbers(entries)
    subjects: dict[str, dict[str, list[Entry]]] = {
        name: {} for name in (UNPRICED, MISFIT, TIME, CORES, DRIVEN, TWIN, BOUNDARIES)
    }
    several = len({report.boundary for report in reports}) > 1
    for run, report in entries:
        facts = [*_facts(report, complete), *((caveat, "") for caveat in _caveats(report))]
        facts += [(DRIVEN, text)] if (text := driver_text(_on_chip(reports, report))) else []
        facts += [(BOUNDARIES, report.boundary)] if boundaries and several else []
        for subject, text in facts:
            subjects.setdefault(subject, {}).setdefault(text, []).append((run, report))
    return [line for subject, texts in subjects.items() if texts for line in _lines(subject, texts, numbers)]


def _lines(subject: str, texts: dict[str, list[Entry]], numbers: ChipNumbers) -> Iterator[str]:
    if subject == MISFIT:
        yield from _misfits(texts, numbers)
        return
    by_place: dict[str, list[str]] = {}
    for text, some in texts.items():
        by_place.setdefault(numbers.of(some), []).append(text)
    parts = "; ".join(", ".join(found) + place for place, found in by_place.items())
    # A caveat is its own subject and has no text beside it.
    yield f"{subject}{parts}" if "" in texts else f"{subject}: {parts}"


def _misfits(problems: dict[str, list[Entry]], numbers: ChipNumbers) -> Iterator[str]:
    large = [entry for entry in numbers.entries if any(entry in some for some in problems.values())]
    if len({report.profile for _, report in large}) > FEW:
        yield f"{MISFIT}{numbers.of(large)}: {REASONS}"
        return
    for problem, some in problems.items():
        yield f"{MISFIT}{numbers.of(some)}: {problem}"


def _facts(report: EnergyReport, complete: bool) -> Iterator[tuple[str, str]]:
    yield from ((UNPRICED, gap) for gap in report.unpriced)
    placement, time = report.placement, report.steady_state.frame_time
    if placement is not None:
        yield from ((MISFIT, problem) for problem in placement.problems)
    if complete and time is not None:
        yield TIME, f"{format_si(time.p50, 's')} ({report.bound})"
    if complete and placement is not None and placement.cores:
        yield CORES, f"{placement.cores:,} (chips: {placement.chips:,})"
    if answer := twin_answer(report):
        yield TWIN, answer


def _caveats(report: EnergyReport) -> list[str]:
    # Why it does not fit is a subject of its own.
    return [caveat for caveat in report.caveats if not caveat.startswith(_MISFIT_CAVEAT)]


def _on_chip(reports: Sequence[EnergyReport], one: EnergyReport) -> list[EnergyReport]:
    return [report for report in reports if report.profile == one.profile]


def driver_text(reports: Sequence[EnergyReport]) -> str:
    """``energy.synop 62-64 %, spread.chip 30 %``: the prices whose uncertainty makes most of the interval.

    ``reports`` are of several runs on one chip.
    """
    shares: dict[str, list[float]] = {}
    for report in reports:
        for driver in report.sensitivity:
            shares.setdefault(driver.price, []).append(driver.share)
    largest = sorted(shares.items(), key=lambda item: -max(item[1]))[:DRIVERS]
    return ", ".join(f"{price} {_range(found)} %" for price, found in largest if max(found) >= LEAST_SHARE)


def _range(shares: Sequence[float]) -> str:
    low, high = (f"{100 * share:.0f}" for share in (min(shares), max(shares)))
    return low if low == high else f"{low}-{high}"


def twin_answer(report: EnergyReport) -> str:
    """Whether the ANN twin needs more or less, as far as its ratio allows to say so; empty without a twin."""
    ratio = report.dense_twin_ratio
    # A machine that computes densely computes the twin where a frame is one timestep.
    if ratio is None or report.dense_twin == report.steady_state:
        return ""
    if not ratio.claim:
        return "no claim"
    return "needs less" if ratio.p95 < 1 else "needs more"


def boundary_warning(reports: Sequence[EnergyReport]) -> list[str]:
    """Which figures have which boundary, where there is more than one; else nothing."""
    chips: dict[str, dict[str, None]] = {}
    for report in reports:
        chips.setdefault(report.boundary, {})[report.name] = None
    if len(chips) < 2:
        return []
    parts = "; ".join(f"{boundary}: {few_names(list(names))}" for boundary, names in chips.items())
    return [f"{BOUNDARIES} ({parts})"]


def few_names(names: Sequence[str]) -> str:
    """The names of chips, or how many they are where nobody would read them."""
    return ", ".join(names) if len(names) <= FEW else f"{len(names)} chips"
