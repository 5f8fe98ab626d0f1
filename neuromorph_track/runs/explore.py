"""A RUN folder as a recording for the Rerun viewer, its layers run again."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path
from neuromorph_track.profiling import read_activity
from neuromorph_track.reports.rerun_log import JOULES, SCORE, SPIKES, SYNOPS, RunLog
from neuromorph_track.reports.rerun_view import run_view
from neuromorph_track.runs.folder import ACTIVITY, RUN_JSON, TEMPLATE_ACTIVITY, read_run
from neuromorph_track.runs.frame_prices import joules_of_run
from neuromorph_track.runs.rerun_boxes import boxes_of, score_of
from neuromorph_track.runs.rerun_frames import record_again
from neuromorph_track.runs.rerun_of import rerun_of

# Pictures and maps of more frames make a file that no viewer opens quickly.
USUAL_FRAMES = 100
_FRAMES = re.compile(r"(\d{1,9})?:(\d{1,9})?", re.ASCII)


@dataclass(frozen=True)
class ExploreOptions:
    """What a user may choose.

    Attributes
    ----------
    frames : str or None
        ``FIRST:END`` of the frames whose pictures, boxes and maps are recorded, counted from 0, the end left
        out; by default the first 100. Curves are of the whole run.
    layers : tuple of str
        Layers to record channel by channel, e.g. ``3 conv``, or ``search 3 conv`` of a siamese pair.
    hardware : tuple of str
        Chips whose joules are drawn, of those in the run's ``energy.json``; without it the one that a
        report is headed by, for others may need thousands of times as much.
    quiet : bool
    """

    frames: str | None = None
    layers: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True)
class Explored:
    """What a recording holds.

    Attributes
    ----------
    path : Path
    frames : tuple of int
        First and end of the frames with pictures.
    layers : tuple of str
        Layers with maps.
    chips : tuple of str
        Profiles with joules.
    warnings : tuple of str
        What is missing, and why.
    """

    path: Path
    frames: tuple[int, int]
    layers: tuple[str, ...]
    chips: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "path": str(self.path),
            "frames": list(self.frames),
            "layers": list(self.layers),
            "chips": list(self.chips),
            "warnings": list(self.warnings),
        }


def explore(
    run: str | os.PathLike[str], output: str | os.PathLike[str], options: ExploreOptions | None = None
) -> Explored:
    """Write a run to an ``.rrd`` file that the Rerun viewer opens.

    The counts come from the run's ``activity.h5``. Pictures and spike maps are had by running the network
    again on the run's source, both only where they are still what they were.

    Parameters
    ----------
    run : path
        A RUN folder of ``track``, ``profile`` or ``sot``.
    output : path
        The file; it appears when it is whole.

    Raises
    ------
    InputError
        When there is no run, no such frame, layer or chip.
    JobError
        When rerun-sdk is not installed, or the file cannot be written.
    """
    options = options or ExploreOptions()
    folder, target = Path(run), Path(output)
    if target.suffix != ".rrd":
        raise InputError(target, "output", f"a name ending in {target.suffix!r}", "one ending in '.rrd'")
    record = read_run(folder)
    counted = _counted(folder)
    frames = _frames(record, counted[ACTIVITY], folder)
    first, end = frame_range(options.frames, frames)
    joules, missing = joules_of_run(folder, record, counted[ACTIVITY], options.hardware)
    boxes = boxes_of(folder, record, frames)
    curves = _curves(counted[ACTIVITY], joules, score_of(folder, record, frames))
    replay, absent = rerun_of(record, options.layers)
    with atomic_path(target) as path:
        log = RunLog(path, _fps(record, folder))
        groups, channels, crops = (
            (None, (), ()) if replay is None else (replay.groups, replay.channels, replay.crops)
        )
        log.blueprint(run_view(groups, channels, crops, curves))
        log.text(_about(folder, record))
        for place, lines in curves.items():
            log.series(place, lines, frames)
        differs = []
        if replay is not None:
            differs = record_again(log, replay, counted, boxes, (first, end), options.quiet)
        log.close()
    layers = tuple(name for names in (groups or {}).values() for name in names)
    return Explored(target, (first, end), layers, tuple(joules), (*missing, *absent, *differs))


def frame_range(text: str | None, frames: int) -> tuple[int, int]:
    """First and end of ``0:50``, ``10:`` or ``:50``.

    Raises
    ------
    InputError
    """
    if text is None:
        return 0, min(frames, USUAL_FRAMES)
    found = _FRAMES.fullmatch(text.strip())
    expected = f"FIRST:END of 0:{frames}, the frames of the run"
    if found is None:
        raise InputError("--frames", "range", repr(text), expected)
    first, end = int(found[1] or 0), min(frames, int(found[2] or frames))
    if first >= end:
        raise InputError("--frames", "range", repr(text), expected)
    return first, end


def _counted(folder: Path) -> dict[str, Activity]:
    """Counts by file: of a run of ``sot`` also those of its first template."""
    found = {ACTIVITY: read_activity(folder / ACTIVITY)}
    if os.path.isfile(folder / TEMPLATE_ACTIVITY):
        found[TEMPLATE_ACTIVITY] = read_activity(folder / TEMPLATE_ACTIVITY)
    return found


def _frames(record: dict[str, Any], activity: Activity, folder: Path) -> int:
    """Of the source: in its first, `sot` may make a template and search nothing."""
    frames = record.get("frames")
    if not isinstance(frames, int) or frames - activity.frames not in (0, 1):
        expected = f"{activity.frames} or one more, as in {ACTIVITY}"
        raise InputError(folder / RUN_JSON, "frames", repr(frames), expected)
    return frames


def _curves(
    activity: Activity, joules: dict[str, NDArray[Any]], score: NDArray[Any] | None
) -> dict[str, dict[str, NDArray[Any]]]:
    """What is drawn over all frames, by place and by layer or chip."""
    return {
        SPIKES: {layer.name: layer.spikes_out for layer in activity.layers if layer.fires},
        SYNOPS: {layer.name: layer.synops for layer in activity.layers if layer.weights},
        JOULES: dict(joules),
        SCORE: {} if score is None else {"box": score},
    }


def _fps(record: dict[str, Any], folder: Path) -> float:
    try:
        fps = float(record["source"]["fps"])
    except (KeyError, TypeError, ValueError):
        fps = 0.0
    if not 0 < fps < float("inf"):
        raise InputError(
            folder / RUN_JSON, "source.fps", "no rate", "frames per second, as a run writes them"
        )
    return fps


def _about(folder: Path, record: dict[str, Any]) -> str:
    source, network = record.get("source"), record.get("network")
    names = [each.get("name") if isinstance(each, dict) else None for each in (source, network)]
    rows = {"run": folder, "source": names[0], "network": names[1], "frames": record.get("frames")}
    rows |= {name: record[name] for name in ("lost", "templates") if name in record}
    return "\n".join(["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())])
