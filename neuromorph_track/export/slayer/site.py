"""A SLAYER block, where it stands in a model, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import nn

from neuromorph_track.errors import InputError

# Blocks are told by the names of their classes, so that nothing of lava-dl is imported here.
SLAYER = "lava.lib.dl.slayer."
BLOCKS = f"{SLAYER}block."


class Kind(NamedTuple):
    """``cuba``, ``Dense``: the neurons that a block was written for, and what it does."""

    family: str
    name: str

    def __str__(self) -> str:
        return f"{self.family}.{self.name}"


@dataclass(frozen=True)
class Site:
    """A block of a model.

    Attributes
    ----------
    source : str
        Name of the model in messages.
    path : str
        Name of the block in the model, e.g. ``blocks.3``; empty where the model is the block.
    kind : Kind
    block : torch.nn.Module
    """

    source: str
    path: str
    kind: Kind
    block: Any

    @property
    def label(self) -> str:
        return label(self.path, str(self.kind))

    def refuse(self, found: str, expected: str) -> InputError:
        """The error that names this block, what it does that a chip cannot, and what to do instead."""
        return InputError(self.source, self.label, found, expected)


def label(path: str, kind: str) -> str:
    """``blocks.3 (cuba.Conv)``; a bare number gets a word in front, and a block alone has no path."""
    if not path:
        return kind
    return f"block {path} ({kind})" if path.isdigit() else f"{path} ({kind})"


def kind_of(module: nn.Module) -> Kind | None:
    """Family and name of a SLAYER block; None for every other module, a subclass included."""
    return _kind(type(module))


def derived_from(module: nn.Module) -> Kind | None:
    """The SLAYER block that a module's class was derived from, if it was."""
    for base in type(module).__mro__[1:]:
        kind = _kind(base)
        if kind is not None and not kind.name.startswith("Abstract"):
            return kind
    return None


def _kind(cls: type) -> Kind | None:
    if not cls.__module__.startswith(BLOCKS) or cls.__module__ == f"{BLOCKS}base":
        return None
    return Kind(cls.__module__.removeprefix(BLOCKS), cls.__qualname__)
