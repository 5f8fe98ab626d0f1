"""``eval``: tracks against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from neuromorph_track.cli.options import Csv, Json, Quiet, ScoredClasses, split_names
from neuromorph_track.cli.output import console, counted, print_json, print_warnings, working


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
    from neuromorph_track.evaluation import (
        evaluate_tracking,
        load_sequences,
        protocol_named,
        rules_classes,
        rules_of,
    )
    from neuromorph_track.files import csv_text, write_text
    from neuromorph_track.reports.scores import scores_table
    from neuromorph_track.runs.scores import leave_scores
    from neuromorph_track.runs.tuned_on import tuning_warnings

    only = split_names(sequences)
    rules = protocol_named(benchmark) if benchmark else None
    with working("reading tracks and truth", quiet or as_json) as now:
        loaded = load_sequences(gt, results, rules, only)
        chosen = rules_classes(loaded, split_names(classes))
        now(f"scoring {counted(len(loaded), 'sequence')}")
        report = evaluate_tracking(loaded, chosen, count_transfers=True)
    warnings = tuning_warnings(results, loaded) + leave_scores(gt, results, report, only)
    if plots is not None:
        from neuromorph_track.reports.score_plots import plot_curves, plot_sequences

        plot_curves(report, plots / "hota.png", f"{results.resolve().name}: all sequences")
        plot_sequences(report, plots / "sequences.png", f"{results.resolve().name}: by sequence")
    if csv is not None:
        write_text(csv, csv_text(report.to_rows()))
    if as_json:
        print_warnings(Console(stderr=True, markup=False), warnings)
        print_json(report.to_rows())
    else:
        print_warnings(console(), warnings)
        console().print(scores_table(report, ", ".join(rules_of(loaded, benchmark))))
