"""``verify``: does a network compute the same elsewhere?"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json


class Against(str, Enum):
    """What a network is compared with."""

    lava = "lava"
    slayer = "slayer"


def verify(
    net: Annotated[
        str, typer.Argument(help="A .net file, the folder of a branching network, or a name from `zoo`.")
    ],
    against: Annotated[Against, typer.Option(help="Lava on the CPU, or SLAYER's float network.")],
    frames: Annotated[int, typer.Option(min=1, help="Frames to compare.")] = 4,
    source: Annotated[
        str | None, typer.Option("--input", help="What to feed, as of `track` (default: a synthetic scene).")
    ] = None,
    stock: Annotated[
        bool, typer.Option(help="Lava's own runtime and convolution, not the faster ones of this package.")
    ] = True,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds that Lava may take for one answer.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare a network in the fixed-point simulator with Lava or SLAYER, every layer at every step.

    Exit code 1 when they differ.

    Example: neuromorph-track verify scenes-nano --against lava --frames 2
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from neuromorph_track.export.zoo import load_network
    from neuromorph_track.netx import stages
    from neuromorph_track.runs.verify import verify as compare

    network = load_network(net)
    per_frame = network.contract.steps_per_frame if network.contract else 1
    # Lava's own clock runs on until the last input has come through every synapse.
    depth = max(stage.depth for stage in stages(network))
    columns = (TextColumn("{task.description} steps"), MofNCompleteColumn(), BarColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet or as_json, transient=True) as bar:
        task = bar.add_task(against.value, total=frames * per_frame + depth)
        verdict = compare(
            network,
            against.value,
            frames,
            source,
            stock=stock,
            timeout=timeout,
            progress=lambda steps: bar.update(task, completed=steps),
        )
    if as_json:
        print_json(verdict.to_dict())
    else:
        out = console()
        over = (
            f"{verdict.values:,} values, {verdict.spikes:,} of them not zero, "
            f"of {verdict.layers} layers in {verdict.steps} steps"
        )
        difference = verdict.difference
        if difference is not None:
            out.print(
                f"differs from {verdict.against} first in layer {difference.layer}, step {difference.step}, "
                f"neuron {difference.neuron}: fixed {difference.fixed:g}, {verdict.against} "
                f"{difference.other:g} ({difference.neurons:,} neurons of the layer differ in this step)",
                highlight=False,
            )
            out.print(f"likely cause: {difference.cause}", highlight=False)
        elif verdict.equal:
            counted = " and every count" if verdict.counts_equal else ""
            out.print(f"equal to {verdict.against}: {over}{counted}", highlight=False)
        else:
            out.print(f"the spikes equal {verdict.against}'s, the counts do not: {over}", highlight=False)
    if not verdict.equal:
        raise typer.Exit(1)
