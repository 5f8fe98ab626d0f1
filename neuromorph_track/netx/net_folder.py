"""A folder of several `.net` files and a TOML file that names them; none of it is trusted."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from neuromorph_track.errors import InputError, explain
from neuromorph_track.files import parse_toml, read_text
from neuromorph_track.netx.contract import Frozen
from neuromorph_track.netx.graph import Network
from neuromorph_track.netx.read import MAX_VALUES

SUFFIX = ".net"

FileName = Annotated[str, Field(min_length=1, max_length=255)]


Content = TypeVar("Content", bound=Frozen)


def read_table(
    path: str | os.PathLike[str], name: str, kind: type[Content], whole: str, owner: str
) -> tuple[Path, Content]:
    """The TOML file ``name`` of the folder ``path``, or the file ``path`` itself, and what stands in it.

    Parameters
    ----------
    kind : type
        What its tables must hold.
    whole, owner : str
        What it describes, e.g. ``graph`` and ``a branching network``; for errors.

    Raises
    ------
    InputError
    """
    path = Path(path)
    file = path / name if path.is_dir() else path
    text = read_text(file, f"{owner}'s {name}")
    try:
        return file, kind.model_validate(parse_toml(text, file))
    except ValidationError as error:
        raise InputError(file, *explain(error.errors()[0], whole)) from error


def inside(file: Path, field: str, name: str) -> Path:
    """Where the `.net` called ``name`` lies; nothing outside the folder of ``file`` is opened.

    Raises
    ------
    InputError
    """
    folder = file.parent.resolve()
    try:
        net = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        # A circle of links, or a name that no file can have.
        raise InputError(file, field, repr(name), "a file in this folder") from error
    if not net.is_relative_to(folder):
        raise InputError(file, field, repr(name), "a file in this folder")
    return net


def check_size(file: Path, field: str, networks: Iterable[Network], whole: str) -> None:
    """Raise :class:`InputError` where chains together hold more numbers than one file may."""
    layers = [layer for network in networks for layer in network.layers]
    parts = ("weight", "weight_imag", "weight_rec", "bias", "delay")
    held = [getattr(layer, part) for layer in layers for part in parts]
    values = sum(array.size for array in held if array is not None)
    if values > MAX_VALUES:
        raise InputError(file, field, f"{values} numbers so far", f"at most {MAX_VALUES} in {whole}")
