"""From a TOML file to a profile, or to one line that says what is wrong with the file."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from neuromorph_track.errors import InputError, explain
from neuromorph_track.files import parse_toml, read_text
from neuromorph_track.hardware.locate import list_profiles, profiles_folder
from neuromorph_track.hardware.profile import HardwareProfile


def load_profile(name_or_path: str | PathLike[str]) -> HardwareProfile:
    """Load a profile by the name of a built-in one, or from a TOML file.

    Raises
    ------
    InputError
        When there is no such profile, or it cannot be used; names the file, line and field.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = profiles_folder() / f"{name_or_path}.toml"
        if str(name_or_path) not in list_profiles():
            expected = f"one of {', '.join(list_profiles())}, or the path of a TOML file"
            raise InputError("hardware", "profile", repr(str(name_or_path)), expected)
    return parse_profile(read_text(path, "a profile, as TOML"), path)


def parse_profile(text: str, source: str | PathLike[str]) -> HardwareProfile:
    """Read a profile from TOML text; ``source`` is the file that errors name."""
    try:
        return HardwareProfile.model_validate(parse_toml(text, source))
    except ValidationError as error:
        field, found, expected = _explain(error.errors(include_url=False)[0])
        line = line_of(text, field)
        raise InputError(f"{source}:{line}" if line else source, field, found, expected) from error


def _explain(detail: ErrorDetails) -> tuple[str, str, str]:
    field, found, expected = explain(detail, "profile")
    # What the profile's own checks say stands in the context.
    context = detail.get("ctx", {})
    return context.get("field") or field, context.get("found", found), context.get("expected", expected)


def line_of(text: str, field: str) -> int | None:
    """Line (from 1) of the TOML text where ``field`` stands, or else the nearest table around it."""
    table, best, depth = "", None, 0
    arrays: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = header[2]
            if header[1] == "[[":
                arrays[table] = arrays.get(table, -1) + 1
                table = f"{table}.{arrays[table]}"
            here = table
        elif key := re.match(r"\s*([\w.\-\"']+)\s*=", line):
            here = ".".join(filter(None, (table, key[1].strip("\"'"))))
        else:
            continue
        if f"{field}.".startswith(f"{here}.") and len(here) > depth:
            best, depth = number, len(here)
    return best
