"""A tracker's settings in a TOML file: written by ``tune`` or by hand, read by ``associate``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, Literal

from neuromorph_track.association.modes import MODES
from neuromorph_track.association.settings_table import settings_from_table
from neuromorph_track.errors import LONGEST_FOUND, InputError
from neuromorph_track.files import parse_toml, read_text, write_text

FORMAT = "neuromorph-track tracker/1"

Role = Literal["train", "test"]
_DIGESTS = ("detections", "truth")


@dataclass(frozen=True)
class KnownSequence:
    """A sequence that settings were searched on (``train``), or scored on afterwards (``test``).

    Attributes
    ----------
    name, role : str
    detections, truth : str
        :func:`~neuromorph_track.data.content_digest.content_digest` of each.
    """

    name: str
    role: Role
    detections: str
    truth: str

    def shares(self, *digests: str) -> bool:
        """Whether one of these digests is of a content of this sequence's."""
        return bool({self.detections, self.truth} & (set(digests) - {""}))


@dataclass(frozen=True)
class TrackerFile:
    """What such a file says.

    Attributes
    ----------
    tracker : str
        Name of the mode.
    settings : object
        Of the mode's type.
    sequences : tuple of KnownSequence
        What the settings were tuned and tested on; empty for settings written by hand.
    """

    tracker: str
    settings: Any
    sequences: tuple[KnownSequence, ...] = ()

    def tuned_on(self, *digests: str) -> list[str]:
        """Names of the sequences the settings were tuned on that have one of these contents."""
        return [known.name for known in self.sequences if known.role == "train" and known.shares(*digests)]


def read_tracker_file(path: str | PathLike[str], mode: str | None = None) -> TrackerFile:
    """Read settings.

    Parameters
    ----------
    path : path
    mode : str, optional
        The tracker that they are to be of.

    Raises
    ------
    InputError
        Naming the field that is wrong.
    """
    table = parse_toml(read_text(path, "a TOML file with a tracker's settings"), path)
    for name in table:
        if name not in ("format", "tracker", "settings", "tuned"):
            raise InputError(path, name, "a field of this name", "format, tracker, settings and tuned")
    if table.get("format", FORMAT) != FORMAT:
        raise InputError(path, "format", repr(table["format"])[:LONGEST_FOUND], repr(FORMAT))
    tracker = table.get("tracker")
    if not isinstance(tracker, str) or tracker not in MODES:
        found = "nothing" if tracker is None else repr(tracker)[:LONGEST_FOUND]
        raise InputError(path, "tracker", found, f"one of {', '.join(MODES)}")
    settings = table.get("settings", {})
    if not isinstance(settings, Mapping):
        raise InputError(path, "settings", repr(settings)[:LONGEST_FOUND], "a table")
    read = TrackerFile(
        tracker,
        settings_from_table(MODES[tracker].settings, settings, path),
        _sequences(path, table.get("tuned")),
    )
    if mode not in (None, tracker):
        raise InputError(path, "tracker", tracker, f"settings of {mode}")
    return read


def write_tracker_file(path: str | PathLike[str], table: Mapping[str, Any], comments: Iterable[str]) -> None:
    """Write a table as TOML, after lines of comment, whole or not at all.

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    head = "".join(f"# {line}\n" for line in comments)
    write_text(path, head + "\n".join(_toml(table)) + "\n")


def _sequences(path: str | PathLike[str], tuned: Any) -> tuple[KnownSequence, ...]:
    if tuned is None:
        return ()
    rows = tuned.get("sequence", []) if isinstance(tuned, Mapping) else None
    if not isinstance(rows, list):
        raise InputError(path, "tuned.sequence", repr(rows)[:LONGEST_FOUND], "a list of tables")
    for number, row in enumerate(rows):
        texts = isinstance(row, Mapping) and all(isinstance(row.get(key), str) for key in ("name", *_DIGESTS))
        if not texts or row.get("role") not in ("train", "test"):
            raise InputError(
                path, f"tuned.sequence {number + 1}", repr(row)[:LONGEST_FOUND], "name, role and digests"
            )
    return tuple(KnownSequence(row["name"], row["role"], row["detections"], row["truth"]) for row in rows)


def _toml(table: Mapping[str, Any], place: str = "") -> list[str]:
    """Lines of TOML: values first, then tables, then lists of tables."""
    lines = [f"{name} = {_toml_value(value)}" for name, value in table.items() if not _is_nested(value)]
    for name, value in table.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{place}{name}]", *_toml(value, f"{place}{name}.")]
        elif _is_nested(value):
            for row in value:
                lines += ["", f"[[{place}{name}]]", *_toml(row, f"{place}{name}.")]
    return lines


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _toml_value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml_value, value))}]"
    # A string of JSON, a number and a truth value are also TOML's.
    return json.dumps(value, ensure_ascii=False)
