"""``verify``: does a network compute the same elsewhere?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli.options import AnyNet, Json, Quiet
from neuromorph_track.cli.output import console, print_json, working

if TYPE_CHECKING:
    from neuromorph_track.netx import AnyNetwork, Siamese


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
    from neuromorph_track.runs.verify_any import loaded, verify_any

    network = loaded(net)
    with _progress(network, against, frames, quiet or as_json) as done:
        verdict = verify_any(
            network, against.value, frames, source, stock=stock, timeout=timeout, progress=done
        )
    if as_json:
        print_json(verdict.to_dict())
    else:
        for sentence in verdict.sentences():
            console().print(sentence, highlight=False)
    if not verdict.equal:
        raise typer.Exit(1)


@contextmanager
def _progress(
    network: AnyNetwork | Siamese, against: Against, frames: int, quiet: bool
) -> Iterator[Callable[[int], None]]:
    """A bar of timesteps; of a pair, of which it is not known before how many it takes, a turning sign."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from neuromorph_track.netx import Siamese
    from neuromorph_track.runs.verify_any import timesteps

    if isinstance(network, Siamese):
        with working(f"{against.value}: template chain, then search chain", quiet):
            yield lambda steps: None
        return
    columns = (TextColumn("{task.description} steps"), MofNCompleteColumn(), BarColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(against.value, total=timesteps(network, frames))
        yield lambda steps: bar.update(task, completed=steps)
