"""Training clips: the same for the same step, and true to the films."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.training.clips import IDENTITIES_PER_FILM, Batch, Clips
from neuromorph_track.training.films import MemoryFilm
from neuromorph_track.training.recipe import Recipe


@pytest.fixture
def clips(recipe: Recipe) -> Clips:
    return Clips(recipe, quiet=True)


def equal(a: Batch, b: Batch) -> bool:
    return torch.equal(a.frames, b.frames) and all(
        torch.equal(getattr(x, field.name), getattr(y, field.name))
        for x, y in zip(a.targets, b.targets, strict=True)
        for field in fields(x)
    )


def films(clips: Clips) -> list[MemoryFilm]:
    (only,) = clips.films
    assert all(isinstance(film, MemoryFilm) for film in only)
    return list(only)  # type: ignore[arg-type]


def test_a_batch_depends_on_seed_and_step_alone(clips: Clips, recipe: Recipe) -> None:
    batch = clips.batch(5, 4, 2)
    clips.batch(6, 1, 1)
    again = Clips(recipe, quiet=True)
    assert equal(batch, again.batch(5, 4, 2))
    assert not equal(batch, clips.batch(6, 4, 2))
    other = Clips(recipe.model_copy(update={"seed": 4}), quiet=True)
    assert not equal(batch, other.batch(5, 4, 2))


@pytest.mark.parametrize("world", [2, 4])
def test_parts_of_a_batch_are_the_batch(smtrack: Recipe, world: int) -> None:
    clips = Clips(smtrack, quiet=True)
    whole = clips.batch(3, 4, 2)
    for rank in range(world):
        part = clips.batch(3, 4, 2, part=(rank, world))
        assert torch.equal(part.frames, whole.frames[rank::world])
        for mine, every in zip(part.targets, whole.targets, strict=True):
            for picture in range(4 // world):
                chosen = every.picture == rank + picture * world
                assert torch.equal(mine.cxcywh[mine.picture == picture], every.cxcywh[chosen])


def test_shapes(clips: Clips) -> None:
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
        assert targets.identity is not None
        assert len(targets.picture) == len(targets.ignored) == len(targets.identity) == count
        assert set(targets.picture.tolist()) <= {0, 1, 2, 3}


def test_targets_are_the_scenes_truth_in_cells(clips: Clips, recipe: Recipe) -> None:
    """Every target is a box of the scenes, as it is or mirrored, with the object's own identity."""
    known = set()
    for index, film in enumerate(films(clips)):
        assert len(film.truths) == 3, index
        for truth in film.truths:
            for (left, top, right, bottom), kind, number in zip(
                (truth.xyxy / 8).tolist(), truth.class_id, truth.identity, strict=True
            ):
                who = index * IDENTITIES_PER_FILM + int(number)
                for x in ((left + right) / 2, 14 - (left + right) / 2):
                    known.add(
                        (round(x, 3), round((top + bottom) / 2, 3), round(right - left, 3), int(kind), who)
                    )
    for step in range(5):
        for targets in clips.batch(step, 4, 2).targets:
            assert targets.identity is not None
            for (x, y, width, _), kind, who in zip(
                targets.cxcywh.tolist(), targets.class_id, targets.identity, strict=True
            ):
                assert (round(x, 3), round(y, 3), round(width, 3), int(kind), int(who)) in known


def shine(film: MemoryFilm) -> None:
    """Pictures in which only the boxes shine."""
    for number, truth in enumerate(film.truths):
        film.frames[number] = 0
        for left, top, right, bottom in np.rint(truth.xyxy).astype(int):
            film.frames[number, top:bottom, left:right] = 255


def test_a_mirrored_picture_has_mirrored_boxes(clips: Clips) -> None:
    for film in films(clips):
        shine(film)
    for step in range(6):
        batch = clips.batch(step, 2, 1)
        (targets,) = batch.targets
        for picture in range(2):
            image = batch.frames[picture, :, :, :, 0].mean(0)
            inside = torch.zeros_like(image, dtype=torch.bool)
            for x, y, w, h in (8 * targets.cxcywh[targets.picture == picture]).tolist():
                inside[round(y - h / 2) : round(y + h / 2), round(x - w / 2) : round(x + w / 2)] = True
            assert float(image[inside].min()) > float(image[~inside].max())


