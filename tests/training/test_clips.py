"""Training clips: the same for the same step, and true to the scenes."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from neuromorph_track.data.scenes import Scene
from neuromorph_track.training.clips import Batch, SceneClips
from neuromorph_track.training.recipe import Recipe


@pytest.fixture
def clips(recipe: Recipe) -> SceneClips:
    return SceneClips(recipe, quiet=True)


def equal(a: Batch, b: Batch) -> bool:
    return torch.equal(a.frames, b.frames) and all(
        torch.equal(getattr(x, field.name), getattr(y, field.name))
        for x, y in zip(a.targets, b.targets, strict=True)
        for field in fields(x)
    )


def test_a_batch_depends_on_seed_and_step_alone(clips: SceneClips, recipe: Recipe) -> None:
    batch = clips.batch(5, 4, 2)
    clips.batch(6, 1, 1)
    again = SceneClips(recipe, quiet=True)
    assert equal(batch, again.batch(5, 4, 2))
    assert not equal(batch, clips.batch(6, 4, 2))
    other = SceneClips(recipe.model_copy(update={"seed": 4}), quiet=True)
    assert not equal(batch, other.batch(5, 4, 2))


def test_shapes(clips: SceneClips) -> None:
    batch = clips.batch(0, 4, 3)
    assert batch.frames.shape == (4, 3, 112, 112, 3)
    assert batch.frames.dtype == torch.float32
    # Pixels of 0 to 1, less a half, over a quarter.
    assert -2 <= float(batch.frames.min()) < float(batch.frames.max()) <= 2
    assert len(batch.targets) == 3
    for targets in batch.targets:
        count = len(targets.class_id)
        assert count > 0
        assert targets.cxcywh.shape == (count, 4)
        assert len(targets.picture) == len(targets.ignored) == count
        assert set(targets.picture.tolist()) <= {0, 1, 2, 3}


def test_targets_are_the_scenes_truth_in_cells(clips: SceneClips, recipe: Recipe) -> None:
    """Every target is a box of the scenes, as it is or mirrored."""
    known = set()
    for index, boxes in enumerate(clips.boxes):
        assert len(boxes) == recipe.data.frames, index
        for xyxy, classes, _ in boxes:
            for (left, top, right, bottom), kind in zip((xyxy / 8).tolist(), classes, strict=True):
                for x in ((left + right) / 2, 14 - (left + right) / 2):
                    known.add((round(x, 3), round((top + bottom) / 2, 3), round(right - left, 3), int(kind)))
    for step in range(5):
        for targets in clips.batch(step, 4, 2).targets:
            for (x, y, width, _), kind in zip(targets.cxcywh.tolist(), targets.class_id, strict=True):
                assert (round(x, 3), round(y, 3), round(width, 3), int(kind)) in known


def test_a_mirrored_picture_has_mirrored_boxes(clips: SceneClips) -> None:
    """The frames are replaced by ones in which only the boxes shine, so that each box finds its picture."""
    for index, boxes in enumerate(clips.boxes):
        for number, (xyxy, _, _) in enumerate(boxes):
            clips.frames[index, number] = 0
            for left, top, right, bottom in np.rint(xyxy).astype(int):
                clips.frames[index, number, top:bottom, left:right] = 255
    for step in range(6):
        batch = clips.batch(step, 2, 1)
        (targets,) = batch.targets
        for picture in range(2):
            image = batch.frames[picture, :, :, :, 0].mean(0)
            inside = torch.zeros_like(image, dtype=torch.bool)
            for x, y, w, h in (8 * targets.cxcywh[targets.picture == picture]).tolist():
                inside[round(y - h / 2) : round(y + h / 2), round(x - w / 2) : round(x + w / 2)] = True
            assert float(image[inside].min()) > float(image[~inside].max())


def test_scenes_have_the_objects_of_the_recipe(clips: SceneClips, recipe: Recipe) -> None:
    counts = np.random.default_rng(recipe.data.first_seed).integers(2, 5, size=2)
    for index, objects in enumerate(counts):
        frame, truth = Scene(recipe.scene(index, int(objects)))[1]
        np.testing.assert_array_equal(clips.frames[index, 1], frame)
        np.testing.assert_array_equal(clips.boxes[index][1][0], truth.xyxy)
