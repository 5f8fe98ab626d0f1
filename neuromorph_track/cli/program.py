"""What the program is called, and the first of several rules that has something to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

PROGRAM = "neuromorph-track"

_Given = TypeVar("_Given")
Rule = Callable[[_Given, "str | None"], "str | None"]


def first_step(rules: Iterable[Rule[_Given]], given: _Given, verb: str | None) -> str | None:
    """What the first rule says that has something to say of an error of ``verb``."""
    return next((step for step in (rule(given, verb) for rule in rules) if step is not None), None)
