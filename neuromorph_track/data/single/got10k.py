"""GOT-10k: ``NAME/groundtruth.txt``, ``absence.label``, ``cover.label``, ``meta_info.ini`` and pictures."""

from __future__ import annotations

import configparser
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.single.box_files import read_flags, read_truth_boxes
from neuromorph_track.data.single.pictures import SequencePictures, count_pictures
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes
from neuromorph_track.errors import InputError
from neuromorph_track.files import read_text

FPS = 10.0
META = "meta_info.ini"
COVER, ABSENCE = "cover.label", "absence.label"
# What the object is and does, from coarse to fine.
_DESCRIBED = ("root_class", "motion_class")


def fits(folder: Path) -> bool:
    """Whether a folder holds a sequence of this layout."""
    return (folder / "groundtruth.txt").is_file()


def is_marked(folder: Path) -> bool:
    """Whether it can be no other layout; the test sequences have nothing but their name to tell."""
    files = any((folder / name).is_file() for name in (META, COVER, ABSENCE))
    return fits(folder) and (files or folder.name.startswith("GOT-10k_"))


def load(folder: Path) -> tuple[SingleSequence, ...]:
    """The sequence of one folder; of the withheld test sequences only the first box is known.

    Raises
    ------
    InputError
    """
    boxes = read_truth_boxes(folder / "groundtruth.txt")
    if len(boxes) == 1:
        rest = np.full((count_pictures(folder) - 1, 4), np.nan)
        boxes = np.concatenate([boxes, rest])
    frames = SequencePictures(folder, len(boxes), fps=FPS, name=folder.name)
    absent = _absent(folder, len(boxes))
    return (with_known_boxes(folder.name, "got10k", frames, boxes, absent, _attributes(folder)),)


def _absent(folder: Path, count: int) -> NDArray[np.bool_] | None:
    """Frames that do not count: those in which nothing is visible, as the benchmark's toolkit has it."""
    if (folder / COVER).is_file():
        return read_flags(folder / COVER, count) == 0
    if (folder / ABSENCE).is_file():
        return read_flags(folder / ABSENCE, count) > 0
    return None


def _attributes(folder: Path) -> tuple[str, ...]:
    path = folder / META
    if not path.is_file():
        return ()
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(path, f"{META} of a sequence"))
        section = parser["METAINFO"]
    except KeyError:
        raise InputError(path, "METAINFO", "no such section", "a section [METAINFO]") from None
    except configparser.Error as error:
        raise InputError(path, "ini", str(error).replace("\n", " "), "a section [METAINFO]") from error
    return tuple(section[key] for key in _DESCRIBED if section.get(key))
