"""``eval-single``: what trackers of one object found, against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli.options import Csv, Json, Quiet, split_names
from neuromorph_track.cli.output import console, print_json, working
from neuromorph_track.errors import InputError


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
    from neuromorph_track.runs.evaluation_single import evaluate_single as score

    with working("scoring", quiet or as_json) as now:
        found = score(gt, named_folders(results), kind=kind, sequences=split_names(sequences), progress=now)
    if plots is not None:
        found.save_plots(plots)
    if csv is not None:
        found.save_csv(csv)
    if as_json:
        print_json([report.to_dict() for report in found.reports])
        return
    for table in found.tables(each):
        console().print(table)


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
