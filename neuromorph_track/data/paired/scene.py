"""One target seen by two cameras at once: RGB frames and events of the same moments, and the truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.emulate import EmulatedStream, SensorSettings
from neuromorph_track.data.events.emulate.stream import LUMA
from neuromorph_track.data.paired.conditions import draw_conditions
from neuromorph_track.data.paired.light import developed, draw_light, lit
from neuromorph_track.data.paired.moments import at_moments, clock
from neuromorph_track.data.paired.spec import ZOOM, PairedSpec
from neuromorph_track.data.targets.scene import TargetScene
from neuromorph_track.data.targets.spec import SPLITS, TargetSpec
from neuromorph_track.data.targets.truth import TargetTruth

# Keeps what is drawn here apart from what the targets draw of the same seed.
_STREAM = 0x50414952
# Of the event camera: natural logarithm of brightness, microseconds.
_THRESHOLD, _REFRACTORY_US = 0.15, 300.0


class PairedScene:
    """A sequence, planned when it is constructed; moments are painted when they are asked for.

    Moment ``m`` is at ``m * spec.step_us``; window ``w`` of events is from moment ``w * steps`` to the one
    ``steps`` later, and its truth is that at its end. RGB frame ``k`` ends at ``(k + 1) * spec.frame_us``,
    was exposed for the share ``conditions.shutter`` of the time before, and is there ``latency_us`` later;
    its truth is that in the middle of the exposure.

    Parameters
    ----------
    spec : PairedSpec

    Attributes
    ----------
    preset : str
        What the sequence is; of a ``mixed`` one, what was drawn.
    conditions : Conditions
    moments : int
        How many there are, the first at 0.
    """

    def __init__(self, spec: PairedSpec) -> None:
        self.spec = spec
        self._root = [SPLITS.index(spec.split), spec.seed, _STREAM]
        rng = np.random.default_rng(self._root)
        self.preset, self.conditions = draw_conditions(spec.preset, rng)
        self.moments = spec.windows * spec.steps + 1
        self._light = draw_light(self.conditions, (spec.height, spec.width), rng)
        scene = TargetScene(self._target_spec())
        clocks = [
            clock(self.moments, spec.per_frame * spec.steps, self.conditions.pauses, rng)
            for _ in range(1 + spec.distractors)
        ]
        steady = clock(self.moments, spec.per_frame * spec.steps, 0, rng)
        self._scene = at_moments(scene, steady, clocks[0], clocks[1:])
        self._exposed = max(1, round(self.conditions.shutter * spec.per_frame * spec.steps))

    @property
    def latency_us(self) -> int:
        """Microseconds from the end of a frame's exposure until it is there."""
        return round(self.conditions.latency * self.spec.frame_us)

    def seen(self, moment: int) -> tuple[NDArray[np.float32], TargetTruth]:
        """Linear brightness of all colours, (height, width, 3), 255 for white in daylight, and the truth."""
        picture, truth = self._scene.painted(moment)
        return lit(picture, self._light), truth

    def truth(self, moment: int) -> TargetTruth:
        """Where the target is; no picture is painted."""
        return self._scene.truth(moment)

    def frame_moments(self, index: int) -> range:
        """The moments whose mean is RGB frame ``index``."""
        end = (index + 1) * self.spec.per_frame * self.spec.steps
        return range(end - self._exposed + 1, end + 1)

    def frame_middle(self, index: int) -> int:
        """The moment in the middle of the exposure of RGB frame ``index``."""
        moments = self.frame_moments(index)
        return moments[len(moments) // 2]

    def frame(self, index: int) -> NDArray[np.uint8]:
        """RGB frame ``index``, (height, width, 3)."""
        return self.develop(index, [self.seen(moment)[0] for moment in self.frame_moments(index)])

    def develop(self, index: int, brightness: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
        """The same from brightness that was painted already."""
        exposed = np.mean(brightness, axis=0, dtype=np.float32)
        return developed(exposed, self.conditions, np.random.default_rng([*self._root, 1 + index]))

    def sensor(self) -> SensorSettings:
        """The event camera."""
        return SensorSettings(
            on=_THRESHOLD,
            off=_THRESHOLD,
            refractory_us=_REFRACTORY_US,
            shot_noise_hz=self.conditions.event_noise_hz,
            cutoff_hz=self.conditions.cutoff_hz,
        )

    def sensor_seed(self) -> int:
        """What the event camera's thresholds and noise follow from."""
        return int(np.random.SeedSequence([*self._root, 0]).generate_state(1)[0])

    def _target_spec(self) -> TargetSpec:
        spec, conditions = self.spec, self.conditions
        return TargetSpec(
            seed=spec.seed,
            split=spec.split,
            # A spline needs a frame behind the last moment.
            frames=spec.frames + 2,
            width=spec.width,
            height=spec.height,
            fps=min(max(spec.fps, 1.0), 1000.0),
            kinds=spec.kinds,
            size=spec.size,
            zoom=ZOOM,
            aspect=1.2,
            speed=conditions.speed,
            jolts=conditions.jolts,
            distractors=spec.distractors,
            occluders=spec.occluders,
            clutter=spec.clutter,
            pan=conditions.pan,
            sway=0.3 if conditions.pan else 0.0,
            shake=conditions.shake,
            light=0.0,
            shadow=0.0,
            blur=0.0,
            defocus=0.0,
            noise=0.0,
        )


def intensity(brightness: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the event camera sees of colours (height, width, 3): one number for each pixel."""
    return np.asarray(cv2.transform(brightness, LUMA), np.float32)


class PairedIntensities:
    """The clean brightness that events come from, before any exposure: as wide in range as the light is."""

    def __init__(self, scene: PairedScene) -> None:
        self._scene = scene
        self.name = scene.spec.to_string()
        self.width, self.height = scene.spec.width, scene.spec.height

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.generic]]]:
        for moment in range(self._scene.moments):
            yield moment * self._scene.spec.step_us, intensity(self._scene.seen(moment)[0])

    def fingerprint(self) -> str:
        """SHA-256 of the settings, in hexadecimal."""
        return hashlib.sha256(repr(self._scene.spec).encode()).hexdigest()


def paired_events(spec: PairedSpec, emulator: str = "pixels") -> EmulatedStream:
    """The events of a sequence as a recording, made again each time it is read.

    Parameters
    ----------
    spec : PairedSpec
    emulator : str
        One of :data:`~neuromorph_track.data.events.emulate.EMULATORS`.
    """
    scene = PairedScene(spec)
    return EmulatedStream(PairedIntensities(scene), scene.sensor(), scene.sensor_seed(), emulator)


class PairedFrames:
    """The RGB frames of a sequence as a source of frames; :attr:`scene` has the truth too."""

    ended_early: str | None = None

    def __init__(self, spec: PairedSpec, max_frames: int | None = None) -> None:
        self.scene = PairedScene(spec)
        self.name, self.fps = spec.to_string(), spec.fps
        self.frames: int | None = spec.frames if max_frames is None else min(spec.frames, max_frames)
        self.size = (spec.width, spec.height)

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[index] for index in range(self.frames or 0))

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Frame ``index``, (height, width, 3)."""
        return self.scene.frame(index)

    def fingerprint(self) -> str:
        """SHA-256 of the settings, in hexadecimal."""
        return hashlib.sha256(repr(self.scene.spec).encode()).hexdigest()
