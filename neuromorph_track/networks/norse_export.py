"""A trained norse detector becomes a network that `track` can run."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import torch

from neuromorph_track.errors import InputError
from neuromorph_track.networks.norse_detector import NorseDetector
from neuromorph_track.networks.norse_nir import save_nir
from neuromorph_track.netx import Head, InputSpec, RunContract
from neuromorph_track.netx.nir import NirImport, Values, read_nir
from neuromorph_track.netx.validate import validate


def export_norse(
    model: NorseDetector,
    name: str,
    classes: tuple[str, ...],
    pixels: InputSpec,
    path: str | os.PathLike[str],
    provenance: dict[str, str] | None = None,
) -> NirImport:
    """Write a detector as a NIR file and read it back as integers, with a run contract.

    Parameters
    ----------
    pixels : InputSpec
        Size, mean and deviation that it was trained with; the fixed-point format follows from the model.
    path : path
        The `.nir` file to write.

    Raises
    ------
    InputError
        When the pixels' size is not a multiple of the network's stride.
    """
    spiking, stride = model.spiking, model.spec.stride
    if pixels.height % stride or pixels.width % stride:
        found = f"{pixels.height} x {pixels.width}"
        raise InputError(Path(path), "input", found, f"multiples of the stride, {stride}")
    save_nir(model.deployed(), torch.zeros(1, 3, pixels.height, pixels.width), path)
    values = Values(spiking.fraction_bits, spiking.largest_value)
    made = read_nir(path, values=values)
    largest = round(spiking.largest_value * (1 << spiking.fraction_bits))
    contract = RunContract(
        name=name,
        input=pixels.model_copy(
            update={"fraction_bits": spiking.fraction_bits, "step": 1, "low": -largest, "high": largest}
        ),
        encoder="delta",
        steps_per_frame=spiking.steps_per_frame,
        spike_exp=values.spike_exp,
        head=Head(
            anchors=model.spec.anchors,
            offset_gain=model.spec.offset_gain,
            scale=made.report.membrane_scale,
        ),
        classes=classes,
        provenance=provenance or {},
    )
    network = replace(made.network, contract=contract)
    validate(network)
    return NirImport(network, made.report)
