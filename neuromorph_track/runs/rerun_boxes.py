"""The boxes of a RUN folder, frame by frame, as they are drawn over its pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.data.single import read_result
from neuromorph_track.errors import InputError
from neuromorph_track.reports.annotate import track_colour
from neuromorph_track.reports.rerun_log import SEARCHED, TARGET, Boxes, track_boxes
from neuromorph_track.runs.folder import BOXES, RUN_JSON, TRACKS
from neuromorph_track.runs.rerun_shown import Shown

GREY = (150, 150, 150)
OBJECT = 1

BoxesOf = Callable[[int, Shown], list[Boxes]]


def boxes_of(folder: Path, record: Mapping[str, Any], frames: int) -> BoxesOf:
    """What tells the boxes of a frame, from 0: of ``tracks.txt``, of ``boxes.txt``, or none.

    Raises
    ------
    InputError
        When such a file is broken.
    """
    if os.path.isfile(folder / TRACKS):
        return _tracks(folder / TRACKS)
    if os.path.isfile(folder / BOXES):
        return _target(folder, record, frames)
    return lambda number, shown: []


def score_of(folder: Path, record: Mapping[str, Any], frames: int) -> NDArray[np.float64] | None:
    """How sure a run of ``sot`` was of each frame's box, (F,); None where it does not say.

    Raises
    ------
    InputError
        When there are other than one for each frame.
    """
    told = record.get("score")
    if told is None:
        return None
    try:
        score = np.array(told, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(folder / RUN_JSON, "score", "no numbers", "one for each frame") from error
    if score.shape != (frames,):
        raise InputError(folder / RUN_JSON, "score", f"shape {score.shape}", f"({frames},)")
    return score


def _tracks(path: Path) -> BoxesOf:
    tracks = read_detections(path)

    def of(number: int, shown: Shown) -> list[Boxes]:
        here = tracks[tracks.frame == number + 1]
        return [track_boxes(here.xyxy, here.track_id.tolist())]

    return of


def _target(folder: Path, record: Mapping[str, Any], frames: int) -> BoxesOf:
    xywh, score = read_result(folder / BOXES).boxes, score_of(folder, record, frames)
    if len(xywh) != frames:
        raise InputError(folder / BOXES, "boxes", f"{len(xywh)}", f"{frames}, one for each frame")
    xyxy = np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)

    def of(number: int, shown: Shown) -> list[Boxes]:
        label = "" if score is None else f"{score[number]:.2f}"
        found = [Boxes(TARGET, xyxy[number : number + 1], [label], [track_colour(OBJECT)])]
        if shown.window is not None:
            x, y, half = shown.window.x, shown.window.y, shown.window.side / 2
            square = np.array([[x - half, y - half, x + half, y + half]])
            found.append(Boxes(SEARCHED, square, [], [GREY]))
        return found

    return of
