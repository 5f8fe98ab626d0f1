"""The progress bar of long work, on stderr."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def progress_bar(unit: str, quiet: bool, transient: bool = False) -> Progress:
    """Done, of how many, of which ``unit``, what the task says of itself, and how long it may still take.

    Parameters
    ----------
    unit : str
        What is counted, e.g. ``frames``.
    quiet : bool
        No bar.
    transient : bool
        The bar goes when the work is done, and is not shown at all where there is no terminal.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn(unit),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    # Without a terminal a bar that goes would leave an empty line before an error.
    hidden = quiet or (transient and not console.is_terminal)
    return Progress(*columns, console=console, transient=transient, disable=hidden)
