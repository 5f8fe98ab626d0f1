"""A trained tracker of one object as two chains of integer layers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.export.checkpoint import recipe_of, weights_of
from neuromorph_track.export.integer import PIXELS, SUM, conv_layer, neuron_of, rounding_of
from neuromorph_track.export.report import ExportReport, LayerReport
from neuromorph_track.export.trained import with_weights
from neuromorph_track.networks.integer import IntegerConv, IntegerLif
from neuromorph_track.networks.integer.memory import PASSED, THRESHOLD, KernelSynapse, MemorySynapse
from neuromorph_track.networks.spiketrack import Retrieval, SpiketrackNet
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.netx import CropSpec, KernelSpec, Layer, MemorySpec, Network, Siamese, SiameseContract
from neuromorph_track.netx.validate import conv_shape
from neuromorph_track.training.checkpoint import FORMAT, load_checkpoint
from neuromorph_track.training.recipe import Recipe


class SiameseExport(NamedTuple):
    """Both chains, what rounding did to them, and the model that they were made of."""

    siamese: Siamese
    report: ExportReport
    model: SpiketrackNet


def is_siamese_checkpoint(path: str | os.PathLike[str]) -> bool:
    """Whether a checkpoint is one of a tracker of one object."""
    state = load_checkpoint(path)
    known = state.get("format") == FORMAT and "recipe" in state
    return known and isinstance(recipe_of(state, str(path)).network, SpiketrackSpec)


def export_siamese(path: str | os.PathLike[str]) -> SiameseExport:
    """Read a checkpoint of the spiketrack family and build its chains; the checkpoint is only read.

    Raises
    ------
    InputError
        When it is none, its tensors do not fit its recipe, or its neurons do not spike.
    """
    state, source = load_checkpoint(path), str(path)
    recipe = recipe_of(state, source)
    provenance = {"checkpoint_sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest()}
    return siamese_of(recipe, weights_of(state, source), source, provenance)


def siamese_of(
    recipe: Recipe, weights: Mapping[str, Any], source: str, provenance: Mapping[str, str] | None = None
) -> SiameseExport:
    """The same of a recipe and the averaged tensors of its training."""
    spec = recipe.network_as(SpiketrackSpec)
    if spec.neuron != "integer":
        raise InputError(source, "neuron", repr(spec.neuron), "'integer', which a chip can run")
    model = with_weights(SpiketrackNet(spec), weights, source)
    search, written = _Chain(spec.search_side), []
    template = _Chain(spec.template_side)
    for chain, name in ((template, "template"), (search, "search")):
        for index, block in enumerate(model.blocks):
            chain.add(block, f"blocks.{index}", f"{name}/")
    if model.written is not None:
        template.add(model.written, "written", "template/")
    if spec.retrieval != "correlation":
        search.add(model.query, "query", "search/")
    for place, retrieval in enumerate(model.retrievals):
        for block in model.refiners[place - 1] if place else ():
            search.add(block, f"refiners.{place - 1}", "search/")
        search.layers.append(_retrieval_layer(retrieval, search.layers[-1].shape))
        written.append((len(search.layers) - 1, retrieval))
    for index, block in enumerate(model.head):
        search.add(block, f"head.{index}", "search/")
    search.add_output(model)
    contract = _contract(recipe, model, written, provenance or {})
    chains = [Network(tuple(each.layers), source) for each in (template, search)]
    siamese = Siamese(chains[0], chains[1], contract, source)
    return SiameseExport(siamese, ExportReport((*template.reports, *search.reports)), model)


class _Chain:
    """Layers one behind the other, for a crop of so many pixels a side."""

    def __init__(self, side: int) -> None:
        self.layers = [Layer("input", (3, side, side), neuron=PIXELS)]
        self.reports: list[LayerReport] = []

    def add(self, block: IntegerConv, name: str, prefix: str) -> None:
        assert isinstance(block.neuron, IntegerLif)
        layer, threshold = conv_layer(block.synapse, neuron_of(block.neuron), self.layers[-1].shape)
        self._append(layer, f"{name} (integer)", prefix, block.synapse, threshold)

    def add_output(self, model: SpiketrackNet) -> None:
        layer, threshold = conv_layer(model.output, SUM, self.layers[-1].shape)
        self._append(layer, "output (sum)", "search/", model.output, threshold)

    def _append(self, layer: Layer, name: str, prefix: str, synapse: Any, threshold: int) -> None:
        place = f"{prefix}{len(self.layers)} conv"
        self.reports.append(rounding_of(place, name, synapse, layer, threshold))
        self.layers.append(layer)


def _retrieval_layer(retrieval: Retrieval, arrives: tuple[int, ...]) -> Layer:
    """A layer that waits for its memory: zeros there, and channels that pass spikes on."""
    synapse, groups = retrieval.synapse, retrieval.groups
    inputs, made = arrives[0] // groups, synapse.shift.numel() // groups
    kernel = synapse.kernel if isinstance(synapse, KernelSynapse) else 1
    weight = np.zeros((groups, made + inputs, inputs, kernel, kernel), np.int32)
    passed = np.arange(inputs)
    weight[:, made + passed, passed, kernel // 2, kernel // 2] = PASSED
    if retrieval.constant is not None:
        weight[:, :made, :, 0, 0] = _constant(retrieval)
    bias = np.zeros((groups, made + inputs), np.int32)
    bias[:, :made] = synapse.whole_bias().cpu().numpy().reshape(groups, made)
    assert isinstance(retrieval.neuron, IntegerLif)
    layer = Layer(
        "conv",
        arrives,
        neuron=replace(neuron_of(retrieval.neuron), threshold=THRESHOLD),
        weight=weight.reshape(-1, inputs, kernel, kernel),
        bias=bias.reshape(-1),
        padding=(kernel // 2,) * 2,
        groups=groups,
    )
    return replace(layer, shape=conv_shape(layer, *arrives[1:]))


def _constant(retrieval: Retrieval) -> np.ndarray[Any, Any]:
    """Weights (heads, values, keys) of a memory that was learnt."""
    with torch.no_grad():
        rounded = retrieval.synapse.rounded(retrieval.constant_memory(1))
    return torch.round(rounded[0] * THRESHOLD).to(torch.int32).transpose(1, 2).cpu().numpy()


def _contract(
    recipe: Recipe,
    model: SpiketrackNet,
    written: Sequence[tuple[int, Retrieval]],
    provenance: Mapping[str, str],
) -> SiameseContract:
    spec = model.spec
    memory, kernel = [], []
    for layer, retrieval in written:
        synapse = retrieval.synapse
        gains = tuple(map(float, synapse.gains().cpu()))
        if isinstance(synapse, KernelSynapse):
            kernel.append(KernelSpec(layer=layer, kernel=spec.kernel, gains=gains))
        elif isinstance(synapse, MemorySynapse) and spec.retrieval == "memory":
            sizes = {"heads": spec.heads, "keys": spec.keys, "values": spec.values}
            memory.append(MemorySpec(layer=layer, gains=gains, **sizes))
    own = {
        "data": "; ".join(data.described() for data in recipe.data),
        "training_seed": str(recipe.seed),
        "licence": "BSD-3-Clause",
    }
    return SiameseContract(
        name=recipe.name,
        retrieval=spec.retrieval,
        memory=tuple(memory),
        kernel=tuple(kernel),
        head_scale=model.head_scale(),
        provenance={**own, **provenance},
        template=_crop(recipe, spec.template_factor, spec.template_steps, spec.template_side),
        search=_crop(recipe, spec.search_factor, spec.search_steps, spec.search_side),
    )


def _crop(recipe: Recipe, factor: float, steps: int, side: int) -> CropSpec:
    fed = recipe.input.model_copy(update={"height": side, "width": side})
    return CropSpec(factor=factor, steps=steps, input=fed)
