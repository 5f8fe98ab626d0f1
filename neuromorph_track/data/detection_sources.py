"""Which detection files belong to which sequence: MOTChallenge's and KITTI's, told apart by content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from neuromorph_track.data.kitti import LABEL_WIDTHS, TYPES, type_number
from neuromorph_track.data.kitti_rows import ROW_WIDTH, SPACE_WIDTH, space_type
from neuromorph_track.data.number_table import first_line
from neuromorph_track.errors import InputError

Form = Literal["mot", "kitti-labels", "kitti-rows", "ab3dmot"]

# Columns of MOTChallenge's detections.
_MOT_WIDTHS = (7, 10)
_DETECTION_PLACES = (Path("det", "det.txt"), Path("det.txt"))
_NOT_DETECTIONS = ("gt.txt", "gmc.txt", "tracks.txt")


@dataclass(frozen=True)
class DetectionFile:
    """One file of detections; ``type_name`` is the type of its objects, where a file holds one type."""

    path: Path
    form: Form
    type_name: str | None = None


@dataclass(frozen=True)
class SequenceSource:
    """The files of one sequence: several only where each holds another type of KITTI's objects.

    Attributes
    ----------
    name : str
    files : tuple of DetectionFile
    seqinfo : Path or None
    """

    name: str
    files: tuple[DetectionFile, ...]
    seqinfo: Path | None

    @property
    def is_kitti(self) -> bool:
        return self.files[0].form != "mot"

    @property
    def folder(self) -> Path:
        """Where the sequence's other files are: above ``det``, else beside the detections."""
        return _folder(self.files[0].path)


def find_detections(
    places: Iterable[str | Path], form: Form | None = None, type_name: str | None = None
) -> tuple[SequenceSource, ...]:
    """Find the detection files of sequences.

    Parameters
    ----------
    places : iterable of path
        Detection files; folders of a sequence, with ``det/det.txt``, ``det.txt`` or one ``det*.txt``; folders
        of ``SEQUENCE.txt`` files; or folders of such folders.
    form : str, optional
        Without it the first line of each file tells. A file without lines has the form of the others.
    type_name : str, optional
        Type of the objects in KITTI's plain rows. Without it the end of the name of their folder
        (``det_rrc_Car``) tells.

    Returns
    -------
    tuple of SequenceSource
        In the order of ``places``, those of a folder by name.

    Raises
    ------
    InputError
        When there is nothing, a form cannot be told or forms are mixed, or two files are of one sequence.
    """
    paths = [path for place in places for path in _files(Path(place))]
    if not paths:
        raise InputError("detections", "path", "none", "a detection file or a folder of them")
    forms = {path: form or _form(path) for path in paths}
    told = sorted({found for found in forms.values() if found is not None})
    if len({found == "mot" for found in told}) > 1:
        first = {found: next(path for path in paths if forms[path] == found) for found in told}
        raise InputError(first[told[-1]], "form", told[-1], f"{told[0]}, as {first[told[0]]}, in one go")
    usual = told[0] if told else "mot"
    by_name: dict[str, list[DetectionFile]] = {}
    for path in paths:
        own = forms[path] or usual
        kind = _type_of(path, own, type_name)
        by_name.setdefault(_sequence_name(path), []).append(DetectionFile(path, own, kind))
    return tuple(_source(name, files) for name, files in by_name.items())


def _source(name: str, files: list[DetectionFile]) -> SequenceSource:
    seen: dict[str | None, Path] = {}
    for file in files:
        if file.form == "ab3dmot" and not first_line(file.path):
            # Nothing in it can be there twice.
            continue
        if file.type_name in seen or (len(files) > 1 and file.type_name is None):
            found = f"{files[0].path} and {files[1].path}"
            raise InputError("detections", f"sequence {name}", found, "one file for each sequence")
        seen[file.type_name] = file.path
    return SequenceSource(name, tuple(files), _seqinfo(files[0].path))


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise InputError(place, "path", "nothing", "a detection file or a folder of them")
    own = _of_sequence(place)
    if own is not None:
        return [own]
    each = sorted(path for path in place.glob("*.txt") if path.name not in _NOT_DETECTIONS)
    if each:
        return each
    below = [_of_sequence(folder) for folder in sorted(place.iterdir()) if folder.is_dir()]
    found = [path for path in below if path is not None]
    if not found:
        raise InputError(place, "folder", "no det/det.txt, det*.txt or SEQUENCE.txt", "a sequence or more")
    return found


def _of_sequence(folder: Path) -> Path | None:
    """The detection file of a sequence's folder."""
    named = [folder / place for place in _DETECTION_PLACES if (folder / place).is_file()]
    found = named[:1] or sorted(folder.glob("det*.txt"))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise InputError(folder, "detections", names, "one of them, named as a file")
    return found[0] if found else None


def _sequence_name(path: Path) -> str:
    if not path.stem.startswith("det"):
        return path.stem
    return _folder(path).name


def _folder(path: Path) -> Path:
    folder = path.resolve().parent
    return folder.parent if folder.name == "det" else folder


def _seqinfo(path: Path) -> Path | None:
    file = _folder(path) / "seqinfo.ini"
    return file if file.is_file() and path.stem.startswith("det") else None


def _form(path: Path) -> Form | None:
    """What the first line of a file looks like; None for a file without one."""
    line = first_line(path)
    if not line:
        return None
    columns = line.count(",") + 1
    if columns == 1 and len(line.split()) in LABEL_WIDTHS:
        return "kitti-labels"
    if columns == ROW_WIDTH:
        return "kitti-rows"
    if columns == SPACE_WIDTH:
        return "ab3dmot"
    if columns in _MOT_WIDTHS:
        return "mot"
    expected = (
        f"{' or '.join(map(str, _MOT_WIDTHS))} (MOTChallenge), {ROW_WIDTH} (KITTI) or {SPACE_WIDTH} "
        f"(AB3DMOT) between commas, or {' or '.join(map(str, LABEL_WIDTHS))} (KITTI) between spaces"
    )
    raise InputError(path, "line 1", f"{max(columns, len(line.split()))} columns", expected)


def _type_of(path: Path, form: Form, type_name: str | None) -> str | None:
    """The type of the objects of a file; None where its lines may be of many."""
    if form == "ab3dmot":
        return space_type(first_line(path))
    return _row_type(path, type_name) if form == "kitti-rows" else None


def _row_type(path: Path, type_name: str | None) -> str:
    words = [type_name] if type_name else re.split(r"[-_ .]", path.resolve().parent.name)[-1:]
    if type_number(words[0]) is None:
        field = "class" if type_name else "class (the end of the folder's name)"
        raise InputError(path, field, repr(words[0]), f"one of {', '.join(TYPES)}")
    return words[0]
