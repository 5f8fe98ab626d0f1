"""The one exception that a user's bad input raises, in one shape."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

LONGEST_FOUND = 80

# Pydantic speaks of Python's types; who wrote the file knows its own.
_FILE_TYPES = {
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "tuple_type": "a list",
    "list_type": "a list",
}


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one line that names the file, the field, what was found and
    what was expected, so that it can be printed as it is.

    Parameters
    ----------
    source : str or path
        The file (or option, or folder) that holds the fault.
    field : str
        The part of it that is wrong, e.g. ``layer/3/weight``.
    found, expected : str
        What stands there, and what would have been accepted.
    hint : str, optional
        What to do next, where whoever raises it knows better than the command line, which else
        derives it from the rest. No part of the message.
    """

    def __init__(
        self, source: str | PathLike[str], field: str, found: str, expected: str, hint: str | None = None
    ) -> None:
        self.hint = hint
        self.source = str(source)
        self.field = field
        self.found = found
        self.expected = expected
        super().__init__(f"{self.source}: {field}: found {found}, expected {expected}")


def explain(detail: ErrorDetails, whole: str) -> tuple[str, str, str]:
    """Field, what was found and what was expected, of a fault that pydantic names.

    Parameters
    ----------
    whole : str
        What has the fields, e.g. ``recipe``.
    """
    field = ".".join(map(str, detail["loc"])) or whole
    if detail["type"] == "missing":
        return field, "nothing", "a value"
    if detail["type"] == "extra_forbidden":
        return field, "a field of this name", f"only fields that a {whole} knows"
    context = detail.get("ctx", {})
    if detail["type"] == "union_tag_invalid":
        # Which of several tables it is, is said by one of its fields.
        name = context["discriminator"].strip("'")
        return f"{field}.{name}", repr(context["tag"]), f"one of {context['expected_tags']}"
    if detail["type"] == "too_short" and "min_length" in context:
        least = context["min_length"]
        return field, repr(detail["input"])[:LONGEST_FOUND], f"at least {least} item{'s' * (least != 1)}"
    together = not detail["loc"] or (detail["type"] == "value_error" and isinstance(detail["input"], dict))
    found = "values that do not go together" if together else repr(detail["input"])[:LONGEST_FOUND]
    expected = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    expected = expected.replace("String should", "text to")
    return field, found, _FILE_TYPES.get(detail["type"], expected).replace("\n", " ")


class JobError(RuntimeError):
    """The input was right, yet the job could not be finished (disk, memory, a tool that is absent).

    Parameters
    ----------
    text : str
        One line.
    hint : str, optional
        As of :class:`InputError`.
    """

    def __init__(self, text: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(text)
