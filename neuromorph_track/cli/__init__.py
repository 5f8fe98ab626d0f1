"""The command line: one file per verb, parsing and printing only."""

from neuromorph_track.cli.app import main

__all__ = ["main"]
