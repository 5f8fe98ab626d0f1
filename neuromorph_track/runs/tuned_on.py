"""Whether results were made with settings that were tuned on the very sequences they are scored on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from neuromorph_track.data.content_digest import content_digest
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence
from neuromorph_track.runs.associate_folder import RECORD, read_record
from neuromorph_track.runs.tracker_file import KnownSequence


def tuning_warnings(results: str | Path, sequences: Iterable[EvaluationSequence]) -> list[str]:
    """A warning for each sequence whose truth the settings behind ``results`` were tuned on.

    Parameters
    ----------
    results : path
        A folder that ``associate`` wrote, or a file in it; of anything else nothing is known.
    sequences : iterable of EvaluationSequence

    Raises
    ------
    InputError
        When the record of ``associate`` is broken.
    """
    path = Path(results)
    folder = path if path.is_dir() else path.parent
    if not (folder / RECORD).is_file():
        return []
    tuned = _tuned_on(folder)
    return [
        f"{sequence.name}: the tracker's settings were tuned on this sequence{_other_name(known, sequence)}: "
        "its scores are no test"
        for sequence in sequences
        for known in tuned
        if known.role == "train" and known.shares(content_digest(sequence.truth))
    ]


def _tuned_on(folder: Path) -> list[KnownSequence]:
    made_by = read_record(folder).get("made_by")
    try:
        known = made_by.get("tuned_on") if isinstance(made_by, dict) else None
        return TypeAdapter(list[KnownSequence]).validate_python(known)
    except ValidationError as error:
        found = error.errors()[0]["msg"]
        raise InputError(folder / RECORD, "tuned_on", found, "what `associate` writes there") from error


def _other_name(known: KnownSequence, sequence: EvaluationSequence) -> str:
    return "" if known.name == sequence.name else f" (as {known.name})"
