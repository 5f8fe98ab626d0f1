"""A student as it would watch live: how fast, how late, and what that costs where more or less happens.

    NUMBA_NUM_THREADS=2 python benchmarks/had/streaming.py WORK [--checkpoint CKPT ...]

Without a checkpoint an untrained student is taken: as many neurons and weights, but other spikes. Windows
come one by one from events in memory; a window's clock starts with its last event, when its picture is still
to be made, and stops with its box. The first windows, which compile and write templates, are left out. Joules
are estimates from the counts of each sequence, on Loihi 2 (docs/energy.md), in real time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import torch
from energy import alike
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from trainings import GAIN, STUDENT, Test, changed, first_window, in_fixed_point, scored, xywh
from unrounded import in_floats

from neuromorph_track.backends.activity import Activity
from neuromorph_track.data.paired import PairedSequence, PairedSpec
from neuromorph_track.data.paired.sequence import load_or_draw
from neuromorph_track.export.checkpoint import recipe_of
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.files import atomic_path
from neuromorph_track.hardware import load_profile
from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.profiling import ActivityRecorder, price, read_activity
from neuromorph_track.reports.style import FAINT, INK, PALETTE, STYLE
from neuromorph_track.runs.follow import settings_of
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet
from neuromorph_track.training.checkpoint import FORMAT, load_checkpoint, save_checkpoint
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.stream_pictures import event_pictures

PRESETS = ("still", "day", "dark", "hdr", "fast")
IDLE, QUIET_WINDOWS = "idle", 60
MARKS = ("o", "s", "^", "D", "v", "P")
CHIP, WARM_UP = "loihi2-oheogulch", 12
SIZES = {(80, 64): 14.0, (128, 96): 20.0}


class Watched(NamedTuple):
    """What one sequence asked for."""

    preset: str
    events_per_second: float
    seconds: NDArray[np.float64]
    activity: Activity


def untrained(work: Path, width: int, height: int) -> Path:
    """A fresh student that has seen a few windows, as large as a trained one."""
    path = work / f"untrained-{width}x{height}.pt"
    if not path.is_file():
        seen = {**STUDENT.input.model_dump(mode="json"), "width": width, "height": height}
        data = {"size": SIZES[width, height]}
        plan = changed(STUDENT, name="untrained", input=seen, data=data, distillation=None)
        torch.manual_seed(0)
        model = HadtrackNet(plan.network_as(HadtrackSpec)).train()
        sparse = (torch.rand(4, 3, height, width, 16) < 0.05) / 4
        for _ in range(8):
            model(sparse[..., :32, :32, :4], sparse)
        state = {"format": FORMAT, "recipe": plan.model_dump_json(), "model": model.state_dict()}
        save_checkpoint(path, state)
    return path


def drawn(preset: str, seed: int, plan: Recipe, work: Path) -> PairedSequence:
    width, height = plan.input.width, plan.input.height
    size = SIZES.get((width, height), 0.17 * width)
    spec = PairedSpec(seed=seed, split="test", preset=preset, width=width, height=height, size=size)
    return load_or_draw(spec, work / "sequences")


def watched(net: StreamNet, sequence: PairedSequence, preset: str, work: Path) -> Watched:
    """Windows one by one; of an idle scene those after the first, which show the object, are quiet."""
    first = first_window(sequence)
    count = len(sequence.boxes) - first
    begun: list[float] = []
    quiet = preset == IDLE

    def live() -> Iterator[NDArray[np.uint8]]:
        for window in range(WARM_UP if quiet else count):
            begun.append(time.perf_counter())
            yield event_pictures(sequence, first + window, 1, GAIN)[0]
        for _ in range(QUIET_WINDOWS if quiet else 0):
            begun.append(time.perf_counter())
            yield np.zeros((sequence.spec.height, sequence.spec.width, 3), np.uint8)

    seconds, path = [], work / ".watched.h5"
    initial, written = xywh(sequence.boxes[first : first + 1])[0], None
    with ActivityRecorder(path) as recorder:
        for number, step in enumerate(stream(net, live(), initial, settings_of(net))):
            seconds.append(time.perf_counter() - begun[-1])
            assert step.activity is not None
            written = written or step.activity.layers
            if number >= 2 * WARM_UP:
                recorder.append(alike(step.activity, written))
    activity = read_activity(path)
    path.unlink()
    length = 1e-6 * sequence.spec.window_us * count
    rate = 0.0 if quiet else (sequence.t >= first * sequence.spec.window_us).sum() / length
    return Watched(preset, float(rate), np.array(seconds[2 * WARM_UP :]), activity)


def latency(found: list[Watched], label: str) -> list[str]:
    seconds = np.concatenate([each.seconds for each in found if each.preset != IDLE])
    told = [f"{1e3 * value:.2f}" for value in np.quantile(seconds, (0.5, 0.95, 0.99))]
    return [label, f"{1 / seconds.mean():.0f}", *told]


def powers(found: list[Watched], net: StreamNet) -> NDArray[np.float64]:
    """Watts of each sequence, (N, 2, 3): dynamic and total, P5, P50, P95."""
    profile, rows = load_profile(CHIP), []
    for each in found:
        steady = price(each.activity, profile, 1e-2, network=net.siamese.search).steady_state
        assert steady.dynamic is not None
        assert steady.total is not None
        rows.append([[part.p5, part.p50, part.p95] for part in (steady.dynamic, steady.total)])
    return np.array(rows) / 1e-2


def plot(found: list[Watched], watts: NDArray[np.float64], path: Path) -> None:
    """Dynamic power against events per second; idle scenes stand at 0."""
    with rc_context(STYLE):
        figure = Figure((6.4, 4.0), layout="constrained")
        axes = figure.add_subplot()
        for place, preset in enumerate((IDLE, *PRESETS)):
            own = [k for k, each in enumerate(found) if each.preset == preset]
            rates = np.array([found[k].events_per_second for k in own]) / 1e3
            low, middle, high = 1e3 * watts[own, 0].T
            axes.errorbar(
                rates, middle, [middle - low, high - middle], fmt="none", ecolor=FAINT, elinewidth=0.6
            )
            colour = INK if preset == IDLE else PALETTE[place - 1]
            axes.plot(rates, middle, MARKS[place], color=colour, label=preset, markersize=5)
        axes.set_xlabel("events per second, thousands")
        axes.set_ylabel("dynamic power on Loihi 2, mW (P5 to P95)")
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        figure.legend(title="scene", loc="outside right upper")
        with atomic_path(path) as temporary:
            figure.savefig(temporary, format=path.suffix[1:])


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path, help="for drawn sequences")
    parser.add_argument("--checkpoint", nargs="+", type=Path, help="trained students")
    parser.add_argument("--sequences", type=int, default=4, help="of each preset")
    parser.add_argument("--plot", type=Path, help="of the first student, e.g. docs/had_rate.png")
    parser.add_argument("--floats", type=int, default=0, metavar="N", help="SR in floats, on N sequences")
    options = parser.parse_args()
    torch.set_num_threads(1)
    console, work = Console(width=120), options.work
    given = options.checkpoint or [untrained(work, *size) for size in SIZES]
    speeds = Table("student", "windows/s", "latency p50, ms", "p95", "p99")
    for number, checkpoint in enumerate(given):
        plan = recipe_of(load_checkpoint(checkpoint), str(checkpoint))
        net = StreamNet(export_siamese(checkpoint).siamese)
        scenes = [(preset, seed) for preset in (*PRESETS, IDLE) for seed in range(options.sequences)]
        found = [
            watched(net, drawn("day" if preset == IDLE else preset, seed, plan, work), preset, work)
            for preset, seed in scenes
        ]
        label = f"{checkpoint.parent.name}/{checkpoint.name}, {plan.input.width}x{plan.input.height}"
        speeds.add_row(*latency(found, label))
        watts = powers(found, net)
        console.print(rates_table(found, watts, label))
        if options.plot is not None and not number:
            plot(found, watts, options.plot)
        if options.floats:
            test = Test(count=options.floats)
            exact, fixed = (
                np.mean(scored(follow(checkpoint), test, work)[0]) for follow in (in_floats, in_fixed_point)
            )
            console.print(
                f"{label}: SR {exact:.4f} in floats, {fixed:.4f} in fixed point, {fixed - exact:+.4f}"
            )
    console.print(speeds, f"{numba.get_num_threads()} threads")


def rates_table(found: list[Watched], watts: NDArray[np.float64], label: str) -> Table:
    shown = Table(
        "", "1000 events/s", "synops a window", "dynamic, mW", "total, mW", "uJ an event", title=label
    )
    for preset in (IDLE, *PRESETS):
        own = [k for k, each in enumerate(found) if each.preset == preset]
        rate = np.mean([found[k].events_per_second for k in own])
        synops = np.mean([found[k].activity.total("synops").mean() for k in own])
        dynamic, total = 1e3 * watts[own, :, 1].mean(0)
        each = f"{1e3 * dynamic / rate:.2f}" if rate else ""
        shown.add_row(preset, f"{rate / 1e3:.1f}", f"{synops:,.0f}", f"{dynamic:.3g}", f"{total:.3g}", each)
    return shown


if __name__ == "__main__":
    main()
