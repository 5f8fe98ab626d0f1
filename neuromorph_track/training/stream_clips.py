"""Clips of windows, drawn in a way that depends on seed and step alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor

from neuromorph_track.data.paired import PairedSequence, load_or_draw
from neuromorph_track.detection.crop import from_corners
from neuromorph_track.errors import InputError
from neuromorph_track.networks.centre_loss import SingleTargets
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.training.draws import jittered, relit
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.stream_pictures import (
    Pictures,
    event_pictures,
    frame_pictures,
    frames_come,
    pixels,
    template_pictures,
)
from neuromorph_track.training.stream_tables import PairedData

# An object of which less is seen is no template, and none is looked for where a clip begins.
LEAST_SEEN = 0.5
ATTEMPTS = 50
# Channels of a frame, which come first.
FRAME = 3


@dataclass(frozen=True)
class StreamBatch:
    """Templates, what comes after, and where the objects are.

    Attributes
    ----------
    seen : tuple of Tensor
        What the network is called with, see :mod:`neuromorph_track.networks.hadtrack`.
    targets : SingleTargets
        Of F N pictures, those of the first window first.
    """

    seen: tuple[Tensor, ...]
    targets: SingleTargets

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the network is called with."""
        return self.seen

    def to(self, device: torch.device) -> StreamBatch:
        """The same on another device."""
        return StreamBatch(tuple(each.to(device) for each in self.seen), self.targets.to(device))


@dataclass(frozen=True)
class _Clip:
    """A piece of a sequence as one network sees it.

    Attributes
    ----------
    template : (K, h, w, C) uint8
    views : (F, H, W, C) uint8
    windows : (F,) int64
        In whose end each view is there.
    """

    template: Pictures
    views: Pictures
    windows: NDArray[np.int64]


