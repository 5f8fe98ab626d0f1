"""``demo``: the whole story on a rendered scene."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json, print_warnings

SCENE = "scene:seed=7,frames=200"


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for everything it makes.")] = Path(
        "runs/demo"
    ),
    scene: Annotated[
        str, typer.Option("--scene", help="Another scene, e.g. scene:seed=3,objects=12.")
    ] = SCENE,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Render a street, follow what moves with spikes, score it, and price it on every chip.

    Example: neuromorph-track demo
    """
    from neuromorph_track.reports.energy_plot import plot_energy
    from neuromorph_track.reports.energy_table import energy_table
    from neuromorph_track.reports.scores import scores_table
    from neuromorph_track.reports.tables import layers_table
    from neuromorph_track.runs.demo import run_demo
    from neuromorph_track.runs.folder import ENERGY_PICTURE

    result = run_demo(scene, output, quiet or as_json)
    picture = output / ENERGY_PICTURE
    plot_energy(result.run.energy, picture)
    if as_json:
        energy = [report.to_dict() for report in result.run.energy]
        scores, warnings = result.scores.to_rows(), list(result.run.warnings)
        print_json({"folder": str(output), "scores": scores, "energy": energy, "warnings": warnings})
        return
    out = console()
    print_warnings(out, result.run.warnings)
    out.print(layers_table(result.run.summary))
    out.print(scores_table(result.scores))
    out.print(energy_table(result.run.energy))
    files = {
        "video with tracks": output / "annotated.mp4",
        "energy by chip": picture,
        "tracks (MOTChallenge)": output / "tracks.txt",
        "exact truth": output / "gt.txt",
        "counts per layer and frame": output / "activity.h5",
    }
    for what, path in files.items():
        out.print(f"{what:>28}: {path}", highlight=False)
