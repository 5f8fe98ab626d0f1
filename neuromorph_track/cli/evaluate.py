"""``eval``: tracks against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Json
from neuromorph_track.cli.output import console, print_json


def evaluate(
    gt: Annotated[
        Path, typer.Option("--gt", help="gt.txt, a MOTChallenge sequence, or a folder of sequences.")
    ],
    results: Annotated[Path, typer.Option("--results", help="RUN folder, tracks file, or a folder of them.")],
    as_json: Json = False,
) -> None:
    """HOTA, MOTA and IDF1 of tracks, through TrackEval.

    Example: neuromorph-track eval --gt TUD-Campus --results runs/tud
    """
    from neuromorph_track.evaluation import evaluate_tracking, load_sequences
    from neuromorph_track.reports.scores import scores_table

    report = evaluate_tracking(load_sequences(gt, results))
    if as_json:
        print_json(report.to_rows())
    else:
        console().print(scores_table(report))
