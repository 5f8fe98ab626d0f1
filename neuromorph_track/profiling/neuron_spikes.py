"""Spikes of every neuron in an ``activity.h5``: in the first frame, and in the rest."""

from __future__ import annotations

from os import PathLike

import h5py
import numpy as np

from neuromorph_track.backends.activity import Counts, LayerActivity, NeuronSpikes
from neuromorph_track.errors import InputError
from neuromorph_track.profiling.activity_dataset import own_dataset
from neuromorph_track.profiling.activity_layout import MAX_NEURONS

GROUP = "spikes_by_neuron"
MEANING = {
    "first": "spikes of each neuron in the first frame, with the steps that fill the pipeline",
    "rest": "spikes of each neuron, summed over all frames after the first",
}


def write_spikes(file: h5py.File, spikes: NeuronSpikes) -> None:
    """Write ``spikes_by_neuron/first/<layer>`` and ``/rest/<layer>`` in the smallest unsigned integers."""
    for part, meaning in MEANING.items():
        group = file.create_group(f"{GROUP}/{part}")
        group.attrs.update({"axes": "neuron, in (C, H, W) order", "unit": "count", "meaning": meaning})
        for index, counts in enumerate(getattr(spikes, part)):
            smallest = np.min_scalar_type(int(counts.max(initial=0)))
            group.create_dataset(
                str(index), data=counts.astype(smallest), compression="gzip", compression_opts=1, shuffle=True
            )


def read_spikes(
    file: h5py.File, path: str | PathLike[str], layers: tuple[LayerActivity, ...]
) -> NeuronSpikes | None:
    """Read what :func:`write_spikes` wrote; None where the file has no such group.

    Parameters
    ----------
    file : h5py.File
    path : path
        For messages.
    layers : tuple of LayerActivity
        With one entry per frame; sums over neurons have to be their ``spikes_out``.

    Raises
    ------
    InputError
        When it is not what the layers say, or too large.
    """
    if GROUP not in file:
        return None
    neurons = sum(layer.neurons for layer in layers)
    if neurons > MAX_NEURONS:
        raise InputError(path, "layers/neurons", f"{neurons} in all", f"at most {MAX_NEURONS}")
    first: list[Counts] = []
    rest: list[Counts] = []
    for index, layer in enumerate(layers):
        sums = (layer.spikes_out[:1].sum(), layer.spikes_out[1:].sum())
        for part, found, expected in zip(MEANING, (first, rest), sums, strict=True):
            found.append(_read(file, path, f"{GROUP}/{part}/{index}", layer.neurons, int(expected)))
    return NeuronSpikes(tuple(first), tuple(rest))


def _read(file: h5py.File, path: str | PathLike[str], name: str, neurons: int, expected: int) -> Counts:
    stored = own_dataset(file, path, name)
    if stored.dtype.kind != "u" or stored.shape != (neurons,):
        raise InputError(path, name, f"{stored.dtype} {stored.shape}", f"unsigned integers ({neurons},)")
    counts = stored[()].astype(np.int64)
    if int(counts.sum()) != expected or counts.min(initial=0) < 0:
        raise InputError(path, name, f"{int(counts.sum())} spikes", f"{expected}, as spikes_out says")
    return counts
