"""Reels: sequences with one object, held in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from neuromorph_track.data.pictures import read_picture
from neuromorph_track.data.single import IndexedFrames, SingleSequence, find_sequences
from neuromorph_track.data.targets.store import load_or_draw
from neuromorph_track.detection.crop import from_corners
from neuromorph_track.errors import InputError
from neuromorph_track.training.pair_tables import Pairs, SingleData, TargetData


@dataclass(frozen=True)
class Reel:
    """Pictures and where the object is.

    Attributes
    ----------
    name : str
    pictures : (F, H, W, 3) uint8, or as a sequence
    cxcywh : (F, 4) float64
        In pixels; NaN where it is not known.
    shown : (S,) int64
        Frames in which enough of it is seen.
    """

    name: str
    pictures: NDArray[np.uint8] | IndexedFrames
    cxcywh: NDArray[np.float64]
    shown: NDArray[np.int64]


def target_reels(data: TargetData, pairs: Pairs, folder: Path, quiet: bool) -> tuple[Reel, ...]:
    """The sequences of a table, drawn or kept; those whose object is hardly ever seen are left out."""
    photographs = _photographs(data.textures, folder)
    cache = None if data.cache is None else folder / data.cache
    reels = []
    console = Console(stderr=True)
    for index in track(
        range(data.sequences), "rendering targets", console=console, disable=quiet, transient=True
    ):
        drawn = load_or_draw(data.spec(index), cache, photographs)
        reel = _reel(f"targets {index}", drawn["picture"], drawn["box"], drawn["visibility"], pairs)
        if len(reel.shown) > 1:
            reels.append(reel)
    if not reels:
        raise InputError("recipe", "data.sequences", "none that shows its target twice", "more of them")
    return tuple(reels)


def single_reels(data: SingleData, pairs: Pairs, folder: Path) -> tuple[Reel, ...]:
    """Real sequences, whose pictures are read when they are drawn."""
    reels = [_of_sequence(each) for each in find_sequences(folder / data.folder, data.layout)]
    kept = tuple(reel for reel in reels if len(reel.shown) > 1)
    if not kept:
        raise InputError(folder / data.folder, "sequences", "none with two boxes", "sequences to learn from")
    return kept


def _of_sequence(sequence: SingleSequence) -> Reel:
    boxes = sequence.boxes.copy()
    boxes[:, :2] += boxes[:, 2:] / 2
    return Reel(sequence.name, sequence.frames, boxes, np.flatnonzero(sequence.visible))


def _reel(
    name: str,
    pictures: NDArray[np.uint8],
    xyxy: NDArray[np.float32],
    visible: NDArray[np.float64],
    pairs: Pairs,
) -> Reel:
    cxcywh = from_corners(xyxy)
    seen = (visible >= pairs.least_visible) & ~np.isnan(cxcywh).any(1)
    seen &= np.nan_to_num(cxcywh[:, 2:]).min(1) >= 2
    return Reel(name, pictures, cxcywh, np.flatnonzero(seen))


def _photographs(name: str | None, folder: Path) -> list[NDArray[np.uint8]]:
    if name is None:
        return []
    paths = sorted(path for path in (folder / name).glob("*") if path.is_file())
    if not paths:
        raise InputError(folder / name, "textures", "no files", "a folder of photographs")
    return [read_picture(path) for path in paths]
