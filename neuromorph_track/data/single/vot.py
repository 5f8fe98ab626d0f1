"""VOT: ``NAME/groundtruth.txt`` with rectangles or polygons of four corners, and the pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.number_table import first_line
from neuromorph_track.data.single.box_files import (
    POLYGON,
    polygon_bounds,
    read_boxes,
    read_flags,
    read_truth_boxes,
)
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes

# Where pictures have lain over the years.
_PICTURES = ("color", "imgs", "img")


def fits(folder: Path) -> bool:
    """Whether a folder holds a sequence of this layout."""
    return (folder / "groundtruth.txt").is_file()


def load(folder: Path) -> tuple[SingleSequence, ...]:
    """The sequence of one folder; an attribute is one that a frame at least is tagged with.

    Raises
    ------
    InputError
    """
    boxes = _boxes(folder / "groundtruth.txt")
    inside = (folder / name for name in _PICTURES if (folder / name).is_dir())
    frames = SequencePictures(next(inside, folder), len(boxes), name=folder.name)
    return (with_known_boxes(folder.name, "vot", frames, boxes, attributes=_attributes(folder, len(boxes))),)


def _boxes(path: Path) -> NDArray[np.float64]:
    line = first_line(path)
    numbers = len(line.split(",") if "," in line else line.split())
    if numbers != len(POLYGON):
        return read_truth_boxes(path)
    polygons, _ = read_boxes(path, "a polygon for each frame: four corners", POLYGON)
    return polygon_bounds(polygons)


def _attributes(folder: Path, count: int) -> tuple[str, ...]:
    tagged = [path for path in sorted(folder.glob("*.tag")) if read_flags(path, count).any()]
    return tuple(path.stem for path in tagged)
