"""What a network sees of a sequence of frames and events, as pictures."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.data.events.pictures import coloured
from neuromorph_track.data.paired import PairedSequence
from neuromorph_track.detection.crop import Window
from neuromorph_track.networks.branches_spec import BranchesSpec
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec

Pictures = NDArray[np.uint8]


def event_pictures(sequence: PairedSequence, start: int, length: int, gain: int, each: int = 1) -> Pictures:
    """Pictures (length, H, W, 3) of ``each`` windows' events, the first of which begins window ``start``."""
    counts = sequence.counts(start, start + length * each)
    summed = counts.reshape(length, each, *counts.shape[1:]).sum(1, dtype=np.int64)
    # A sequence's counts have the brighter first.
    return coloured(summed[:, ::-1], gain)


def frame_pictures(
    network: HadtrackSpec, sequence: PairedSequence, windows: NDArray[np.int64], gain: int
) -> Pictures:
    """The frames that are there at the end of windows; of ``both``, with the events of a frame's time."""
    frames = sequence.frames[sequence.newest_frame[windows]]
    if network.sees == "frames":
        return frames
    each = sequence.spec.per_frame
    events = [event_pictures(sequence, window + 1 - each, 1, gain, each)[0] for window in windows]
    return np.concatenate([frames, np.stack(events)], -1)


def frames_come(sequence: PairedSequence) -> NDArray[np.int64]:
    """Windows at whose end there is a new frame."""
    return np.flatnonzero(np.diff(sequence.newest_frame, prepend=-1) > 0)


def template_pictures(spec: BranchesSpec, pictures: Pictures, around: NDArray[np.float64]) -> Pictures:
    """Crops (K, h, w, C) around a box (cx, cy, w, h) in pixels."""
    window = Window.around(around, spec.template_factor)
    # OpenCV warps up to four channels at once.
    parts = np.split(pictures, pictures.shape[-1] // 3, -1)
    cut = [
        [window.cut(np.ascontiguousarray(each), spec.template_side, 0.0) for each in part] for part in parts
    ]
    return np.concatenate([np.stack(each) for each in cut], -1)


def pixels(pictures: Iterable[Pictures]) -> Tensor:
    """Pictures (F, H, W, C) of each clip as (N, C, H, W, F), over 256."""
    # In memory frames come first, as layers take them: what is copied here is a quarter as large.
    stacked = torch.from_numpy(np.stack(list(pictures), 1)).permute(0, 1, 4, 2, 3).contiguous()
    return stacked.to(torch.float32).div_(256).movedim(0, -1)
