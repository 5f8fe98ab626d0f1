"""A SLAYER model as a network of integer layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn

from neuromorph_track.errors import InputError
from neuromorph_track.export.report import ExportReport, LayerReport
from neuromorph_track.export.slayer.delays import place_delays
from neuromorph_track.export.slayer.model import SlayerModel
from neuromorph_track.export.slayer.part import Arriving, Part, has_neurons
from neuromorph_track.export.slayer.range import range_notes
from neuromorph_track.export.slayer.rules import convert, refuse_by_kind
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.export.slayer.synaptic import refuse_before_running
from neuromorph_track.export.slayer.timing import timing_notes
from neuromorph_track.netx import Layer, Network, RunContract
from neuromorph_track.netx.validate import validate

PROBE_STEPS = 2
# Far above any network, and small enough that no option can fill the memory.
MAX_INPUTS = 1 << 24


class SlayerExport(NamedTuple):
    """A network, and what it was made from.

    Attributes
    ----------
    network : Network
    report : ExportReport
    parts : tuple of Part
        The blocks in the order of execution; the proof goes through them.
    model : SlayerModel
        A private copy of the model.
    """

    network: Network
    report: ExportReport
    parts: tuple[Part, ...]
    model: SlayerModel


def export_slayer(
    model: nn.Module,
    input_shape: Sequence[int],
    *,
    source: str = "model",
    contract: RunContract | None = None,
) -> SlayerExport:
    """Turn a chain of SLAYER blocks into a network of integer layers.

    The model is copied and the copy is read, so that the model stays as it is; it need not have run
    before. What cannot be exported exactly is refused. ``runs.slayer_proof.prove_slayer`` runs both and
    compares them.

    Parameters
    ----------
    model : torch.nn.Module
        A SLAYER block, or a module whose forward runs SLAYER blocks one after the other.
    input_shape : sequence of int
        ``(C, H, W)`` or ``(N,)``, without batch and time.
    source : str
        Name of the model in messages.
    contract : RunContract or None
        How the network is run, if it is a detector.

    Raises
    ------
    InputError
        When a block cannot be exported as what SLAYER computes, or the model's forward does more than
        its blocks; the message names the block, why, and what to do instead.
    """
    shape = tuple(int(size) for size in input_shape)
    if len(shape) not in (1, 3) or min(shape) < 1:
        raise InputError(source, "input shape", str(shape), "(C, H, W) or (N,), without batch and time")
    if math.prod(shape) > MAX_INPUTS:
        raise InputError(source, "input shape", str(shape), f"at most {MAX_INPUTS} values in one step")
    slayer = SlayerModel(model, source)
    for site in slayer.sites:
        refuse_by_kind(site)
        refuse_before_running(site)
    sites = [call.site for call in slayer.run(torch.ones(1, *shape, PROBE_STEPS))]
    parts = place_delays(_converted(sites, shape))
    if not any(has_neurons(part) for part in parts):
        raise InputError(source, "model", "no block with neurons", "a network that computes something")
    network = Network(_layers(parts, shape), source, contract)
    validate(network)
    return SlayerExport(network, _report(network, parts), parts, slayer)


def _converted(sites: Sequence[Site], shape: tuple[int, ...]) -> list[Part]:
    arriving, parts = Arriving(shape, len(shape) == 3, "fed"), []
    for index, site in enumerate(sites):
        if index and site.kind.name == "Input":
            raise site.refuse("an input block behind others", "one, as the first block")
        parts.append(convert(site, arriving))
        arriving = parts[-1].sends
    return parts


def _layers(parts: Sequence[Part], shape: tuple[int, ...]) -> tuple[Layer, ...]:
    # A shape in front tells what is fed, also to a flatten.
    front = () if parts[0].site.kind.name == "Input" else (Layer("input", shape),)
    return (*front, *(layer for part in parts for layer in part.layers))


def _report(network: Network, parts: Sequence[Part]) -> ExportReport:
    index = {id(layer): at for at, layer in enumerate(network.layers)}
    reports, notes = [], []
    for part in parts:
        if part.layer is None:
            continue
        name = network.name(index[id(part.layer)])
        if part.weights is not None:
            remarks = (*part.notes, *range_notes(part.layer))
            reports.append(LayerReport(name, part.site.label, part.weights, part.bias, remarks))
        else:
            notes += [f"{name}: {note}" for note in part.notes]
    return ExportReport(tuple(reports), (*notes, *timing_notes(parts)))
