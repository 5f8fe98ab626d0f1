"""Which kind of export two names ask for, and the arguments that go with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from neuromorph_track.errors import InputError
from neuromorph_track.export.siamese import is_siamese_checkpoint
from neuromorph_track.runs.nir_export import SUFFIX


class Kind(Enum):
    """What is turned into what; the value is how errors name it."""

    CHECKPOINT = "a checkpoint"
    PAIR = "a checkpoint of a siamese pair"
    MODEL = "a SLAYER model of your own"
    FROM_NIR = "reading a NIR graph"
    TO_NIR = "writing a NIR graph"


# Beside the two names and how one is told of the progress.
ARGUMENTS: dict[Kind, tuple[str, ...]] = {
    Kind.CHECKPOINT: ("check",),
    Kind.PAIR: ("check",),
    Kind.MODEL: ("model", "input_shape", "check"),
    Kind.FROM_NIR: ("input_shape", "convention", "dt", "value_bits", "largest_value"),
    Kind.TO_NIR: ("dt",),
}


# What says nothing without another; a NIR graph's input shape stands alone.
_NEEDED = {
    Kind.MODEL: {"model": "input_shape", "input_shape": "model"},
    Kind.FROM_NIR: {"largest_value": "value_bits"},
}


class UnfitArguments(InputError):
    """Arguments that another kind of export has, or one of two that go together.

    Attributes
    ----------
    names : tuple of str
        As Python has them; the command line knows them as options.
    kind : Kind
    lacking : str or None
        What the only one of ``names`` does not go without.
    """

    def __init__(self, source: Path, names: tuple[str, ...], kind: Kind, lacking: str | None = None) -> None:
        self.names, self.kind, self.lacking = names, kind, lacking
        expected = f"{names[0]} and {lacking} together" if lacking else f"of {kind.value}: {takes(kind)}"
        super().__init__(source, "arguments", ", ".join(names), expected)


def takes(kind: Kind, spelt: Callable[[str], str] = str) -> str:
    """The arguments that go with a kind, as they are spelt where one gives them."""
    return ", ".join(map(spelt, ARGUMENTS[kind]))


def kind_of(source: Path, output: Path, given: Mapping[str, Any]) -> Kind:
    """The kind of export; ``given`` are the arguments that are not as they would be anyway.

    Raises
    ------
    UnfitArguments
        When they do not go with it.
    InputError
        When the source is no checkpoint, or would be written over.
    """
    kind = _kind(source, output, given)
    strange = tuple(name for name in given if name not in ARGUMENTS[kind])
    if strange:
        raise UnfitArguments(source, strange, kind)
    for name, needed in _NEEDED.get(kind, {}).items():
        if name in given and needed not in given:
            raise UnfitArguments(source, (name,), kind, needed)
    return kind


def _kind(source: Path, output: Path, given: Mapping[str, Any]) -> Kind:
    if source.suffix == SUFFIX:
        return Kind.FROM_NIR
    if output.suffix == SUFFIX or source.suffix == ".net":
        return Kind.TO_NIR
    if output.suffix == source.suffix:
        expected = "one ending in '.net', or of a siamese pair a folder"
        raise InputError(output, "output", f"a name ending in {output.suffix!r}", expected)
    if "model" in given or "input_shape" in given:
        return Kind.MODEL
    return Kind.PAIR if is_siamese_checkpoint(source) else Kind.CHECKPOINT
