"""Association alone: detection files through a tracker into results files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID

from neuromorph_track.association.modes import DEFAULT_MODE, make_tracker, mode_named
from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.association.settings_table import settings_to_table
from neuromorph_track.association.warm_up import load_loops
from neuromorph_track.data import kitti, motchallenge
from neuromorph_track.data.camera_motion import read_camera_motion
from neuromorph_track.data.content_digest import content_digest
from neuromorph_track.data.detection_files import load_detections
from neuromorph_track.data.detection_sources import SequenceSource, find_detections
from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.motchallenge import TrackWriter
from neuromorph_track.files import file_sha256
from neuromorph_track.runs.associate_folder import AssociateFolder
from neuromorph_track.runs.associate_summary import AssociateOptions, AssociateSummary
from neuromorph_track.runs.camera_files import camera_file
from neuromorph_track.runs.folder import versions
from neuromorph_track.runs.progress import progress_bar
from neuromorph_track.runs.provenance import source_digest
from neuromorph_track.runs.track_detections import track_detections
from neuromorph_track.runs.tracker_file import TrackerFile, read_tracker_file

# The progress bar names every so many frames.
FRAMES_SHOWN = 100
# What decides the tracks.
ROOMS = ("association", "data")


def associate(
    places: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    options: AssociateOptions | None = None,
) -> AssociateSummary:
    """Track the detections of one or more sequences.

    Writes ``SEQUENCE.txt`` for each, in the format of its benchmark, and ``associate.json`` with every
    setting and the hash of every input. Sequences that are finished are not done again.

    Parameters
    ----------
    places : path or iterable of path
        Detection files, or folders, as in :func:`~neuromorph_track.data.detection_sources.find_detections`.
    output : path
        The folder to write.
    options : AssociateOptions, optional

    Raises
    ------
    InputError, JobError
    """
    options = options or AssociateOptions()
    several = (places,) if isinstance(places, (str, os.PathLike)) else places
    sources = find_detections([Path(place) for place in several], options.form, options.type_name)
    chosen = _chosen(options)
    made_by: dict[str, Any] = {
        "tracker": chosen.tracker,
        "settings": settings_to_table(chosen.settings),
        "tuned_on": [asdict(known) for known in chosen.sequences],
        "gaps": options.gaps,
        "scores": options.scores,
        "code": source_digest(*ROOMS),
        "versions": versions(),
    }
    folder = AssociateFolder(output, made_by, options.overwrite)
    rows, warnings, resumed = [], [], 0
    load_loops()
    with progress_bar("sequences", options.quiet) as bar:
        task = bar.add_task("", total=len(sources))
        for source in sources:
            bar.update(task, description=source.name)
            camera = camera_file(source, options.warp, len(sources) == 1)
            inputs = {str(path): file_sha256(path) for path in _inputs(source, camera)}
            if folder.is_finished(source.name, inputs):
                resumed += 1
            else:
                shown = partial(_show_frame, bar, task, source.name)
                folder.add(_associate_one(source, chosen, camera, options, folder.path, inputs, shown))
            done = folder.finished[source.name]
            rows.append(done)
            warnings += _warnings(done, chosen)
            bar.advance(task)
    return AssociateSummary(
        folder.path, chosen.tracker, made_by["settings"], tuple(rows), resumed, tuple(warnings)
    )


def _associate_one(
    source: SequenceSource,
    chosen: TrackerFile,
    camera: Path | None,
    options: AssociateOptions,
    output: Path,
    inputs: dict[str, str],
    show: Callable[[int], None],
) -> AssociatedSequence:
    detections = load_detections(source, options.scores)
    motion = read_camera_motion(camera) if camera else None
    tracker = make_tracker(chosen.tracker, chosen.settings)
    path = output / f"{source.name}.txt"
    with TrackWriter(path, kitti.result_lines if source.is_kitti else motchallenge.result_lines) as writer:

        def take(frame: int, tracks: Tracks) -> None:
            writer.add(frame, tracks)
            show(frame)

        counts = track_detections(tracker, detections, take, motion, options.gaps)
    return AssociatedSequence(
        name=source.name,
        frames=detections.frames,
        boxes=len(detections.boxes),
        left_out=detections.left_out,
        tracks=len(counts.tracks),
        rows=counts.rows,
        seconds=counts.seconds,
        stages=dict(tracker.stages.seconds),
        bytes_in=tracker.stages.bytes_in,
        inputs=inputs,
        content=content_digest(detections.boxes),
        output=path.name,
        output_sha256=file_sha256(path),
    )


def _chosen(options: AssociateOptions) -> TrackerFile:
    if options.settings is None:
        mode = mode_named(options.tracker or DEFAULT_MODE)
        return TrackerFile(mode.name, mode.settings())
    return read_tracker_file(options.settings, options.tracker)


def _inputs(source: SequenceSource, camera: Path | None) -> list[Path]:
    """Every file that decides the tracks of a sequence."""
    files = [file.path for file in source.files]
    return [*files, *(path for path in (source.seqinfo, camera) if path)]


def _warnings(done: AssociatedSequence, chosen: TrackerFile) -> list[str]:
    """What must not be overlooked about a sequence."""
    told = []
    if not done.boxes:
        told.append(f"{done.name}: no detections")
    counted = done.left_out.to_text()
    if counted:
        told.append(f"{done.name}: boxes: {counted}")
    for name in chosen.tuned_on(done.content):
        same = "" if name == done.name else f" (as {name})"
        told.append(f"{done.name}: the settings were tuned on this sequence{same}: its scores are no test")
    return told


def _show_frame(bar: Progress, task: TaskID, name: str, frame: int) -> None:
    if frame % FRAMES_SHOWN == 0:
        bar.update(task, description=f"{name}, frame {frame}")
