"""``train``: a recipe becomes a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json


def train(
    recipe: Annotated[Path, typer.Argument(help="TOML recipe, e.g. netx_exports/scenes-nano.toml.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the checkpoints.")] = Path(
        "runs/train"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted training.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a SLAYER detector from a recipe (needs lava-dl, Python 3.10).

    Example: neuromorph-track train netx_exports/scenes-nano.toml -o runs/scenes-nano
    """
    from neuromorph_track.training.loop import train as run_training
    from neuromorph_track.training.recipe import read_recipe

    result = run_training(read_recipe(recipe), output, resume, quiet or as_json)
    if as_json:
        print_json({"checkpoint": str(result.checkpoint), "seconds": result.seconds})
        return
    out = console()
    out.print(f"trained in {result.seconds / 60:.1f} min: {result.checkpoint}", highlight=False)
    out.print(f"next: neuromorph-track export {result.checkpoint} -o OUT.net", highlight=False)