class StreamClips:
    """All clips of a recipe's data.

    Parameters
    ----------
    recipe : Recipe
        Of the hadtrack family.
    folder : Path
        Where the recipe's folder of drawn sequences lies.
    quiet : bool
        Without a progress bar.
    teacher : HadtrackSpec or None
        Show each clip to a teacher too.
    """

    def __init__(
        self,
        recipe: Recipe,
        folder: Path = Path(),
        quiet: bool = False,
        teacher: HadtrackSpec | None = None,
    ) -> None:
        self.recipe, self.spec, self.teacher = recipe, recipe.network_as(HadtrackSpec), teacher
        assert recipe.input.events is not None
        self.gain = recipe.input.events.gain
        tables = [data for data in recipe.data if isinstance(data, PairedData)]
        self.tables = [(data, _drawn(data, recipe, folder, quiet)) for data in tables]
        weights = np.array([data.weight for data in tables])
        self._shares = weights / weights.sum()

    def batch(
        self, step: int, size: int, length: int, plain: bool = False, part: tuple[int, int] = (0, 1)
    ) -> StreamBatch:
        """The batch of optimiser step ``step``: the same for the same seed, whenever it is asked for.

        Parameters
        ----------
        size : int
            Clips.
        length : int
            Windows of each, at least those of a frame.
        plain : bool
            Templates where they should be.
        part : (int, int)
            Of how many equal parts of the batch which one.
        """
        seeds = np.random.SeedSequence((self.recipe.seed, step)).spawn(size)[part[0] :: part[1]]
        length = max(length, *(data.per_frame for data, _ in self.tables), 1)
        drawn = [self._clip(np.random.default_rng(seed), length, plain) for seed in seeds]
        own, told, boxes, present = zip(*drawn, strict=True)
        rows, shown = torch.from_numpy(np.stack(boxes)).float(), torch.from_numpy(np.stack(present))
        inputs = [*_pictures(own), *self._beside(own, told, rows, shown)]
        # Of the first window all clips, then of the second, as the network's answers are taken.
        targets = SingleTargets(rows.transpose(0, 1).reshape(-1, 4), shown.T.reshape(-1))
        return StreamBatch(tuple(inputs), targets)

    def _beside(
        self, own: Sequence[_Clip], told: Sequence[_Clip], boxes: Tensor, present: Tensor
    ) -> list[Tensor]:
        """What a network is called with beside its pictures: where it has a teacher, or is to be one."""
        assert self.recipe.input.events is not None
        ends = np.stack([each.windows for each in own]) + 1
        times = torch.from_numpy(ends * self.recipe.input.events.window_us)
        if self.teacher is not None:
            at = np.stack([b.windows - a.windows[0] for a, b in zip(own, told, strict=True)])
            told_us = times.gather(1, torch.from_numpy(at))
            return [times, *_pictures(told), told_us, torch.from_numpy(at), boxes]
        return [] if self.spec.sees == "events" else [times, boxes, present]

    def _clip(
        self, rng: np.random.Generator, length: int, plain: bool
    ) -> tuple[_Clip, _Clip | None, NDArray[np.float64], NDArray[np.bool_]]:
        """What the network sees, what its teacher sees, boxes in sides of the picture, presence.

        Of a clip without labels all boxes are NaN.
        """
        for _ in range(ATTEMPTS):
            data, sequences = self.tables[int(rng.choice(len(self.tables), p=self._shares))]
            sequence = sequences[int(rng.integers(len(sequences)))]
            spec = sequence.spec
            starts = range(2 * spec.per_frame, spec.windows - length + 1)
            start = int(rng.integers(starts.start, starts.stop))
            named = np.arange(starts.start, spec.windows - self.spec.template_steps + 1)
            asked = _asked(rng, data, sequence, named)
            if min(sequence.seen[start], sequence.seen[asked]) >= LEAST_SEEN:
                break
        else:
            raise InputError(self.recipe.name, "data.sequences", "none that shows its target", "others")
        jitter = data.template_shift, data.template_zoom
        around = jittered(rng, from_corners(sequence.boxes[asked]), *(0.0, 0.0) if plain else jitter)
        own = self._seen(self.spec, sequence, asked, around, start, length)
        told = None
        if self.teacher is not None:
            told = self._seen(self.teacher, sequence, asked, around, start, length)
        size = np.array([spec.width, spec.height, spec.width, spec.height])
        boxes = from_corners(sequence.boxes[own.windows]) / size
        present = sequence.present[own.windows] & ((boxes[:, :2] >= 0) & (boxes[:, :2] < 1)).all(1)
        boxes = np.nan_to_num(boxes) if data.labelled else np.full_like(boxes, np.nan)
        if rng.random() < self.recipe.augment.mirror:
            own, told = _mirrored(own), None if told is None else _mirrored(told)
            boxes[:, 0] = 1 - boxes[:, 0]
        if self.recipe.augment.relight and self.spec.sees != "events":
            own = _relit(rng, own)
        return own, told, boxes, present

    def _seen(
        self,
        network: HadtrackSpec,
        sequence: PairedSequence,
        asked: int,
        around: NDArray[np.float64],
        start: int,
        length: int,
    ) -> _Clip:
        """A template of window ``asked``, and ``length`` windows from ``start``, as a network sees them."""
        steps = network.template_steps
        if network.sees == "events":
            windows = np.arange(start, start + length)
            views, shown = (
                event_pictures(sequence, first, count, self.gain)
                for first, count in ((start, length), (asked, steps))
            )
        else:
            fresh = frames_come(sequence)
            windows = fresh[(fresh >= start) & (fresh < start + length)]
            before = fresh[fresh <= asked][-1:]
            views, shown = (
                frame_pictures(network, sequence, each, self.gain)
                for each in (windows, np.repeat(before, steps))
            )
        return _Clip(template_pictures(network, shown, around), views, windows)


def _asked(
    rng: np.random.Generator, data: PairedData, sequence: PairedSequence, windows: NDArray[np.int64]
) -> int:
    """In which of some windows a clip's object is named."""
    if data.template == "any":
        return int(windows[rng.integers(len(windows))])
    return int(windows[(sequence.seen[windows] >= LEAST_SEEN).argmax()])


def _drawn(data: PairedData, recipe: Recipe, folder: Path, quiet: bool) -> list[PairedSequence]:
    console = Console(stderr=True)
    first = data.spec(0, recipe.input)
    seeds = track(
        range(data.sequences), "drawing frames and events", console=console, disable=quiet, transient=True
    )
    cache = None if data.cache is None else folder / data.cache
    return [load_or_draw(replace(first, seed=first.seed + index), cache) for index in seeds]


def _pictures(clips: Sequence[_Clip]) -> tuple[Tensor, Tensor]:
    """Templates and views of some clips."""
    return pixels(each.template for each in clips), pixels(each.views for each in clips)


def _mirrored(clip: _Clip) -> _Clip:
    return replace(clip, template=clip.template[:, :, ::-1], views=clip.views[:, :, ::-1])


def _relit(rng: np.random.Generator, clip: _Clip) -> _Clip:
    """Its frames in another light; events, which are of changes of the logarithm, would stay the same."""
    lit = relit(rng, clip.template[..., :FRAME], clip.views[..., :FRAME])
    pictures = zip(lit, (clip.template, clip.views), strict=True)
    template, views = (np.concatenate([new, old[..., FRAME:]], -1) for new, old in pictures)
    return replace(clip, template=template, views=views)
