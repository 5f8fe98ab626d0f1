"""LaSOT: ``CLASS/CLASS-1/groundtruth.txt``, ``full_occlusion.txt``, ``out_of_view.txt`` and ``img``.

Attributes are not in the sequences' folders. They are read from ``att/NAME.txt`` beside them or beside their
class, where the evaluation toolkit's folder ``annos/att`` has been put.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neuromorph_track.data.single.attribute_names import LASOT, marked
from neuromorph_track.data.single.box_files import read_flags, read_truth_boxes
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes

FPS = 30.0
_FLAGS = ("full_occlusion.txt", "out_of_view.txt")


def fits(folder: Path) -> bool:
    """Whether a folder holds a sequence of this layout."""
    return (folder / "groundtruth.txt").is_file()


def is_marked(folder: Path) -> bool:
    """Whether it can be no other layout."""
    return fits(folder) and ((folder / "img").is_dir() or any((folder / name).is_file() for name in _FLAGS))


def load(folder: Path) -> tuple[SingleSequence, ...]:
    """The sequence of one folder; frames in which the object is hidden or out of view do not count.

    Raises
    ------
    InputError
    """
    boxes = read_truth_boxes(folder / "groundtruth.txt")
    absent = np.zeros(len(boxes), np.bool_)
    for name in _FLAGS:
        if (folder / name).is_file():
            absent |= read_flags(folder / name, len(boxes)) > 0
    # One sequence has pictures behind its last box.
    frames = SequencePictures(folder / "img", len(boxes), first=1, fps=FPS, name=folder.name)
    return (with_known_boxes(folder.name, "lasot", frames, boxes, absent, _attributes(folder)),)


def _attributes(folder: Path) -> tuple[str, ...]:
    places = (above / "att" / f"{folder.name}.txt" for above in (folder.parent, folder.parent.parent))
    return next((marked(path, LASOT) for path in places if path.is_file()), ())
