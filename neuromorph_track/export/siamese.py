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
from neuromorph_track.export.integer import (
    CHANGES,
    NOW,
    PIXEL_CHANGES,
    PIXELS,
    SUM,
    conv_layer,
    neuron_of,
    rounding_of,
)
from neuromorph_track.export.report import ExportReport, LayerReport
from neuromorph_track.export.trained import with_weights
from neuromorph_track.networks.branches_spec import BranchesSpec
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.integer import IntegerConv, IntegerLif
from neuromorph_track.networks.integer.memory import KernelSynapse, MemorySynapse
from neuromorph_track.networks.integer.sigma_delta import WEIGHT_UNITS, SigmaDelta, SigmaDeltaConv
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
    return known and isinstance(recipe_of(state, str(path)).network, BranchesSpec)


def export_siamese(path: str | os.PathLike[str]) -> SiameseExport:
    """Build the chains of a checkpoint of the spiketrack or hadtrack family, which is only read.

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
    spec = _spec_of(recipe)
    if spec.neuron == "relu":
        expected = "'integer' or 'sigma_delta', which a chip can run"
        raise InputError(source, "neuron", repr(spec.neuron), expected)
    model = with_weights(SpiketrackNet(spec), weights, source)
    changes = spec.neuron == "sigma_delta"
    search, written = _Chain(recipe.input.height, recipe.input.width, changes), []
    template = _Chain(spec.template_side, spec.template_side, changes)
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


def _spec_of(recipe: Recipe) -> SpiketrackSpec | HadtrackSpec:
    """The network's, which has to be one that a chip can take."""
    if recipe.network.family != "hadtrack":
        return recipe.network_as(SpiketrackSpec)
    spec = recipe.network_as(HadtrackSpec)
    if spec.sees != "events":
        raise InputError(recipe.name, "network.sees", repr(spec.sees), "'events'; a teacher is not exported")
    return spec


class _Chain:
    """Layers one behind the other, for a picture of so many pixels."""

    def __init__(self, height: int, width: int, changes: bool) -> None:
        self.changes = changes
        self.layers = [Layer("input", (3, height, width), neuron=PIXEL_CHANGES if changes else PIXELS)]
        self.reports: list[LayerReport] = []

    def add(self, block: IntegerConv, name: str, prefix: str) -> None:
        assert isinstance(block.neuron, IntegerLif | SigmaDelta)
        layer, threshold = conv_layer(block.synapse, neuron_of(block.neuron), self.layers[-1].shape)
        kind = "sigma-delta" if self.changes else "integer"
        self._append(layer, f"{name} ({kind})", prefix, block.synapse, threshold)

    def add_output(self, model: SpiketrackNet) -> None:
        neuron = CHANGES if self.changes else NOW if model.spec.carried else SUM
        layer, threshold = conv_layer(model.output, neuron, self.layers[-1].shape)
        self._append(layer, "output (sum)", "search/", model.output, threshold)

    def _append(self, layer: Layer, name: str, prefix: str, synapse: Any, threshold: int) -> None:
        place = f"{prefix}{len(self.layers)} conv"
        self.reports.append(rounding_of(place, name, synapse, layer, threshold))
        assert layer.neuron is not None
        # Sigma neurons have no bias: the host adds it.
        self.layers.append(replace(layer, bias=None) if layer.neuron.kind == "sigma" else layer)


def _retrieval_layer(retrieval: Retrieval, arrives: tuple[int, ...]) -> Layer:
    """A layer that waits for its memory: zeros there, and channels that pass spikes on."""
    synapse, groups = retrieval.synapse, retrieval.groups
    inputs, made = arrives[0] // groups, synapse.shift.numel() // groups
    kernel = synapse.kernel if isinstance(synapse, KernelSynapse) else 1
    weight = np.zeros((groups, made + inputs, inputs, kernel, kernel), np.int32)
    passed = np.arange(inputs)
    weight[:, made + passed, passed, kernel // 2, kernel // 2] = synapse.form.passed
    if retrieval.constant is not None:
        weight[:, :made, :, 0, 0] = _constant(retrieval)
    bias = np.zeros((groups, made + inputs), np.int32)
    bias[:, :made] = synapse.whole_bias().cpu().numpy().reshape(groups, made)
    assert isinstance(retrieval.neuron, IntegerLif | SigmaDelta)
    neuron = neuron_of(retrieval.neuron)
    layer = Layer(
        "conv",
        arrives,
        neuron=neuron if neuron.sends_changes else replace(neuron, threshold=synapse.form.threshold),
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
    whole = torch.round(rounded[0] * retrieval.synapse.form.threshold)
    return whole.to(torch.int32).transpose(1, 2).cpu().numpy()


def _head_offset(model: SpiketrackNet) -> tuple[float, ...] | None:
    """Biases of a sigma head, which has none on the chip."""
    if not isinstance(model.output, SigmaDeltaConv):
        return None
    _, bias, _ = model.output.integers()
    return tuple((bias / WEIGHT_UNITS).tolist())


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
    fed = recipe.input
    template_fed = fed.model_copy(update=dict.fromkeys(("height", "width"), spec.template_side))
    factor = spec.search_factor if isinstance(spec, SpiketrackSpec) else None
    return SiameseContract(
        name=recipe.name,
        retrieval=spec.retrieval,
        memory=tuple(memory),
        kernel=tuple(kernel),
        head_scale=model.head_scale(),
        head_offset=_head_offset(model),
        provenance={**own, **provenance},
        template=CropSpec(factor=spec.template_factor, steps=spec.template_steps, input=template_fed),
        search=CropSpec(factor=factor, steps=spec.search_steps, input=fed),
    )
