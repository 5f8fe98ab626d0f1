"""Films from folders of real sequences in MOTChallenge's layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from neuromorph_track.data.benchmark_rules import PROTOCOLS
from neuromorph_track.data.frames import FrameSource
from neuromorph_track.data.motchallenge import MotBoxes, read_truth
from neuromorph_track.data.pictures import PictureSource
from neuromorph_track.data.video import VideoSource
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import InputError
from neuromorph_track.training.data_tables import MotData
from neuromorph_track.training.films import Film, MemoryFilm, Pictures, Truth
from neuromorph_track.training.recipe import Recipe

TRUTH_FILES = ("gt/gt.txt", "gt.txt")
VIDEO_SUFFIXES = (".mp4", ".avi", ".mkv", ".mov", ".webm")


@dataclass(frozen=True)
class DiskFilm:
    """A film whose pictures are read and resized when they are asked for."""

    name: str
    source: PictureSource
    numbers: Sequence[int]
    truths: Sequence[Truth]
    encoder: FrameEncoder
    whole_boxes: bool

    def pictures(self, start: int, stop: int) -> Pictures:
        """Pictures ``start`` to ``stop - 1``."""
        fitted = [self.encoder.fit(self.source[number])[0] for number in self.numbers[start:stop]]
        return np.stack(fitted)


def mot_films(data: MotData, recipe: Recipe, root: Path, quiet: bool) -> tuple[Film, ...]:
    """Every sequence of a table as a film.

    Raises
    ------
    InputError
        When there is none, one cannot be read, or one is shorter than a clip.
    """
    folders = sequence_folders(root / data.folder, data.sequences)
    bar = Console(stderr=True)
    films = [
        _film(folder, data, recipe)
        for folder in track(folders, "reading sequences", console=bar, disable=quiet, transient=True)
    ]
    longest = max(stage.clip for stage in recipe.stage)
    for folder, film in zip(folders, films, strict=True):
        if len(film.truths) < longest:
            raise InputError(folder, "frames", str(len(film.truths)), f"{longest}, the length of a clip")
    return tuple(films)


def sequence_folders(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """Folders that hold a truth and whose names are of one of the patterns, by name.

    Raises
    ------
    InputError
        When a pattern fits none.
    """
    if not folder.is_dir():
        expected = "a folder of sequences; --data says in which folder it lies"
        raise InputError(folder, "folder", "nothing", expected)
    known = sorted(path for path in folder.iterdir() if _truth_file(path) is not None)
    chosen: set[Path] = set()
    for pattern in patterns:
        fitting = [path for path in known if fnmatchcase(path.name, pattern)]
        if not fitting:
            raise InputError(
                folder, "sequences", f"none like {pattern!r}", "folders with gt/gt.txt or gt.txt"
            )
        chosen.update(fitting)
    return sorted(chosen)


def _truth_file(folder: Path) -> Path | None:
    return next((folder / name for name in TRUTH_FILES if (folder / name).is_file()), None)


def _source(folder: Path) -> FrameSource:
    videos = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES)
    if videos and not (folder / "img1").is_dir():
        return VideoSource(videos[0])
    return PictureSource(folder)


def _film(folder: Path, data: MotData, recipe: Recipe) -> Film:
    path = _truth_file(folder)
    assert path is not None
    source, encoder = _source(folder), FrameEncoder(recipe.input)
    count = source.frames or sum(1 for _ in source)
    first, stop = (round(share * count) for share in data.part)
    numbers = range(first, stop, data.every)
    truths = _truths(read_truth(path), path, numbers, source, data, recipe)
    if data.store == "disk" and isinstance(source, PictureSource):
        return DiskFilm(source.name, source, numbers, truths, encoder, data.whole_boxes)
    return MemoryFilm(source.name, _read(source, numbers, encoder, folder), truths, data.whole_boxes)


def _read(source: FrameSource, numbers: range, encoder: FrameEncoder, folder: Path) -> Pictures:
    frames = np.empty((len(numbers), encoder.spec.height, encoder.spec.width, 3), np.uint8)
    done = 0
    if isinstance(source, PictureSource):
        pictures: Iterable[NDArray[np.uint8]] = (source[number] for number in numbers)
    else:
        pictures = islice(source, numbers.start, numbers.stop, numbers.step)
    for done, frame in enumerate(pictures, 1):
        frames[done - 1] = encoder.fit(frame)[0]
    if done < len(numbers):
        raise InputError(folder, "frames", source.ended_early or str(done), f"{len(numbers)} to read")
    return frames


def _truths(
    boxes: MotBoxes, path: Path, numbers: Sequence[int], source: FrameSource, data: MotData, recipe: Recipe
) -> list[Truth]:
    rules = PROTOCOLS[data.rules]
    objects = rules.scores(boxes)
    # What is marked 0 is not held against a detector here, though some benchmarks do.
    forgiven = rules.forgives(boxes) | (objects & (boxes.score == 0))
    learnt = objects | forgiven
    boxes, forgiven = boxes[learnt], forgiven[learnt]
    placement = FrameEncoder(recipe.input).placement(*source.size)
    edges = boxes.xyxy if data.whole_boxes else boxes.xyxy.clip(0, np.tile(source.size, 2))
    scaled = edges * np.tile(placement.scale, 2) + np.tile(placement.offset, 2)
    class_id = np.zeros(len(boxes), np.int64)
    class_id[~forgiven] = _classes(boxes[~forgiven], path, data, recipe)
    everything = Truth(
        scaled.astype(np.float32),
        class_id,
        forgiven | (boxes.visibility < data.min_visibility),
        boxes.track_id,
    )
    seen = ((scaled[:, 2:] - scaled[:, :2]) > 0).all(1)
    # Files count frames from 1.
    return [everything[seen & (boxes.frame == number + 1)] for number in numbers]


def _classes(boxes: MotBoxes, path: Path, data: MotData, recipe: Recipe) -> NDArray[np.int64]:
    if PROTOCOLS[data.rules].counted or data.counts_as is not None:
        only = 0 if data.counts_as is None else recipe.classes.index(data.counts_as)
        return np.full(len(boxes), only, np.int64)
    if len(boxes) and not 1 <= boxes.class_id.min() <= boxes.class_id.max() <= len(recipe.classes):
        found = f"classes {boxes.class_id.min()} to {boxes.class_id.max()}"
        raise InputError(path, "class", found, f"1 to {len(recipe.classes)}, the recipe's")
    return boxes.class_id - 1
