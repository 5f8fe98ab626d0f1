"""OTB: ``NAME/groundtruth_rect.txt`` and ``NAME/img``.

Some folders hold the truth of two objects (``groundtruth_rect.1.txt``), which make two sequences, ``NAME-1``
and ``NAME-2`` in the benchmark's own words. Some hold pictures before or behind the sequence.
"""

from __future__ import annotations

import re
from pathlib import Path

from neuromorph_track.data.single.box_files import read_truth_boxes
from neuromorph_track.data.single.otb_attributes import ATTRIBUTES
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes
from neuromorph_track.files import read_text

TRUTH = "groundtruth_rect*.txt"
# Four numbers, with what stands between them.
SHORTEST = 7
_NUMBERED = re.compile(r"groundtruth_rect\.(\d+)\.txt")

# Number of the first picture, from the benchmark's own list of sequences; a folder may have more pictures
# than boxes only where it is named here.
FIRST_PICTURE = {
    "blurcar1": 247,
    "blurcar3": 3,
    "blurcar4": 18,
    "david": 300,
    "diving": 1,
    "football1": 1,
    "freeman3": 1,
    "freeman4": 1,
}
# Boxes of a whole sequence, and how many of the first are left out: the object is hidden, and the benchmark
# does not start a tracker there (its folder ``initOmit``).
LEFT_OUT = {"tiger1": (354, 5)}


def fits(folder: Path) -> bool:
    """Whether a folder holds a sequence of this layout."""
    return any(folder.glob(TRUTH))


def load(folder: Path) -> tuple[SingleSequence, ...]:
    """The sequences of one folder.

    Raises
    ------
    InputError
    """
    files = sorted(folder.glob(TRUTH))
    # One of Human4's two files is empty in the benchmark's own archive.
    filled = [path for path in files if not _is_empty(path)]
    return tuple(_load(folder, path) for path in filled or files)


def _load(folder: Path, truth: Path) -> SingleSequence:
    number = _NUMBERED.fullmatch(truth.name)
    name = f"{folder.name}-{number[1]}" if number else folder.name
    key = folder.name.lower()
    boxes = read_truth_boxes(truth)
    first = FIRST_PICTURE.get(key)
    whole, hidden = LEFT_OUT.get(key, (0, 0))
    if len(boxes) == whole:
        boxes, first = boxes[hidden:], 1 + hidden
    frames = SequencePictures(folder / "img", len(boxes), first, name=name)
    return with_known_boxes(name, "otb", frames, boxes, attributes=_attributes(folder))


def _is_empty(path: Path) -> bool:
    return path.is_file() and path.stat().st_size < SHORTEST and not path.read_bytes().strip()


def _attributes(folder: Path) -> tuple[str, ...]:
    """Those of ``attrs.txt``, which the benchmark's Python edition has, or of its paper."""
    path = folder / "attrs.txt"
    if path.is_file():
        return tuple(read_text(path, "attributes separated by commas").replace(",", " ").split())
    return ATTRIBUTES.get(folder.name.lower(), ())
