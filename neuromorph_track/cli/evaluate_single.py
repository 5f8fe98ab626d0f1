"""``eval-single``: what trackers of one object found, against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuromorph_track.cli.options import Csv, Json, Quiet, split_names
from neuromorph_track.cli.output import console, print_json, working
from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from neuromorph_track.evaluation.single import SingleReport


def evaluate_single(
    gt: Annotated[
        Path,
        typer.Option(
            "--gt",
            help="A sequence or a folder of them: OTB, LaSOT, GOT-10k, TrackingNet, UAV123, VOT, VisEvent, "
            "COESOT, EventVOT.",
        ),
    ],
    results: Annotated[
        list[str],
        typer.Option(
            "--results", help="Results folder of a tracker, or NAME=FOLDER; repeat for more trackers."
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="Layout of the sequences, e.g. lasot (default: told by the files)."),
    ] = None,
    sequences: Annotated[
        str | None, typer.Option("--sequences", help="Only these, e.g. Crossing,David (default: all).")
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="Print the AUC of each sequence too.")] = False,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", help="Folder for success, precision, norm_precision and attributes (PNG)."),
    ] = None,
    csv: Csv = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score trackers of one object: success, precision, AO.

    Means over sequences come with 95 % intervals; trackers are compared on the same sequences.

    Example: neuromorph-track eval-single --gt OTB100 --results runs/kcf --results ours=runs/spiketrack
    """
    from neuromorph_track.data.single import find_sequences
    from neuromorph_track.evaluation.single import evaluate_single as evaluate
    from neuromorph_track.evaluation.single import load_found
    from neuromorph_track.files import csv_text, write_text
    from neuromorph_track.reports.single_tables import attributes_table, sequences_table, single_table

    folders = named_folders(results)
    found = find_sequences(gt, kind, split_names(sequences))
    reports = []
    with working("scoring", quiet or as_json) as now:
        for tracker, folder in folders.items():
            now(f"scoring {tracker}")
            reports.append(evaluate(found, load_found(found, folder), tracker))
    if plots is not None:
        _plot(reports, plots, gt.resolve().name)
    if csv is not None:
        rows = [row for report in reports for row in report.to_rows()]
        names = dict.fromkeys(name for row in rows for name in row)
        write_text(csv, csv_text([{name: row.get(name) for name in names} for row in rows]))
    if as_json:
        print_json([report.to_dict() for report in reports])
        return
    out = console()
    out.print(single_table(reports))
    if each:
        out.print(sequences_table(reports))
    if reports[0].attributes:
        out.print(attributes_table(reports))


def named_folders(texts: list[str]) -> dict[str, Path]:
    """``["runs/kcf", "ours=runs/a"]`` as folders by tracker, named as its folder where nothing else is given.

    Raises
    ------
    InputError
        When two trackers have one name.
    """
    folders: dict[str, Path] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        # An equals sign may be in a path too.
        named = equals and name and not any(sign in name for sign in "/\\")
        folder = Path(path if named else text)
        tracker = name if named else folder.resolve().name
        if tracker in folders:
            raise InputError("option", "results", f"{tracker} twice", "different names, given as NAME=FOLDER")
        folders[tracker] = folder
    return folders


def _plot(reports: list[SingleReport], folder: Path, title: str) -> None:
    from neuromorph_track.reports.single import plot_attributes, plot_precision, plot_success

    plot_success(reports, folder / "success.png", f"{title}: success")
    plot_precision(reports, folder / "precision.png", f"{title}: precision")
    plot_precision(reports, folder / "norm_precision.png", f"{title}: normalised precision", normalised=True)
    if reports[0].attributes:
        plot_attributes(reports, folder / "attributes.png", f"{title}: by attribute")
