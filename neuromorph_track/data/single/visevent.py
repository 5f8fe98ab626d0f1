"""VisEvent: as its toolkit has it, or as its videos do; the flags have opposite meanings there.

The toolkit's ``gt_rect/NAME.txt`` and ``absent/NAME.txt`` (1 says *absent*) begin where the object is first
seen. A video's folder has ``groundtruth.txt``, ``absent_label.txt`` (1 says *present*), ``vis_imgs`` and
``event_imgs``, and may begin with frames that do not show the object.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.single.attribute_names import VISEVENT, marked
from neuromorph_track.data.single.box_files import read_boxes, read_flags
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.presence import absent_rows
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes
from neuromorph_track.errors import InputError

FPS = 25.0
TRUTH, FLAGS = "groundtruth.txt", "absent_label.txt"
_EXPECTED = "a box for each frame: x, y, w, h"


def fits(folder: Path) -> bool:
    """Whether a folder holds a video of this layout, or the toolkit's boxes."""
    video = (folder / TRUTH).is_file() and (folder / FLAGS).is_file()
    return video or ((folder / "absent").is_dir() and any((folder / "gt_rect").glob("*.txt")))


def load(folder: Path) -> tuple[SingleSequence, ...]:
    """The sequence of a video's folder, or all of the toolkit's.

    Raises
    ------
    InputError
        Also where flags contradict boxes.
    """
    if (folder / TRUTH).is_file():
        return (_video(folder),)
    return tuple(_of_toolkit(folder, path) for path in sorted((folder / "gt_rect").glob("*.txt")))


def _of_toolkit(folder: Path, truth: Path) -> SingleSequence:
    boxes, _ = read_boxes(truth, _EXPECTED)
    path = folder / "absent" / truth.name
    absent = absent_rows(boxes, read_flags(path, len(boxes)), 1, path)
    frames = SequencePictures(folder / truth.stem / "vis_imgs", len(boxes), fps=FPS, name=truth.stem)
    places = (folder / "att" / f"{truth.stem}{end}.txt" for end in ("_attribute", ""))
    attributes = next((marked(place, VISEVENT) for place in places if place.is_file()), ())
    return with_known_boxes(truth.stem, "visevent", frames, boxes, absent, attributes)


def _video(folder: Path) -> SingleSequence:
    boxes, _ = read_boxes(folder / TRUTH, _EXPECTED)
    flags, skipped = _begun(boxes, folder / FLAGS)
    boxes = boxes[len(boxes) - len(flags) :]
    absent = absent_rows(boxes, flags, 0, folder / FLAGS)
    # Pictures count from 0.
    frames = SequencePictures(folder / "vis_imgs", len(boxes), first=skipped, fps=FPS, name=folder.name)
    return with_known_boxes(folder.name, "visevent", frames, boxes, absent)


def _begun(boxes: NDArray[np.float64], path: Path) -> tuple[NDArray[np.int64], int]:
    """Flags from the first frame that shows the object, and how many came before.

    Of those there may be boxes or none.
    """
    flags = read_flags(path)
    seen = np.flatnonzero(flags)
    if not len(seen):
        raise InputError(path, "flags", "no frame with the object", "1 where it is seen")
    skipped = int(seen[0])
    if len(boxes) not in (len(flags), len(flags) - skipped):
        raise InputError(path, "flags", str(len(flags)), f"{len(boxes)}, one for each frame")
    return flags[skipped:], skipped
