"""Which Python runs Lava: one that is named, this one, or one that was made for it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from neuromorph_track.errors import JobError
from neuromorph_track.files import cache_folder, json_text, write_text

INTERPRETER = "NEUROMORPH_TRACK_LAVA_PYTHON"
# Variables that lead an interpreter to the packages of another one.
FOREIGN_PATHS = ("PYTHONPATH", "PYTHONHOME")
# All that is imported there, so that nothing has to be resolved. lava-nc declares scikit-learn too, and
# never imports it. From h5py on: what a tracker behind the head imports of this package.
PINS = (
    "lava-nc==0.10.0",
    "asteval==0.9.33",
    "networkx==2.8.7",
    "numpy==1.26.4",
    "scipy==1.15.3",
    "h5py==3.16.0",
    "llvmlite==0.50.0",
    "numba==0.68.1",
    "platformdirs==4.12.4",
    "pydantic==2.14.3",
    "pydantic-core==2.50.4",
    "annotated-types==0.8.0",
    "typing-extensions==4.16.0",
    "typing-inspection==0.4.5",
    "tomli==2.5.0",
)
CURRENT = "current.json"
PREFIX = "env-"


@dataclass(frozen=True)
class LavaPython:
    """An interpreter that is to run Lava.

    Attributes
    ----------
    path : str
    origin : str
        ``named`` by ``NEUROMORPH_TRACK_LAVA_PYTHON``, ``this`` one, or ``made`` by ``env lava``.
    """

    path: str
    origin: Literal["named", "this", "made"]

    def variables(self) -> dict[str, str]:
        """The environment variables to start it with."""
        return dict(os.environ) if self.origin == "this" else own_variables()


def find_lava_python() -> LavaPython | None:
    """The interpreter that Lava runs in; None when there is none.

    What the user names goes first and is not looked into: that it lacks lava-nc is told by Lava's worker.
    """
    if named := os.environ.get(INTERPRETER):
        return LavaPython(named, "named")
    try:
        distribution("lava-nc")
    except PackageNotFoundError:
        made = made_python()
        return LavaPython(str(made), "made") if made is not None else None
    return LavaPython(sys.executable, "this")


def lava_python() -> LavaPython:
    """The interpreter that Lava runs in.

    Raises
    ------
    JobError
        When there is none; says how to get one.
    """
    found = find_lava_python()
    if found is None:
        raise JobError(
            f"lava-nc is not installed for {sys.executable}: run `neuromorph-track env lava` once, "
            f"or set {INTERPRETER} to a Python 3.10 that has lava-nc 0.10.0"
        )
    return found


def own_variables() -> dict[str, str]:
    """This program's environment variables, for an interpreter with packages of its own."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN_PATHS}


def environments_folder() -> Path:
    """Where the environments for Lava are made."""
    return cache_folder().absolute() / "lava"


def interpreter_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / "bin" / "python"


def made_python() -> Path | None:
    """The interpreter that ``env lava`` made; None when there is none, or one with other pins."""
    root = environments_folder()
    try:
        content = json.loads((root / CURRENT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    match content:
        case {"environment": str(name), "pins": list(pins)} if name.startswith(PREFIX):
            python = interpreter_in(root / Path(name).name)
            # The Python that the environment was made with may have been removed since.
            return python if pins == list(PINS) and python.exists() else None
    return None


def make_current(environment: Path) -> None:
    """Let Lava run in this environment from now on; it is whole and lies in :func:`environments_folder`."""
    content = {"environment": environment.name, "pins": PINS}
    write_text(environments_folder() / CURRENT, json_text(content))
