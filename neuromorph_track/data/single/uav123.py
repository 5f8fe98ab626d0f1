"""UAV123: ``anno/UAV123/NAME.txt``, NaN where the object is absent, and ``data_seq/UAV123``.

Several sequences are pieces of one film; which pieces says the benchmark's own configuration.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from neuromorph_track.data.single.attribute_names import UAV123, marked
from neuromorph_track.data.single.box_files import read_truth_boxes
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes

FPS = 30.0

# First pictures of the pieces of each film. A piece is as long as its truth.
PIECES = {
    "bird1": (1, 775, 1573),
    "car1": (1, 751, 1627),
    "car16": (1, 415),
    "car6": (1, 487, 1807, 2953, 3925),
    "car8": (1, 1357),
    "group1": (1, 1333, 2515, 3925),
    "group2": (1, 907, 1771),
    "group3": (1, 1567, 2827, 4369),
    "person12": (1, 601),
    "person14": (1, 847, 1813),
    "person17": (1, 1501),
    "person19": (1, 1243, 2791),
    "person2": (1, 1189),
    "person4": (1, 1501),
    "person5": (1, 877),
    "person7": (1, 1249),
    "person8": (1, 1075),
    "truck4": (1, 577),
    "uav1": (1, 1555, 2473),
}


def fits(folder: Path, part: str = "UAV123") -> bool:
    """Whether a folder holds the benchmark; ``part`` is ``UAV123`` or ``UAV20L``."""
    return any((folder / "anno" / part).glob("*.txt"))


def load(folder: Path, part: str = "UAV123") -> tuple[SingleSequence, ...]:
    """All sequences of the benchmark.

    Raises
    ------
    InputError
    """
    return tuple(_load(folder, path, part) for path in sorted((folder / "anno" / part).glob("*.txt")))


def _load(folder: Path, truth: Path, part: str) -> SingleSequence:
    film, _, piece = truth.stem.partition("_")
    starts = PIECES.get(film, ()) if part == "UAV123" else ()
    in_pieces = piece.isdecimal() and 1 <= int(piece) <= len(starts)
    boxes = read_truth_boxes(truth)
    pictures = folder / "data_seq" / "UAV123" / (film if in_pieces else truth.stem)
    first = starts[int(piece) - 1] if in_pieces else 1
    frames = SequencePictures(pictures, len(boxes), first, FPS, truth.stem)
    attributes = marked(truth.parent / "att" / truth.name, UAV123)
    return with_known_boxes(truth.stem, "uav123", frames, boxes, attributes=attributes)


long_fits = partial(fits, part="UAV20L")
"""The same of the 20 long sequences, which have the same pictures."""

long_load = partial(load, part="UAV20L")
