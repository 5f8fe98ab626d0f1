"""Sequences of a folder, whoever's layout it has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuromorph_track.data.number_table import read_lines
from neuromorph_track.data.single import (
    event_sets,
    got10k,
    lasot,
    otb,
    trackingnet,
    uav123,
    visevent,
    vot,
)
from neuromorph_track.data.single.sequence import SingleSequence
from neuromorph_track.errors import InputError

# LaSOT's sequences lie below their class, GOT-10k's below its parts.
DEEPEST = 2
NAMED = 6
LIST = "list.txt"


@dataclass(frozen=True)
class Layout:
    """How a benchmark ships its sequences.

    Attributes
    ----------
    fits : callable
        Whether a folder could be read so.
    is_marked : callable
        Whether it is to be read so where nobody says how.
    load : callable
        The sequences that one folder holds.
    """

    fits: Callable[[Path], bool]
    is_marked: Callable[[Path], bool]
    load: Callable[[Path], tuple[SingleSequence, ...]]


# The first that a folder is marked as. VOT's folders have nothing that others have not.
LAYOUTS: Mapping[str, Layout] = {
    "uav123": Layout(uav123.fits, uav123.fits, uav123.load),
    "uav20l": Layout(uav123.long_fits, uav123.long_fits, uav123.long_load),
    "trackingnet": Layout(trackingnet.fits, trackingnet.fits, trackingnet.load),
    "otb": Layout(otb.fits, otb.fits, otb.load),
    # Before LaSOT, of which they have all but the flags' name.
    "visevent": Layout(visevent.fits, visevent.fits, visevent.load),
    "coesot": Layout(event_sets.fits, event_sets.is_coesot, event_sets.load_coesot),
    "eventvot": Layout(event_sets.fits, event_sets.fits, event_sets.load_eventvot),
    "got10k": Layout(got10k.fits, got10k.is_marked, got10k.load),
    "lasot": Layout(lasot.fits, lasot.is_marked, lasot.load),
    "vot": Layout(vot.fits, vot.fits, vot.load),
}
KINDS = tuple(LAYOUTS)


def find_sequences(
    folder: str | Path, kind: str | None = None, only: Sequence[str] | None = None
) -> tuple[SingleSequence, ...]:
    """Sequences in a folder of OTB, LaSOT, GOT-10k, TrackingNet, UAV123, VOT, VisEvent, COESOT or EventVOT.

    As their owners ship them.

    Only text files are read. Where there is a ``list.txt``, as in GOT-10k and VOT, the folders it names are.

    Parameters
    ----------
    folder : path
        One sequence, a folder of them, or a benchmark's own folder.
    kind : str, optional
        The layout, one of :data:`KINDS`; without it told by the files.
    only : sequence of str, optional
        Names of sequences; without it all.

    Raises
    ------
    InputError
        When no sequence is found, naming what is there; when one that is asked for is absent, two have one
        name, or a file is not in its format.
    """
    folder = Path(folder)
    if kind is not None and kind not in LAYOUTS:
        raise InputError("sequences", "kind", repr(kind), f"one of {', '.join(KINDS)}")
    # pathlib's questions raise where a name is too long.
    if not os.path.isdir(folder):
        found = "a file" if os.path.exists(folder) else "nothing"
        raise InputError(folder, "folder", found, "a folder of sequences")
    if folder.name in ("", ".."):
        # Layouts go by a folder's name, and so do results.
        folder = folder.resolve()
    wanted = LAYOUTS if kind is None else {kind: LAYOUTS[kind]}
    try:
        places = _search(folder, wanted, kind is not None, DEEPEST)
        sequences = [sequence for layout, place in places for sequence in layout.load(place)]
    except OSError as error:
        expected = "folders that can be read"
        raise InputError(folder, "folder", error.strerror or str(error), expected) from error
    if not sequences:
        raise InputError(folder, "sequences", _there(folder), _expected(kind))
    return _chosen(folder, sequences, only)


def _search(
    folder: Path, wanted: Mapping[str, Layout], told: bool, depth: int
) -> Iterator[tuple[Layout, Path]]:
    for layout in wanted.values():
        if layout.fits(folder) if told else layout.is_marked(folder):
            yield layout, folder
            return
    if depth:
        for below in _children(folder):
            yield from _search(below, wanted, told, depth - 1)


def _children(folder: Path) -> list[Path]:
    """Folders in a folder, in the order of its list where it has one."""
    there = {path.name: path for path in folder.iterdir() if path.name[:1] != "." and path.is_dir()}
    if not (folder / LIST).is_file():
        return [there[name] for name in sorted(there)]
    names = [line.strip() for line in read_lines(folder / LIST, "names of sequences")]
    return [there[name] for name in dict.fromkeys(names) if name in there]


def _chosen(
    folder: Path, sequences: Sequence[SingleSequence], only: Sequence[str] | None
) -> tuple[SingleSequence, ...]:
    by_name: dict[str, SingleSequence] = {}
    for sequence in sequences:
        if sequence.name in by_name:
            raise InputError(folder, "sequences", f"{sequence.name} twice", "different names")
        by_name[sequence.name] = sequence
    if only is None:
        return tuple(sequences)
    missing = sorted(set(only) - by_name.keys())
    if missing:
        raise InputError(folder, "sequences", _some(sorted(by_name)), f"{', '.join(missing)} too")
    return tuple(by_name[name] for name in only)


def _there(folder: Path) -> str:
    names = sorted(path.name + "/" * path.is_dir() for path in folder.iterdir())
    return _some(names) if names else "an empty folder"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _expected(kind: str | None) -> str:
    if kind is not None:
        return f"sequences of {kind}"
    return (
        "groundtruth_rect.txt (OTB) or groundtruth.txt (LaSOT, GOT-10k, VOT) in it or in folders below, "
        "anno/ beside frames/ (TrackingNet), anno/UAV123/, groundtruth.txt beside absent.txt (COESOT, "
        "EventVOT) or absent_label.txt (VisEvent), or gt_rect/ beside absent/ (VisEvent)"
    )
