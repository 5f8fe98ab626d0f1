"""The main job: a source through a network into a RUN folder."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from neuromorph_track.association import TwoStageSettings
from neuromorph_track.association.in_lava import LavaAssociation
from neuromorph_track.association.interface import Embeddings
from neuromorph_track.association.modes import DEFAULT_MODE
from neuromorph_track.association.stages import HostStages
from neuromorph_track.association.warm_up import load_loops
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.data.frames import FrameSource, SceneSource
from neuromorph_track.data.motchallenge import TrackWriter
from neuromorph_track.data.scenes.record import truth_text
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.files import json_text, write_text
from neuromorph_track.hardware import load_profiles
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling import (
    ActivityRecorder,
    read_activity,
    summarise,
)
from neuromorph_track.reports.video import AnnotatedVideo
from neuromorph_track.runs.detector import Backend, Chunk, Detector, Frame, run_contract
from neuromorph_track.runs.event_source import described, open_for
from neuromorph_track.runs.fingerprint import network_fingerprint
from neuromorph_track.runs.folder import (
    ACTIVITY,
    ENERGY_JSON,
    RUN_JSON,
    TRACKS,
    TRUTH,
    VIDEO,
    new_run_folder,
    versions,
)
from neuromorph_track.runs.host_tracker import chosen_features, chosen_tracker
from neuromorph_track.runs.pricing import priced
from neuromorph_track.runs.progress import progress_bar
from neuromorph_track.runs.run_summary import RunSummary


@dataclass(frozen=True)
class RunOptions:
    """What a user may choose about a run.

    Attributes
    ----------
    max_frames : int or None
    event_window : str or None
        Length of a window of an event file, e.g. ``10ms``, instead of that in the network's contract.
    classes : list of str or None
        Keep only these classes.
    conf : float or None
        Score of a sure detection, instead of the network's own; a new track needs 0.1 more.
    device : str
        PyTorch device of the simulator.
    backend : str
        ``fixed`` (the simulator) or ``lava`` (Lava's processes on the CPU).
    tracker : str or None
        How :func:`track` associates: a name in :data:`~neuromorph_track.association.modes.MODES`; without it
        that of ``settings``, or the default.
    settings : str or None
        TOML file of the tracker's settings, instead of those that fit the network.
    features : str or None
        Layer from whose spikes a tracker learns what objects look like; by default ``smot`` and
        ``tracktrack`` take the embeddings of a head that has them, else ``smot`` the first with synapses
        and a map.
    association : str
        Where :func:`track` runs the tracker: on the ``host``, or in the ``lava`` graph.
    hardware : tuple of str
        Names or paths of hardware profiles; empty means all that come with the project.
    per_step : bool
        Keep the counts of each timestep in ``activity.h5``, not only of each frame.
    overwrite, quiet : bool
    """

    max_frames: int | None = None
    event_window: str | None = None
    classes: list[str] | None = None
    conf: float | None = None
    device: str = "cpu"
    backend: Backend = "fixed"
    tracker: str | None = None
    settings: str | None = None
    features: str | None = None
    association: Literal["host", "lava"] = "host"
    hardware: tuple[str, ...] = ()
    per_step: bool = False
    overwrite: bool = False
    quiet: bool = False


def track(
    source: str | Path, net: str | Path, output: str | Path, options: RunOptions | None = None
) -> RunSummary:
    """Detect and track.

    Writes ``tracks.txt``, ``annotated.mp4``, ``activity.h5``, ``energy.json`` and ``run.json``; of a
    synthetic scene also its exact truth, ``gt.txt``.

    Parameters
    ----------
    source : str
        A video file, a folder of pictures, a MOTChallenge folder, ``scene:seed=7,...``; for a network that
        takes events, an event file.
    net : str
        A name of the zoo, a `.net` file, or the folder of a branching network.
    output : path
        The RUN folder; appears when everything is written.

    Raises
    ------
    InputError, JobError
    """
    return _execute(str(source), str(net), Path(output), options or RunOptions(), with_tracks=True)


def profile(
    source: str | Path, net: str | Path, output: str | Path, options: RunOptions | None = None
) -> RunSummary:
    """Count and price without tracking; writes ``activity.h5``, ``energy.json`` and ``run.json``."""
    return _execute(str(source), str(net), Path(output), options or RunOptions(), with_tracks=False)


def _execute(source: str, net: str, output: Path, options: RunOptions, with_tracks: bool) -> RunSummary:
    profiles = load_profiles(options.hardware)
    network = load_network(net)
    wanted = run_contract(network).input.events
    opened = open_for(source, wanted, options.event_window, options.max_frames)
    frames = opened.frames
    job = _Job(network, frames, options, with_tracks)
    with new_run_folder(output, options.overwrite) as folder:
        seconds = job.run(folder)
        refuse_cut_source(source, frames, job.frames)
        if with_tracks and isinstance(frames, SceneSource):
            truths = (frames.scene[index][1] for index in range(job.frames))
            write_text(folder / TRUTH, truth_text(truths))
        activity = read_activity(folder / ACTIVITY)
        period, seconds_of_host = 1 / frames.fps, job.association_seconds
        energy = priced(activity, profiles, period, network, options.quiet, seconds_of_host)
        summary = summarise(activity)
        early = [frames.ended_early] if frames.ended_early else []
        warnings = (*opened.warnings, *early, *job.missing, *job.detector.wrapped_layers(), *summary.warnings)
        write_text(folder / ENERGY_JSON, json_text([report.to_dict() for report in energy]))
        write_text(folder / RUN_JSON, json_text(job.description(source, net, seconds, warnings)))
    tracks = job.tracks if with_tracks else None
    return RunSummary(output, job.frames, tracks, seconds, summary, energy, warnings, job.stages)


def refuse_cut_source(given: str, source: FrameSource, frames: int) -> None:
    """Raise where frames are missing; a header that is off by a frame or a per cent is only warned of.

    Raises
    ------
    InputError
    """
    if source.ended_early is None or source.frames is None:
        return
    if source.frames - frames > max(2, source.frames // 50):
        expected = f"{source.frames} as announced (--max-frames {frames} takes what is there)"
        raise InputError(given, "frames", f"{frames}, then nothing that decodes", expected)


class _Job:
    """One pass over the source."""

    def __init__(
        self, network: AnyNetwork, source: FrameSource, options: RunOptions, with_tracks: bool
    ) -> None:
        self.network, self.source, self.options, self.with_tracks = network, source, options, with_tracks
        sure = run_contract(network).score_threshold if options.conf is None else options.conf
        self.tracker = chosen_tracker(options.tracker, options.settings, sure)
        self.settings = self.tracker.settings
        inside = None
        if with_tracks and options.association == "lava":
            inside = LavaAssociation(source.size, _two_stage(self.settings, self.tracker.mode))
        features: str | None = None
        self.missing: tuple[str, ...] = ()
        if with_tracks:
            features, self.missing = chosen_features(network, options.features, options.backend, self.tracker)
        cells = with_tracks and self.tracker.every_cell
        self.detector = Detector(
            network, options.classes, options.device, options.backend, inside, cells, features
        )
        self.detector.decoder.score_threshold = self.tracker.low_score
        self.frames = 0
        self.seen: set[int] = set()
        self._host_seconds: float | None = None
        if with_tracks and inside is None:
            load_loops()

    @property
    def tracks(self) -> int:
        return len(self.seen)

    @property
    def association_seconds(self) -> float | None:
        """Seconds that the host took to associate one frame; None where nothing was associated there."""
        return None if self._host_seconds is None else self._host_seconds / max(1, self.frames)

    @property
    def stages(self) -> HostStages | None:
        """What the stages of the tracker took; None where nothing was associated on the host."""
        return None if self._host_seconds is None else HostStages.of(self.tracker.tracker.stages)

    def run(self, folder: Path) -> float:
        """Write everything that grows with the video; returns seconds."""
        started = time.monotonic()
        with ExitStack() as stack:
            stack.callback(self.detector.close)
            rows = self._rows_per_frame()
            recorder = stack.enter_context(ActivityRecorder(folder / ACTIVITY, rows))
            writer = stack.enter_context(TrackWriter(folder / TRACKS)) if self.with_tracks else None
            video = stack.enter_context(self._video(folder)) if self.with_tracks else None
            bar = stack.enter_context(progress_bar("frames", self.options.quiet))
            task = bar.add_task("", total=self.source.frames)
            for chunk in self.detector.run(self.source):
                recorder.append(chunk.by_step if self.options.per_step else chunk.activity)
                if writer is not None and video is not None:
                    self._associate(chunk, writer, video)
                self.frames += len(chunk.frames)
                speed = self.frames / (time.monotonic() - started)
                bar.update(task, completed=self.frames, description=f"{speed:.1f} frames/s")
            if self.frames == 0:
                raise InputError(self.source.name, "frames", "none", "at least one")
            spikes = self.detector.take_spikes()
            assert spikes is not None
            recorder.add_spikes(spikes)
        return time.monotonic() - started

    def _rows_per_frame(self) -> int:
        return run_contract(self.network).steps_per_frame if self.options.per_step else 1

    def _associate(self, chunk: Chunk, writer: TrackWriter, video: AnnotatedVideo) -> None:
        for number, (frame, found) in enumerate(zip(chunk.frames, chunk.detections, strict=True)):
            looks = None if chunk.embeddings is None else chunk.embeddings[number]
            tracks = self._tracked(frame, found, looks) if chunk.tracks is None else chunk.tracks[number]
            writer.add(self.frames + number + 1, tracks)
            video.write(frame, tracks)
            self.seen.update(tracks.track_id.tolist())

    def _tracked(self, frame: Frame, found: Detections, looks: Embeddings | None) -> Tracks:
        started = time.perf_counter()
        tracks = self.tracker.update(frame, found, looks)
        self._host_seconds = (self._host_seconds or 0.0) + time.perf_counter() - started
        return tracks

    def _video(self, folder: Path) -> AnnotatedVideo:
        assert self.network.contract is not None
        return AnnotatedVideo(
            folder / VIDEO, self.source.fps, self.source.size, self.network.contract.classes
        )

    def description(self, source: str, net: str, seconds: float, warnings: tuple[str, ...]) -> dict[str, Any]:
        """Everything that is needed to do this run again."""
        assert self.network.contract is not None
        with_looks = self.with_tracks and self.tracker.takes_looks
        return {
            "format": "neuromorph-track run/1",
            "source": {
                "given": source,
                "name": self.source.name,
                "fps": self.source.fps,
                "size": self.source.size,
                "sha256": self.source.fingerprint(),
                **described(self.source),
            },
            "network": {
                "given": net,
                "name": self.network.contract.name,
                "sha256": network_fingerprint(self.network),
            },
            "options": asdict(self.options),
            "tracker": asdict(self.settings) if self.with_tracks else None,
            "features": self.detector.looks_from if with_looks else None,
            "classes": list(self.network.contract.classes),
            "frames": self.frames,
            "tracks": self.tracks if self.with_tracks else None,
            "seconds": round(seconds, 3),
            "association_seconds_per_frame": self.association_seconds,
            "association": None if self.stages is None else vars(self.stages),
            "warnings": list(warnings),
            "versions": versions(),
        }


def _two_stage(settings: object, mode: str) -> TwoStageSettings:
    if not isinstance(settings, TwoStageSettings):
        expected = f"{DEFAULT_MODE!r}, the only one that runs in Lava's graph"
        raise InputError("association", "tracker", repr(mode), expected)
    return settings
