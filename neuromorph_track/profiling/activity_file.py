"""``activity.h5``: the counts of a run, in a file that says what it holds."""

from __future__ import annotations

from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np

from neuromorph_track.backends.activity import Activity, Counts, LayerActivity
from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path
from neuromorph_track.profiling.steady_disk import SteadyFile

FORMAT = "neuromorph-track activity"
VERSION = 1
MEANING = {
    "spikes_in": "non-zero messages that arrived at the layer's synapses, per frame",
    "synops": "non-zero weights applied because of them, per frame",
    "synops_all": "weights applied because of them, zeros included, per frame",
    "neuron_updates": "neurons x timesteps, per frame",
    "spikes_out": "non-zero messages that left the layer's neurons, per frame",
}
COLUMNS = ("name", "kind", "neuron", "neurons", "weights", "nonzero_weights", "macs", "graded")
# Rows of a chunk on disk: a second of video should not pad the file to a minute.
CHUNK_FRAMES = 256


class ActivityRecorder:
    """Write ``activity.h5`` piece by piece, holding no frame in memory.

    Use it as a context manager: the file appears when the block ends well, and not at all otherwise. ::

        with ActivityRecorder("activity.h5") as recorder:
            for chunk in run:
                recorder.append(chunk.activity)

    Raises
    ------
    JobError
        When the file cannot be written.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self._resources = ExitStack()
        self._disk: SteadyFile | None = None
        self._file: h5py.File | None = None
        self._layers: list[tuple[object, ...]] = []

    def __enter__(self) -> ActivityRecorder:
        with ExitStack() as resources:
            temporary = resources.enter_context(atomic_path(self.path))
            self._disk = resources.enter_context(SteadyFile(temporary))
            self._file = h5py.File(self._disk, "w")
            resources.push(self._close)
            self._resources = resources.pop_all()
        return self

    def append(self, activity: Activity) -> None:
        """Add the frames of ``activity``; every piece has the same layers."""
        assert self._file is not None
        assert self._disk is not None
        layers = [tuple(getattr(layer, column) for column in COLUMNS) for layer in activity.layers]
        if not self._layers:
            self._layers = layers
            _write_head(self._file, activity)
        elif layers != self._layers:
            raise ValueError("a piece of activity has other layers than the first piece")
        for count in Activity.COUNTS:
            table = self._file[count]
            start = len(table)
            table.resize(start + activity.frames, axis=0)
            table[start:] = np.stack([getattr(layer, count) for layer in activity.layers], axis=1)
        self._disk.check(self.path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.__exit__(kind, error, trace)

    def _close(self, *failure: object) -> None:
        assert self._file is not None
        assert self._disk is not None
        try:
            self._file.close()
        finally:
            # HDF5 wrote what it still held, and a full disk may show itself only now.
            self._disk.check(self.path)


def write_activity(path: str | PathLike[str], activity: Activity) -> None:
    """Write a whole run at once."""
    with ActivityRecorder(path) as recorder:
        recorder.append(activity)


def read_activity(path: str | PathLike[str]) -> Activity:
    """Read an ``activity.h5``.

    Raises
    ------
    InputError
        When the file is absent, no HDF5, of another format or version, or lacks a part.
    """
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", "an activity.h5")
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except InputError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(path, "content", str(error)[:120], "layers/* and one table per count") from error
    except OSError as error:
        raise InputError(path, "file", "not an HDF5 file, or a damaged one", "an activity.h5") from error
    except KeyError as error:
        raise InputError(
            path, "content", str(error).strip("'\""), "layers/* and one table per count"
        ) from error


def _write_head(file: h5py.File, activity: Activity) -> None:
    file.attrs.update({"format": FORMAT, "version": VERSION, "steps_per_frame": activity.steps_per_frame})
    for column in COLUMNS:
        values = [getattr(layer, column) for layer in activity.layers]
        kind = h5py.string_dtype() if isinstance(values[0], str) else None
        file.create_dataset(f"layers/{column}", data=np.array(values, dtype=kind))
    width = len(activity.layers)
    for count in Activity.COUNTS:
        table = file.create_dataset(
            count,
            shape=(0, width),
            maxshape=(None, width),
            chunks=(CHUNK_FRAMES, width),
            dtype=np.int64,
            compression="gzip",
            compression_opts=1,
        )
        table.attrs.update({"axes": "frame, layer", "unit": "count per frame", "meaning": MEANING[count]})


def _read(file: h5py.File, path: str | PathLike[str]) -> Activity:
    found = (file.attrs.get("format"), file.attrs.get("version"))
    if found != (FORMAT, VERSION):
        raise InputError(path, "format", f"{found[0]} {found[1]}", f"{FORMAT} {VERSION}")
    columns: dict[str, list[Any]] = {column: file[f"layers/{column}"][()].tolist() for column in COLUMNS}
    tables: dict[str, Counts] = {count: file[count][()] for count in Activity.COUNTS}
    width = len(columns["name"])
    for column, values in columns.items():
        if len(values) != width:
            raise InputError(path, f"layers/{column}", f"{len(values)} entries", f"{width}, one per layer")
    for count, table in tables.items():
        if table.dtype != np.int64 or table.shape != tables["synops"].shape or table.shape[1:] != (width,):
            raise InputError(
                path, count, f"{table.dtype} {table.shape}", f"int64 (frames, {width}), as in every table"
            )
    layers = []
    for index in range(width):
        fields: dict[str, Any] = {column: _text(values[index]) for column, values in columns.items()}
        fields |= {count: np.ascontiguousarray(table[:, index]) for count, table in tables.items()}
        layers.append(LayerActivity(**fields))
    return Activity(tuple(layers), int(file.attrs["steps_per_frame"]))


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
