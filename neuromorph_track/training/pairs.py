"""Pairs of crops, drawn in a way that depends on seed and step alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.detection.crop import Window
from neuromorph_track.networks.centre_loss import SingleTargets
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.training.draws import jittered, relit
from neuromorph_track.training.pair_tables import Pairs, SingleData, TargetData
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.reels import Reel, single_reels, target_reels


@dataclass(frozen=True)
class PairBatch:
    """Templates, search crops, and where in these the objects are.

    Attributes
    ----------
    templates : (N, 3, h, w, 1) float32
    searches : (N, 3, H, W, 1) float32
        Pixels over 256.
    targets : SingleTargets
    """

    templates: Tensor
    searches: Tensor
    targets: SingleTargets

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the network is called with."""
        return self.templates, self.searches

    def to(self, device: torch.device) -> PairBatch:
        """The same on another device."""
        return PairBatch(self.templates.to(device), self.searches.to(device), self.targets.to(device))


class PairClips:
    """All pairs of a recipe's data.

    Parameters
    ----------
    recipe : Recipe
        Of the spiketrack family.
    folder : Path
        Where folders of real sequences lie.
    quiet : bool
        Without a progress bar.
    """

    def __init__(self, recipe: Recipe, folder: Path = Path(), quiet: bool = False) -> None:
        self.recipe, self.spec = recipe, recipe.network_as(SpiketrackSpec)
        self.pairs = recipe.pairs or Pairs()
        self.reels: list[tuple[Reel, ...]] = []
        for data in recipe.data:
            if isinstance(data, TargetData):
                self.reels.append(target_reels(data, self.pairs, folder, quiet))
            elif isinstance(data, SingleData):
                self.reels.append(single_reels(data, self.pairs, folder))
        weights = np.array([data.weight for data in recipe.data])
        self._shares = weights / weights.sum()

    def batch(
        self, step: int, size: int, length: int, plain: bool = False, part: tuple[int, int] = (0, 1)
    ) -> PairBatch:
        """The batch of optimiser step ``step``: the same for the same seed, whenever it is asked for.

        Parameters
        ----------
        size : int
            Pairs.
        length : int
            Not used: a pair has one search crop.
        plain : bool
            Crops around the object, none of a stranger.
        part : (int, int)
            Of how many equal parts of the batch which one.
        """
        seeds = np.random.SeedSequence((self.recipe.seed, step)).spawn(size)[part[0] :: part[1]]
        drawn = [self._pair(np.random.default_rng(seed), plain) for seed in seeds]
        templates, searches, boxes, present = zip(*drawn, strict=True)
        targets = SingleTargets(
            torch.from_numpy(np.stack(boxes).astype(np.float32)), torch.tensor(present, dtype=torch.bool)
        )
        return PairBatch(_pixels(templates), _pixels(searches), targets)

    def _pair(
        self, rng: np.random.Generator, plain: bool
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64], bool]:
        pairs, spec = self.pairs, self.spec
        reel = self._reel(rng)
        first = int(rng.choice(reel.shown))
        near = reel.shown[np.abs(reel.shown - first) <= pairs.gap]
        second, other = int(rng.choice(near)), reel
        stranger = not plain and rng.random() < pairs.strangers
        if stranger:
            other = self._reel(rng)
            second, stranger = int(rng.choice(other.shown)), other is not reel
        shifts = (0.0, 0.0, 0.0, 0.0)
        if not plain:
            shifts = (pairs.template_shift, pairs.template_zoom, pairs.shift, pairs.zoom)
        template, _ = self._crop(rng, reel, first, spec.template_factor, spec.template_side, shifts[:2])
        search, box = self._crop(rng, other, second, spec.search_factor, spec.search_side, shifts[2:])
        if rng.random() < self.recipe.augment.mirror:
            template, search = template[:, ::-1], search[:, ::-1]
            box[0] = 1 - box[0]
        if self.recipe.augment.relight:
            template, search = relit(rng, template, search)
        inside = bool(((box[:2] >= 0) & (box[:2] < 1)).all())
        return template, search, box, inside and not stranger

    def _reel(self, rng: np.random.Generator) -> Reel:
        table = self.reels[int(rng.choice(len(self.reels), p=self._shares))]
        return table[int(rng.integers(len(table)))]

    def _crop(
        self,
        rng: np.random.Generator,
        reel: Reel,
        frame: int,
        factor: float,
        size: int,
        jitter: tuple[float, ...],
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """A crop that does not lie quite where it should, and the box in it."""
        box = reel.cxcywh[frame]
        window = Window.around(jittered(rng, box, *jitter), factor)
        picture = window.cut(reel.pictures[frame], size, self.recipe.input.pad)
        return picture, window.from_frame(box)


def _pixels(pictures: tuple[NDArray[np.uint8], ...]) -> Tensor:
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).unsqueeze(-1)
    return stacked.to(torch.float32) / 256
