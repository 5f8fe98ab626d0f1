"""Reading an ``activity.h5``."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from neuromorph_track.backends.activity import Activity, Counts, LayerActivity
from neuromorph_track.errors import InputError
from neuromorph_track.profiling.activity_dataset import LONGEST_TEXT, own_dataset
from neuromorph_track.profiling.activity_layout import (
    COLUMNS,
    FORMAT,
    INPUT_EVENTS,
    MAX_CELLS,
    MAX_LAYERS,
    RUN_ATTRIBUTES,
    VERSION,
)
from neuromorph_track.profiling.neuron_spikes import read_spikes

PARTS = "layers/* and one table per count"
KINDS = {int: "iu", bool: "b"}
# Of the first no more can have happened than of the second.
PARTS_OF = {"synops": "synops_all", "neuron_updates_changed": "neuron_updates"}


def read_activity(path: str | PathLike[str], *, per_step: bool = False) -> Activity:
    """Read an ``activity.h5``.

    Parameters
    ----------
    path : path
    per_step : bool
        Counts of each timestep instead of each frame; the result has ``steps_per_frame`` 1.

    Raises
    ------
    InputError
        When the file is absent, no HDF5, of another format or version, lacks a part, says two things
        that cannot both be, or has counts of frames where those of timesteps are asked for.
    """
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", "an activity.h5")
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path, per_step)
    except InputError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(path, "content", str(error)[:120], PARTS) from error
    except OSError as error:
        raise InputError(path, "file", "not an HDF5 file, or a damaged one", "an activity.h5") from error
    except KeyError as error:
        raise InputError(path, "content", str(error).strip("'\""), PARTS) from error


def _read(file: h5py.File, path: str | PathLike[str], per_step: bool) -> Activity:
    _check_format(file, path)
    steps, rows = _number(file, path, "steps_per_frame", 1), _number(file, path, "rows_per_frame", 1)
    if rows not in (1, steps):
        raise InputError(path, "rows_per_frame", str(rows), f"1 or {steps}, the steps of a frame")
    if per_step and rows != steps:
        expected = f"one of each of its {steps} timesteps (`profile --per-step` writes that)"
        raise InputError(path, "rows_per_frame", "one row per frame", expected)
    fed, read, depth = (_number(file, path, name, 0) for name in RUN_ATTRIBUTES)
    columns = _columns(file, path)
    tables = _tables(file, path, len(columns["name"]), rows)
    layers = []
    for index in range(len(columns["name"])):
        fields: dict[str, Any] = {column: values[index] for column, values in columns.items()}
        fields |= {count: table[index] for count, table in tables.items()}
        layers.append(LayerActivity(**fields))
    stepwise = Activity(tuple(layers), 1, fed, read, depth, input_events=_flag(file, path, INPUT_EVENTS))
    framewise = stepwise.per_frame(rows)
    by_neuron = read_spikes(file, path, framewise.layers)
    if per_step:
        return replace(stepwise, by_neuron=by_neuron)
    return replace(framewise, steps_per_frame=steps, by_neuron=by_neuron)


def _check_format(file: h5py.File, path: str | PathLike[str]) -> None:
    name, version = file.attrs.get("format"), file.attrs.get("version")
    if name == FORMAT and version == 1:
        expected = f"version {VERSION}: run `track` or `profile` again, older files lack counts"
        raise InputError(path, "format", f"{FORMAT} version 1", expected)
    if (name, version) != (FORMAT, VERSION):
        raise InputError(path, "format", f"{name} {version}", f"{FORMAT} {VERSION}")


def _number(file: h5py.File, path: str | PathLike[str], name: str, lowest: int) -> int:
    found = file.attrs.get(name)
    if not isinstance(found, int | np.integer) or found < lowest:
        raise InputError(path, name, str(found)[:40], f"a whole number from {lowest} on")
    return int(found)


def _flag(file: h5py.File, path: str | PathLike[str], name: str) -> bool:
    found = file.attrs.get(name, False)
    if not isinstance(found, bool | np.bool_):
        raise InputError(path, name, str(found)[:40], "true or false, or nothing")
    return bool(found)


def _columns(file: h5py.File, path: str | PathLike[str]) -> dict[str, list[Any]]:
    width = len(own_dataset(file, path, "layers/name"))
    if width > MAX_LAYERS:
        raise InputError(path, "layers/name", f"{width} layers", f"at most {MAX_LAYERS}")
    return {column: _column(file, path, column, kind, width) for column, kind in COLUMNS.items()}


def _column(file: h5py.File, path: str | PathLike[str], column: str, kind: type, width: int) -> list[Any]:
    name = f"layers/{column}"
    stored = own_dataset(file, path, name)
    if stored.shape != (width,):
        found = f"{stored.shape[0] if stored.ndim == 1 else stored.shape} entries"
        raise InputError(path, name, found, f"{width}, one per layer")
    if kind is str:
        return _texts(stored, path, name)
    if stored.dtype.kind not in KINDS[kind]:
        raise InputError(path, name, str(stored.dtype), kind.__name__)
    values: list[Any] = stored[()].tolist()
    if min(values, default=0) < 0:
        raise InputError(path, name, str(min(values)), "no negative number")
    return values


def _texts(stored: h5py.Dataset, path: str | PathLike[str], name: str) -> list[str]:
    if h5py.check_string_dtype(stored.dtype) is None:
        raise InputError(path, name, str(stored.dtype), "str")
    values = [value.decode() for value in stored[()].tolist()]
    for value in values:
        if len(value) > LONGEST_TEXT or not value.isprintable():
            raise InputError(path, name, repr(value)[:40], f"at most {LONGEST_TEXT} printable letters")
    return values


def _tables(file: h5py.File, path: str | PathLike[str], width: int, rows: int) -> dict[str, Counts]:
    """Each count as ``(layers, entries)``."""
    shape = own_dataset(file, path, "synops").shape
    if len(shape) != 2 or shape[1] != width or shape[0] % rows or shape[0] * width > MAX_CELLS:
        expected = f"(frames x {rows}, {width}), at most {MAX_CELLS} entries"
        raise InputError(path, "synops", str(shape), expected)
    tables: dict[str, Counts] = {}
    for count in Activity.COUNTS:
        stored = own_dataset(file, path, count)
        if stored.dtype != np.int64 or stored.shape != shape:
            raise InputError(path, count, f"{stored.dtype} {stored.shape}", f"int64 {shape}, as every table")
        tables[count] = np.ascontiguousarray(stored[()].T)
        if tables[count].min(initial=0) < 0:
            raise InputError(path, count, str(tables[count].min()), "no negative number")
    for part, whole in PARTS_OF.items():
        if np.any(tables[part] > tables[whole]):
            raise InputError(path, part, f"more than {whole}", f"at most {whole}")
    return tables
