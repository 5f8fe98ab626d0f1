"""``eval``: tracks against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from neuromorph_track.cli.options import Json
from neuromorph_track.cli.output import console, print_json
from neuromorph_track.errors import JobError


def evaluate(
    gt: Annotated[
        Path, typer.Option("--gt", help="gt.txt, a MOTChallenge sequence, or a folder of sequences.")
    ],
    results: Annotated[Path, typer.Option("--results", help="RUN folder, tracks file, or a folder of them.")],
    as_json: Json = False,
) -> None:
    """HOTA, MOTA and IDF1 of tracks, through TrackEval.

    The scores of a RUN folder are written into it, where `compare` finds them.

    Example: neuromorph-track eval --gt TUD-Campus --results runs/tud
    """
    from neuromorph_track.evaluation import evaluate_tracking, load_sequences
    from neuromorph_track.reports.scores import scores_table
    from neuromorph_track.runs.scores import is_run, write_scores

    report = evaluate_tracking(load_sequences(gt, results))
    if is_run(results):
        try:
            write_scores(results, gt, report)
        except JobError as error:
            # The scores are what was asked for, and somebody else's run may be read-only.
            Console(stderr=True, markup=False).print(f"warning: {error}", highlight=False)
    if as_json:
        print_json(report.to_rows())
    else:
        console().print(scores_table(report))
