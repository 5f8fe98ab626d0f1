"""``track`` and ``profile``: a network over a source."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli import completion
from neuromorph_track.cli.options import (
    AssociationName,
    AssociationOption,
    BackendName,
    BackendOption,
    Classes,
    Conf,
    Device,
    EventWindow,
    Hardware,
    Json,
    MaxFrames,
    Net,
    Output,
    Overwrite,
    Quiet,
    TrackerOption,
    split_names,
)
from neuromorph_track.cli.output import console, counted, print_json, print_warnings

if TYPE_CHECKING:
    from neuromorph_track.runs import RunSummary

Source = Annotated[
    str,
    typer.Argument(
        help="Video file, folder of pictures, MOTChallenge folder, a scene: scene:seed=7,frames=200, or "
        "(for a network that takes events) an event file.",
        autocompletion=completion.sources,
    ),
]


def track(
    source: Source,
    net: Net = "scenes-nano",
    output: Output = Path("runs/track"),
    classes: Classes = None,
    conf: Conf = None,
    max_frames: MaxFrames = None,
    event_window: EventWindow = None,
    hardware: Hardware = None,
    device: Device = "cpu",
    backend: BackendOption = BackendName.FIXED,
    tracker: TrackerOption = None,
    settings: Annotated[
        Path | None, typer.Option("--settings", help="The tracker's settings in TOML, e.g. of `tune`.")
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(
            "--features", help='Layer that tells what objects look like, e.g. "1 conv" (smot, tracktrack).'
        ),
    ] = None,
    association: AssociationOption = AssociationName.HOST,
    overwrite: Overwrite = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find and follow objects; leaves tracks, a video, counts and joules in a RUN folder.

    Example: neuromorph-track track street.mp4 --net yolo-kp --classes person -o runs/street
    """
    from neuromorph_track.runs import RunOptions
    from neuromorph_track.runs import track as run_track

    options = RunOptions(
        max_frames=max_frames,
        event_window=event_window,
        classes=split_names(classes),
        conf=conf,
        device=device,
        backend=backend.value,
        tracker=tracker,
        settings=None if settings is None else str(settings),
        features=features,
        association=association.value,
        hardware=tuple(hardware or ()),
        overwrite=overwrite,
        quiet=quiet or as_json,
    )
    _report(run_track(source, net, output, options), as_json)


def profile(
    source: Source,
    net: Net = "scenes-nano",
    output: Output = Path("runs/profile"),
    max_frames: MaxFrames = None,
    event_window: EventWindow = None,
    hardware: Hardware = None,
    device: Device = "cpu",
    backend: BackendOption = BackendName.FIXED,
    per_step: Annotated[
        bool, typer.Option("--per-step", help="Keep the counts of each timestep in activity.h5.")
    ] = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Count spikes and synops and price them, without tracking.

    Example: neuromorph-track profile street.mp4 --net yolo-kp --max-frames 100 -o runs/cost
    """
    from neuromorph_track.runs import RunOptions
    from neuromorph_track.runs import profile as run_profile

    options = RunOptions(
        max_frames=max_frames,
        event_window=event_window,
        device=device,
        backend=backend.value,
        hardware=tuple(hardware or ()),
        per_step=per_step,
        overwrite=overwrite,
        quiet=quiet or as_json,
    )
    _report(run_profile(source, net, output, options), as_json)


def _report(run: RunSummary, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "folder": str(run.folder),
                "frames": run.frames,
                "tracks": run.tracks,
                "seconds": run.seconds,
                "association": None if run.association is None else asdict(run.association),
                "layers": [asdict(layer) for layer in run.summary.layers],
                "energy": [report.to_dict() for report in run.energy],
                "warnings": list(run.warnings),
            }
        )
        return
    from neuromorph_track.reports.associate_table import stages_table
    from neuromorph_track.reports.energy_table import energy_table
    from neuromorph_track.reports.tables import layers_table

    out = console()
    print_warnings(out, run.warnings)
    out.print(layers_table(run.summary))
    out.print(energy_table(run.energy))
    if run.association is not None:
        out.print(stages_table(run.association.seconds, run.association.frames))
    found = "" if run.tracks is None else f", {counted(run.tracks, 'track')}"
    out.print(f"{counted(run.frames, 'frame')}{found} in {run.seconds:.1f} s: {run.folder}", highlight=False)
