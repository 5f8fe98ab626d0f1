"""A run in one paragraph, and which chip it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from neuromorph_track.profiling import EnergyReport, Interval
from neuromorph_track.reports.energy_notes import twin_answer
from neuromorph_track.reports.energy_table import ratio_text
from neuromorph_track.reports.html.content import Against, RunContent, Set
from neuromorph_track.reports.units import format_interval, format_si


def headline_chip(reports: Sequence[EnergyReport]) -> EnergyReport:
    """The first chip for spikes that the network fits, or the first for spikes, or the first."""

    def rank(report: EnergyReport) -> tuple[bool, bool, bool]:
        placed = report.placement
        return (
            report.kind != "event_driven" or report.dense_equivalent,
            placed is None or not placed.fits,
            report.steady_state.dynamic is None,
        )

    return min(reports, key=rank)


def run_sentences(run: RunContent) -> list[str]:
    """What a run did and cost, in plain words."""
    report = headline_chip(run.reports)
    spikes, synops = (
        sum(getattr(layer.steady_state, count) for layer in run.summary.layers)
        for count in ("spikes_out", "synops")
    )
    return [
        f"{run.network} saw {counted(run.frames, 'frame')} of {run.source}{_found(run)}.",
        f"A frame after the first takes {format_si(spikes)} spikes and {format_si(synops)} synops, counted "
        "exactly.",
        *_joules(report),
    ]


def _found(run: RunContent) -> str:
    if run.verb == "sot":
        lost = (
            "" if run.lost is None else f", and lost it in {run.lost:,}" if run.lost else " without losing it"
        )
        return f" and followed one object{lost}"
    return "" if run.tracks is None else f" and followed {counted(run.tracks, 'track')}"


def _joules(report: EnergyReport) -> Iterator[str]:
    energy, evidence = report.steady_state, report.dynamic_evidence
    fits = "" if report.placement is None or report.placement.fits is not False else ", which it does not fit"
    parts = []
    if energy.dynamic is not None:
        parts.append(f"{format_interval(energy.dynamic)} of dynamic energy")
    if energy.total is not None:
        parts.append(f"{format_interval(energy.total)} in total")
    if not parts:
        return
    grade = evidence if report.total_evidence in (None, evidence) else f"{evidence} / {report.total_evidence}"
    pace = f" at {1 / report.frame_period:.3g} frames/s" if report.frame_period else ""
    yield (
        f"On {report.name}{fits}, it is estimated at {' and '.join(parts)} per frame{pace} "
        f"(median, 5th to 95th percentile; evidence: {grade})."
    )
    if answer := {"needs less": "less", "needs more": "more", "no claim": ""}.get(twin_answer(report)):
        ratio = report.dense_twin_ratio
        assert ratio is not None
        figure = (
            "in total" if report.dense_twin and report.dense_twin.total and energy.total else "dynamically"
        )
        yield f"Its dense twin, the ANN of the same shapes, needs {answer} {figure}: {ratio_text(ratio)}."
    elif twin_answer(report):
        yield "Whether its dense twin, the ANN of the same shapes, needs more, the interval leaves open."


def compared_sentences(runs: Sequence[RunContent], against: Against) -> list[str]:
    """What may be said of several runs on the chip of the first's headline."""
    chip = headline_chip(against.reports[against.baseline])
    sentences = [f"{len(runs)} runs, priced alike; every ratio is to {against.baseline} on the same chip."]
    here = [each for each in against.sets if each.profile == chip.profile]
    return [*sentences, *(_verdict(each) for each in here)]


def _verdict(each: Set) -> str:
    # A run's name stays as it is, at the beginning of a sentence too.
    return f"{each.verdict.replace('no claim', 'No claim', 1)}."


def counted(number: int, noun: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def key_figures(run: RunContent) -> list[tuple[str, str, str]]:
    """Name, value and small print of the few figures that come first."""
    report = headline_chip(run.reports)
    energy, layers = report.steady_state, run.summary.layers
    found = [("Frames", f"{run.frames:,}", f"{run.fps:g} per second")]
    if run.tracks is not None:
        found.append(("Tracks", f"{run.tracks:,}", "identities given out"))
    if run.lost is not None:
        found.append(("Lost in", f"{run.lost:,}", "frames"))
    for name, count in (("Spikes", "spikes_out"), ("Synops", "synops")):
        mean = sum(getattr(layer.steady_state, count) for layer in layers)
        found.append((f"{name} per frame", format_si(mean), "exact; mean after the first frame"))
    for name, interval in (("Dynamic", energy.dynamic), ("Total", energy.total)):
        if interval is not None:
            found.append((f"{name} per frame", format_si(interval.p50, "J"), _range(interval, report)))
    if (hota := _score(run, "HOTA")) is not None:
        found.append(("HOTA", f"{100 * hota:.1f} %", "against the truth"))
    if (overlap := _score(run, "AO")) is not None:
        found.append(("AO", f"{overlap:.3f}", "average overlap with the truth"))
    return found


def _range(interval: Interval, report: EnergyReport) -> str:
    return f"[{format_interval(interval).partition(' [')[2]} on {report.name}"


def _score(run: RunContent, name: str) -> float | None:
    value = run.scores[-1].get(name) if run.scores else None
    return float(value) if isinstance(value, int | float) else None
