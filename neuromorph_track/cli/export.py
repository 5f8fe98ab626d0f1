"""``export``: a checkpoint becomes a `.net`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json, working
from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from neuromorph_track.runs.proof import ExportProof
    from neuromorph_track.runs.slayer_proof import SlayerProof


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
        float, typer.Option(help="With --values: the largest magnitude of such a number.")
    ] = 1.0,
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
    from neuromorph_track.cli.export_pair import export_pair
    from neuromorph_track.cli.nir import export_nir
    from neuromorph_track.cli.proven import refuse_unequal
    from neuromorph_track.export.checkpoint import export_with_report
    from neuromorph_track.export.siamese import is_siamese_checkpoint
    from neuromorph_track.netx import write_net
    from neuromorph_track.reports.export_table import export_table
    from neuromorph_track.runs.headroom import with_headroom
    from neuromorph_track.runs.nir_export import concerns_nir
    from neuromorph_track.runs.proof import prove_export
    from neuromorph_track.runs.slayer_export import export_model, parse_shape

    if concerns_nir(checkpoint, output):
        if model is not None or not check:
            raise typer.BadParameter("--model and --no-check are not for NIR graphs")
        export_nir(checkpoint, output, input_shape, dt, convention, values, largest_value, as_json)
        return
    ours = checkpoint.suffix == ".pt" and output.suffix != ".pt" and model is None
    if ours and is_siamese_checkpoint(checkpoint):
        if any(option is not None for option in (input_shape, dt, convention, values)):
            raise typer.BadParameter("--input-shape, --dt, --convention and --values are for other networks")
        export_pair(checkpoint, output, check, as_json, quiet)
        return
    if output.suffix != ".net":
        # Above all, the checkpoint itself must not be overwritten.
        raise InputError(output, "output", f"a name ending in {output.suffix!r}", "one ending in '.net'")
    if any(option is not None for option in (dt, convention, values)):
        raise typer.BadParameter("--dt, --convention and --values are for NIR graphs")
    if (model is None) != (input_shape is None):
        raise typer.BadParameter("--model and --input-shape go together")
    proof: ExportProof | SlayerProof | None
    with working("exporting", quiet or as_json) as now:
        if model is not None and input_shape is not None:
            exported, proof = export_model(checkpoint, model, parse_shape(input_shape), check=check)
            network, report = exported.network, exported.report
        else:
            network, report = export_with_report(checkpoint)
            network = with_headroom(network)
            now("proving that both compute the same")
            proof = prove_export(checkpoint, network) if check else None
            refuse_unequal(checkpoint, proof)
    write_net(network, output)
    if as_json:
        content = {"proof": proof.to_dict() if proof else None, "report": report.to_dict()}
        print_json({"file": str(output), **content})
        return
    out = console()
    out.print(export_table(report))
    out.print(f"{len(network.layers)} layers written to {output}", highlight=False)
    out.print(proof.sentence() if proof else "not compared with SLAYER", highlight=False)
