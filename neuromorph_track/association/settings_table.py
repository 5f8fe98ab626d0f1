"""The settings of a tracker as a table of names and values, and back: what a TOML file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from os import PathLike
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from neuromorph_track.errors import LONGEST_FOUND, InputError


def settings_to_table(settings: Any) -> dict[str, Any]:
    """All fields by name, nested ones as tables; a field that is None is left out."""
    return _without_none(asdict(settings))


def settings_from_table(
    kind: type[Any], table: Mapping[str, Any], source: str | PathLike[str], place: str = "settings"
) -> Any:
    """Settings of type ``kind``; fields that the table does not name keep their defaults.

    Parameters
    ----------
    kind : type
        A dataclass of settings.
    table : mapping
    source : path
        The file that errors name.
    place : str
        What errors call the table.

    Raises
    ------
    InputError
        When a field is unknown, of another type, or out of range.
    """
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]
    values = {}
    for name, value in table.items():
        if name not in known:
            raise InputError(source, f"{place}.{name}", "no such field", f"one of {', '.join(known)}")
        values[name] = _value(hints[name], value, source, f"{place}.{name}")
    try:
        return kind(**values)
    except InputError as error:
        raise InputError(source, f"{place}.{error.field}", error.found, error.expected) from error


def _value(hint: Any, value: Any, source: str | PathLike[str], place: str) -> Any:
    if isinstance(hint, type) and is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise InputError(source, place, repr(value)[:LONGEST_FOUND], "a table")
        return settings_from_table(hint, value, source, place)
    try:
        # TOML has lists where Python has tuples.
        return TypeAdapter(hint).validate_python(value, strict=not isinstance(value, list))
    except ValidationError as error:
        expected = error.errors()[0]["msg"].removeprefix("Input should be ")
        raise InputError(source, place, repr(value)[:LONGEST_FOUND], expected) from error


def _without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_none(value) if isinstance(value, Mapping) else value
        for name, value in table.items()
        if value is not None
    }
