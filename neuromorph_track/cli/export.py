"""``export``: a checkpoint becomes a `.net`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json, working


def export(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            help="final.pt of `train`, network.pt of lava-dl's YOLO-KP, with --model a state_dict, "
            "a .nir graph, or a .net to write as one."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help=".net file to write, .nir from a .net, or the folder of a siamese pair."
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(help="package.module:factory, code of yours that is run and builds the SLAYER model."),
    ] = None,
    input_shape: Annotated[
        str | None, typer.Option(help="With --model or NIR: what the model is fed in one step, e.g. 2,34,34.")
    ] = None,
    dt: Annotated[
        float | None, typer.Option(help="With NIR: timestep, in the unit of the graph's time constants.")
    ] = None,
    convention: Annotated[
        str | None, typer.Option(help="With NIR: whose time constants: nir, snntorch, norse or sinabs.")
    ] = None,
    values: Annotated[
        int | None, typer.Option(help="With NIR: feed numbers with this many fraction bits, not spikes.")
    ] = None,
    largest_value: Annotated[
        float | None, typer.Option(help="With --values: the largest magnitude of such a number (default: 1).")
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Compare with SLAYER's own forward pass (needs lava-dl).")
    ] = True,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn a checkpoint or a NIR graph into a .net file, and prove that both compute the same.

    Where they differ nothing is written, and the exit code is 1. Of a NIR graph the report says what
    rounding did to it.

    Example: neuromorph-track export runs/scenes-nano/final.pt -o scenes-nano.net
    """
    from neuromorph_track.runs.export import export_network
    from neuromorph_track.runs.export_kind import UnfitArguments, takes
    from neuromorph_track.runs.slayer_export import parse_shape

    shape = None if input_shape is None else parse_shape(input_shape)
    try:
        with working("exporting", quiet or as_json) as now:
            exported = export_network(
                checkpoint,
                output,
                model=model,
                input_shape=shape,
                check=check,
                convention=convention,
                dt=dt,
                value_bits=values,
                largest_value=largest_value,
                progress=now,
            )
    except UnfitArguments as unfit:
        options = [_option(name) for name in unfit.names]
        if unfit.lacking:
            raise typer.BadParameter(f"{options[0]} and {_option(unfit.lacking)} go together") from None
        known = takes(unfit.kind, _option)
        raise typer.BadParameter(f"{', '.join(options)}: not for {unfit.kind.value} ({known})") from None
    if as_json:
        print_json(exported.to_dict())
        return
    out = console()
    if (table := exported.table()) is not None:
        out.print(table)
    for sentence in exported.sentences():
        out.print(sentence, highlight=False)


def _option(argument: str) -> str:
    """What the command line calls an argument of Python's."""
    return {"check": "--no-check", "value_bits": "--values"}.get(argument, f"--{argument.replace('_', '-')}")
