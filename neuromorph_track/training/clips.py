"""Training clips, drawn and changed in a way that depends on seed and step alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.detection.history import filled
from neuromorph_track.networks.loss import Targets
from neuromorph_track.training.data_tables import MotData, SceneData
from neuromorph_track.training.draws import Dice, Draw, Pick
from neuromorph_track.training.films import Film, Pictures, Truth, scene_films
from neuromorph_track.training.mot_films import mot_films
from neuromorph_track.training.placing import Clip, mosaic, zoomed
from neuromorph_track.training.recipe import Recipe

# Films are numbered; an identity of the batch is a film's number and one of its own.
IDENTITIES_PER_FILM = 1 << 32


@dataclass(frozen=True)
class Batch:
    """Clips and what is true of them.

    Attributes
    ----------
    frames : (N, 3, H, W, F) float32
        Normalised pixels. With a history, the F pictures that the steps of one frame show.
    targets : tuple of Targets
        One per frame; with a history that of the last alone.
    """

    frames: Tensor
    targets: tuple[Targets, ...]

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the network is called with."""
        return (self.frames,)

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return Batch(self.frames.to(device), tuple(_moved(targets, device) for targets in self.targets))


class Clips:
    """All clips of a recipe's data.

    Parameters
    ----------
    recipe : Recipe
        Says which data; its seed decides which clips are drawn, and how they are changed.
    folder : Path
        Where folders of real sequences lie.
    quiet : bool
        Without a progress bar.
    """

    def __init__(self, recipe: Recipe, folder: Path = Path(), quiet: bool = False) -> None:
        self.recipe = recipe
        self.films = films_of(recipe, folder, quiet)
        lengths = [[len(film.truths) for film in films] for films in self.films]
        self._dice = Dice(lengths, [data.weight for data in recipe.data], recipe.augment)
        self._first = np.cumsum([0, *map(len, self.films)])

    def batch(
        self, step: int, size: int, length: int, plain: bool = False, part: tuple[int, int] = (0, 1)
    ) -> Batch:
        """The batch of optimiser step ``step``: the same for the same seed, whenever it is asked for.

        Parameters
        ----------
        size, length : int
            Clips and frames of each.
        plain : bool
            Pictures in their own place and size.
        part : (int, int)
            Of how many equal parts of the batch which one, e.g. (1, 4) for the second of four.
        """
        draws = self._dice.batch(self.recipe.seed, step, size, length, plain)[part[0] :: part[1]]
        clips = [self._clip(draw, length) for draw in draws]
        lit = [self._lit(clip.pictures, draw) for clip, draw in zip(clips, draws, strict=True)]
        scale = self.recipe.input
        normal = torch.from_numpy((np.stack(lit) / 255 - np.array(scale.mean)) / np.array(scale.std))
        frames = normal.permute(0, 4, 2, 3, 1).to(torch.float32).contiguous()
        truths = zip(*(clip.truths for clip in clips), strict=True)
        return Batch(frames, tuple(_targets(each, self.recipe.network.stride) for each in truths))

    def _clip(self, draw: Draw, length: int) -> Clip:
        pad = self.recipe.input.pad
        clip = self._taken(draw.pick, length)
        if draw.mosaic is not None:
            others = [self._taken(pick, length) for pick in draw.mosaic.others]
            clip = mosaic([clip, *others], draw.mosaic, pad)
        if draw.zoom is not None:
            clip = zoomed(clip, draw.zoom, draw.shift, pad)
        if draw.mirrored:
            clip = _mirrored(clip)
        if self.recipe.history:
            clip = clip._replace(pictures=filled(clip.pictures, self.recipe.alike))
        return clip

    def _taken(self, pick: Pick, length: int) -> Clip:
        """Frames of a film; with a history those before them too, of which there may be too few."""
        film = self.films[pick.table][pick.film]
        before = max(self.recipe.history - 1, 0)
        stop = pick.start + length
        pictures = film.pictures(max(pick.start - before, 0), stop)
        if missing := length + before - len(pictures):
            pictures = np.concatenate([pictures[:1].repeat(missing, 0), pictures])
        first = (int(self._first[pick.table]) + pick.film) * IDENTITIES_PER_FILM
        truths = [_numbered(truth, first) for truth in film.truths[pick.start : stop]]
        return Clip(pictures, truths, film.whole_boxes)

    def _lit(self, pictures: Pictures, draw: Draw) -> NDArray[np.float32]:
        if not self.recipe.augment.relight:
            return pictures.astype(np.float32)
        changed = (pictures - 127.5) * draw.contrast + 127.5 + draw.brightness
        return np.clip(changed, 0, 255).astype(np.float32)


def films_of(recipe: Recipe, folder: Path, quiet: bool) -> tuple[tuple[Film, ...], ...]:
    """The films of each table of data; those of real sequences lie in ``folder``.

    Raises
    ------
    InputError
        When sequences are missing, broken or shorter than a clip.
    """
    films: list[tuple[Film, ...]] = []
    for data in recipe.data:
        if isinstance(data, SceneData):
            films.append(scene_films(data, recipe, quiet))
        elif isinstance(data, MotData):
            films.append(mot_films(data, recipe, folder, quiet))
    return tuple(films)


def _numbered(truth: Truth, first: int) -> Truth:
    return replace(truth, identity=np.where(truth.identity < 0, -1, truth.identity + first))


def _mirrored(clip: Clip) -> Clip:
    width = clip.pictures.shape[2]
    truths = []
    for truth in clip.truths:
        xyxy = truth.xyxy.copy()
        xyxy[:, [0, 2]] = width - xyxy[:, [2, 0]]
        truths.append(replace(truth, xyxy=xyxy))
    return clip._replace(pictures=clip.pictures[:, :, ::-1], truths=truths)


def _targets(truths: Sequence[Truth], stride: int) -> Targets:
    every = Truth.joined(truths)
    xyxy = every.xyxy / stride
    centre, sizes = (xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]
    return Targets(
        torch.from_numpy(np.concatenate([centre, sizes], 1).astype(np.float32)),
        torch.from_numpy(every.class_id),
        torch.from_numpy(np.repeat(np.arange(len(truths)), [len(truth) for truth in truths])),
        torch.from_numpy(every.ignored),
        torch.from_numpy(every.identity),
    )


def _moved(targets: Targets, device: torch.device) -> Targets:
    return Targets(*(getattr(targets, field.name).to(device) for field in fields(targets)))
