"""Where the object of a run of `sot` truly is, frame by frame."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.frames import TargetSource, open_source
from neuromorph_track.data.single import SingleResult, SingleSequence, find_sequences
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.errors import InputError


@dataclass(frozen=True)
class SotTruth:
    """A truth, and which box of a run each of its frames is compared with.

    Attributes
    ----------
    sequence : SingleSequence
    windows : (F,) int64 or None
        Of events: the window, counted from where the run begins, of each frame of the truth. None where the
        run has a box a frame.
    """

    sequence: SingleSequence
    windows: NDArray[np.int64] | None = None

    def part(self, start: int, most: int | None) -> SotTruth | None:
        """That of ``most`` frames, or windows, from ``start`` on; None where it says nothing of the first."""
        first, end = start, None if most is None else start + most
        if self.windows is not None:
            first, end = _frames_between(self.windows, start, end)
        whole = self.sequence
        boxes, visible = whole.boxes[first:end], whole.visible[first:end]
        if not visible[:1].any():
            return None
        part = SingleSequence(whole.name, whole.kind, whole.frames, boxes, visible, whole.attributes)
        return SotTruth(
            part, None if self.windows is None else np.maximum(self.windows[first:end] - start, 0)
        )

    def by_frame(self, result: SingleResult) -> SingleResult:
        """A result with a box for each frame of the truth, as its benchmark wants it.

        A frame has the seconds of all windows since the one before.
        """
        if self.windows is None:
            return result
        # The last frames of a recording may be taken after its last event.
        at = np.minimum(self.windows, len(result.boxes) - 1)
        if result.seconds is None:
            return SingleResult(result.boxes[at])
        return SingleResult(result.boxes[at], np.diff(np.cumsum(result.seconds)[at], prepend=0.0))


def _frames_between(windows: NDArray[np.int64], start: int, end: int | None) -> tuple[int, int]:
    """Frames from the latest that was known when a window began, to those whose window comes before another.

    Of frames that share the first window, all are wanted.
    """
    first = 0 if start <= windows[0] else int(np.searchsorted(windows, start, "right")) - 1
    last = len(windows) if end is None else int(np.searchsorted(windows, end))
    return (first, last) if start <= windows[-1] else (last, last)


def sequence_of(source: str) -> SingleSequence | None:
    """The sequence that a source is, with its truth; None where it is none.

    Raises
    ------
    InputError
        When it is more than one, or a truth that is there is broken.
    """
    # pathlib's questions raise where a name is too long.
    if os.path.isdir(source):
        try:
            found = find_sequences(source)
        except InputError as error:
            if error.field == "sequences":
                return None
            # A truth that is there and broken is better said than passed over.
            raise
        if len(found) > 1:
            names = ", ".join(each.name for each in found[:4])
            raise InputError(source, "sequence", f"{len(found)}: {names} ...", "one sequence")
        return found[0]
    if source.startswith("targets:") or source.endswith(".toml"):
        frames = open_source(source)
        if isinstance(frames, TargetSource):
            return target_sequence(frames.scene.spec, with_attributes=False)
    return None
