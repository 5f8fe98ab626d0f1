"""What a verb prints, run while the page is built."""

from __future__ import annotations

import shlex

from typer.testing import CliRunner


def printed(arguments: str) -> str:
    """A command and its output; of verbs that are quick and need no files.

    Raises
    ------
    ValueError
        When the command fails, so that the site is not built with an error on it.
    """
    from neuromorph_track.cli.app import app

    done = CliRunner().invoke(app, shlex.split(arguments))
    if done.exit_code:
        raise ValueError(f"neuromorph-track {arguments} ended with {done.exit_code}: {done.output[-500:]}")
    lines = "\n".join(line.rstrip() for line in done.output.strip("\n").splitlines())
    return f"```text\n$ neuromorph-track {arguments}\n{lines}\n```"
