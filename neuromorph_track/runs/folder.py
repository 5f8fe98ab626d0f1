"""The folder that a run leaves behind, whole or not at all."""

from __future__ import annotations

import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.files import atomic_folder, read_text

RUN_JSON = "run.json"
ENERGY_JSON = "energy.json"
ACTIVITY = "activity.h5"
TRACKS = "tracks.txt"
VIDEO = "annotated.mp4"
TRUTH = "gt.txt"
ENERGY_PICTURE = "energy.png"
SCORES_JSON = "scores.json"
# Of `sot`: the boxes, and the one-off cost of a template.
BOXES = "boxes.txt"
TEMPLATE_ACTIVITY = "template_activity.h5"
TEMPLATE_ENERGY_JSON = "template_energy.json"
REPORT = "report.html"
PARTS = frozenset(
    {
        *(RUN_JSON, ENERGY_JSON, ACTIVITY, TRACKS, VIDEO, TRUTH, ENERGY_PICTURE, SCORES_JSON),
        *(BOXES, TEMPLATE_ACTIVITY, TEMPLATE_ENERGY_JSON, REPORT),
    }
)
COMPARE_JSON = "compare.json"
COMPARE_PARTS = frozenset(
    {COMPARE_JSON, "compare.csv", "energy.png", "energy.svg", "pareto.png", "pareto.svg"}
)
LIBRARIES = ("neuromorph-track", "numpy", "torch", "opencv-python-headless", "scipy", "h5py")


@contextmanager
def new_run_folder(target: str | os.PathLike[str], overwrite: bool) -> Iterator[Path]:
    """:func:`new_folder` for a run."""
    with new_folder(target, overwrite, RUN_JSON, PARTS, "run") as folder:
        yield folder


def refuse_taken(target: str | os.PathLike[str], overwrite: bool) -> None:
    """Raise now what :func:`new_run_folder` would say of a place, before anything takes long.

    Raises
    ------
    InputError
    """
    _check_replaceable(Path(target), overwrite, RUN_JSON, "run")


@contextmanager
def new_folder(
    target: str | os.PathLike[str], overwrite: bool, marker: str, parts: frozenset[str], what: str
) -> Iterator[Path]:
    """Give a temporary folder that becomes ``target`` when the block ends well.

    A folder that is there stays the same folder (somebody may stand in it, or a disk be mounted on
    it): the parts of the old run make way for the new ones, everything else in it is kept.

    Parameters
    ----------
    target : path
    overwrite : bool
        Whether what is there may be replaced.
    marker : str
        The part without which a folder is not of this kind: it goes first and comes last.
    parts : frozenset of str
        Names of all files of this kind of folder.
    what : str
        What errors call it: ``run``.

    Raises
    ------
    InputError
        When ``target`` is there already and is not to be, or must not be, replaced.
    JobError
        When the folder cannot be written.
    """
    target = Path(target)
    _check_replaceable(target, overwrite, marker, what)
    if not os.path.isdir(target):
        with atomic_folder(target) as new:
            yield new
        return
    temporary: Path | None = None
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".run-", dir=target))
        yield temporary
        _replace_parts(temporary, target, marker, parts)
    except OSError as error:
        raise JobError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _check_replaceable(target: Path, overwrite: bool, marker: str, what: str) -> None:
    # pathlib's questions raise where a name is too long, or a folder must not be looked into.
    if not os.path.exists(target):
        return
    if not os.path.isdir(target):
        raise InputError(target, "output", "a file", "a folder")
    try:
        content = set(os.listdir(target))
    except OSError as error:
        raise InputError(
            target, "output", error.strerror or str(error), "a folder that can be read"
        ) from error
    if content and marker not in content:
        # A mistyped -o must not scatter files over a folder of somebody's.
        raise InputError(target, "output", f"a folder that is not a {what}", "a new or an empty folder")
    if content and not overwrite:
        raise InputError(target, "output", f"a {what} that is finished", "a new folder, or --overwrite")


def _replace_parts(new: Path, target: Path, marker: str, parts: frozenset[str]) -> None:
    # Without its run.json a folder is no run: it goes first and comes last.
    for name in sorted(parts, key=lambda name: name != marker):
        (target / name).unlink(missing_ok=True)
    for path in sorted(new.iterdir(), key=lambda path: path.name == marker):
        path.rename(target / path.name)


def read_run(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """``run.json`` of a RUN folder.

    Raises
    ------
    InputError
        When the folder is no RUN folder or the file is broken.
    """
    path = Path(folder) / RUN_JSON
    if not path.is_file():
        raise InputError(folder, RUN_JSON, "nothing", "a folder that `track`, `profile` or `sot` wrote")
    text = read_text(path, "what a run writes there")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(path, "file", str(error), "JSON") from error
    if not isinstance(content, dict):
        raise InputError(path, "file", type(content).__name__, "a JSON object")
    return content


def versions() -> dict[str, str]:
    """Versions that a result depends on."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
