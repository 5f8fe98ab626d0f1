"""Docstrings as autodoc takes them: shapes are no emphasis, what libraries say of themselves is left out."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pydantic import BaseModel
from sphinx.application import Sphinx

# What stands in backticks, or a shape: (T, *shape).
_SHAPE = re.compile(r"``.*?``|(\([^()`]*, )\*(\w+\))")


def escaped(line: str) -> str:
    """A line with the star of each shape escaped."""
    return _SHAPE.sub(lambda found: f"{found[1]}\\*{found[2]}" if found[1] else found[0], line)


def shapes(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    lines[:] = [escaped(line) for line in lines]


def leave_out(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """``model_config`` of pydantic, and "Alias for field number 0" of named tuples."""
    return True if name == "model_config" or type(thing).__name__ == "_tuplegetter" else None


def signature(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, given: str | None, returned: str | None
) -> tuple[str, None] | None:
    """None for a pydantic model: its fields are told of below, and its annotations are checks."""
    return ("", None) if inspect.isclass(thing) and issubclass(thing, BaseModel) else None
