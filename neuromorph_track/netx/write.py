"""Writing `.net` files, which lava-dl 0.6.0 opens too but for those with ILIF neurons."""

from __future__ import annotations

import io
import os

import h5py
import numpy as np

from neuromorph_track.files import atomic_path
from neuromorph_track.netx.graph import Layer, Network, Neuron
from neuromorph_track.netx.read import CONTRACT, GROUP
from neuromorph_track.netx.validate import validate


def write_net(network: Network, path: str | os.PathLike[str]) -> None:
    """Write ``network`` to ``path``; a file that is already there is replaced in one step.

    Raises
    ------
    InputError
        When the network itself is not valid.
    JobError
        When the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from neuromorph_track.netx import Layer, Neuron, read_net
    >>> layer = Layer("dense", (1,), Neuron("cuba", "LOIHI", threshold=10), np.array([[6, -2]], np.int32))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_net(Network((layer,)), f"{folder}/small.net")
    ...     read_net(f"{folder}/small.net").layers[0].weight
    array([[ 6, -2]], dtype=int32)
    """
    validate(network)
    # HDF5 crashes the process on a full disk, so it writes to memory.
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        layers = file.create_group("layer")
        for index, layer in enumerate(network.layers):
            _write_layer(layers.create_group(str(index)), layer)
        if network.contract is not None:
            group = file.create_group(GROUP)
            group[CONTRACT] = network.contract.model_dump_json(indent=1)
    with atomic_path(path) as temporary:
        # Python may crash where an error here leaves a `getbuffer` to its garbage collector.
        temporary.write_bytes(content.getvalue())


def _write_layer(group: h5py.Group, layer: Layer) -> None:
    group.create_dataset("type", (1,), "S10", [layer.kind.encode()])
    group["shape"] = np.array(layer.shape, np.int64)
    if layer.weight is not None:
        _store(group, "weight" if layer.weight_imag is None else "weight/real", layer.weight)
    for name, key in (
        ("weight_imag", "weight/imag"),
        ("weight_rec", "weight_rec"),
        ("bias", "bias"),
        ("delay", "delay"),
    ):
        values = getattr(layer, name)
        if values is not None:
            # NetX has a bias per neuron in Lava's order of axes (W, H, C).
            _store(group, key, values.transpose(2, 1, 0) if values.ndim == 3 else values)
    if layer.kind == "conv":
        assert layer.weight is not None
        group["inChannels"] = layer.weight.shape[1] * layer.groups
        group["outChannels"] = layer.weight.shape[0]
        group["kernelSize"] = np.array(layer.weight.shape[2:], np.int64)
        for name in ("stride", "padding", "dilation"):
            group[name] = np.array(getattr(layer, name), np.int64)
        group["groups"] = layer.groups
    elif layer.kind in ("dense", "dense_rec"):
        assert layer.weight is not None
        group["outFeatures"], group["inFeatures"] = layer.weight.shape
    if layer.neuron is not None:
        _write_neuron(group.create_group("neuron"), layer.neuron)


def _write_neuron(group: h5py.Group, neuron: Neuron) -> None:
    group["type"] = neuron.netx_type
    if neuron.kind != "sigma" or neuron.threshold:
        group["vThMant"] = neuron.threshold
    if neuron.kind == "cuba":
        group["iDecay"] = neuron.current_decay
        group["vDecay"] = neuron.voltage_decay
    if neuron.kind == "ilif":
        group["vDecay"] = neuron.voltage_decay
        group["levels"] = neuron.levels
    if neuron.kind == "sigma":
        group["sigma_output"] = True
    if neuron.message_bits is not None:
        group["messageBits"] = neuron.message_bits
    for key, value in neuron.extra.items():
        group[key] = value


def _store(group: h5py.Group, key: str, values: np.ndarray) -> None:
    # lava-dl writes and reads whole numbers as float32; compressed they are smaller than bytes.
    packed = {"compression": "gzip", "shuffle": True} if values.ndim > 1 else {}
    group.create_dataset(key, data=values.astype(np.float32), **packed)
