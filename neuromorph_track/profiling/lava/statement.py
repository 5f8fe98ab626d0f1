"""What the profiler has to say, as text."""

from __future__ import annotations

from neuromorph_track.profiling.energy_report import Interval
from neuromorph_track.profiling.lava.estimate import Estimate


def statement(run: Estimate) -> str:
    """Hardware, counts per layer, energy and time with their intervals, and what is not known."""
    report, names = run.report, run.names
    frame = report.steady_state
    lines = [
        f"Estimated for {report.name}, {report.chips} chip(s), {run.steps} timesteps, up to the "
        f"{report.boundary}'s boundary",
        f"  energy {_spread(frame.total, 'J')}, evidence: {report.total_evidence or report.dynamic_evidence}",
        f"  dynamic {_spread(frame.dynamic, 'J')}, static {_spread(frame.static, 'J')}",
        f"  time {_spread(frame.frame_time, 's')}, bound by {report.bound}",
        "  per timestep:",
    ]
    for layer in run.activity.layers:
        counts = (layer.spikes_in, layer.synops, layer.neuron_updates, layer.spikes_out)
        spikes_in, synops, updates, spikes_out = (float(count.mean()) for count in counts)
        lines.append(
            f"    {layer.name} [{names[layer.name]}]: {spikes_in:.6g} spikes in, {synops:.6g} synops, "
            f"{updates:.6g} updates, {spikes_out:.6g} spikes out"
        )
    lines += [f"  not priced: {text}" for text in report.unpriced]
    lines += [f"  note: {text}" for text in (*run.notes, *report.caveats)]
    return "\n".join(lines)


def _spread(interval: Interval | None, unit: str) -> str:
    if interval is None:
        return "unknown"
    return f"{interval.p50:.3g} {unit} ({interval.p5:.3g} to {interval.p95:.3g})"
