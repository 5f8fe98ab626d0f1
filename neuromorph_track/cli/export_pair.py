"""``export`` of a siamese pair: a folder of two `.net` files."""

from __future__ import annotations

from pathlib import Path

from neuromorph_track.cli.output import console, print_json, working
from neuromorph_track.cli.proven import refuse_unequal
from neuromorph_track.errors import InputError


def export_pair(checkpoint: Path, output: Path, check: bool, as_json: bool, quiet: bool) -> None:
    """Prove that both chains of a checkpoint compute what was trained, and write them."""
    if output.suffix == ".net":
        expected = "the name of a folder: a siamese pair is two files"
        raise InputError(output, "output", "a name ending in '.net'", expected)
    from neuromorph_track.export.siamese import export_siamese
    from neuromorph_track.netx import write_siamese
    from neuromorph_track.reports.export_table import export_table
    from neuromorph_track.runs.siamese_proof import prove_siamese
    from neuromorph_track.runs.stream_proof import prove_stream

    with working("exporting", quiet or as_json) as now:
        exported = export_siamese(checkpoint)
        prove = prove_stream if exported.siamese.contract.streams else prove_siamese
        now("proving that both compute the same")
        proof = prove(exported.model, exported.siamese) if check else None
        refuse_unequal(checkpoint, proof)
    write_siamese(exported.siamese, output)
    if as_json:
        content = {"proof": proof.to_dict() if proof else None, "report": exported.report.to_dict()}
        print_json({"folder": str(output), **content})
        return
    out = console()
    out.print(export_table(exported.report))
    siamese = exported.siamese
    layers = f"{len(siamese.template.layers)} + {len(siamese.search.layers)} layers"
    out.print(f"{layers} written to {output}", highlight=False)
    out.print(proof.sentence() if proof else "not compared with the trained network", highlight=False)
