"""``neuromorph-track``: the verbs, and how errors reach the user."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from neuromorph_track.cli.associate import associate
from neuromorph_track.cli.compare import compare
from neuromorph_track.cli.demo import demo
from neuromorph_track.cli.env import app as env
from neuromorph_track.cli.evaluate import evaluate
from neuromorph_track.cli.evaluate_single import evaluate_single
from neuromorph_track.cli.events import events
from neuromorph_track.cli.export import export
from neuromorph_track.cli.hardware import app as hardware
from neuromorph_track.cli.inspect import inspect
from neuromorph_track.cli.run import profile, track
from neuromorph_track.cli.sot import sot
from neuromorph_track.cli.train import train
from neuromorph_track.cli.tune import tune
from neuromorph_track.cli.verify import verify
from neuromorph_track.cli.zoo import zoo
from neuromorph_track.errors import InputError, JobError

INTERRUPTED = 130

app = typer.Typer(
    help="From a trained spiking detector to tracks and joules on neuromorphic hardware.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
VERBS = (
    *(demo, zoo, track, sot, associate, tune, profile, compare, export, verify, inspect),
    *(events, train),
)
for verb in VERBS:
    app.command()(verb)
app.command("eval")(evaluate)
app.command("eval-single")(evaluate_single)
app.add_typer(env, name="env")
app.add_typer(hardware, name="hardware")


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    if version:
        from neuromorph_track.runs.folder import versions

        print(versions()["neuromorph-track"])
        raise typer.Exit


def main() -> None:
    """Run the command line; a user's error is one line on stderr and exit code 1."""
    try:
        app()
    except (InputError, JobError) as error:
        Console(stderr=True, soft_wrap=True, highlight=False, emoji=False).print(
            f"error: {error}", markup=False
        )
        sys.exit(1)
    except SystemExit as stop:
        # Typer turns Ctrl-C into this code and says nothing.
        if stop.code == INTERRUPTED:
            print("interrupted", file=sys.stderr)
        raise
