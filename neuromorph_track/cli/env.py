"""``env``: what a bug report needs to know; ``env lava``: a Python that runs Lava."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json

app = typer.Typer()


@app.callback(invoke_without_command=True)
def env(context: typer.Context, as_json: Json = False) -> None:
    """Print versions and machine for a bug report; `env lava` makes a Python for Lava.

    Example: neuromorph-track env
    """
    if context.invoked_subcommand is not None:
        return
    from neuromorph_track.runs.environment import as_markdown, describe_environment

    found = describe_environment()
    if as_json:
        print_json(found)
    else:
        print(as_markdown(found))


@app.command()
def lava(
    force: Annotated[bool, typer.Option("--force", help="Make it anew, though it is there.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a private Python 3.10 with lava-nc, for `--backend lava` and `verify --against lava`.

    Downloads about 75 MB of packages and takes 260 MB in the cache folder; nothing else is changed.

    Example: neuromorph-track env lava
    """
    from neuromorph_track.backends.lava_python import INTERPRETER, find_lava_python
    from neuromorph_track.runs.lava_env import make_lava_environment

    def say(line: str) -> None:
        if not quiet:
            print(f"env lava: {line}", file=sys.stderr, flush=True)

    path = str(make_lava_environment(force, quiet, say))
    used = find_lava_python()
    goes_first = {"named": f"{INTERPRETER} names another one", "this": "this Python has lava-nc itself"}
    if as_json:
        print_json({"path": path, "used": used is not None and used.path == path})
        return
    out = console()
    out.print(f"Lava's Python: {path}", highlight=False)
    if used is not None and used.origin in goes_first:
        out.print(f"it is not used: {goes_first[used.origin]}", highlight=False)
    else:
        out.print("next: neuromorph-track verify scenes-nano --against lava --frames 1", highlight=False)
