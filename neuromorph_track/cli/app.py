"""``neuromorph-track``: the verbs, in the order in which one uses them, and how errors reach the user."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import typer
from rich.console import Console
from typer.core import TyperGroup

from neuromorph_track.cli.associate import associate
from neuromorph_track.cli.compare import compare
from neuromorph_track.cli.demo import demo
from neuromorph_track.cli.env import app as env
from neuromorph_track.cli.evaluate import evaluate
from neuromorph_track.cli.evaluate_single import evaluate_single
from neuromorph_track.cli.events import events
from neuromorph_track.cli.explore import explore
from neuromorph_track.cli.export import export
from neuromorph_track.cli.hardware import app as hardware
from neuromorph_track.cli.inspect import inspect
from neuromorph_track.cli.interrupts import NOTHING, RUN, SEQUENCES, TRIALS, interruptible
from neuromorph_track.cli.next_step import next_step
from neuromorph_track.cli.report import report
from neuromorph_track.cli.run import profile, track
from neuromorph_track.cli.sot import sot
from neuromorph_track.cli.train import train
from neuromorph_track.cli.tune import tune
from neuromorph_track.cli.verify import verify
from neuromorph_track.cli.wrong_usage import reword
from neuromorph_track.cli.zoo import zoo
from neuromorph_track.errors import InputError, JobError


class Verb(NamedTuple):
    """A verb, the panel of the help it stands in, and what it leaves when it is interrupted."""

    name: str
    code: Callable[..., None] | typer.Typer
    panel: str
    kept: str = NOTHING


SEE, MAKE, RUN_IT = "See it work", "Make a network: train, export, verify", "Run it"
SCORE, COMPARE, LOOK, TROUBLE = "Score it", "Compare what it costs", "Look inside", "When something is wrong"
VERBS = (
    Verb("demo", demo, SEE, RUN),
    Verb("zoo", zoo, SEE),
    Verb("train", train, MAKE),
    Verb("export", export, MAKE),
    Verb("inspect", inspect, MAKE),
    Verb("verify", verify, MAKE),
    Verb("track", track, RUN_IT, RUN),
    Verb("sot", sot, RUN_IT, RUN),
    Verb("profile", profile, RUN_IT, RUN),
    Verb("associate", associate, RUN_IT, SEQUENCES),
    Verb("eval", evaluate, SCORE),
    Verb("eval-single", evaluate_single, SCORE),
    Verb("tune", tune, SCORE, TRIALS),
    Verb("compare", compare, COMPARE),
    Verb("hardware", hardware, COMPARE),
    Verb("report", report, LOOK),
    Verb("explore", explore, LOOK),
    Verb("events", events, LOOK),
    Verb("env", env, TROUBLE),
)
EPILOG = (
    "Begin with:  neuromorph-track demo  (seconds; renders a street, tracks it, prices it)\n\n"
    "Then your own video:  neuromorph-track track street.mp4 -o runs/street\n\n"
    "Each verb explains itself, with an example:  neuromorph-track track -h"
)


class Story(TyperGroup):
    """The verbs in the order of :data:`VERBS`; Typer by itself puts groups first."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [verb.name for verb in VERBS]

    def invoke(self, ctx: Any) -> Any:
        # The options of all verbs are read in here.
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            reword(error)
            raise


app = typer.Typer(
    cls=Story,
    help="From a trained spiking detector to tracks and joules on neuromorphic hardware.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in VERBS:
    if isinstance(verb.code, typer.Typer):
        for command in verb.code.registered_commands:
            assert command.callback is not None
            command.callback = interruptible(command.callback, verb.kept)
        app.add_typer(verb.code, name=verb.name, rich_help_panel=verb.panel)
    else:
        app.command(verb.name, rich_help_panel=verb.panel)(interruptible(verb.code, verb.kept))


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    if version:
        from neuromorph_track.runs.folder import versions

        print(versions()["neuromorph-track"])
        raise typer.Exit


def main() -> None:
    """Run the command line; of a user's error stderr gets one line, and one with the next step."""
    try:
        app(prog_name="neuromorph-track")
    except (InputError, JobError) as error:
        fail(error)
    except MemoryError:
        fail(JobError("there is not enough memory"))
    except Exception:
        # A fault of ours: its lines are what a report needs.
        import traceback

        traceback.print_exc()
        print("error: this is a fault of neuromorph-track itself, not of what it was given", file=sys.stderr)
        print(" next: report the lines above, with what `neuromorph-track env` prints", file=sys.stderr)
        sys.exit(1)


def fail(error: InputError | JobError) -> None:
    """Say what is wrong and what to do, and end with exit code 1."""
    err = Console(stderr=True, soft_wrap=True, markup=False, highlight=False, emoji=False)
    err.print(f"error: {error}")
    err.print(f" next: {next_step(error, called_verb())}")
    sys.exit(1)


def called_verb() -> str | None:
    """What was called, e.g. ``track`` or ``hardware show``."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    known = {verb.name: verb.code for verb in VERBS}
    if not words or words[0] not in known:
        return None
    group = isinstance(known[words[0]], typer.Typer) and len(words) > 1
    return " ".join(words[:2]) if group else words[0]
