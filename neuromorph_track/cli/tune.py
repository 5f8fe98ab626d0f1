"""``tune``: search a tracker's thresholds, without cheating."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from neuromorph_track.cli.options import (
    FormOption,
    GapsName,
    GapsOption,
    Json,
    MetricName,
    Quiet,
    ScoredClasses,
    ScoresName,
    ScoresOption,
    TrackerOption,
    TypeOption,
    WarpOption,
    split_names,
)
from neuromorph_track.cli.output import console, print_json, print_warnings


def tune(
    train: Annotated[
        list[Path], typer.Option("--train", help="Detections of a sequence, or of many; repeat for more.")
    ],
    test: Annotated[
        list[Path] | None, typer.Option("--test", help="Sequences the search must not see; repeat for more.")
    ] = None,
    tracker: TrackerOption = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="TOML file to write.")] = Path("tuned.toml"),
    gt: Annotated[
        Path | None, typer.Option("--gt", help="Truth, as for `eval` (default: beside the detections).")
    ] = None,
    metric: Annotated[MetricName, typer.Option("--metric", help="What is to become high.")] = MetricName.HOTA,
    trials: Annotated[int, typer.Option("--trials", min=1, help="Settings to try in each search.")] = 60,
    folds: Annotated[
        bool, typer.Option("--folds", help="Also leave out each training sequence once and score on it.")
    ] = False,
    search: Annotated[
        list[str] | None,
        typer.Option("--search", help="NAME or NAME=LOW:HIGH; repeat for more (default: all numbers)."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    classes: ScoredClasses = None,
    form: FormOption = None,
    type_name: TypeOption = None,
    scores: ScoresOption = ScoresName.GIVEN,
    warp: WarpOption = None,
    gaps: GapsOption = GapsName.EMPTY,
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture of the search to write.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Begin anew.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Search a tracker's settings on some sequences, score them on others.

    A sequence in both is refused, by name and by content. A search that was broken off goes on when called
    again. Classes that a benchmark scores apart are pooled: name one with --classes to tune for it alone.

    Example: neuromorph-track tune --tracker ocsort --train MOT17-02 --train MOT17-04 --test MOT17-09
    """
    from neuromorph_track.association.modes import DEFAULT_MODE
    from neuromorph_track.reports.tune_table import folds_text, settings_table, tuned_scores_table
    from neuromorph_track.runs.tune import tune as run_tune
    from neuromorph_track.runs.tune_summary import TuneOptions

    names = split_names(classes)
    options = TuneOptions(
        tracker=tracker or DEFAULT_MODE,
        metric=cast(Literal["HOTA", "MOTA", "IDF1"], metric.value.upper()),
        trials=trials,
        seed=seed,
        search=tuple(search or ()),
        folds=folds,
        truth=gt,
        classes=None if names is None else tuple(names),
        form=form.value if form else None,
        type_name=type_name,
        scores=scores.value,
        warp=warp,
        gaps=gaps.value,
        overwrite=overwrite,
        quiet=quiet or as_json,
    )
    found = run_tune(train, test or (), output, options)
    if plot is not None:
        from neuromorph_track.reports.tune_plot import plot_search

        plot_search(found.result, found.metric, plot)
    if as_json:
        print_json(found.to_dict())
        return
    out = console()
    print_warnings(out, found.warnings)
    out.print(settings_table(found.result))
    of = f" of {', '.join(found.classes)}" if found.classes else ""
    pooled = ", pooled" if len(found.classes) > 1 else ""
    title = f"{found.tracker}, per cent: search for the highest {found.metric}{of}{pooled}"
    out.print(tuned_scores_table(found.train, found.test, found.folds, title))
    if found.folds:
        out.print(folds_text(found.folds, found.metric), highlight=False)
    out.print(f"settings: {found.path}", highlight=False)
