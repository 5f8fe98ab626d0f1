"""From a TOML file to a profile, or to what is wrong with the file, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from neuromorph_track.errors import LONGEST_FOUND, InputError, explain
from neuromorph_track.files import parse_toml, read_text
from neuromorph_track.hardware.locate import list_profiles, profiles_folder
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.hardware.tables import Kind

# The longest profile of this project has 10 kB and four levels (source, item, table, value).
LARGEST_PROFILE = 1 << 16
DEEPEST_TABLE = 8
MOST_FAULTS = 100


def load_profile(name_or_path: str | PathLike[str]) -> HardwareProfile:
    """Load a profile by the name of a built-in one, or from a TOML file.

    Raises
    ------
    InputError
        When there is no such profile, or it cannot be used; names the file, line and field.

    Examples
    --------
    >>> synop = load_profile("loihi1").energy.synop
    >>> synop.value, synop.unit, synop.evidence, synop.source
    (23.6, 'pJ', 'simulated', ('davies2018-table2', 'sanafe-loihi'))
    """
    return parse_profile(*read_profile(name_or_path))


def load_profiles(names: Sequence[str] = ()) -> list[HardwareProfile]:
    """The profiles of these names, each once; without names all that come with the project.

    Those are in the order of their kind, chips that are run by events first, and of their names.

    Raises
    ------
    InputError
        As :func:`load_profile`, and when two have one id.
    """
    profiles = [load_profile(name) for name in dict.fromkeys(names) or list_profiles()]
    if not names:
        kinds = get_args(Kind)
        profiles.sort(key=lambda profile: kinds.index(profile.profile.kind))
    ids = [profile.id for profile in profiles]
    for name in ids:
        if ids.count(name) > 1:
            raise InputError("hardware", "profile", f"two with the id {name!r}", "another id in each")
    return profiles


def read_profile(name_or_path: str | PathLike[str]) -> tuple[str, Path]:
    """Text of a profile, by the name of a built-in one or from a TOML file, and its path.

    Raises
    ------
    InputError
        When there is no such profile, or the file cannot be read.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = profiles_folder() / f"{name_or_path}.toml"
        if str(name_or_path) not in list_profiles():
            expected = f"one of {', '.join(list_profiles())}, or the path of a TOML file"
            raise InputError("hardware", "profile", repr(str(name_or_path)), expected)
    return read_text(path, "a profile, as TOML"), path


def parse_profile(text: str, source: str | PathLike[str]) -> HardwareProfile:
    """Read a profile from TOML text; ``source`` is the file that errors name.

    Raises
    ------
    InputError
        The first of :func:`find_faults`.
    """
    outcome = _validate(text, source)
    if isinstance(outcome, HardwareProfile):
        return outcome
    raise outcome[0]


def find_faults(text: str, source: str | PathLike[str]) -> tuple[InputError, ...]:
    """All that is wrong with a profile in TOML text, in the order of its lines; empty where nothing is.

    What must agree between tables is looked at once each value by itself is right.
    """
    outcome = _validate(text, source)
    return () if isinstance(outcome, HardwareProfile) else outcome


def _validate(text: str, source: str | PathLike[str]) -> HardwareProfile | tuple[InputError, ...]:
    try:
        return HardwareProfile.model_validate(_parse(text, source))
    except ValidationError as error:
        details = error.errors(include_url=False)[:MOST_FAULTS]
        fields = fields_by_line(text)
        located = [_locate(detail, fields, source) for detail in details]
        return tuple(one for _, one in sorted(located, key=lambda pair: pair[0]))
    except InputError as error:
        return (error,)


def _parse(text: str, source: str | PathLike[str]) -> dict[str, Any]:
    if len(text) > LARGEST_PROFILE:
        raise InputError(source, "file", f"{len(text)} characters", f"a profile of {LARGEST_PROFILE} at most")
    content = parse_toml(text, source)
    level: list[Any] = [content]
    for _ in range(DEEPEST_TABLE):
        tables = [value.values() if isinstance(value, dict) else value for value in level]
        level = [item for table in tables for item in table if isinstance(item, (dict, list))]
    if level:
        raise InputError(source, "file", f"more than {DEEPEST_TABLE} tables in each other", "a profile")
    return content


def _locate(
    detail: ErrorDetails, fields: list[tuple[str, int]], source: str | PathLike[str]
) -> tuple[int, InputError]:
    field, found, expected = explain(detail, "profile")
    # What the profile's own checks say stands in the context.
    context = detail.get("ctx", {})
    found, expected = context.get("found", found), context.get("expected", expected)
    line = line_of(fields, field)
    where = f"{source}:{line}" if line else str(source)
    return line or 0, InputError(where, _shown(field), found, expected)


def _shown(field: str) -> str:
    # A key that the user's file made up may hold anything.
    return field if field.isprintable() and len(field) <= LONGEST_FOUND else repr(field)[:LONGEST_FOUND]


def fields_by_line(text: str) -> list[tuple[str, int]]:
    """Path of every table and key that a TOML text names, with its line (from 1)."""
    table, found = "", []
    arrays: dict[str, int] = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        key, equals, _ = line.partition("=")
        if line.startswith("["):
            table = _path(line.lstrip("[").partition("]")[0])
            if line.startswith("[["):
                arrays[table] = arrays.get(table, -1) + 1
                table = f"{table}.{arrays[table]}"
            found.append((table, number))
        elif equals and not line.startswith("#"):
            found.append((".".join(filter(None, (table, _path(key)))), number))
    return found


def line_of(fields: list[tuple[str, int]], field: str) -> int | None:
    """Where ``field`` stands, or else the nearest table around it."""
    around = [(path, number) for path, number in fields if f"{field}.".startswith(f"{path}.")]
    return max(around, key=lambda pair: len(pair[0]))[1] if around else None


def _path(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
