"""What to do about an error: one step, derived from what the error says."""

from __future__ import annotations

import os
import re
from pathlib import Path

from neuromorph_track.cli.next_of_files import FILE_RULES
from neuromorph_track.cli.next_of_names import NAME_RULES
from neuromorph_track.cli.program import PROGRAM, first_step
from neuromorph_track.errors import InputError, JobError

_EXTRA = re.compile(r"neuromorph-track\[(\w+)\]")
_UNWRITTEN = re.compile(r"(.*): cannot be written: (.*)")
_LONGER_RUNS = ("track", "profile", "sot")


def next_step(error: InputError | JobError, verb: str | None = None) -> str:
    """What a user can do about ``error``.

    Parameters
    ----------
    verb : str, optional
        What was called, e.g. ``track`` or ``hardware check``.
    """
    if error.hint is not None:
        return error.hint
    if isinstance(error, JobError):
        return first_step(_JOB_RULES, str(error), verb) or help_of(verb)
    # The narrow before the wide: a file that is there says less than what was asked of it.
    return first_step((*NAME_RULES, *FILE_RULES), error, verb) or help_of(verb)


def help_of(verb: str | None) -> str:
    """Where the options of a verb are explained."""
    return f"{PROGRAM} {verb + ' ' if verb else ''}--help says what it takes"


def _missing_extra(text: str, verb: str | None) -> str | None:
    found = _EXTRA.search(text)
    if found is None:
        return None
    where = " in an environment of Python 3.10" if found.group(1) == "lava" else ""
    return f"pip install 'neuromorph-track[{found.group(1)}]'{where}"


def _no_lava(text: str, verb: str | None) -> str | None:
    return f"{PROGRAM} env lava" if "env lava` once" in text else None


def _slow_lava(text: str, verb: str | None) -> str | None:
    slow = verb == "verify" and "did not answer within" in text
    return "a longer --timeout, or fewer --frames" if slow else None


def _cannot_write(text: str, verb: str | None) -> str | None:
    unwritten = _UNWRITTEN.match(text)
    if unwritten is None:
        return None
    place, reason = unwritten.groups()
    if "No space" in reason or "too large" in reason:
        return "free some space (`df -h`), or name a place on another disk"
    if "name too long" in reason:
        return "a shorter name"
    in_the_way = next((each for each in Path(place).parents if os.path.isfile(each)), None)
    if in_the_way is not None:
        return f"{in_the_way} is a file, not a folder: name another place"
    return "name a place in which you may write"


def _no_memory(text: str, verb: str | None) -> str | None:
    if "memory" not in text:
        return None
    less = ", or take less at once (--max-frames)" if verb in _LONGER_RUNS else ""
    return f"close what else needs memory{less}"


_JOB_RULES = (_missing_extra, _no_lava, _slow_lava, _cannot_write, _no_memory)
