"""Kinds of neurons and timesteps per frame against accuracy and joules: one table, one plot.

    python benchmarks/smtrack/neurons.py WORK [--seeds 3] [--plot docs/smtrack_neurons.png]

The same chain, data and number of optimiser steps with integer, binary (SLAYER's CUBA) and sigma-delta
(SLAYER's) neurons and with rectifiers, on scenes of mixed sizes that none was trained on; mean and standard
deviation over the seeds. Joules are the dynamic energy of a steady frame in fixed point. SLAYER's neurons
need lava-dl.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from trainings import MIXED, Joules, Scores, joules_of, recipe, scores_of

HARDWARE = ("loihi2-oheogulch", "spinnaker2", "dense-7nm-int8")
KINDS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "integer, D = 4": ({"neuron": "integer", "levels": 4}, (1, 2, 4, 8)),
    "integer, D = 1": ({"neuron": "integer", "levels": 1}, (1, 2, 4, 8)),
    "CUBA (binary)": ({"neuron": "cuba"}, (1, 2, 4, 8)),
    "sigma-delta": ({"neuron": "sigma_delta"}, (1,)),
    "ReLU (no spikes)": ({"neuron": "relu"}, (1,)),
}
Row = tuple[str, int, list[Scores], list[dict[str, Joules]]]


def rows(work: Path, seeds: int, most_steps: int) -> list[Row]:
    found: list[Row] = []
    for name, (network, steps_tried) in KINDS.items():
        for steps in (each for each in steps_tried if each <= most_steps):
            scores, prices = [], []
            for seed in range(seeds):
                label = f"neurons-{network['neuron']}-{network.get('levels', 0)}-{steps}-{seed}"
                given = recipe(label, MIXED, seed, network={**network, "steps": steps}, loss={"box": "ciou"})
                scores.append(scores_of(given, MIXED, work))
                if network["neuron"] != "relu":
                    prices.append(joules_of(given, MIXED, work, HARDWARE))
            found.append((name, steps, scores, prices))
    return found


def table(found: list[Row]) -> Table:
    title = (
        "millijoules a frame, P5 / P50 / P95, and in brackets what the ANN of the same shapes needs, in times"
    )
    shown = Table(title=f"mixed objects, {len(found[0][2])} seeds; {title}")
    for name in ("neurons", "T", "AP", "HOTA", "IDF1", "spikes", *HARDWARE):
        shown.add_column(name, justify="left" if name == "neurons" else "right")
    for name, steps, scores, prices in found:
        shown.add_row(
            name,
            str(steps),
            *(_spread(scores, metric, 100) for metric in ("AP", "HOTA", "IDF1")),
            f"{np.mean([each.spikes for each in scores]):,.0f}",
            *(_price([each[chip] for each in prices]) for chip in HARDWARE),
        )
    return shown


def _spread(scores: list[Scores], metric: str, scale: float) -> str:
    values = scale * np.array([getattr(each, metric) for each in scores])
    return f"{values.mean():.1f} ± {values.std(ddof=1):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def _price(prices: list[Joules]) -> str:
    """Joules, and in brackets how often the ANN of the same shapes needs as much."""
    cells = []
    for part, scale in (("network", 1e3), ("times_less", 1)):
        known = [getattr(each, part) for each in prices if getattr(each, part) is not None]
        cells.append(" / ".join(f"{scale * value:.2g}" for value in np.mean(known, axis=0)) if known else "—")
    return f"{cells[0]} ({cells[1]})" if prices else ""


def plot(found: list[Row], path: Path) -> None:
    """HOTA against joules on the first chip, a line for each kind of neurons."""
    from matplotlib import pyplot, rc_context

    from neuromorph_track.reports.style import FAINT, PALETTE, STYLE

    with rc_context(STYLE):
        figure, axes = pyplot.subplots(figsize=(7.5, 4.2), layout="constrained")
        spiking = [row for row in found if row[3]]
        for name, colour in zip(dict.fromkeys(row[0] for row in spiking), PALETTE, strict=False):
            own = [row for row in spiking if row[0] == name]
            joules = 1e3 * np.array(
                [np.mean([p[HARDWARE[0]].network for p in row[3]], axis=0) for row in own]
            )
            hota = 100 * np.array([np.mean([s.HOTA for s in row[2]]) for row in own])
            spread = 100 * np.array([np.std([s.HOTA for s in row[2]], ddof=1) for row in own])
            sides = np.abs(joules[:, [0, 2]] - joules[:, 1:2]).T
            axes.errorbar(
                joules[:, 1], hota, yerr=spread, xerr=sides, fmt="o-", color=colour, capsize=2, label=name
            )
            for row, x, y in zip(own, joules[:, 1], hota, strict=True):
                axes.annotate(f"T={row[1]}", (x, y), textcoords="offset points", xytext=(5, 6), fontsize=8)
        for row in (row for row in found if not row[3]):
            level = 100 * np.mean([s.HOTA for s in row[2]])
            axes.axhline(level, linestyle="--", color=FAINT, label=row[0])
        axes.set(xscale="log", xlabel=f"dynamic energy on {HARDWARE[0]}, mJ a frame", ylabel="HOTA, per cent")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.grid(axis="y")
        axes.legend(fontsize=8)
        figure.savefig(path)
        pyplot.close(figure)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--most-steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    found = rows(arguments.work, arguments.seeds, arguments.most_steps)
    Console(width=160).print(table(found))
    if arguments.plot:
        plot(found, arguments.plot)


if __name__ == "__main__":
    main()
