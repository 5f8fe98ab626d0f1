"""``zoo``: which networks are ready to run."""

from __future__ import annotations

from neuromorph_track.cli.options import Json
from neuromorph_track.cli.output import console, print_json


def zoo(as_json: Json = False) -> None:
    """List the networks that are ready to run.

    Example: neuromorph-track zoo
    """
    from rich.table import Table

    from neuromorph_track.export.zoo import zoo as entries

    if as_json:
        print_json([{"name": e.name, "summary": e.summary, "origin": e.origin} for e in entries()])
        return
    table = Table("Name", "Network", "Where it comes from", title="Networks for --net")
    for entry in entries():
        table.add_row(entry.name, entry.summary, entry.origin)
    console().print(table)
