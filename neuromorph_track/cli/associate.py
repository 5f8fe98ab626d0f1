"""``associate``: detection files to tracks, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import (
    FormOption,
    GapsName,
    GapsOption,
    Json,
    Quiet,
    ScoresName,
    ScoresOption,
    TrackerOption,
    TypeOption,
    WarpOption,
)
from neuromorph_track.cli.output import console, counted, print_json, print_warnings


def associate(
    detections: Annotated[
        list[Path],
        typer.Argument(help="Detection files, folders of a sequence (det/det.txt, det*.txt), or of many."),
    ],
    tracker: TrackerOption = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")] = Path("runs/associate"),
    settings: Annotated[
        Path | None, typer.Option("--settings", help="Settings in TOML, e.g. what `tune` wrote.")
    ] = None,
    form: FormOption = None,
    type_name: TypeOption = None,
    scores: ScoresOption = ScoresName.GIVEN,
    warp: WarpOption = None,
    gaps: GapsOption = GapsName.EMPTY,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Do everything anew.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn any detector's boxes into tracks.

    Reads MOTChallenge's and KITTI's files, writes results that `eval` reads. Finished sequences are not
    done again.

    Example: neuromorph-track associate MOT17/train --tracker ocsort -o runs/ocsort
    """
    from neuromorph_track.reports.associate_table import sequences_table, stages_table
    from neuromorph_track.runs.associate import associate as run_associate
    from neuromorph_track.runs.associate_summary import AssociateOptions, total_stages

    done = run_associate(
        detections,
        output,
        AssociateOptions(
            tracker=tracker,
            settings=settings,
            form=form.value if form else None,
            type_name=type_name,
            scores=scores.value,
            warp=warp,
            gaps=gaps.value,
            overwrite=overwrite,
            quiet=quiet or as_json,
        ),
    )
    if as_json:
        print_json(done.to_dict())
        return
    out = console()
    print_warnings(out, done.warnings)
    out.print(sequences_table(done.sequences, done.tracker))
    out.print(stages_table(total_stages(done.sequences), sum(each.frames for each in done.sequences)))
    before = f", {done.resumed} of them there before" if done.resumed else ""
    out.print(f"{counted(len(done.sequences), 'sequence')}{before}: {done.folder}", highlight=False)
