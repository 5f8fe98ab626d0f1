"""EventVOT and COESOT: ``NAME/groundtruth.txt`` and ``NAME/absent.txt``, in which 1 says *present*.

So do their videos, and so do their toolkits' ``annos``. COESOT has ``start_end_index.txt`` besides, and
pictures in ``NAME_aps``; EventVOT has pictures of events in ``img``.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from neuromorph_track.data.single.attribute_names import COESOT, EVENTVOT, marked
from neuromorph_track.data.single.box_files import read_boxes, read_flags
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.presence import absent_rows
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes

# Neither file says how fast its pictures follow each other.
FPS = 25.0
TRUTH, FLAGS, INDEX = "groundtruth.txt", "absent.txt", "start_end_index.txt"
_ABSENT = 0
_NAMES = {"coesot": COESOT, "eventvot": EVENTVOT}


def fits(folder: Path) -> bool:
    """Whether a folder holds a sequence of these layouts."""
    return (folder / TRUTH).is_file() and (folder / FLAGS).is_file()


def is_coesot(folder: Path) -> bool:
    """Whether it has what COESOT alone has."""
    own = (folder / INDEX, folder / f"{folder.name}_aps", folder / "color_frames")
    return fits(folder) and any(path.exists() for path in own)


def load(folder: Path, kind: str) -> tuple[SingleSequence, ...]:
    """The sequence of one folder.

    Raises
    ------
    InputError
        Also where flags contradict boxes.
    """
    boxes, _ = read_boxes(folder / TRUTH, "a box for each frame: x, y, w, h")
    absent = absent_rows(boxes, read_flags(folder / FLAGS, len(boxes)), _ABSENT, folder / FLAGS)
    frames = SequencePictures(_pictures(folder), len(boxes), fps=FPS, name=folder.name)
    attributes = _attributes(folder, _NAMES[kind])
    return (with_known_boxes(folder.name, kind, frames, boxes, absent, attributes),)


load_coesot = partial(load, kind="coesot")
"""The sequence of one folder of COESOT."""

load_eventvot = partial(load, kind="eventvot")
"""The sequence of one folder of EventVOT."""


def _pictures(folder: Path) -> Path:
    places = (folder / f"{folder.name}_aps", folder / "color_frames", folder / "img")
    return next((place for place in places if place.is_dir()), places[-1])


def _attributes(folder: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    places = (above / "att" / f"{folder.name}.txt" for above in (folder.parent, folder.parent.parent))
    return next((marked(path, names) for path in places if path.is_file()), ())
