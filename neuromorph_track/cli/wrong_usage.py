"""Wrong values of options, in the words of all other errors: what was found, and what was expected."""

from __future__ import annotations

import re

import typer

# Of Typer's own check of a choice, and of Click's in older releases of it.
_CHOICES = re.compile(
    r"(?:Value error, )?(?P<found>(['\"]).*\2) is not one of (?P<choices>.+?)\.?", re.DOTALL
)
# By Pydantic's name of the fault; where it knows others, its own words are no worse.
_EXPECTED = {
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
}


def reword(error: typer.BadParameter) -> None:
    """Say what was found and what was expected, where Pydantic or Click speak as to a programmer."""
    choices = _CHOICES.fullmatch(error.message)
    if choices is not None:
        *names, last = (name.strip("'") for name in choices["choices"].split(", "))
        expected = f"{', '.join(names)} or {last}" if names else last
        error.message = f"found {choices['found']}, expected {expected}"
        return
    from pydantic import ValidationError

    if isinstance(error.__cause__, ValidationError):
        detail = error.__cause__.errors()[0]
        known = _EXPECTED.get(detail["type"])
        expected = known.format(**detail.get("ctx", {})) if known else detail["msg"]
        error.message = f"found {detail['input']!r}, expected {expected}"
