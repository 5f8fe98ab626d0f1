"""``sot``: one object through a source into a RUN folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.single import SingleSettings
from neuromorph_track.backends.activity import Activity, LayerActivity, NeuronSpikes
from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.single import ResultFormat, SingleResult, write_result
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import SingleScores, evaluate_single
from neuromorph_track.files import json_text, write_text
from neuromorph_track.hardware import HardwareProfile, load_profiles
from neuromorph_track.netx.describe_siamese import full_search
from neuromorph_track.netx.memory import Bits
from neuromorph_track.profiling import (
    ActivityRecorder,
    EnergyReport,
    Summary,
    read_activity,
    summarise,
)
from neuromorph_track.reports.video import AnnotatedVideo
from neuromorph_track.runs.event_source import described
from neuromorph_track.runs.folder import (
    ACTIVITY,
    BOXES,
    ENERGY_JSON,
    RUN_JSON,
    TEMPLATE_ACTIVITY,
    TEMPLATE_ENERGY_JSON,
    VIDEO,
    new_run_folder,
    versions,
)
from neuromorph_track.runs.follow import Step, follow, settings_of
from neuromorph_track.runs.pairs import fingerprints, load_siamese
from neuromorph_track.runs.pricing import priced
from neuromorph_track.runs.progress import progress_bar
from neuromorph_track.runs.run import refuse_cut_source
from neuromorph_track.runs.siamese_net import SiameseNet, Written
from neuromorph_track.runs.sot_source import SotSource, limited, open_sot
from neuromorph_track.runs.sot_summary import SotSummary
from neuromorph_track.runs.sot_truth import SotTruth
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet


@dataclass(frozen=True)
class SotOptions:
    """What a user may choose about a run.

    Attributes
    ----------
    init : str or None
        ``x,y,w,h`` of the object in the first frame; where there is truth, its box by default.
    start : int
        The frame, or window of events, in which the object is named and the run begins, counted from 0; where
        a truth of frames names it among events, not before the last window that had ended with the first.
    max_frames : int or None
    event_window : str or None
        See :class:`neuromorph_track.runs.RunOptions`.
    results : path or None
        Folder for a benchmark's result files, named as the sequence.
    form : str
        Their format: ``otb``, ``lasot``, ``got10k`` or ``trackingnet``.
    bits : int
        Of the weights that are written: 8, 6 or 4.
    changes : dict
        Fields of the tracker's settings that are not the network's own.
    device, hardware, overwrite, quiet
        See :class:`neuromorph_track.runs.RunOptions`.
    """

    init: str | None = None
    start: int = 0
    max_frames: int | None = None
    event_window: str | None = None
    results: str | None = None
    form: ResultFormat = "otb"
    bits: Bits = 8
    changes: dict[str, float] | None = None
    device: str = "cpu"
    hardware: tuple[str, ...] = ()
    overwrite: bool = False
    quiet: bool = False


def sot(
    source: str | Path, net: str | Path, output: str | Path, options: SotOptions | None = None
) -> SotSummary:
    """Follow one object.

    Writes ``boxes.txt`` (left, top, width, height a line), ``annotated.mp4``, counts and joules of a frame
    (``activity.h5``, ``energy.json``) and of a template (``template_activity.h5``,
    ``template_energy.json``), and ``run.json``.

    Parameters
    ----------
    source : str
        A video file, a folder of pictures, a sequence of OTB, LaSOT, GOT-10k, TrackingNet, UAV123 or VOT,
        ``targets:seed=7,...``; for a network that takes events, an event file, or a sequence's folder with
        one (EventVOT, COESOT, VisEvent), whose frames are compared with the last window before each ends.
    net : str
        A siamese pair's folder, or a checkpoint of `train`.
    output : path
        The RUN folder; appears when everything is written.

    Raises
    ------
    InputError, JobError
    """
    options = options or SotOptions()
    profiles = load_profiles(options.hardware)
    siamese = load_siamese(net)
    wanted = siamese.contract.search.input.events
    given = options.init, options.max_frames, wanted, options.event_window, options.start
    opened = open_sot(str(source), *given)
    kind = StreamNet if siamese.contract.streams else SiameseNet
    job = _Job(kind(siamese, options.device, options.bits), opened, options)
    with new_run_folder(output, options.overwrite) as folder:
        job.run(folder)
        refuse_cut_source(str(source), opened.frames, len(job.boxes))
        result = SingleResult(np.stack(job.boxes), np.array(job.seconds))
        write_result(folder, Path(BOXES).stem, replace(result, seconds=None))
        priced = [_priced(folder / ACTIVITY, full_search(siamese), profiles, opened, options)]
        priced.append(_priced(folder / TEMPLATE_ACTIVITY, siamese.template, profiles, opened, options))
        for name, (_, energy) in zip((ENERGY_JSON, TEMPLATE_ENERGY_JSON), priced, strict=True):
            write_text(folder / name, json_text([report.to_dict() for report in energy]))
        truth = opened.truth
        by_frame = result if truth is None else truth.by_frame(result)
        scores = _scores(truth, siamese.contract.name, by_frame.boxes)
        early = [opened.frames.ended_early] if opened.frames.ended_early else []
        warned = [
            f"{part} chain: {warning}"
            for part, (summary, _) in zip(("search", "template"), priced, strict=True)
            for warning in summary.warnings
        ]
        warnings = (*opened.warnings, *early, *job.net.wrapped_layers(), *warned)
        write_text(folder / RUN_JSON, json_text(job.description(str(source), str(net), scores, warnings)))
    # Of a run that is whole, or one that fails would leave it behind.
    if options.results is not None:
        write_result(options.results, opened.name, by_frame, options.form)
    (search, energy), (template, template_energy) = priced
    seconds = float(np.median(job.seconds[1:]))
    found = (len(job.boxes), job.lost, job.templates, seconds, job.written, scores)
    return SotSummary(Path(output), *found, search, template, energy, template_energy, warnings)


class _Job:
    """One pass over the source."""

    def __init__(self, net: SiameseNet | StreamNet, source: SotSource, options: SotOptions) -> None:
        self.net, self.source, self.options = net, source, options
        self.settings: SingleSettings = settings_of(net, **(options.changes or {}))
        self.boxes: list[NDArray[np.float64]] = []
        self.seconds: list[float] = []
        self.scores: list[float] = []
        self.lost = self.templates = 0
        self.written: tuple[Written, ...] = ()
        self.layers: tuple[LayerActivity, ...] | None = None

    def run(self, folder: Path) -> None:
        frames = limited(self.source.frames, self.options.max_frames)
        given = frames, self.source.initial, self.settings
        steps = stream(self.net, *given) if isinstance(self.net, StreamNet) else follow(self.net, *given)
        with ExitStack() as stack:
            search = stack.enter_context(ActivityRecorder(folder / ACTIVITY))
            template = stack.enter_context(ActivityRecorder(folder / TEMPLATE_ACTIVITY))
            video = stack.enter_context(
                AnnotatedVideo(folder / VIDEO, self.source.frames.fps, self.source.frames.size, ("target",))
            )
            bar = stack.enter_context(progress_bar("frames", self.options.quiet))
            task, started = bar.add_task("", total=self._expected()), time.monotonic()
            first = None
            for step in steps:
                self._take(step)
                video.write(step.frame, _as_track(step))
                if step.activity is not None:
                    search.append(self._of_one_target(step.activity))
                    first = first or self.net.take_search_spikes()
                if step.template is not None and self.templates == 1:
                    template.append(step.template.activity)
                    template.add_spikes(step.template.spikes)
                speed = len(self.boxes) / (time.monotonic() - started)
                bar.update(task, completed=len(self.boxes), description=f"{speed:.1f} frames/s")
            if first is None or not self.templates:
                raise self._too_short()
            search.add_spikes(NeuronSpikes(first, self.net.take_search_spikes()))

    def _too_short(self) -> InputError:
        name, count, begun = self.source.frames.name, len(self.boxes), self.source.start
        if count and isinstance(self.net, StreamNet):
            wanted = f"{self.net.contract.template.steps} with events around the object, for its template"
            return InputError(name, "windows", f"{count} from {begun} on, and too few with events", wanted)
        after = f" from {begun} on" if begun else ""
        return InputError(name, f"frames{after}", str(count), "at least two")

    def _take(self, step: Step) -> None:
        self.boxes.append(step.xywh)
        self.seconds.append(step.seconds)
        self.scores.append(step.score)
        self.lost += step.lost
        self.templates += step.template is not None
        self.written = self.written or step.written

    def _of_one_target(self, activity: Activity) -> Activity:
        """The same with the weights that the first template gave: those of a later one are others."""
        if self.layers is None:
            self.layers = activity.layers
        layers = (
            replace(layer, nonzero_weights=first.nonzero_weights)
            for layer, first in zip(activity.layers, self.layers, strict=True)
        )
        return replace(activity, layers=tuple(layers))

    def _expected(self) -> int | None:
        known = [count for count in (self.source.frames.frames, self.options.max_frames) if count]
        return min(known) if known else None

    def description(
        self, source: str, net: str, scores: SingleScores | None, warnings: Sequence[str]
    ) -> dict[str, Any]:
        """Everything that is needed to do this run again."""
        frames, siamese = self.source.frames, self.net.siamese
        return {
            "format": "neuromorph-track sot/1",
            "source": {
                "given": source,
                "name": frames.name,
                "fps": frames.fps,
                "size": frames.size,
                "sha256": frames.fingerprint(),
                **described(frames),
            },
            "network": {
                "given": net,
                "name": siamese.contract.name,
                **fingerprints(siamese),
            },
            "options": asdict(self.options),
            "start": self.source.start,
            "init": self.source.initial.tolist(),
            "tracker": asdict(self.settings),
            "frames": len(self.boxes),
            "lost": self.lost,
            "templates": self.templates,
            "seconds_per_frame": float(np.median(self.seconds[1:])),
            "score": [round(score, 4) for score in self.scores],
            "written": [asdict(each) for each in self.written],
            "truth_windows": self._truth_windows(),
            "scores": None if scores is None else scores.to_dict(),
            "warnings": list(warnings),
            "versions": versions(),
        }

    def _truth_windows(self) -> list[int] | None:
        windows = None if self.source.truth is None else self.source.truth.windows
        return None if windows is None else windows.tolist()


def _as_track(step: Step) -> Tracks:
    """The box as a track's, a lost one with no score."""
    corners = np.concatenate([step.xywh[:2], step.xywh[:2] + step.xywh[2:]])
    score = 0.0 if step.lost else step.score
    return Tracks(
        xyxy=corners[None].astype(np.float32),
        score=np.array([score], np.float32),
        class_id=np.zeros(1, np.int64),
        track_id=np.ones(1, np.int64),
    )


def _priced(
    path: Path, network: Any, profiles: Sequence[HardwareProfile], source: SotSource, options: SotOptions
) -> tuple[Summary, tuple[EnergyReport, ...]]:
    activity = read_activity(path)
    energy = priced(activity, profiles, 1 / source.frames.fps, network, options.quiet)
    return summarise(activity), energy


def _scores(truth: SotTruth | None, tracker: str, boxes: NDArray[np.float64]) -> SingleScores | None:
    # Of test sequences, benchmarks give away the first box alone.
    if truth is None or not truth.sequence.visible[1:].any():
        return None
    return evaluate_single([truth.sequence], {truth.sequence.name: boxes}, tracker).combined
