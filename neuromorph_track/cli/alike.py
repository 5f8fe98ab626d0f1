"""What a mistyped name was meant to be."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence

# Of how alike two names must be for one to be a slip of the other (0 to 1, as difflib counts): two
# names of three letters, of which one differs, are two names.
ALIKE = 0.7
# The same of what a file's name ends in: ``.tml``, ``.jpg``.
ENDINGS_ALIKE = 0.6
# Shorter words are the beginning of too many.
SHORTEST = 3
MOST = 3


def nearest(name: str, choices: Sequence[str]) -> list[str]:
    """Choices that a mistyped or shortened name is most like, if any; only letters and digits count."""
    wanted, by_letters = _letters(name), {_letters(choice): choice for choice in choices}
    if len(wanted) >= SHORTEST:
        begun = [letters for letters in by_letters if letters.startswith(wanted)]
        if begun:
            return [by_letters[min(begun, key=len)]]
    ratios = {letters: _ratio(letters, wanted) for letters in by_letters}
    best = max(ratios.values(), default=0.0)
    if best < ALIKE:
        return []
    return [by_letters[letters] for letters, ratio in ratios.items() if ratio == best][:MOST]


def beside(path: str) -> list[str]:
    """Files and folders of a like name, and a like ending, beside the place where one was looked for."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    try:
        there = sorted(os.listdir(folder or "."))
    except OSError:
        return []
    parts = {each: os.path.splitext(each) for each in there}
    if ending:
        parts = {
            each: (first, last)
            for each, (first, last) in parts.items()
            if _ratio(_letters(last), _letters(ending)) >= ENDINGS_ALIKE
        }
    by_stem = {first: each for each, (first, _) in parts.items()}
    return [os.path.join(folder, by_stem[first]) for first in nearest(stem, list(by_stem))]


def meant(names: Sequence[str]) -> str | None:
    """``did you mean a, b or c?``"""
    if not names:
        return None
    *others, last = names
    return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
