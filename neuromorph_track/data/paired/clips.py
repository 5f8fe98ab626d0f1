"""Random pieces of many sequences, for training; what is drawn follows from a seed alone."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.paired.sequence import PairedSequence, load_or_draw
from neuromorph_track.data.paired.spec import PairedSpec
from neuromorph_track.errors import InputError

# The first window shows enough of the target to tell it by.
_FIRST_SEEN = 0.5
# Frames before a piece that can be the newest ones in its first window.
_BEFORE = 2
_ATTEMPTS = 50


@dataclass(frozen=True, eq=False)
class Clip:
    """T windows of a sequence and the K frames that are there during them; or B of them, stacked.

    Attributes
    ----------
    frames : (K, height, width, 3) uint8
        RGB. Only those up to ``newest`` are there in a window.
    frame_boxes : (K, 4) float32
        Left, top, right, bottom in the middle of each exposure; NaN where nothing of the target is seen.
    newest : (T,) int64
        The newest frame that is there at the end of each window.
    counts : (T, 2, height, width) uint8
        Events of each window and pixel; ON, then OFF.
    boxes : (T, 4) float32
        At the end of each window; the first is where tracking starts.
    present : (T,) bool
        Whether the target is seen well enough at the end of a window for it to count.
    presets : tuple of str
        One for each clip.
    """

    frames: NDArray[np.uint8]
    frame_boxes: NDArray[np.float32]
    newest: NDArray[np.int64]
    counts: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    present: NDArray[np.bool_]
    presets: tuple[str, ...]


class PairedClips:
    """Clips of sequences that differ in their seeds.

    Parameters
    ----------
    spec : PairedSpec
        Of the first sequence; the others have the seeds that follow.
    sequences : int
    windows : int
        T, of each clip.
    seed : int
        Which clips are drawn.
    cache : Path, optional
        Folder for sequences that were drawn once.
    held : int
        Sequences kept in memory, about 1.5 MB each at the default size.

    Raises
    ------
    InputError
        When a clip is longer than a sequence.
    """

    def __init__(
        self,
        spec: PairedSpec,
        sequences: int,
        windows: int = 32,
        seed: int = 0,
        cache: Path | None = None,
        held: int = 1024,
    ) -> None:
        self.spec, self.sequences, self.windows = spec, sequences, windows
        self._seed, self._cache, self._held = seed, cache, held
        self._kept: OrderedDict[int, PairedSequence] = OrderedDict()
        self._frames = -(-windows // spec.per_frame)
        # A clip begins with a frame's end, so that every clip has as many frames.
        self._starts = range(_BEFORE, spec.frames - self._frames + 1)
        if windows < 1 or not self._starts:
            longest = (spec.frames - _BEFORE) * spec.per_frame
            raise InputError("clips", "windows", str(windows), f"1 to {longest}, in {spec.frames} frames")
        if sequences < 1:
            raise InputError("clips", "sequences", str(sequences), "1 or more")

    def sequence(self, index: int) -> PairedSequence:
        """Sequence ``index``, drawn, or from the cache, or from memory."""
        if index not in self._kept:
            spec = replace(self.spec, seed=self.spec.seed + index)
            self._kept[index] = load_or_draw(spec, self._cache)
        self._kept.move_to_end(index)
        while len(self._kept) > self._held:
            self._kept.popitem(last=False)
        return self._kept[index]

    def clip(self, number: int) -> Clip:
        """Clip ``number``: the same whenever and in whatever order it is asked for.

        Raises
        ------
        InputError
            When hardly a sequence shows its target.
        """
        rng = np.random.default_rng([self._seed, number])
        for _ in range(_ATTEMPTS):
            sequence = self.sequence(int(rng.integers(self.sequences)))
            start = int(rng.integers(self._starts.start, self._starts.stop))
            if sequence.seen[start * self.spec.per_frame] >= _FIRST_SEEN:
                return self.piece(sequence, start)
        raise InputError("clips", "sequences", "none that shows its target", "others")

    def piece(self, sequence: PairedSequence, start: int) -> Clip:
        """The clip of a sequence whose first window follows the end of ``start`` frames (2 or more)."""
        first = start * self.spec.per_frame
        windows = slice(first, first + self.windows)
        frames = slice(start - _BEFORE, start + self._frames)
        return Clip(
            frames=sequence.frames[frames],
            frame_boxes=sequence.frame_boxes[frames],
            newest=sequence.newest_frame[windows] - frames.start,
            counts=sequence.counts(windows.start, windows.stop),
            boxes=sequence.boxes[windows],
            present=sequence.present[windows],
            presets=(sequence.preset,),
        )

    def batch(self, number: int, size: int) -> Clip:
        """Clips ``number * size`` and the ``size - 1`` after it, stacked; arrays begin with the clip."""
        clips = [self.clip(number * size + at) for at in range(size)]
        names = ("frames", "frame_boxes", "newest", "counts", "boxes", "present")
        stacked = {name: np.stack([getattr(clip, name) for clip in clips]) for name in names}
        return Clip(**stacked, presets=tuple(preset for clip in clips for preset in clip.presets))
