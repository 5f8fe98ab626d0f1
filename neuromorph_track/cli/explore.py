"""``explore``: scrub through a run, layer by layer, in the Rerun viewer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli import completion
from neuromorph_track.cli.options import Json, Quiet
from neuromorph_track.cli.output import console, counted, print_json, print_warnings
from neuromorph_track.errors import JobError

if TYPE_CHECKING:
    from neuromorph_track.runs.explore import Explored


def explore(
    run: Annotated[Path, typer.Argument(help="RUN folder of `track`, `profile` or `sot`.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write an .rrd file instead of opening the viewer."),
    ] = None,
    web: Annotated[bool, typer.Option("--web", help="Open the viewer in the browser.")] = False,
    frames: Annotated[
        str | None,
        typer.Option("--frames", help="FIRST:END of the frames with pictures (default: the first 100)."),
    ] = None,
    layers: Annotated[
        list[str] | None,
        typer.Option(
            "--layers",
            help='Show this layer channel by channel: "3 conv", of `sot` "search 3 conv"; repeat for more.',
        ),
    ] = None,
    hardware: Annotated[
        list[str] | None,
        typer.Option(
            "--hardware",
            help="Joules on this chip, of those the run was priced on; repeat for more (default: one).",
            autocompletion=completion.hardware,
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Scrub through a run: picture, tracks, spike maps of every layer, counts, joules.

    The network is run again on the run's source, to have its spikes; of `sot` both chains.
    Needs the extra `explore`.

    Example: neuromorph-track explore runs/street --frames 0:50 -o street.rrd
    """
    from neuromorph_track.runs.explore import ExploreOptions
    from neuromorph_track.runs.explore import explore as write_recording
    from neuromorph_track.runs.rerun_viewer import has_display, show

    options = ExploreOptions(frames, tuple(layers or ()), tuple(hardware or ()), quiet or as_json)
    if output is not None:
        _report(write_recording(run, output, options), as_json)
        return
    if not web and not has_display():
        hint = f"-o {run.resolve().name}.rrd writes a file, --web serves the viewer to a browser"
        raise JobError("there is no display to open the viewer on", hint)
    with tempfile.TemporaryDirectory(prefix="neuromorph-track-") as folder:
        made = write_recording(run, Path(folder) / f"{run.resolve().name}.rrd", options)
        _report(made, as_json)
        show(made.path, web)


def _report(made: Explored, as_json: bool) -> None:
    if as_json:
        print_json(made.to_dict())
        return
    out = console()
    print_warnings(out, made.warnings)
    first, end = made.frames
    parts = f"joules on {', '.join(made.chips) or 'no chip'}"
    if made.layers:
        parts = f"{counted(len(made.layers), 'layer')}, pictures of frames {first} to {end - 1}, {parts}"
    out.print(f"{parts}: {made.path} ({made.path.stat().st_size / 1e6:.1f} MB)", highlight=False)
