"""``activity.h5``: the counts of a run, in a file that says what it holds."""

from __future__ import annotations

from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from types import TracebackType

import h5py
import numpy as np

from neuromorph_track.backends.activity import Activity, NeuronSpikes
from neuromorph_track.files import atomic_path
from neuromorph_track.profiling.activity_layout import (
    COLUMNS,
    FORMAT,
    INPUT_EVENTS,
    MEANING,
    RUN_ATTRIBUTES,
    VERSION,
)
from neuromorph_track.profiling.neuron_spikes import write_spikes
from neuromorph_track.profiling.steady_disk import SteadyFile

# Rows of a chunk on disk: a second of video should not pad the file to a minute.
CHUNK_ROWS = 256


class ActivityRecorder:
    """Write ``activity.h5`` piece by piece, holding no frame in memory.

    Use it as a context manager: the file appears when the block ends well, and not at all otherwise. ::

        with ActivityRecorder("activity.h5") as recorder:
            for chunk in detector.run(frames):
                recorder.append(chunk.activity)
            recorder.add_spikes(detector.take_spikes())

    Parameters
    ----------
    path : path
    rows_per_frame : int
        Entries of the pieces that make a frame: 1, or the timesteps of a frame where the pieces have
        one entry per timestep.

    Raises
    ------
    JobError
        When the file cannot be written.
    """

    def __init__(self, path: str | PathLike[str], rows_per_frame: int = 1) -> None:
        self.path, self.rows_per_frame = Path(path), rows_per_frame
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
        """Add the entries of ``activity``; every piece has the same layers and whole frames.

        What it says of single neurons is not looked at: see :meth:`add_spikes`.
        """
        assert self._file is not None
        assert self._disk is not None
        layers = [tuple(getattr(layer, column) for column in COLUMNS) for layer in activity.layers]
        if activity.frames % self.rows_per_frame:
            raise ValueError(f"{activity.frames} entries are no whole frames of {self.rows_per_frame}")
        if not self._layers:
            self._layers = layers
            _write_head(self._file, activity, self.rows_per_frame)
        elif layers != self._layers:
            raise ValueError("a piece of activity has other layers than the first piece")
        for count in Activity.COUNTS:
            table = self._file[count]
            start = len(table)
            table.resize(start + activity.frames, axis=0)
            table[start:] = np.stack([getattr(layer, count) for layer in activity.layers], axis=1)
        self._disk.check(self.path)

    def add_spikes(self, spikes: NeuronSpikes) -> None:
        """Add how often each neuron spiked in all the pieces; once, after the last of them."""
        assert self._file is not None
        assert self._disk is not None
        write_spikes(self._file, spikes)
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


def write_activity(path: str | PathLike[str], activity: Activity, rows_per_frame: int = 1) -> None:
    """Write a whole run at once; arguments as of :class:`ActivityRecorder`."""
    with ActivityRecorder(path, rows_per_frame) as recorder:
        recorder.append(activity)
        if activity.by_neuron is not None:
            recorder.add_spikes(activity.by_neuron)


def _write_head(file: h5py.File, activity: Activity, rows_per_frame: int) -> None:
    steps = activity.steps_per_frame * rows_per_frame
    file.attrs.update({"format": FORMAT, "version": VERSION})
    file.attrs.update({"steps_per_frame": steps, "rows_per_frame": rows_per_frame})
    file.attrs.update({name: getattr(activity, name) for name in RUN_ATTRIBUTES})
    file.attrs[INPUT_EVENTS] = activity.input_events
    for column, column_type in COLUMNS.items():
        values = [getattr(layer, column) for layer in activity.layers]
        kind = h5py.string_dtype() if column_type is str else column_type
        file.create_dataset(f"layers/{column}", data=np.array(values, dtype=kind))
    width = len(activity.layers)
    row = "frame" if rows_per_frame == 1 else "timestep"
    for count in Activity.COUNTS:
        table = file.create_dataset(
            count,
            shape=(0, width),
            maxshape=(None, width),
            chunks=(CHUNK_ROWS, width),
            dtype=np.int64,
            compression="gzip",
            compression_opts=1,
        )
        meaning = f"{MEANING[count]}, per {row}"
        table.attrs.update({"axes": f"{row}, layer", "unit": f"count per {row}", "meaning": meaning})
