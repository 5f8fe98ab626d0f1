"""Everything that gives frames, opened by what the user wrote."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.pictures import PictureSource
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.data.video import VideoSource
from neuromorph_track.errors import InputError
from neuromorph_track.files import parse_toml, read_text

_PAIRED = "paired"


class FrameSource(Protocol):
    """A sequence of frames that can be read any number of times, one frame in memory at a time.

    Attributes
    ----------
    name : str
        A short name for reports.
    fps : float
        Frames per second.
    frames : int or None
        How many frames to expect; None where nothing says so.
    ended_early : str or None
        After (or before) reading: what is missing, when there are fewer frames than announced.
    """

    name: str
    fps: float
    frames: int | None
    ended_early: str | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Frames (H, W, 3) uint8 RGB in order."""

    def fingerprint(self) -> str:
        """SHA-256 that tells one input from another, in hexadecimal."""


class DrawnSource:
    """Frames of a sequence that is drawn from settings."""

    ended_early: str | None = None

    def __init__(self, drawn: Scene | TargetScene, max_frames: int | None = None) -> None:
        spec = drawn.spec
        self._drawn = drawn
        self.name = spec.to_string()
        self.fps = spec.fps
        self.frames: int | None = spec.frames if max_frames is None else min(spec.frames, max_frames)
        self.size = (spec.width, spec.height)

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[index] for index in range(self.frames or 0))

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Frame ``index``, (H, W, 3) RGB."""
        return self._drawn[index][0]

    def fingerprint(self) -> str:
        # All fields, not only those that differ from defaults, which may change one day.
        return hashlib.sha256(repr(self._drawn.spec).encode()).hexdigest()


class SceneSource(DrawnSource):
    """Frames of a synthetic street; :attr:`scene` has the truth too."""

    def __init__(self, spec: SceneSpec, max_frames: int | None = None) -> None:
        self.scene = Scene(spec)
        super().__init__(self.scene, max_frames)


class TargetSource(DrawnSource):
    """Frames of a synthetic sequence with one target; :attr:`scene` has the truth too."""

    def __init__(self, spec: TargetSpec, max_frames: int | None = None) -> None:
        self.scene = TargetScene(spec)
        super().__init__(self.scene, max_frames)


def open_source(text: str | Path, max_frames: int | None = None) -> FrameSource:
    """Open a video file, a folder of pictures, a MOTChallenge folder or a synthetic sequence.

    Parameters
    ----------
    text : str or Path
        A path, ``scene:field=value,...``, ``targets:field=value,...``, ``paired:field=value,...`` (its RGB
        frames), or a TOML file with a table ``[scene]``, ``[targets]`` or ``[paired]``.
    max_frames : int, optional
        Stop after that many frames.

    Raises
    ------
    InputError
        When there is nothing that can be read, naming what was found.
    """
    if max_frames is not None and max_frames < 1:
        raise InputError("frames", "max_frames", str(max_frames), "1 or more")
    if str(text).startswith(SceneSpec.prefix()):
        return SceneSource(SceneSpec.from_string(str(text)), max_frames)
    if str(text).startswith(TargetSpec.prefix()):
        return TargetSource(TargetSpec.from_string(str(text)), max_frames)
    if str(text).startswith(f"{_PAIRED}:"):
        return _open_paired(str(text), max_frames)
    path = Path(text)
    if path.suffix.lower() == ".toml":
        return _open_settings(path, max_frames)
    # pathlib's questions raise where a name is too long.
    if os.path.isdir(path):
        return PictureSource(path, max_frames)
    if not os.path.exists(path):
        raise InputError(path, "input", "nothing", "a video file, a folder of pictures or scene:...")
    return VideoSource(path, max_frames)


def _open_settings(path: Path, max_frames: int | None) -> FrameSource:
    tables = parse_toml(read_text(path, "a TOML file with a table [scene], [targets] or [paired]"), path)
    if TargetSpec.word in tables:
        return TargetSource(TargetSpec.from_toml(path), max_frames)
    if _PAIRED in tables:
        return _open_paired(path, max_frames)
    return SceneSource(SceneSpec.from_toml(path), max_frames)


def _open_paired(text: str | Path, max_frames: int | None) -> FrameSource:
    # SciPy's splines come along, which the others do without.
    from neuromorph_track.data.paired import PairedFrames, PairedSpec

    spec = PairedSpec.from_toml(text) if isinstance(text, Path) else PairedSpec.from_string(text)
    return PairedFrames(spec, max_frames)
