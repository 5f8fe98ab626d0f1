"""``events``: look at an event file."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, print_json, print_warnings

if TYPE_CHECKING:
    from neuromorph_track.runs.event_file import EventReport


class Ground(str, Enum):
    """Backgrounds of pictures."""

    WHITE = "white"
    DARK = "dark"


class TimeUnit(str, Enum):
    """Units of a text's times."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    MICROSECONDS = "us"
    NANOSECONDS = "ns"


def events(
    file: Annotated[
        str,
        typer.Argument(
            help="AEDAT4, ES, EVT2 or EVT3 (.raw), DAT, HDF5 (DSEC, Prophesee), N-MNIST (.bin), text or CSV; "
            "or a sequence's folder with one of them."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="A picture (.png, .svg, .pdf), a video (.mp4), or the events again (.es)."
        ),
    ] = None,
    rate: Annotated[
        Path | None, typer.Option("--rate", help="A picture (.png, .svg, .pdf) of the rate over time.")
    ] = None,
    window: Annotated[str, typer.Option("--window", help="What one picture shows, e.g. 10ms.")] = "10ms",
    at: Annotated[
        str | None,
        typer.Option("--at", help="Where the picture's window begins, e.g. 0.5s (default: middle)."),
    ] = None,
    fps: Annotated[float, typer.Option("--fps", min=1.0, max=120.0, help="Of the video.")] = 25.0,
    background: Annotated[Ground, typer.Option("--background", help="Of pictures.")] = Ground.WHITE,
    size: Annotated[
        str | None, typer.Option("--size", help="Of the sensor, e.g. 346x260, where the file does not say.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", help="Order of a text's columns, e.g. txyp; ? for another.")
    ] = None,
    time_unit: Annotated[
        TimeUnit | None, typer.Option("--time-unit", help="Of times in a text or HDF5 file.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Look at an event camera's file: what it holds; draw it, or write it as Event Stream.

    Example: neuromorph-track events plane.es -o plane.mp4 --window 5ms
    """
    from neuromorph_track.data.events import Hints
    from neuromorph_track.runs.event_file import EventOptions, look_at_events

    options = EventOptions(
        output=None if output is None else str(output),
        rate=None if rate is None else str(rate),
        window=window,
        at=at,
        fps=fps,
        background=background.value,
        hints=Hints(_size(size), columns, None if time_unit is None else time_unit.value),
        quiet=quiet or as_json,
    )
    _report(look_at_events(file, options), as_json)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not all(side.isascii() and side.isdecimal() and len(side) < 6 for side in (width, height)):
        raise typer.BadParameter(f"found {text!r}, expected WIDTHxHEIGHT, e.g. 346x260", param_hint="--size")
    return int(width), int(height)


def _report(report: EventReport, as_json: bool) -> None:
    if as_json:
        print_json(report.to_dict())
        return
    from rich.table import Table

    recording, summary = report.recording, report.summary
    out = console()
    if recording.ended_early:
        print_warnings(out, [recording.ended_early])
    told = {"file": "", "user": " (as told)", "events": " (the least that holds all events)"}
    pixels = recording.width * recording.height
    busiest = ", ".join(f"({each.x}, {each.y}) {each.events:,}" for each in summary.busiest)
    rows = {
        "format": recording.form,
        **recording.details,
        "sensor": f"{recording.width}x{recording.height}{told[recording.size_from]}",
        "duration": f"{summary.duration_us / 1e6:.6f} s",
        "events": f"{summary.events:,}",
        "rate": f"{summary.per_second:,.0f} events/s",
        "became brighter": f"{summary.on / summary.events:.1%}" if summary.events else "none",
        "pixels without events": f"{summary.silent_pixels:,} ({summary.silent_pixels / pixels:.1%})",
        "busiest pixels": busiest or "none",
        "the file's clock at the first event": f"{recording.origin_us:,} us",
    }
    table = Table(show_header=False, box=None)
    for name, value in rows.items():
        table.add_row(name, value)
    out.print(table)
