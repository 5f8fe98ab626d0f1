"""What the tables of a profile are made of: texts, lists, and what is said of a bad one."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from neuromorph_track.errors import LONGEST_FOUND


def fault(found: str, expected: str) -> PydanticCustomError:
    """A validation error with what was found and expected."""
    return PydanticCustomError("profile", "{expected}", {"found": found, "expected": expected})


LONGEST_TEXT = 500


def _printable(text: str) -> str:
    # Profiles are shared as files and printed on terminals, which obey control characters.
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise fault(repr(text)[:LONGEST_FOUND], "text on one line, without control characters")
    return text


Text = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(_printable),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_TEXT,
            "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        }
    ),
]


T = TypeVar("T")


def _not_empty(items: tuple[T, ...]) -> tuple[T, ...]:
    if not items:
        raise fault("none", "at least one")
    return items


# Pydantic's own min_length would complain of an empty list too where one item is wrong.
Some = Annotated[tuple[T, ...], AfterValidator(_not_empty), Field(json_schema_extra={"minItems": 1})]


class Strict(BaseModel):
    """Base of every table of a profile: immutable, and a key it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
