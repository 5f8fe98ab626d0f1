"""Which numbers of a tracker's settings are searched, and between which ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neuromorph_track.association.settings_table import settings_from_table
from neuromorph_track.errors import InputError

# How far a share is searched to both sides of its default, and by what factor any other number.
SHARE_REACH, FACTOR = 0.3, 3.0
# From here the steps of a search are equal ratios.
LOG_FROM = 10

SOURCE = "--search"


@dataclass(frozen=True)
class Range:
    """A number to search.

    Attributes
    ----------
    name : str
        Field of the settings; ``noise.surest`` is a field of a field.
    default, low, high : float or int
        Integers where the field is one; ``low`` and ``high`` may be taken.
    """

    name: str
    default: float
    low: float
    high: float

    @property
    def whole(self) -> bool:
        return isinstance(self.default, int)

    @property
    def logarithmic(self) -> bool:
        """Whether ratios count and not differences: for what is no share."""
        return self.low > 0 and self.high >= LOG_FROM


def search_ranges(defaults: Mapping[str, Any], wanted: Sequence[str] = ()) -> tuple[Range, ...]:
    """The numbers to search.

    Parameters
    ----------
    defaults : mapping
        The settings as a table.
    wanted : sequence of str
        ``NAME`` or ``NAME=LOW:HIGH`` of each; without them all numbers that are not inside another table.

    Raises
    ------
    InputError
        When a name is unknown or no number, or ends are no numbers in order.
    """
    numbers = dict(_numbers(defaults))
    if not wanted:
        return tuple(_around(name, value) for name, value in numbers.items() if "." not in name)
    return tuple(_wanted(text, numbers) for text in wanted)


def settings_with(kind: type[Any], defaults: Mapping[str, Any], values: Mapping[str, float]) -> Any:
    """The settings with some numbers changed.

    Raises
    ------
    InputError
        When they do not go together.
    """
    table = _copy(defaults)
    for name, value in values.items():
        *path, last = name.split(".")
        place = table
        for step in path:
            place = place[step]
        place[last] = value
    return settings_from_table(kind, table, SOURCE)


def _numbers(table: Mapping[str, Any], place: str = "") -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            found += _numbers(value, f"{place}{name}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found.append((f"{place}{name}", value))
    return found


def _around(name: str, default: float) -> Range:
    if isinstance(default, int):
        ends = sorted((round(default / FACTOR), round(default * FACTOR)))
        return Range(name, default, max(ends[0], 1) if default > 0 else ends[0], max(ends[1], 1))
    if 0 <= default <= 1:
        return Range(name, default, max(default - SHARE_REACH, 0.0), min(default + SHARE_REACH, 1.0))
    low, high = sorted((default / FACTOR, default * FACTOR))
    return Range(name, default, low, high)


def _wanted(text: str, numbers: Mapping[str, float]) -> Range:
    name, _, ends = text.partition("=")
    if name not in numbers:
        raise InputError(SOURCE, name, "no number of this name", f"one of {', '.join(numbers)}")
    default = numbers[name]
    if not ends:
        return _around(name, default)
    try:
        low, high = map(int if isinstance(default, int) else float, ends.split(":"))
    except ValueError:
        raise InputError(SOURCE, name, repr(ends), "two numbers, LOW:HIGH") from None
    if not low <= default <= high:
        raise InputError(SOURCE, name, ends, f"ends with the default, {default}, between them")
    return Range(name, default, low, high)


def _copy(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copy(value) if isinstance(value, Mapping) else value for name, value in table.items()}
