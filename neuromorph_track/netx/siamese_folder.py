"""Siamese pairs on disk: a folder with two `.net` files and one ``siamese.toml``."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Literal

from neuromorph_track.files import atomic_folder, write_text
from neuromorph_track.netx.contract import Frozen
from neuromorph_track.netx.net_folder import SUFFIX, FileName, check_size, inside, read_table
from neuromorph_track.netx.read import read_net
from neuromorph_track.netx.siamese import Siamese
from neuromorph_track.netx.siamese_contract import SiameseContract
from neuromorph_track.netx.toml_text import toml_text
from neuromorph_track.netx.write import write_net

SIAMESE_FILE = "siamese.toml"
FORMAT_VERSION = 1
PARTS = ("template", "search")


class _PairTable(Frozen):
    format_version: Literal[1]
    template: FileName
    search: FileName
    contract: SiameseContract


def is_siamese(path: str | os.PathLike[str]) -> bool:
    """Whether a path is that of a pair's folder, or of its ``siamese.toml``."""
    # pathlib's questions raise where a name is too long.
    return os.path.isfile(os.path.join(path, SIAMESE_FILE)) or (
        os.path.basename(path) == SIAMESE_FILE and os.path.isfile(path)
    )


def read_siamese(path: str | os.PathLike[str]) -> Siamese:
    """Read and validate a siamese pair.

    Parameters
    ----------
    path : str or path
        The folder, or its ``siamese.toml``.

    Raises
    ------
    InputError
        When the folder holds no such pair, a file in it is wrong, or the parts do not fit.
    """
    file, table = read_table(path, SIAMESE_FILE, _PairTable, "pair", "a siamese pair")
    template = read_net(inside(file, "template", table.template))
    search = read_net(inside(file, "search", table.search))
    check_size(file, "search", (template, search), "both files")
    return Siamese(template, search, table.contract, str(file))


def write_siamese(siamese: Siamese, folder: str | os.PathLike[str]) -> None:
    """Write a siamese pair to a new or an empty folder.

    Raises
    ------
    InputError
        When a chain is not valid, or the folder holds something.
    JobError
        When the folder cannot be written.
    """
    with atomic_folder(folder) as new:
        table: dict[str, object] = {"format_version": FORMAT_VERSION}
        for part in PARTS:
            table[part] = f"{part}{SUFFIX}"
            # A run contract speaks of a detector.
            write_net(replace(getattr(siamese, part), contract=None), new / f"{part}{SUFFIX}")
        table["contract"] = siamese.contract.model_dump(mode="json", exclude_none=True)
        write_text(new / SIAMESE_FILE, toml_text(table))
