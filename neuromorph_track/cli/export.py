"""``export``: a checkpoint becomes a `.net`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json
from neuromorph_track.cli.output import console, print_json
from neuromorph_track.errors import InputError


def export(
    checkpoint: Annotated[
        Path, typer.Argument(help="final.pt of `train`, or network.pt of lava-dl's YOLO-KP.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help=".net file to write.")],
    check: Annotated[
        bool, typer.Option(help="Compare with SLAYER's own forward pass (needs lava-dl).")
    ] = True,
    as_json: Json = False,
) -> None:
    """Export a SLAYER checkpoint to a NetX .net file, and check that both compute the same.

    Example: neuromorph-track export runs/scenes-nano/final.pt -o scenes-nano.net
    """
    from neuromorph_track.export.checkpoint import export_checkpoint
    from neuromorph_track.netx import write_net
    from neuromorph_track.runs.headroom import with_headroom
    from neuromorph_track.runs.proof import prove_export

    if output.suffix != ".net":
        # Above all, the checkpoint itself must not be overwritten.
        raise InputError(output, "output", f"a name ending in {output.suffix!r}", "one ending in '.net'")
    network = with_headroom(export_checkpoint(checkpoint))
    proof = prove_export(checkpoint, network) if check else None
    write_net(network, output)
    if as_json:
        print_json({"file": str(output), "proof": proof.to_dict() if proof else None})
        return
    out = console()
    out.print(f"{len(network.layers)} layers written to {output}", highlight=False)
    out.print(proof.sentence() if proof else "not compared with SLAYER", highlight=False)
