"""``compare``: what runs cost on the chips you name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Hardware, Json
from neuromorph_track.cli.output import console, print_json
from neuromorph_track.errors import InputError

PICTURES = (".png", ".svg", ".pdf")


def compare(
    runs: Annotated[list[Path], typer.Argument(help="RUN folders of `track` or `profile`.")],
    hardware: Hardware = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Picture to write; several runs get a number each.")
    ] = Path("runs/energy.png"),
    as_json: Json = False,
) -> None:
    """Price runs on hardware profiles: a table, and a picture with intervals.

    Nothing is run again: the counts of a run are priced anew.

    Example: neuromorph-track compare runs/street --hardware loihi2-oheogulch --hardware loihi1
    """
    from neuromorph_track.runs.compare import compare_runs

    if output.suffix not in PICTURES:
        raise InputError(
            output, "output", f"a name ending in {output.suffix!r}", f"one of {', '.join(PICTURES)}"
        )
    comparisons = compare_runs(runs, tuple(hardware or ()))
    if as_json:
        print_json([comparison.to_dict() for comparison in comparisons])
        return
    from neuromorph_track.reports.energy_plot import plot_energy
    from neuromorph_track.reports.tables import energy_table

    out = console()
    for index, comparison in enumerate(comparisons):
        picture = output if len(comparisons) == 1 else output.with_stem(f"{output.stem}-{index + 1}")
        out.print(f"\n{comparison.title}", style="bold", highlight=False)
        out.print(energy_table(comparison.reports))
        plot_energy(comparison.reports, picture)
        out.print(f"picture: {picture}", highlight=False)
