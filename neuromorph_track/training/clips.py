"""Clips of synthetic scenes, rendered once and drawn in an order that depends on the seed alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor

from neuromorph_track.data.scenes import Scene
from neuromorph_track.networks.loss import Targets
from neuromorph_track.training.recipe import Recipe

Boxes = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_]]


@dataclass(frozen=True)
class Batch:
    """``frames`` (N, 3, H, W, T) normalised floats; one :class:`Targets` per step."""

    frames: Tensor
    targets: tuple[Targets, ...]


class SceneClips:
    """All frames of the training scenes, in memory as bytes.

    Parameters
    ----------
    recipe : Recipe
        Says which scenes; its seed decides which clips are drawn, and how they are changed.
    quiet : bool
        Without a progress bar.
    """

    def __init__(self, recipe: Recipe, quiet: bool) -> None:
        self.spec, self.stride, self.seed = recipe.input, recipe.network.stride, recipe.seed
        data, spec = recipe.data, recipe.input
        self.frames = np.empty((data.scenes, data.frames, spec.height, spec.width, 3), np.uint8)
        self.boxes: list[list[Boxes]] = []
        generator = np.random.default_rng(data.first_seed)
        bar = Console(stderr=True)
        for index in track(range(data.scenes), "rendering scenes", console=bar, disable=quiet):
            scene = Scene(recipe.scene(index, int(generator.integers(data.objects[0], data.objects[1] + 1))))
            truths = []
            for number, (frame, truth) in enumerate(scene):
                self.frames[index, number] = frame
                truths.append((truth.xyxy, truth.class_id, truth.ignored))
            self.boxes.append(truths)

    def batch(self, step: int, size: int, length: int) -> Batch:
        """The batch of optimiser step ``step``: the same for the same seed, whenever it is asked for."""
        generator = np.random.default_rng((self.seed, step))
        scenes, frames = self.frames.shape[:2]
        clips = np.empty((size, length, *self.frames.shape[2:]), np.float32)
        truths: list[list[Boxes]] = []
        for index in range(size):
            scene, start = generator.integers(scenes), generator.integers(frames - length + 1)
            clip = self.frames[scene, start : start + length]
            boxes = self.boxes[scene][start : start + length]
            if generator.random() < 0.5:
                clip, boxes = clip[:, :, ::-1], [_mirror(b, self.spec.width) for b in boxes]
            clips[index] = _relight(clip, generator)
            truths.append(boxes)
        pixels = torch.from_numpy((clips / 255 - np.array(self.spec.mean)) / np.array(self.spec.std))
        inputs = pixels.permute(0, 4, 2, 3, 1).to(torch.float32).contiguous()
        return Batch(inputs, tuple(self._targets([t[k] for t in truths]) for k in range(length)))

    def _targets(self, truths: list[Boxes]) -> Targets:
        xyxy = np.concatenate([boxes for boxes, _, _ in truths]) / self.stride
        centre, sizes = (xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]
        pictures = np.repeat(np.arange(len(truths)), [len(boxes) for boxes, _, _ in truths])
        return Targets(
            torch.from_numpy(np.concatenate([centre, sizes], 1).astype(np.float32)),
            torch.from_numpy(np.concatenate([classes for _, classes, _ in truths])),
            torch.from_numpy(pictures),
            torch.from_numpy(np.concatenate([hidden for _, _, hidden in truths])),
        )


def _mirror(boxes: Boxes, width: int) -> Boxes:
    xyxy = boxes[0].copy()
    xyxy[:, [0, 2]] = width - xyxy[:, [2, 0]]
    return xyxy, boxes[1], boxes[2]


def _relight(clip: NDArray[np.uint8], generator: np.random.Generator) -> NDArray[np.float32]:
    contrast = generator.uniform(0.8, 1.2, size=3)
    shift = generator.uniform(-20, 20)
    changed = (clip - 127.5) * contrast + 127.5 + shift
    return np.clip(changed, 0, 255).astype(np.float32)
