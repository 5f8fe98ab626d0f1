"""Settings of things that are drawn: checked numbers, a one-line form and a TOML form."""

from __future__ import annotations

from dataclasses import fields
from numbers import Integral, Real
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from neuromorph_track.errors import InputError
from neuromorph_track.files import parse_toml, read_text

_S = TypeVar("_S", bound="Settings")


class Settings:
    """Base of frozen dataclasses all of whose fields have defaults; the default's type is the field's.

    Fields are whole numbers, numbers, booleans, names, or tuples of names.

    Attributes
    ----------
    word : str
        What the text form begins with, before a colon, and the name of the table in a TOML file.
    ranges : dict
        Least and greatest value of each number; both belong to the range.
    names : dict
        What may stand in each field of names.
    """

    word: ClassVar[str]
    ranges: ClassVar[dict[str, tuple[float, float]]]
    names: ClassVar[dict[str, tuple[str, ...]]]

    @classmethod
    def prefix(cls) -> str:
        """What tells the text form from a path."""
        return f"{cls.word}:"

    def _check(self) -> None:
        """Name the first field that is of the wrong kind or out of range; give equal settings one form."""
        for field in fields(self):  # type: ignore[arg-type]
            name, default, value = field.name, field.default, getattr(self, field.name)
            if name in self.names:
                self._check_names(name, value, isinstance(default, tuple))
            elif isinstance(default, bool):
                if not isinstance(value, bool):
                    raise InputError(self.word, name, repr(value), "true or false")
            else:
                number = self._number(name, value, isinstance(default, int))
                # They compare, print and hash alike then.
                object.__setattr__(self, name, number)

    def _number(self, name: str, value: object, whole: bool) -> int | float:
        low, high = self.ranges[name]
        # A bool is an Integral too.
        if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
            raise InputError(self.word, name, repr(value), _kind(whole))
        number = int(value) if whole else float(value)  # type: ignore[call-overload,arg-type]
        if not low <= number <= high:
            raise InputError(self.word, name, f"{number:g}", f"a number from {low:g} to {high:g}")
        return number

    def _check_names(self, name: str, value: object, several: bool) -> None:
        allowed = self.names[name]
        expected = f"{'some' if several else 'one'} of {', '.join(allowed)}"
        if several and not (isinstance(value, tuple) and value):
            raise InputError(self.word, name, repr(value), expected)
        given = value if isinstance(value, tuple) else (value,)
        for item in given:
            if item not in allowed:
                raise InputError(self.word, name, repr(item), expected)
        if len(set(given)) != len(given):
            raise InputError(self.word, name, "+".join(given), "each name once")

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        """What can be written in a file or a text, and its value where nothing is written."""
        return {field.name: field.default for field in fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def from_string(cls: type[_S], text: str) -> _S:
        """Read the one-line form, ``word:field=value,field=value``; tuples are written ``a+b``.

        Raises
        ------
        InputError
            Naming the field.
        """
        if not text.startswith(cls.prefix()):
            raise InputError(
                text, cls.word, f"no '{cls.prefix()}' at the start", f"{cls.word}:field=value,..."
            )
        values: dict[str, Any] = {}
        for part in filter(None, (piece.strip() for piece in text[len(cls.prefix()) :].split(","))):
            name, equals, value = (item.strip() for item in part.partition("="))
            if not equals:
                raise InputError(text, part, "no '='", "field=value")
            if name in values:
                raise InputError(text, name, "it twice", "each field once")
            cls._check_known(text, name)
            values[name] = _parse(text, name, value, cls._defaults()[name])
        return cls._from_values(text, values)

    @classmethod
    def from_toml(cls: type[_S], path: str | Path) -> _S:
        """Read a TOML file with a table named :attr:`word`, which holds the fields."""
        values = parse_toml(read_text(path, f"a TOML file with a table [{cls.word}]"), path).get(cls.word)
        if not isinstance(values, dict):
            raise InputError(path, cls.word, "no such table", f"a table [{cls.word}]")
        values = {
            name: tuple(value) if isinstance(value, list) and name in cls.names else value
            for name, value in values.items()
        }
        return cls._from_values(str(path), values)

    @classmethod
    def _from_values(cls: type[_S], source: str, values: dict[str, Any]) -> _S:
        for name in values:
            cls._check_known(source, name)
        try:
            return cls(**values)
        except InputError as error:
            raise InputError(source, error.field, error.found, error.expected) from None

    @classmethod
    def _check_known(cls, source: str, name: str) -> None:
        if name not in cls._defaults():
            raise InputError(source, name, "an unknown field", f"one of {', '.join(cls._defaults())}")

    def to_string(self) -> str:
        """One line that :meth:`from_string` reads back; fields at their default are left out."""
        values = ((f.name, getattr(self, f.name), f.default) for f in fields(self))  # type: ignore[arg-type]
        changed = (f"{name}={_format(value)}" for name, value, default in values if value != default)
        return self.prefix() + ",".join(changed)


def _parse(source: str, name: str, value: str, default: Any) -> Any:
    if isinstance(default, str):
        return value
    if isinstance(default, tuple):
        return tuple(value.split("+"))
    if isinstance(default, bool):
        if value.lower() not in ("true", "false"):
            raise InputError(source, name, repr(value), "true or false")
        return value.lower() == "true"
    whole = isinstance(default, int)
    try:
        return int(value) if whole else float(value)
    except ValueError:
        raise InputError(source, name, repr(value), _kind(whole)) from None


def _kind(whole: bool) -> str:
    return "a whole number" if whole else "a number"


def _format(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else repr(value)
