"""``sot``: follow one object."""

from __future__ import annotations

from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli import completion
from neuromorph_track.cli.options import (
    Device,
    EventWindow,
    Hardware,
    Json,
    MaxFrames,
    Output,
    Overwrite,
    Quiet,
)
from neuromorph_track.cli.output import console, counted, print_json, print_warnings

if TYPE_CHECKING:
    from neuromorph_track.runs.siamese_net import Written
    from neuromorph_track.runs.sot import SotSummary

# Of a memory: no more is lost in rounding unless its values are smaller than a step.
MOSTLY = 0.5


class SingleFormat(str, Enum):
    """Formats of result files."""

    OTB = "otb"
    LASOT = "lasot"
    GOT10K = "got10k"
    TRACKINGNET = "trackingnet"


def sot(
    source: Annotated[
        str,
        typer.Argument(
            help="Video, folder of pictures, a sequence of OTB, LaSOT, GOT-10k, TrackingNet, UAV123 or VOT, "
            "targets:seed=7,preset=hard, or (for a network that takes events) an event file or a folder with "
            "one (EventVOT, COESOT, VisEvent), scored where there is truth.",
            autocompletion=completion.sources,
        ),
    ],
    net: Annotated[
        str,
        typer.Option(
            "--net",
            help="spiketrack-nano, for events hadtrack-nano, a siamese pair's folder, or a checkpoint of "
            "`train`.",
            autocompletion=completion.pairs,
        ),
    ] = "spiketrack-nano",
    init: Annotated[
        str | None,
        typer.Option("--init", help="x,y,w,h of the object in the frame of --start (default: the truth's)."),
    ] = None,
    output: Output = Path("runs/sot"),
    start: Annotated[
        int,
        typer.Option(
            "--start",
            min=0,
            help="Frame, or window of events, in which to begin; the first one is 0. "
            "Not before the first frame of a truth of events, unless --init names the object.",
        ),
    ] = 0,
    max_frames: MaxFrames = None,
    event_window: EventWindow = None,
    window: Annotated[
        float | None,
        typer.Option("--window", min=0.0, max=1.0, help="Weight of the window around the last place."),
    ] = None,
    penalty: Annotated[
        float | None, typer.Option("--penalty", min=0.0, help="Cost of changes of size and form.")
    ] = None,
    lost_score: Annotated[
        float | None,
        typer.Option(
            "--lost-score", min=0.0, max=1.0, help="Below it the object is lost; the search widens."
        ),
    ] = None,
    update_score: Annotated[
        float | None,
        typer.Option("--update-score", min=0.0, max=1.0, help="From it on a frame is a new template."),
    ] = None,
    bits: Annotated[int, typer.Option("--bits", help="Of the weights that are written: 8, 6 or 4.")] = 8,
    results: Annotated[
        Path | None, typer.Option("--results", help="Write a benchmark's result file into this folder too.")
    ] = None,
    form: Annotated[SingleFormat, typer.Option("--format", help="Of that file.")] = SingleFormat.OTB,
    hardware: Hardware = None,
    device: Device = "cpu",
    overwrite: Overwrite = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Follow one object, named by its first box; leaves boxes, a video, counts and joules.

    Example: neuromorph-track sot street.mp4 --init 120,80,40,90 --net runs/spiketrack/final.pt -o runs/sot
    """
    from neuromorph_track.runs.sot import SotOptions
    from neuromorph_track.runs.sot import sot as run_sot

    if bits not in (8, 6, 4):
        raise typer.BadParameter(f"found {bits}, expected 8, 6 or 4", param_hint="--bits")
    told = {"window": window, "penalty": penalty, "lost_score": lost_score, "update_score": update_score}
    options = SotOptions(
        init=init,
        start=start,
        max_frames=max_frames,
        event_window=event_window,
        results=None if results is None else str(results),
        form=form.value,
        bits=bits,  # type: ignore[arg-type]
        changes={name: value for name, value in told.items() if value is not None},
        device=device,
        hardware=tuple(hardware or ()),
        overwrite=overwrite,
        quiet=quiet or as_json,
    )
    _report(run_sot(source, net, output, options), as_json)


def _report(run: SotSummary, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "folder": str(run.folder),
                "frames": run.frames,
                "lost": run.lost,
                "templates": run.templates,
                "seconds_per_frame": run.seconds,
                "written": [asdict(each) for each in run.written],
                "scores": None if run.scores is None else run.scores.to_dict(),
                "energy": [report.to_dict() for report in run.energy],
                "template_energy": [report.to_dict() for report in run.template_energy],
                "warnings": list(run.warnings),
            }
        )
        return
    from neuromorph_track.reports.energy_table import energy_table
    from neuromorph_track.reports.tables import layers_table

    out = console()
    print_warnings(out, run.warnings)
    out.print("a frame (search chain)")
    out.print(layers_table(run.search))
    out.print(energy_table(run.energy))
    out.print(f"a template, {counted(run.templates, 'time')} in this run")
    out.print(energy_table(run.template_energy))
    for each in run.written:
        out.print(f"memory written to {each.layer}: {_taken(each)}", highlight=False)
    if run.scores is not None:
        scores = run.scores
        told = f"success AUC {scores.AUC:.3f}, precision at 20 px {scores.precision:.3f}, AO {scores.AO:.3f}"
        out.print(f"against the truth: {told}", highlight=False)
    out.print(
        f"{counted(run.frames, 'frame')}, lost in {run.lost}, {1 / run.seconds:.0f} frames/s: {run.folder}",
        highlight=False,
    )


def _taken(written: Written) -> str:
    """What writing took from a memory."""
    if written.error > MOSTLY and not written.clipped:
        return "next to nothing: what the template left is smaller than one step of the weights"
    return f"{written.error:.1%} lost in rounding, {written.clipped:.1%} of the weights clipped"
