"""A process of another room behind the head, in the same graph."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A request may name no other.
MODULES = ("neuromorph_track.association.lava_process.tail",)


class Unavailable(Exception):
    """What is needed is not here; the text is one line for the user."""


@dataclass(frozen=True)
class Tail:
    """A process that the head's port is connected to, and what is wanted of it.

    Attributes
    ----------
    module : str
        One of :data:`MODULES`; its ``attach(head, latency, settings)`` makes the process and connects it.
    settings : mapping
        Plain values that JSON can hold, for the process.
    ports : tuple of str
        Its out ports whose messages are wanted, one a step.
    step_bytes : int
        Size of these messages together.
    """

    module: str
    settings: Mapping[str, Any]
    ports: tuple[str, ...]
    step_bytes: int


def attach(tail: Tail, head: Any, latency: int) -> Any:
    """Make the process behind the out port ``head``.

    Parameters
    ----------
    tail : Tail
    head : lava OutPort
    latency : int
        Steps before the first that answers an input.

    Raises
    ------
    Unavailable
        When this interpreter lacks a package that the module needs.
    """
    if tail.module not in MODULES:
        raise ValueError(f"{tail.module} is none of the modules that may be imported here")
    try:
        module = importlib.import_module(tail.module)
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"{tail.module} needs {error.name}, which is not installed for {sys.executable}: "
            "what runs behind the head needs this project's own dependencies there"
        ) from error
    return module.attach(head, latency, tail.settings)
