"""Printing for people and for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

# A pipe has no width of its own; tables cut to 80 columns lose their numbers.
PIPE_WIDTH = 160


def console() -> Console:
    """The console for tables; wide when nobody looks. Square brackets in names are no markup here."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, markup=False, emoji=False)


def counted(number: int, noun: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def print_warnings(out: Console, warnings: Sequence[str]) -> None:
    """What must not be overlooked, before the tables."""
    for warning in warnings:
        out.print(f"warning: {warning}", style="bold red", highlight=False)


def print_json(content: object) -> None:
    """One JSON document on stdout."""
    print(json.dumps(content, indent=2))


@contextmanager
def working(what: str, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A turning sign on stderr, for work whose length is not known; gives what changes the words beside it.

    Nothing is shown where stderr is no terminal.
    """
    with Console(stderr=True, quiet=quiet, markup=False).status(what) as status:
        yield status.update