def test_boxes_follow_zoom_shift_and_mosaic(tiny_smtrack: dict[str, Any]) -> None:
    """What shines is what the boxes say, but for what resizing twice smears at their edges."""
    tiny_smtrack["augment"] = {"zoom": [0.7, 1.4], "shift": 0.15, "mosaic": 0.6, "relight": False}
    tiny_smtrack["input"] |= {"std": [1, 1, 1], "pad": 0}
    recipe = Recipe.model_validate(tiny_smtrack)
    clips = Clips(recipe, quiet=True)
    for film in films(clips):
        shine(film)
    seen = 0
    for step in range(25):
        batch = clips.batch(step, 1, 1)
        image = batch.frames[0, 0, :, :, 0]
        surely, perhaps = torch.zeros(64, 96, dtype=torch.bool), torch.zeros(64, 96, dtype=torch.bool)
        for x, y, w, h in (8 * batch.targets[0].cxcywh).tolist():
            rows, columns = (y - h / 2, y + h / 2), (x - w / 2, x + w / 2)
            perhaps[slice(*grown(rows, 3)), slice(*grown(columns, 3))] = True
            surely[slice(*grown(rows, -3)), slice(*grown(columns, -3))] = True
            seen += 1
        assert float(image[~perhaps].max()) < 0.3, step
        assert not surely.any() or float(image[surely].min()) > 0.5, step
    assert seen > 25


def grown(edges: tuple[float, float], pixels: int) -> tuple[int, int]:
    low, high = max(round(edges[0]) - pixels, 0), max(round(edges[1]) + pixels, 0)
    return low, max(high, low)


def test_plain_clips_stay_where_they_were(smtrack: Recipe, tiny_smtrack: dict[str, Any]) -> None:
    unmoved = Clips(Recipe.model_validate({**tiny_smtrack, "augment": {}}), quiet=True)
    assert equal(Clips(smtrack, quiet=True).batch(4, 3, 2, plain=True), unmoved.batch(4, 3, 2))


def test_tables_are_drawn_by_their_weights(tiny_smtrack: dict[str, Any]) -> None:
    scenes = {"scenes": 1, "frames": 2, "objects": [3, 3], "size_min": 8, "size_max": 24}
    tiny_smtrack["data"] = [
        {**scenes, "classes": ["car"], "weight": 3.0},
        {**scenes, "classes": ["walker"], "first_seed": 7},
    ]
    tiny_smtrack["augment"] = {}
    clips = Clips(Recipe.model_validate(tiny_smtrack), quiet=True)
    (targets,) = clips.batch(0, 200, 1).targets
    first, second = (set(targets.picture[targets.class_id == index].tolist()) for index in (0, 1))
    assert not first & second
    assert 0.65 < len(second) / (len(first) + len(second)) < 0.85
    assert targets.identity is not None
    assert {int(who) // IDENTITIES_PER_FILM for who in targets.identity} == {0, 1}


def history(table: dict[str, Any], alike: float) -> Clips:
    table["network"] |= {"steps": 3, "history": True}
    table["stage"] = [{"steps": 1, "batch": 1}]
    table["augment"] = {"mirror": 0.0, "relight": False}
    table["alike"] = alike
    return Clips(Recipe.model_validate(table), quiet=True)


@pytest.mark.parametrize(("alike", "before"), [(0.0, True), (1.0, False)])
def test_history_fills_the_steps(tiny_smtrack: dict[str, Any], alike: float, before: bool) -> None:
    """With ``alike`` 0 every step shows a frame of its own, with 1 all show the last."""
    clips = history(tiny_smtrack, alike)
    pixels = [film.frames.astype(np.float32) / 256 for film in films(clips)]
    starts = set()
    for step in range(30):
        batch = clips.batch(step, 1, 1)
        assert batch.frames.shape == (1, 3, 64, 96, 3)
        (targets,) = batch.targets
        shown = batch.frames[0].permute(3, 1, 2, 0).numpy()
        film, last = next(
            (film, index)
            for film, frames in enumerate(pixels)
            for index in range(4)
            if np.allclose(frames[index], shown[-1], atol=1e-6)
        )
        starts.add(last)
        assert len(targets.class_id) == len(films(clips)[film].truths[last])
        for back in (1, 2):
            wanted = max(last - back, 0) if before else last
            np.testing.assert_allclose(shown[-1 - back], pixels[film][wanted], atol=1e-6)
    assert starts == {0, 1, 2, 3}
