"""The folder that ``associate`` fills: a results file for each sequence, and a record of what made it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.files import file_sha256, json_text, read_text, write_text

RECORD = "associate.json"
FORMAT = "neuromorph-track associate/1"


class AssociateFolder:
    """Such a folder, with the sequences that are finished in it.

    Parameters
    ----------
    path : path
    made_by : mapping
        What decides the results besides the detections: tracker, settings, versions.
    overwrite : bool
        Whether what something else made may be replaced.

    Raises
    ------
    InputError
        When there is something else at ``path``, or what other settings made and ``overwrite`` is not given.
    JobError
        When what was there cannot be removed.
    """

    def __init__(self, path: str | os.PathLike[str], made_by: Mapping[str, Any], overwrite: bool) -> None:
        self.path = Path(path)
        self._made_by = json.loads(json.dumps(made_by))
        self.finished: dict[str, AssociatedSequence] = {}
        record = self._read()
        if record is None:
            return
        finished = _finished(self.path / RECORD, record)
        if overwrite:
            self._remove(finished)
        elif record.get("made_by") == self._made_by:
            self.finished = finished
        else:
            found = "an association with other settings, or of another version"
            raise InputError(self.path, "output", found, "a new folder, or --overwrite")

    def is_finished(self, name: str, inputs: Mapping[str, str]) -> bool:
        """Whether the results of a sequence are there, whole, and of these input files."""
        done = self.finished.get(name)
        if done is None or done.inputs != dict(inputs):
            return False
        path = self.path / done.output
        return path.is_file() and file_sha256(path) == done.output_sha256

    def add(self, sequence: AssociatedSequence) -> None:
        """Record a sequence whose results file is written.

        Raises
        ------
        JobError
            When the record cannot be written.
        """
        self.finished[sequence.name] = sequence
        content = {
            "format": FORMAT,
            "made_by": self._made_by,
            "sequences": [asdict(done) for done in self.finished.values()],
        }
        write_text(self.path / RECORD, json_text(content))

    def _remove(self, finished: Mapping[str, AssociatedSequence]) -> None:
        """Take away what was there: results of two settings in one folder would be scored as one."""
        try:
            (self.path / RECORD).unlink(missing_ok=True)
            for done in finished.values():
                (self.path / f"{Path(done.output).stem}.txt").unlink(missing_ok=True)
        except OSError as error:
            raise JobError(f"{self.path}: cannot be written: {error.strerror or error}") from error

    def _read(self) -> dict[str, Any] | None:
        path = self.path
        if not os.path.exists(path):
            return None
        if not os.path.isdir(path):
            raise InputError(path, "output", "a file", "a folder")
        if not any(path.iterdir()):
            return None
        if not (path / RECORD).is_file():
            raise InputError(path, "output", f"a folder without {RECORD}", "a new or an empty folder")
        return read_record(path)


def read_record(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """``associate.json`` of a folder.

    Raises
    ------
    InputError
        When it is absent or broken.
    """
    path = Path(folder) / RECORD
    try:
        content = json.loads(read_text(path, "what `associate` writes there"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(path, "file", str(error), "JSON") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(path, "format", "another", repr(FORMAT))
    return content


def _finished(path: Path, record: Mapping[str, Any]) -> dict[str, AssociatedSequence]:
    try:
        rows = TypeAdapter(list[AssociatedSequence]).validate_python(record.get("sequences"))
    except ValidationError as error:
        detail = error.errors()[0]
        field = ".".join(map(str, ("sequences", *detail["loc"])))
        raise InputError(path, field, detail["msg"], "what `associate` writes there") from error
    return {row.name: row for row in rows}
