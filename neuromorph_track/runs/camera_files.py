"""Which file holds the camera motion of a sequence."""

from __future__ import annotations

import os
from pathlib import Path

from neuromorph_track.data.detection_sources import SequenceSource
from neuromorph_track.errors import InputError


def camera_file(source: SequenceSource, warp: str | os.PathLike[str] | None, alone: bool) -> Path | None:
    """The camera motion file of a sequence; None without ``warp``.

    Parameters
    ----------
    source : SequenceSource
    warp : path or None
        A file, a folder of ``SEQUENCE.txt`` files, or the name of a file beside the detections or in the
        folder of each sequence.
    alone : bool
        Whether there is no other sequence: one file is of one camera.

    Raises
    ------
    InputError
        When there is no such file, or one for several sequences.
    """
    if warp is None:
        return None
    path = Path(warp)
    if path.is_dir():
        places = [path / f"{source.name}.txt"]
    elif path.name == str(warp) and not path.is_file():
        places = [source.files[0].path.parent / path, source.folder / path]
    elif not alone:
        expected = "a folder of SEQUENCE.txt, or a name beside each sequence"
        raise InputError(path, "warp", "one file for several sequences", expected)
    else:
        places = [path]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise InputError(places[-1], "warp", "nothing", "a camera motion file")
    return found
