"""Ctrl-C: one line that says what was kept and how to go on."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Callable
from typing import Any

import typer

from neuromorph_track.cli.program import PROGRAM

INTERRUPTED = 130

# What a verb leaves when it is broken off; {again} is the same command.
NOTHING = "nothing was written; begin again with: {again}"
RUN = (
    "nothing was kept, for a RUN folder is there when it is whole (--max-frames N makes a shorter run); "
    "begin again with: {again}"
)
SEQUENCES = "the sequences that are finished are kept; go on with: {again}"
TRIALS = "the settings that were tried are kept; go on with: {again}"


def interruptible(verb: Callable[..., None], kept: str) -> Callable[..., None]:
    """``verb``, which on Ctrl-C says ``kept`` on stderr and ends with exit code 130."""

    @functools.wraps(verb)
    def called(*arguments: Any, **options: Any) -> None:
        try:
            verb(*arguments, **options)
        except KeyboardInterrupt:
            say_interrupted(kept.format(again=same_command()))
            raise typer.Exit(INTERRUPTED) from None

    return called


def say_interrupted(kept: str) -> None:
    """The one line."""
    print(f"interrupted: {kept}", file=sys.stderr)


def same_command(without: tuple[str, ...] = ("--overwrite",)) -> str:
    """What the user typed, to be typed again; an --overwrite would throw away what was kept."""
    return shlex.join([PROGRAM, *(word for word in sys.argv[1:] if word not in without)])
