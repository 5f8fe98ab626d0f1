"""Options that several verbs share, under one name everywhere."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from neuromorph_track.cli import completion

Net = Annotated[
    str,
    typer.Option(
        "--net",
        help="A name from `zoo`, a .net file, or a branching network's folder.",
        autocompletion=completion.networks,
    ),
]
AnyNet = Annotated[
    str,
    typer.Argument(
        help="A .net file, the folder of a branching network or a siamese pair, or a name from `zoo`.",
        autocompletion=completion.all_networks,
    ),
]
TrackerOption = Annotated[
    str | None,
    typer.Option(
        "--tracker",
        help="two-stage (default), bytetrack, ocsort, tracktrack or smot.",
        autocompletion=completion.trackers,
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", help="RUN folder to write.")]
MaxFrames = Annotated[int | None, typer.Option("--max-frames", min=1, help="Stop after this many frames.")]
EventWindow = Annotated[
    str | None,
    typer.Option(
        "--event-window", help="Length of a window of an event file, e.g. 10ms (default: the network's own)."
    ),
]
Classes = Annotated[str | None, typer.Option("--classes", help="Keep only these classes, e.g. person,car.")]
Conf = Annotated[
    float | None,
    typer.Option("--conf", min=0.0, max=1.0, help="Score of a sure detection (default: the network's own)."),
]
Device = Annotated[str, typer.Option("--device", help="PyTorch device of the simulator, e.g. cpu or cuda.")]
Hardware = Annotated[
    list[str] | None,
    typer.Option(
        "--hardware",
        help="Hardware profile by name or TOML file; repeat for more (default: all).",
        autocompletion=completion.hardware,
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a run that is finished.")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write the rows to this file too.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the result.")]


class BackendName(str, Enum):
    """What runs the network."""

    FIXED = "fixed"
    LAVA = "lava"


class MetricName(str, Enum):
    """Scores of tracks."""

    HOTA = "hota"
    MOTA = "mota"
    IDF1 = "idf1"


class AssociationName(str, Enum):
    """What runs the tracker."""

    HOST = "host"
    LAVA = "lava"


BackendOption = Annotated[
    BackendName, typer.Option("--backend", help="fixed: our simulator; lava: Lava's processes (slow).")
]

AssociationOption = Annotated[
    AssociationName,
    typer.Option("--association", help="host: track here; lava: inside Lava's graph (with --backend lava)."),
]


class FormName(str, Enum):
    """Formats of detection files."""

    MOT = "mot"
    KITTI_LABELS = "kitti-labels"
    KITTI_ROWS = "kitti-rows"
    AB3DMOT = "ab3dmot"


class ScoresName(str, Enum):
    """What the scores of detections are."""

    GIVEN = "given"
    LOGISTIC = "logistic"
    SURE = "sure"


class GapsName(str, Enum):
    """What a frame without a line is."""

    EMPTY = "empty"
    SKIPPED = "skipped"


FormOption = Annotated[
    FormName | None, typer.Option("--format", help="Format of the files (default: told by the files).")
]
TypeOption = Annotated[
    str | None,
    typer.Option("--class", help="Objects in KITTI's plain rows (default: end of the folder's name)."),
]
ScoresOption = Annotated[
    ScoresName,
    typer.Option("--scores", help="given: 0 to 1; logistic: any number; sure: all boxes count the same."),
]
WarpOption = Annotated[
    Path | None,
    typer.Option("--warp", help="Camera motion: file, folder, or name of a file in each sequence's folder."),
]
GapsOption = Annotated[
    GapsName, typer.Option("--gaps", help="Frames without a line: nothing was found, or nobody looked.")
]
ScoredClasses = Annotated[
    str | None, typer.Option("--classes", help="Score these classes only, e.g. car (rules of KITTI).")
]


def split_names(text: str | None) -> list[str] | None:
    """``"a, b"`` to ``["a", "b"]``; None stays None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]
