"""``verify``: does a network compute the same elsewhere?"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli.options import AnyNet, Json, Quiet
from neuromorph_track.cli.output import console, print_json

if TYPE_CHECKING:
    from neuromorph_track.runs.verify import Verdict


class Against(str, Enum):
    """What a network is compared with."""

    lava = "lava"
    slayer = "slayer"


def verify(
    net: AnyNet,
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
    """Compare a network with Lava or SLAYER: every layer, every step, every bit.

    Our side is the fixed-point simulator. Of a siamese pair both chains, the search chain with two memories
    that are written while it runs. Exit code 1 when they differ.

    Example: neuromorph-track verify scenes-nano --against lava --frames 2
    """
    from neuromorph_track.export.zoo import located
    from neuromorph_track.netx import is_siamese

    if is_siamese(place := located(net)):
        equal = _verify_pair(place, against, frames, source, stock, timeout, as_json, quiet)
    else:
        equal = _verify_network(net, against, frames, source, stock, timeout, as_json, quiet)
    if not equal:
        raise typer.Exit(1)


def _verify_network(
    net: str,
    against: Against,
    frames: int,
    source: str | None,
    stock: bool,
    timeout: float | None,
    as_json: bool,
    quiet: bool,
) -> bool:
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
        _print(verdict, "")
    return verdict.equal


def _verify_pair(
    net: str,
    against: Against,
    frames: int,
    source: str | None,
    stock: bool,
    timeout: float | None,
    as_json: bool,
    quiet: bool,
) -> bool:
    """Both chains of a siamese pair; how many steps that takes is not known before."""
    from rich.console import Console

    from neuromorph_track.netx import read_siamese
    from neuromorph_track.runs.verify_siamese import verify_siamese

    siamese = read_siamese(net)
    silent = Console(stderr=True, quiet=quiet or as_json)
    with silent.status(f"{against.value}: template chain, then search chain"):
        verdict = verify_siamese(siamese, against.value, frames, source, stock=stock, timeout=timeout)
    if as_json:
        print_json(verdict.to_dict())
        return verdict.equal
    _print(verdict.template, "template: ")
    for at, search in enumerate(verdict.search, 1):
        _print(search, f"search, target {at}: " if siamese.contract.written else "search: ")
    return verdict.equal


def _print(verdict: Verdict, what: str) -> None:
    out = console()
    over = (
        f"{verdict.values:,} values, {verdict.spikes:,} of them not zero, "
        f"of {verdict.layers} layers in {verdict.steps} steps"
    )
    difference = verdict.difference
    if difference is not None:
        out.print(
            f"{what}differs from {verdict.against} first in layer {difference.layer}, "
            f"step {difference.step}, neuron {difference.neuron}: fixed {difference.fixed:g}, "
            f"{verdict.against} {difference.other:g} "
            f"({difference.neurons:,} neurons of the layer differ in this step)",
            highlight=False,
        )
        out.print(f"likely cause: {difference.cause}", highlight=False)
    elif verdict.equal:
        counted = " and every count" if verdict.counts_equal else ""
        out.print(f"{what}equal to {verdict.against}: {over}{counted}", highlight=False)
    else:
        out.print(f"{what}the spikes equal {verdict.against}'s, the counts do not: {over}", highlight=False)
