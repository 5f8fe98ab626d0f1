"""``train``: a recipe becomes a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.interrupts import INTERRUPTED, NOTHING, same_command, say_interrupted
from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json


def train(
    recipe: Annotated[Path, typer.Argument(help="TOML recipe, e.g. netx_exports/scenes-nano.toml.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the checkpoints.")] = Path(
        "runs/train"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted training.")] = False,
    device: Annotated[str, typer.Option("--device", help="cpu or cuda.")] = "cpu",
    data: Annotated[
        Path, typer.Option("--data", help="Where the recipe's folders of real sequences lie.")
    ] = Path(),
    init: Annotated[
        Path | None, typer.Option("--init", help="Begin with the weights of this checkpoint.")
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option("--teacher", help="Learn from this checkpoint too, as \\[distillation] says."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Threads that prepare batches.")] = 0,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write TensorBoard's files beside log.jsonl.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a network from a recipe; Ctrl-C stops it, --resume goes on.

    Recipes that name no family of networks need lava-dl (Python 3.10). On several GPUs:
    torchrun --nproc-per-node 4 --no-python neuromorph-track train RECIPE --device cuda

    Example: neuromorph-track train netx_exports/scenes-nano.toml -o runs/scenes-nano
    """
    from neuromorph_track.training.loop import train as run_training
    from neuromorph_track.training.recipe import SINGLE_DATA, read_recipe

    plan = read_recipe(recipe)
    try:
        result = run_training(
            plan,
            output,
            resume,
            quiet or as_json,
            device=device,
            data=data,
            init=init,
            teacher=teacher,
            workers=workers,
            tensorboard=tensorboard,
        )
    except KeyboardInterrupt:
        say_interrupted(_kept(output))
        raise typer.Exit(INTERRUPTED) from None
    if result.rank:
        return
    if as_json:
        print_json({"checkpoint": str(result.checkpoint), "seconds": result.seconds})
        return
    out = console()
    out.print(f"trained in {result.seconds / 60:.1f} min: {result.checkpoint}", highlight=False)
    written = "FOLDER" if plan.network.family in SINGLE_DATA else "OUT.net"
    out.print(f"next: neuromorph-track export {result.checkpoint} -o {written}", highlight=False)


def _kept(output: Path) -> str:
    """What an interrupted training leaves, and how to go on with it."""
    from neuromorph_track.training.loop import LAST

    again = same_command(without=("--resume",))
    if not (output / LAST).is_file():
        return NOTHING.format(again=again)
    return f"the training is kept up to the step in {output / LAST}; go on with: {again} --resume"
