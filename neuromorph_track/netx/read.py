"""Reading `.net` files with h5py alone; nothing in the file is trusted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from pydantic import ValidationError

from neuromorph_track.errors import InputError
from neuromorph_track.netx.contract import RunContract
from neuromorph_track.netx.graph import LARGEST_THRESHOLD, Integers, Layer, Network, Neuron, NeuronKind
from neuromorph_track.netx.hdf5 import opened
from neuromorph_track.netx.validate import validate

GROUP = "neuromorph_track"
CONTRACT = "contract"
MAX_LAYERS = 1024
# In the whole file: a hundred times the largest network that is known.
MAX_VALUES = 1 << 26
MAX_TEXT = 1 << 20
MODELLED = ("type", "vThMant", "iDecay", "vDecay", "messageBits", "sigma_output")


def read_net(path: str | os.PathLike[str]) -> Network:
    """Read and validate a `.net` file.

    Parameters
    ----------
    path : str or path
        An HDF5 file as lava-dl's ``export_hdf5`` or :func:`write_net` leaves it.

    Returns
    -------
    Network

    Raises
    ------
    InputError
        When the file is absent, no HDF5, truncated, or holds a layer, neuron, shape or weight
        that NetX does not have.
    """
    path = Path(path)
    with opened(path, "a .net file (HDF5)") as file:
        reader = _Reader(str(path))
        network = Network(reader.layers(file), str(path), reader.contract(file))
    validate(network)
    return network


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.values = 0

    def fail(self, field: str, found: str, expected: str) -> InputError:
        return InputError(self.source, field, found, expected)

    def layers(self, file: h5py.File) -> tuple[Layer, ...]:
        group = file.get("layer")
        if not isinstance(group, h5py.Group) or len(group) == 0:
            raise self.fail("layer", "no such group", "a group with layers 0, 1, 2 ...")
        if len(group) > MAX_LAYERS:
            raise self.fail("layer", f"{len(group)} layers", f"at most {MAX_LAYERS}")
        missing = [i for i in range(len(group)) if str(i) not in group]
        if missing:
            raise self.fail("layer", f"{sorted(group)}", f"consecutive numbers (no layer {missing[0]})")
        return tuple(self.layer(self.group(group, str(i), "layer"), f"layer/{i}") for i in range(len(group)))

    def group(self, parent: h5py.Group, key: str, field: str) -> h5py.Group:
        value = parent.get(key)
        if not isinstance(value, h5py.Group):
            raise self.fail(f"{field}/{key}".lstrip("/"), "no such group", "a group")
        return value

    def layer(self, group: h5py.Group, field: str) -> Layer:
        kind = self.text(group, "type", field)
        build = {
            "input": self.input,
            "conv": self.conv,
            "dense": self.dense,
            "dense_rec": self.dense,
            "flatten": self.plain,
            "average": self.plain,
        }.get(kind)
        if build is None:
            known = "input, conv, dense, dense_rec, flatten or average"
            raise self.fail(f"{field}/type", repr(kind), known)
        return build(group, field, kind)

    def input(self, group: h5py.Group, field: str, kind: str) -> Layer:
        return Layer(
            "input",
            self.shape(group, field),
            neuron=self.neuron(group, field, is_input=True),
            weight=self.optional(group, "weight", field, scalar=True),
            bias=self.optional(group, "bias", field, scalar=True),
        )

    def plain(self, group: h5py.Group, field: str, kind: str) -> Layer:
        shape = (int(np.prod(self.shape(group, field))),)
        return Layer("flatten" if kind == "flatten" else "average", shape)

    def conv(self, group: h5py.Group, field: str, kind: str) -> Layer:
        weight = self.integers(group, "weight", field)
        if weight.ndim == 5 and weight.shape[4] == 1:
            weight = weight[..., 0]
        if weight.ndim != 4:
            raise self.fail(f"{field}/weight", f"shape {weight.shape}", "(out, in / groups, kH, kW)")
        neuron = self.neuron(group, field)
        if neuron is None:
            raise self.fail(f"{field}/neuron", "no such group", "the neuron of a conv layer")
        return Layer(
            "conv",
            self.shape(group, field),
            neuron=neuron,
            weight=weight,
            bias=self.conv_bias(group, field),
            delay=self.optional(group, "delay", field),
            stride=self.pair(group, "stride", field),
            padding=self.pair(group, "padding", field),
            dilation=self.pair(group, "dilation", field),
            groups=int(self.integers(group, "groups", field).reshape(-1)[0]),
        )

    def conv_bias(self, group: h5py.Group, field: str) -> Integers | None:
        bias = self.optional(group, "bias", field)
        if bias is None or bias.ndim != 3:
            return bias
        # lava-dl takes one per neuron in Lava's order of axes, whereas shapes and kernels are in PyTorch's.
        expected = self.shape(group, field)[::-1]
        if bias.shape != expected:
            found = f"shape {bias.shape}"
            raise self.fail(f"{field}/bias", found, f"{expected}, one per neuron as (W, H, C)")
        return np.ascontiguousarray(bias.transpose(2, 1, 0))

    def dense(self, group: h5py.Group, field: str, kind: str) -> Layer:
        out = int(np.prod(self.shape(group, field)))

        def matrix(key: str) -> Integers:
            values = self.integers(group, key, field)
            if values.size % max(out, 1) or values.size == 0:
                raise self.fail(f"{field}/{key}", f"shape {values.shape}", f"{out} rows")
            return values.reshape(out, -1)

        complex_ = isinstance(group.get("weight"), h5py.Group)
        recurrent = kind == "dense_rec"
        return Layer(
            "dense_rec" if recurrent else "dense",
            (out,),
            neuron=self.neuron(group, field) or DEFAULT_DENSE_NEURON,
            weight=matrix("weight/real" if complex_ else "weight"),
            weight_imag=matrix("weight/imag") if complex_ else None,
            weight_rec=matrix("weight_rec") if recurrent else None,
            bias=self.optional(group, "bias", field),
            delay=self.optional(group, "delay", field),
        )

    def neuron(self, group: h5py.Group, field: str, is_input: bool = False) -> Neuron | None:
        if "neuron" not in group:
            return None
        neuron, field = self.group(group, "neuron", field), f"{field}/neuron"
        netx_type = self.text(neuron, "type", field)
        kind: NeuronKind
        if netx_type in ("LOIHI", "CUBA"):
            kind = "cuba"
        elif netx_type == "SDNN":
            kind = "delta" if is_input else "sigma" if "sigma_output" in neuron else "sigma_delta"
        elif netx_type in ("RF", "RF_PHASE", "RF_IZ"):
            kind = "rf" if "PHASE" in netx_type else "rf_iz"
        elif netx_type == "ILIF":
            kind = "ilif"
        else:
            raise self.fail(f"{field}/type", repr(netx_type), "LOIHI, CUBA, SDNN, RF or ILIF")

        def number(key: str, default: int | None) -> int:
            if key not in neuron and default is not None:
                return default
            return int(self.integers(neuron, key, field).reshape(-1)[0])

        leaks = kind in ("cuba", "ilif")
        modelled = (*MODELLED, "levels") if kind == "ilif" else MODELLED
        return Neuron(
            kind,
            netx_type,
            threshold=number("vThMant", 0 if kind == "sigma" else None),
            current_decay=number("iDecay", None if kind == "cuba" else 0),
            voltage_decay=number("vDecay", None if leaks else 0),
            message_bits=number("messageBits", None) if "messageBits" in neuron else None,
            extra={key: self.scalar(neuron, key, field) for key in neuron if key not in modelled},
            levels=number("levels", None) if kind == "ilif" else 0,
        )

    def contract(self, file: h5py.File) -> RunContract | None:
        if GROUP not in file:
            return None
        text = self.text(self.group(file, GROUP, ""), CONTRACT, GROUP)
        try:
            return RunContract.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = "/".join([GROUP, CONTRACT, *map(str, first["loc"])])
            found = repr(first["input"])[:80]
            raise self.fail(where, found, first["msg"].lower()) from error

    def dataset(self, group: h5py.Group, key: str, field: str) -> h5py.Dataset:
        value = group.get(key)
        if not isinstance(value, h5py.Dataset):
            raise self.fail(f"{field}/{key}", "nothing", "a dataset")
        if value.external or value.is_virtual or value.file != group.file:
            raise self.fail(f"{field}/{key}", "numbers that lie in another file", "numbers in this file")
        self.values += value.size or 0
        if value.size is None or self.values > MAX_VALUES:
            raise self.fail(f"{field}/{key}", f"{self.values} values so far", f"at most {MAX_VALUES}")
        return value

    def integers(self, group: h5py.Group, key: str, field: str) -> Integers:
        values = np.asarray(self.dataset(group, key, field)[()])
        if values.dtype.kind not in "iufb" or values.size == 0:
            raise self.fail(f"{field}/{key}", f"{values.size} values of {values.dtype}", "numbers")
        if not np.all(np.isfinite(values)) or np.any(values != np.round(values)):
            raise self.fail(f"{field}/{key}", "fractions or infinities", "whole numbers")
        if np.abs(values.astype(np.float64)).max() >= 2**31:
            raise self.fail(f"{field}/{key}", "a number beyond 32 bits", "32-bit whole numbers")
        return values.astype(np.int32)

    def optional(self, group: h5py.Group, key: str, field: str, scalar: bool = False) -> Integers | None:
        if key not in group:
            return None
        values = self.integers(group, key, field)
        if scalar and values.size != 1:
            raise self.fail(f"{field}/{key}", f"shape {values.shape}", "one number")
        return values.reshape(()) if scalar else values

    def pair(self, group: h5py.Group, key: str, field: str) -> tuple[int, int]:
        values = self.integers(group, key, field).reshape(-1)
        if values.size not in (1, 2):
            raise self.fail(f"{field}/{key}", f"{values.size} numbers", "one or two")
        return int(values[0]), int(values[-1])

    def shape(self, group: h5py.Group, field: str) -> tuple[int, ...]:
        values = self.integers(group, "shape", field).reshape(-1)
        if values.size not in (1, 2, 3) or values.min() < 1 or np.prod(values, dtype=np.float64) > MAX_VALUES:
            raise self.fail(f"{field}/shape", f"{values.tolist()}", "one to three positive sizes")
        return tuple(int(v) for v in values)

    def text(self, group: h5py.Group, key: str, field: str) -> str:
        value = np.asarray(self.dataset(group, key, field)[()]).reshape(-1)
        found = value[0] if value.size == 1 else None
        if isinstance(found, str):
            found = found.encode()
        if not isinstance(found, bytes) or len(found) > MAX_TEXT:
            raise self.fail(f"{field}/{key}", f"{value.size} values of {value.dtype}", "a text")
        try:
            return found.decode()
        except UnicodeDecodeError as error:
            raise self.fail(f"{field}/{key}", "bytes that are no UTF-8", "a text") from error

    def scalar(self, group: h5py.Group, key: str, field: str) -> bool | int | float | str:
        value: Any = np.asarray(self.dataset(group, key, field)[()]).reshape(-1)
        if value.size != 1:
            raise self.fail(f"{field}/{key}", f"{value.size} values", "one value")
        if value.dtype.kind in "OSU":
            return self.text(group, key, field)
        item: bool | int | float = value[0].item()
        return item


# lava-dl gives a dense layer without a neuron this one: an integrator that practically never fires.
DEFAULT_DENSE_NEURON = Neuron("cuba", "CUBA", LARGEST_THRESHOLD, current_decay=0, voltage_decay=4096)
