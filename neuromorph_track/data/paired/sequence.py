"""A whole sequence in memory: drawn once, kept in a file for the next time."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events import Events
from neuromorph_track.data.events.emulate import PixelEmulator
from neuromorph_track.data.paired.scene import PairedScene, intensity
from neuromorph_track.data.paired.spec import PairedSpec
from neuromorph_track.data.targets.truth import LEAST_VISIBILITY, TargetTruth
from neuromorph_track.files import atomic_path

# Part of a file's name: what was drawn by other code is drawn again.
_VERSION = 1
_MOST_EVENTS = 255


@dataclass(frozen=True, eq=False)
class PairedSequence:
    """RGB frames, events and truth of one sequence of F frames and W windows.

    Boxes are left, top, right, bottom in pixels around the whole target, NaN where nothing of it is seen.

    Attributes
    ----------
    spec : PairedSpec
    preset : str
        Of a ``mixed`` sequence, which it is.
    frames : (F, height, width, 3) uint8
    frame_boxes : (F, 4) float32
        In the middle of each exposure.
    frame_seen : (F,) float32
        Share of the target's pixels that are inside the picture and not hidden.
    frame_there_us : (F,) int64
        When each frame is there: at the end of its exposure and the camera's latency.
    t, pixel, on : (N,) int32, int32, bool
        Events: microseconds, ``y * width + x``, brighter.
    boxes : (W, 4) float32
        At the end of each window.
    seen : (W,) float32
    """

    spec: PairedSpec
    preset: str
    frames: NDArray[np.uint8]
    frame_boxes: NDArray[np.float32]
    frame_seen: NDArray[np.float32]
    frame_there_us: NDArray[np.int64]
    t: NDArray[np.int32]
    pixel: NDArray[np.int32]
    on: NDArray[np.bool_]
    boxes: NDArray[np.float32]
    seen: NDArray[np.float32]

    @property
    def events(self) -> Events:
        """All events."""
        return Events.of(self.t, self.pixel % self.spec.width, self.pixel // self.spec.width, self.on)

    @property
    def present(self) -> NDArray[np.bool_]:
        """(W,): whether enough of the target is seen at the end of a window for it to count."""
        return self.seen >= LEAST_VISIBILITY

    @property
    def newest_frame(self) -> NDArray[np.int64]:
        """(W,): the newest RGB frame that is there at the end of each window; -1 before the first."""
        ends = (1 + np.arange(self.spec.windows)) * self.spec.window_us
        return np.asarray(np.searchsorted(self.frame_there_us, ends, side="right") - 1, np.int64)

    def counts(self, start: int = 0, stop: int | None = None) -> NDArray[np.uint8]:
        """Events of each pixel in windows ``start`` to ``stop``, 255 at most.

        Returns
        -------
        (T, 2, height, width) uint8
            ON, then OFF, which in ``data.events.representations`` are the other way round.
        """
        stop = self.spec.windows if stop is None else stop
        window = self.spec.window_us
        first, last = np.searchsorted(self.t, (start * window, stop * window))
        t, pixel, on = self.t[first:last], self.pixel[first:last], self.on[first:last]
        cells = self.spec.height * self.spec.width
        rows = 2 * (t // window - start).astype(np.int64) + ~on
        found = np.bincount(rows * cells + pixel, minlength=(stop - start) * 2 * cells)
        shape = stop - start, 2, self.spec.height, self.spec.width
        return np.minimum(found, _MOST_EVENTS).astype(np.uint8).reshape(shape)


def draw_sequence(spec: PairedSpec) -> PairedSequence:
    """Draw a sequence; a second of the defaults takes about half a second of one core."""
    scene = PairedScene(spec)
    emulator = PixelEmulator(scene.sensor(), (spec.height, spec.width), scene.sensor_seed())
    due = {scene.frame_moments(index)[-1]: index for index in range(spec.frames)}
    kept: list[NDArray[np.float32]] = []
    frames, events, truths = [], [], []
    for moment in range(scene.moments):
        brightness, truth = scene.seen(moment)
        truths.append(truth)
        events.append(emulator.step(intensity(brightness), moment * spec.step_us))
        kept = [*kept, brightness][-len(scene.frame_moments(0)) :]
        if moment in due:
            frames.append(scene.develop(due[moment], kept))
    found = Events.joined(events)
    shown = [truths[scene.frame_middle(index)] for index in range(spec.frames)]
    ends = truths[spec.steps :: spec.steps]
    return PairedSequence(
        spec=spec,
        preset=scene.preset,
        frames=np.stack(frames),
        frame_boxes=_boxes(shown),
        frame_seen=_seen(shown),
        frame_there_us=(1 + np.arange(spec.frames)) * spec.frame_us + scene.latency_us,
        t=found.t.astype(np.int32),
        pixel=found.y * spec.width + found.x,
        on=found.on,
        boxes=_boxes(ends),
        seen=_seen(ends),
    )


def load_or_draw(spec: PairedSpec, cache: Path | None) -> PairedSequence:
    """A sequence from a folder of drawn ones; where it is not there, it is drawn and put there.

    Raises
    ------
    JobError
        When the folder cannot be written.
    """
    if cache is None:
        return draw_sequence(spec)
    digest = hashlib.sha256(f"{_VERSION} {spec!r}".encode()).hexdigest()
    path = cache / f"{digest}.npz"
    found = _load(spec, path)
    if found is not None:
        return found
    drawn = draw_sequence(spec)
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, preset=np.array(drawn.preset), **{name: getattr(drawn, name) for name in _ARRAYS})
    return drawn


_ARRAYS = (
    "frames", "frame_boxes", "frame_seen", "frame_there_us", "t", "pixel", "on", "boxes", "seen",
)  # fmt: skip


def _load(spec: PairedSpec, path: Path) -> PairedSequence | None:
    """None for a file that is not there, or is not whole."""
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
            return PairedSequence(spec, str(file["preset"]), **arrays)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _boxes(truths: list[TargetTruth]) -> NDArray[np.float32]:
    return np.stack([truth.box for truth in truths])


def _seen(truths: list[TargetTruth]) -> NDArray[np.float32]:
    return np.array([truth.visibility for truth in truths], np.float32)
