"""Checkpoints of our own trainings: what a recipe's network becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from torch import nn

from neuromorph_track.errors import InputError
from neuromorph_track.export.integer import integer_network
from neuromorph_track.export.quantise import FRACTION_BITS
from neuromorph_track.export.report import Export
from neuromorph_track.export.sigma_delta import sigma_delta_network
from neuromorph_track.export.tensors import Tensors
from neuromorph_track.networks.branches_spec import BranchesSpec
from neuromorph_track.networks.detector import ConvSpec, DetectorSpec
from neuromorph_track.networks.smtrack import SmtrackDetector, smtrack_detector
from neuromorph_track.networks.smtrack_sigma_delta import SigmaDeltaSmtrack
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.netx import Head, RunContract
from neuromorph_track.training.recipe import Recipe

Model = TypeVar("Model", bound=nn.Module)


def trained_network(recipe: Recipe, weights: Mapping[str, Any], source: str) -> Export:
    """The network of integer layers of a training.

    Parameters
    ----------
    weights : mapping
        The averaged tensors of the model, by name; they are checked.
    source : str
        Name used in messages.

    Raises
    ------
    InputError
        When the tensors do not fit the recipe, or its neurons are not a chip's.
    """
    spec = recipe.network
    if isinstance(spec, BranchesSpec):
        raise InputError(
            source, "network.family", repr(spec.family), "a detector's: siamese pairs are folders"
        )
    contract = contract_of(recipe)
    if isinstance(spec, SmtrackSpec) and spec.neuron != "sigma_delta":
        return integer_network(smtrack_with(spec, len(recipe.classes), weights, source), contract, source)
    outputs = contract.head.channels(len(recipe.classes))
    return _sigma_delta(spec.layers, outputs, spec.threshold, Tensors(weights, source, "model/"), contract)


def smtrack_with(spec: SmtrackSpec, classes: int, weights: Mapping[str, Any], source: str) -> SmtrackDetector:
    """A detector of integer, CUBA or ReLU neurons with these weights, ready to be evaluated.

    Raises
    ------
    InputError
        When they are not those of such a detector.
    JobError
        When it needs lava-dl, which is not installed.
    """
    model = smtrack_detector(spec, classes)
    assert not isinstance(model, SigmaDeltaSmtrack)
    return with_weights(model, weights, source)


def with_weights(model: Model, weights: Mapping[str, Any], source: str) -> Model:
    """A model with these weights, checked, ready to be evaluated.

    Raises
    ------
    InputError
        When they are not those of such a model.
    """
    tensors = Tensors(weights, source, "model/")
    checked = {name: tensors.take(name, *value.shape) for name, value in model.state_dict().items()}
    for name, value in checked.items():
        if name.endswith(".variance") and (value < 0).any():
            raise InputError(source, f"model/{name}", "negative numbers", "variances")
    if unknown := sorted(set(weights) - set(checked)):
        raise InputError(source, f"model/{unknown[0]}", "a tensor", "none of this name")
    model.load_state_dict(checked)
    return model.eval()


def contract_of(recipe: Recipe) -> RunContract:
    """How a network trained with ``recipe`` is run."""
    network = recipe.network
    assert not isinstance(network, BranchesSpec)
    if isinstance(network, DetectorSpec):
        head = Head(anchors=network.anchors, offset_gain=network.offset_gain)
    else:
        head = Head(kind="yolox", embedding=network.embedding)
    contract = RunContract(
        name=recipe.name,
        input=recipe.input,
        head=head,
        classes=recipe.classes,
        score_threshold=recipe.score_threshold,
        nms_threshold=recipe.nms_threshold,
        voting_threshold=recipe.voting_threshold,
        provenance={
            "data": "; ".join(data.described() for data in recipe.data),
            "training_seed": str(recipe.seed),
            "licence": "BSD-3-Clause",
        },
    )
    if isinstance(network, DetectorSpec) or network.neuron == "sigma_delta":
        return contract
    # Every picture is a problem of its own: all states begin at zero.
    coding = {"encoder": "bias", "steps_per_frame": network.steps, "refresh_every": 1}
    coding |= {"alike": recipe.alike if network.history else None}
    return contract.model_copy(update=coding)


def _sigma_delta(
    layers: Sequence[ConvSpec], outputs: int, threshold: float, tensors: Tensors, contract: RunContract
) -> Export:
    convolutions, channels = [], 3
    for index, layer in enumerate(layers):
        convolutions.append(
            tensors.normed_conv(
                f"blocks.{index}", channels, layer.channels, layer.kernel, layer.stride, layer.dilation
            )
        )
        channels = layer.channels
    convolutions.append(tensors.head_conv("head.weight", channels, outputs))
    return sigma_delta_network(convolutions, int(threshold * (1 << FRACTION_BITS)), contract, tensors.source)
