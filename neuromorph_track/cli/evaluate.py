"""``eval``: tracks against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from neuromorph_track.cli.options import Csv, Json, Quiet, ScoredClasses, split_names
from neuromorph_track.cli.output import console, print_json, print_warnings, working


def evaluate(
    gt: Annotated[
        Path,
        typer.Option("--gt", help="gt.txt, a sequence, or a folder of them; of KITTI what holds label_02."),
    ],
    results: Annotated[
        Path, typer.Option("--results", help="RUN folder, results file, or a folder of either.")
    ],
    benchmark: Annotated[
        str | None,
        typer.Option("--benchmark", help="Rules: plain, mot15 to mot17, mot20, dancetrack, bee24, kitti."),
    ] = None,
    sequences: Annotated[
        str | None, typer.Option("--sequences", help="Only these, e.g. MOT17-02,MOT17-05 (default: all).")
    ] = None,
    classes: ScoredClasses = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", help="Folder for hota.png and sequences.png.")
    ] = None,
    csv: Csv = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score tracks against the truth: HOTA, MOTA, IDF1, transfers.

    Through TrackEval and motmetrics. Without --benchmark the names of the sequences tell whose rules hold.
    The scores of RUN folders are written into them, where `compare` finds them.

    Example: neuromorph-track eval --gt TUD-Campus --results runs/tud
    """
    from neuromorph_track.runs.evaluation import evaluate as score

    with working("reading tracks and truth", quiet or as_json) as now:
        found = score(
            gt,
            results,
            benchmark=benchmark,
            sequences=split_names(sequences),
            classes=split_names(classes),
            progress=now,
        )
    if plots is not None:
        found.save_plots(plots)
    if csv is not None:
        found.save_csv(csv)
    if as_json:
        print_warnings(Console(stderr=True, markup=False), found.warnings)
        print_json(found.report.to_rows())
    else:
        print_warnings(console(), found.warnings)
        console().print(found.table())
