"""Part of ``export``: NIR graphs in and out."""

from __future__ import annotations

from pathlib import Path

import typer

from neuromorph_track.cli.output import console, print_json


def export_nir(
    source: Path,
    output: Path,
    input_shape: str | None,
    dt: float | None,
    convention: str | None,
    value_bits: int | None,
    largest_value: float,
    as_json: bool,
) -> None:
    """Turn a `.nir` file into a `.net`, or a `.net` into a `.nir`, and say what became of it."""
    from neuromorph_track.reports.nir_table import nir_table
    from neuromorph_track.runs.nir_export import SUFFIX, net_to_nir, nir_to_net
    from neuromorph_track.runs.slayer_export import parse_shape

    out = console()
    if source.suffix != SUFFIX:
        if any(option is not None for option in (input_shape, convention, value_bits)):
            raise typer.BadParameter("--input-shape, --convention and --values are for reading NIR graphs")
        written = net_to_nir(source, output, dt)
        if as_json:
            print_json(written)
            return
        text = f"{written['layers']} layers written to {output}; step its graph with dt {written['dt']:g}"
        out.print(text, highlight=False)
        return
    made = nir_to_net(
        source,
        output,
        convention=convention,
        dt=dt,
        input_shape=None if input_shape is None else parse_shape(input_shape),
        value_bits=value_bits,
        largest_value=largest_value,
    )
    if as_json:
        print_json({"file": str(output), "report": made.report.to_dict()})
        return
    out.print(nir_table(made.report))
    out.print(f"{len(made.network.layers)} layers written to {output}", highlight=False)
