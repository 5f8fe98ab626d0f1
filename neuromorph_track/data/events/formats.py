"""Event files, told apart by what is in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neuromorph_track.data.events.readers.prophesee_header import read_header
from neuromorph_track.data.events.recording import Hints, Reader, Recording
from neuromorph_track.errors import InputError

MAGIC_BYTES = 1 << 12
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
TEXT_SUFFIXES = (".txt", ".csv", ".tsv")


@dataclass(frozen=True)
class EventFormat:
    """A format that can be read.

    Attributes
    ----------
    name : str
    suffixes : tuple of str
        Usual endings of its files.
    told_by : str
        What a file is known by, for help texts.
    is_it : callable
        From the first bytes and the path.
    open : callable
        The reader.
    certain : bool
        Whether a file that is known so can hold nothing but events.
    """

    name: str
    suffixes: tuple[str, ...]
    told_by: str
    is_it: Callable[[bytes, Path], bool]
    open: Callable[[Path, Hints], Reader]
    certain: bool = True


def _aedat4(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.aedat4 import Aedat4Reader

    return Aedat4Reader(path)


def _es(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.es import EsReader

    return EsReader(path)


def _raw(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.evt2 import Evt2Reader
    from neuromorph_track.data.events.readers.evt3 import Evt3Reader

    header = read_header(path)
    if header.encoding == "3":
        return Evt3Reader(path, header)
    if header.encoding == "2":
        return Evt2Reader(path, header)
    found = "nothing" if header.encoding is None else f"EVT {header.encoding}"
    raise InputError(path, "encoding", found, "EVT 2 or EVT 3 in the header ('% evt 3.0', '% format EVT3')")


def _dat(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.dat import DatReader

    return DatReader(path)


def _hdf5(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.hdf5 import Hdf5Reader

    return Hdf5Reader(path, hints)


def _nmnist(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.nmnist import NmnistReader

    return NmnistReader(path, hints.size)


def _text(path: Path, hints: Hints) -> Reader:
    from neuromorph_track.data.events.readers.text import TextReader

    return TextReader(path, hints)


def _starts(magic: bytes) -> Callable[[bytes, Path], bool]:
    return lambda start, _: start.startswith(magic)


def _starts_percent(suffixes: tuple[str, ...]) -> Callable[[bytes, Path], bool]:
    # Only the ending tells a .raw's header from a .dat's where neither says what it holds.
    return lambda start, path: start.startswith(b"% ") and path.suffix.lower() in suffixes


def _is_raw(start: bytes, path: Path) -> bool:
    lines = start[:MAGIC_BYTES].lower()
    told = lines.startswith(b"% ") and (b"\n% evt " in b"\n" + lines or b"% format evt" in lines)
    return told or _starts_percent((".raw",))(start, path)


def _is_dat(start: bytes, path: Path) -> bool:
    return start.startswith(b"% Data file containing") or _starts_percent((".dat",))(start, path)


def _is_bin(start: bytes, path: Path) -> bool:
    return path.suffix.lower() == ".bin"


def _is_text(start: bytes, path: Path) -> bool:
    return path.suffix.lower() in TEXT_SUFFIXES and b"\0" not in start


FORMATS = (
    EventFormat("AEDAT4", (".aedat4",), "#!AER-DAT4", _starts(b"#!AER-DAT4"), _aedat4),
    EventFormat("ES", (".es",), "Event Stream", _starts(b"Event Stream"), _es),
    EventFormat("EVT2, EVT3", (".raw",), "% evt 2.0, % format EVT3 ...", _is_raw, _raw),
    EventFormat("DAT", (".dat",), "% Data file containing ...", _is_dat, _dat),
    EventFormat("HDF5", (".h5", ".hdf5"), "HDF5's first bytes", _starts(HDF5_MAGIC), _hdf5, False),
    EventFormat("N-MNIST", (".bin",), "the ending", _is_bin, _nmnist, False),
    EventFormat("text", (".txt", ".csv", ".tsv"), "the ending, four numbers a line", _is_text, _text, False),
)
SUFFIXES = tuple(sorted({suffix for each in FORMATS for suffix in each.suffixes}))


def open_events(path: str | Path, hints: Hints | None = None) -> Recording:
    """An event file as a stream, or the one event file of a sequence's folder (COESOT, VisEvent, EventVOT).

    Parameters
    ----------
    path : path
    hints : Hints, optional
        What the file does not say.

    Raises
    ------
    InputError
        When there is no such file, its format is none of :data:`FORMATS`, or it is broken.
    """
    hints = hints or Hints()
    path = Path(path)
    # pathlib's questions raise where a name is too long.
    if os.path.isdir(path):
        path = events_of_sequence(path)
    start = _start(path)
    kind = next((each for each in FORMATS if each.is_it(start, path)), None)
    if kind is None:
        if start.startswith(b"#!AER-DAT"):
            raise InputError(
                path, "version", start[:14].decode("latin-1").strip(), "AEDAT4 of AEDAT's versions"
            )
        found = f"a file that starts with {start[:16]!r}" if start else "an empty file"
        raise InputError(path, "format", found, "events: " + ", ".join(each.name for each in FORMATS))
    try:
        return Recording(path, kind.open(path, hints), hints.size)
    except OSError as error:
        raise InputError(path, "file", error.strerror or str(error), "a file that can be read") from error


def is_event_file(path: str | Path, certainly: bool = False) -> bool:
    """Whether a file may hold events; with ``certainly``, not those of kinds that hold other things too."""
    try:
        start = _start(Path(path))
    except InputError:
        return False
    return any(each.is_it(start, Path(path)) for each in FORMATS if each.certain or not certainly)


def events_of_sequence(folder: Path) -> Path:
    """The event file of a sequence: COESOT and VisEvent have an ``.aedat4``, EventVOT a ``recording_*.csv``.

    Raises
    ------
    InputError
        When there is not exactly one.
    """
    try:
        names = sorted(path for path in folder.iterdir() if path.is_file() and path.name[:1] != ".")
    except OSError as error:
        raise InputError(folder, "folder", error.strerror or str(error), "a sequence's folder") from error
    told = [path for path in names if path.suffix.lower() in SUFFIXES and path.suffix.lower() != ".txt"]
    found = [path for path in told if path.suffix.lower() == ".aedat4"] or told
    if len(found) != 1:
        listed = ", ".join(path.name for path in found[:4]) or "no event file"
        raise InputError(folder, "events", listed, f"one file ending in {', '.join(SUFFIXES)}")
    return found[0]


def _start(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAGIC_BYTES)
    except FileNotFoundError as error:
        raise InputError(path, "file", "nothing", "an event file") from error
    except OSError as error:
        raise InputError(path, "file", error.strerror or str(error), "an event file") from error
