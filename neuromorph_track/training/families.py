"""Families of networks: how each is built, prepared and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from neuromorph_track.networks.calibrate import scale_to_unit_variance
from neuromorph_track.networks.centre_loss import SingleTargets, centre_loss
from neuromorph_track.networks.detector import ConvSpec, DetectorSpec, SigmaDeltaDetector
from neuromorph_track.networks.distillation.views import frames_first
from neuromorph_track.networks.grid_loss import grid_loss
from neuromorph_track.networks.hadtrack import HadtrackNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.loss import Targets, detection_loss
from neuromorph_track.networks.smtrack import smtrack_detector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.training.clips import Clips
from neuromorph_track.training.pair_tables import CentreTerms
from neuromorph_track.training.pairs import PairClips
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.stream_clips import StreamClips
from neuromorph_track.training.tables import GridLossTable, LossTable, Stage

Judged = tuple[Tensor, dict[str, float]]


class Batch(Protocol):
    """What one optimiser step learns from."""

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the network is called with."""

    @property
    def targets(self) -> Any:
        """What the family's loss takes."""

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""


class Batches(Protocol):
    """All that a recipe's data can give."""

    def batch(
        self, step: int, size: int, length: int, plain: bool = False, part: tuple[int, int] = (0, 1)
    ) -> Batch:
        """The batch of an optimiser step: the same for the same seed, whenever it is asked for."""


@dataclass(frozen=True)
class Family:
    """What a training does differently for each family.

    Attributes
    ----------
    build : callable
        Recipe -> a fresh network.
    batches : callable
        Recipe, folder of real sequences, without a progress bar -> what it learns from.
    prepare : callable
        Scales a fresh network by the inputs of a batch of single frames.
    loss : callable
        Head values (N, C, H', W', F), the targets of a batch (of the last of these frames), recipe and stage
        -> loss and its terms.
    delta_coded : callable
        Whether a host encodes changes of the picture, so that the first frame of a clip is not like others.
    chain : callable
        The layers and the channels of the head.
    """

    build: Callable[[Recipe], nn.Module]
    batches: Callable[[Recipe, Path, bool], Batches]
    prepare: Callable[[nn.Module, tuple[Tensor, ...]], object]
    loss: Callable[[Tensor, Any, Recipe, Stage], Judged]
    delta_coded: Callable[[Recipe], bool]
    chain: Callable[[Recipe], tuple[tuple[ConvSpec, ...], int]]


def family_of(recipe: Recipe) -> Family:
    """The family of a recipe's network."""
    return FAMILIES[recipe.network.family]


def _sigma_delta(recipe: Recipe) -> nn.Module:
    return SigmaDeltaDetector(recipe.network_as(DetectorSpec), len(recipe.classes))


def _scale(model: nn.Module, inputs: tuple[Tensor, ...]) -> None:
    # Networks with batch norm of both mean and variance need none.
    if isinstance(model, SigmaDeltaDetector):
        scale_to_unit_variance(model, inputs[0])


def _anchor_loss(raw: Tensor, targets: Sequence[Targets], recipe: Recipe, stage: Stage) -> Judged:
    assert isinstance(recipe.loss, LossTable)
    spec, weights = recipe.network_as(DetectorSpec), recipe.loss.weights()
    losses: list[Tensor] = []
    terms: dict[str, float] = {}
    for step, each in enumerate(targets):
        loss, terms = detection_loss(raw[..., step], each, spec, len(recipe.classes), weights)
        losses.append(loss)
    return torch.stack(losses).mean(), terms


def _anchor_chain(recipe: Recipe) -> tuple[tuple[ConvSpec, ...], int]:
    spec = recipe.network_as(DetectorSpec)
    return spec.layers, len(spec.anchors) * (5 + len(recipe.classes))


def _smtrack(recipe: Recipe) -> nn.Module:
    return smtrack_detector(recipe.network_as(SmtrackSpec), len(recipe.classes))


def _grid_loss(raw: Tensor, targets: Sequence[Targets], recipe: Recipe, stage: Stage) -> Judged:
    """All frames as one batch of pictures, so that embeddings are compared across the frames of a clip."""
    assert isinstance(recipe.loss, GridLossTable)
    shown = raw[..., -len(targets) :].movedim(-1, 0)
    settings = recipe.loss.settings(stage.l1_weight)
    together = joined(targets, shown.shape[1])
    return grid_loss(shown.flatten(0, 1), together, recipe.network.stride, len(recipe.classes), settings)


def joined(targets: Sequence[Targets], pictures: int) -> Targets:
    """Targets of several batches of ``pictures`` pictures as those of one, one batch after the other."""
    known = [each.identity for each in targets if each.identity is not None]
    return Targets(
        torch.cat([each.cxcywh for each in targets]),
        torch.cat([each.class_id for each in targets]),
        torch.cat([each.picture + index * pictures for index, each in enumerate(targets)]),
        torch.cat([each.ignored for each in targets]),
        torch.cat(known) if len(known) == len(targets) else None,
    )


def _smtrack_chain(recipe: Recipe) -> tuple[tuple[ConvSpec, ...], int]:
    spec = recipe.network_as(SmtrackSpec)
    return spec.layers, 5 + len(recipe.classes) + spec.embedding


def _spiketrack(recipe: Recipe) -> nn.Module:
    return SpiketrackNet(recipe.network_as(SpiketrackSpec))


def _hadtrack(recipe: Recipe) -> nn.Module:
    return HadtrackNet(recipe.network_as(HadtrackSpec))


def _centre_loss(raw: Tensor, targets: SingleTargets, recipe: Recipe, stage: Stage) -> Judged:
    assert isinstance(recipe.loss, CentreTerms)
    return centre_loss(frames_first(raw), targets, recipe.loss.factors())


def _no_chain(recipe: Recipe) -> tuple[tuple[ConvSpec, ...], int]:
    raise TypeError("a network of two branches is no chain")


FAMILIES: Mapping[str, Family] = {
    "sigma-delta": Family(_sigma_delta, Clips, _scale, _anchor_loss, lambda _: True, _anchor_chain),
    "smtrack": Family(
        _smtrack,
        Clips,
        _scale,
        _grid_loss,
        lambda recipe: recipe.network_as(SmtrackSpec).neuron == "sigma_delta",
        _smtrack_chain,
    ),
    "spiketrack": Family(
        _spiketrack, PairClips, lambda model, inputs: None, _centre_loss, lambda _: False, _no_chain
    ),
    "hadtrack": Family(
        _hadtrack, StreamClips, lambda model, inputs: None, _centre_loss, lambda _: False, _no_chain
    ),
}
