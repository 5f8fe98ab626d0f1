"""Pairs of crops, of reels whose pictures say which frame and which object they show."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.data.targets import store as store_module
from neuromorph_track.errors import InputError
from neuromorph_track.training import pairs as module
from neuromorph_track.training.pairs import PairBatch, PairClips
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.reels import Reel
from tests.networks.tiny_trackers import table

SIDE = 120
FRAMES = 30


def reel(number: int, first: int = 0) -> Reel:
    """A bright square on black; green says which reel, blue which frame; of some frames nothing is known."""
    pictures, boxes = [], np.full((FRAMES, 4), np.nan)
    shown = np.array([index for index in range(first, FRAMES) if index % 7 != 6])
    for index in range(FRAMES):
        picture = np.zeros((SIDE, SIDE, 3), np.uint8)
        picture[..., 1], picture[..., 2] = 20 * number, 8 * index
        left, top, width, height = 30 + index, 60 - index, 20, 12
        picture[top : top + height, left : left + width, 0] = 255
        pictures.append(picture)
        if index in shown:
            boxes[index] = left + width / 2, top + height / 2, width, height
    return Reel(f"{number}", pictures, boxes, shown)


def plan(augment: dict[str, Any] | None = None, **drawn: Any) -> Recipe:
    given = table(template_factor=2.0, search_factor=4.0, template_side=32, search_side=32)
    return Recipe.model_validate(
        {**given, "seed": 5, "augment": {"relight": False, "mirror": 0.0, **(augment or {})}, "pairs": drawn}
    )


@pytest.fixture
def reels(monkeypatch: pytest.MonkeyPatch) -> list[Reel]:
    found = [reel(1), reel(2), reel(3)]
    monkeypatch.setattr(module, "target_reels", lambda *given: tuple(found))
    return found


def pixels(batch: torch.Tensor) -> np.ndarray:
    """(N, H, W, 3) grey levels."""
    return (batch[..., 0].permute(0, 2, 3, 1) * 256).numpy()


def frame_of(picture: np.ndarray) -> int:
    # Where it is not padding, the whole picture has the frame's blue.
    values, times = np.unique(picture[..., 2][picture[..., 2] != 114], return_counts=True)
    return int(values[times.argmax()]) // 8


def reel_of(picture: np.ndarray) -> int:
    values, times = np.unique(picture[..., 1][picture[..., 1] != 114], return_counts=True)
    return int(values[times.argmax()]) // 20


def same(a: PairBatch, b: PairBatch) -> bool:
    one, other = (
        (each.templates, each.searches, each.targets.cxcywh, each.targets.present) for each in (a, b)
    )
    return all(torch.equal(x, y) for x, y in zip(one, other, strict=True))


@pytest.mark.usefixtures("reels")
def test_seed_and_step_decide_and_nothing_else() -> None:
    recipe = plan({"relight": True, "mirror": 0.5})
    clips, others = PairClips(recipe), PairClips(recipe)
    first = clips.batch(7, 6, 1)
    clips.batch(8, 3, 1)
    assert same(first, others.batch(7, 6, 1))
    assert not same(first, clips.batch(8, 6, 1))
    assert not same(first, PairClips(recipe.model_copy(update={"seed": 6})).batch(7, 6, 1))
    assert first.templates.shape == (6, 3, 32, 32, 1)
    assert first.searches.shape == (6, 3, 32, 32, 1)
    assert first.inputs == (first.templates, first.searches)
    assert (first.targets.cxcywh.dtype, first.targets.present.dtype) == (torch.float32, torch.bool)


@pytest.mark.usefixtures("reels")
def test_parts_are_the_whole() -> None:
    clips = PairClips(plan({"relight": True, "mirror": 0.5}))
    whole, parts = clips.batch(3, 6, 1), [clips.batch(3, 6, 1, part=(index, 3)) for index in range(3)]
    for index, part in enumerate(parts):
        assert torch.equal(whole.templates[index::3], part.templates)
        assert torch.equal(whole.searches[index::3], part.searches)
        assert torch.equal(whole.targets.cxcywh[index::3], part.targets.cxcywh)
        assert torch.equal(whole.targets.present[index::3], part.targets.present)


@pytest.mark.usefixtures("reels")
@pytest.mark.parametrize("mirror", [0.0, 1.0])
@pytest.mark.parametrize("plain", [False, True])
def test_the_box_is_where_the_object_is(mirror: float, plain: bool) -> None:
    """The bright square's middle and area in the crop, measured, are those of the box that is told."""
    recipe = plan({"mirror": mirror}, strangers=0.0, shift=1.0)
    # Black beyond the frame, or its edge would be half as bright as the object.
    black = recipe.model_copy(update={"input": recipe.input.model_copy(update={"pad": 0.0})})
    batch = PairClips(black).batch(0, 40, 1, plain=plain)
    shown = pixels(batch.searches)
    rows, columns = np.mgrid[:32, :32] + 0.5
    assert batch.targets.present.all()
    compared = 0
    for picture, box in zip(shown, batch.targets.cxcywh.numpy(), strict=True):
        if plain:
            assert box[:2].tolist() == [0.5, 0.5]
            # sqrt(20 * 12) * 4 is the side of the crop.
            np.testing.assert_allclose(box[2:], np.array([20, 12]) / (4 * math.sqrt(240)), rtol=1e-6)
        bright = picture[..., 0]
        inside = box[:2] - box[2:] / 2 >= 0, box[:2] + box[2:] / 2 <= 1
        if not (inside[0].all() and inside[1].all()):
            continue
        compared += 1
        middle = np.array([(bright * columns).sum(), (bright * rows).sum()]) / bright.sum() / 32
        np.testing.assert_allclose(middle, box[:2], atol=0.012)
        assert bright.sum() / 255 / 32**2 == pytest.approx(box[2] * box[3], rel=0.15)
    assert compared > 25


@pytest.mark.usefixtures("reels")
def test_a_mirrored_pair_is_the_other_one_seen_in_a_mirror() -> None:
    straight = PairClips(plan({"mirror": 0.0})).batch(4, 12, 1)
    mirrored = PairClips(plan({"mirror": 1.0})).batch(4, 12, 1)
    assert torch.equal(mirrored.templates, straight.templates.flip(3))
    assert torch.equal(mirrored.searches, straight.searches.flip(3))
    flipped = straight.targets.cxcywh.clone()
    flipped[:, 0] = 1 - flipped[:, 0]
    torch.testing.assert_close(mirrored.targets.cxcywh, flipped)


@pytest.mark.usefixtures("reels")
@pytest.mark.parametrize("gap", [1, 4, 100])
def test_frames_are_no_further_apart_than_the_gap_and_are_known(gap: int) -> None:
    batch = PairClips(plan(gap=gap, strangers=0.0)).batch(0, 60, 1)
    apart = []
    for template, search in zip(pixels(batch.templates), pixels(batch.searches), strict=True):
        first, second = frame_of(template), frame_of(search)
        assert first % 7 != 6
        assert second % 7 != 6
        assert reel_of(template) == reel_of(search)
        apart.append(abs(first - second))
    assert max(apart) <= gap
    assert max(apart) >= min(gap, 20)


@pytest.mark.usefixtures("reels")
def test_strangers_are_absent() -> None:
    batch = PairClips(plan(strangers=1.0)).batch(0, 60, 1)
    alike = [
        reel_of(template) == reel_of(search)
        for template, search in zip(pixels(batch.templates), pixels(batch.searches), strict=True)
    ]
    # Of three reels the stranger's is one time in three that of the template, which is no stranger.
    assert batch.targets.present.tolist() == alike
    assert 8 <= sum(alike) <= 32
    # In the last part of a training there are none.
    assert PairClips(plan(strangers=1.0)).batch(0, 60, 1, plain=True).targets.present.all()


@pytest.mark.usefixtures("reels")
def test_a_centre_outside_of_the_crop_is_absent() -> None:
    batch = PairClips(plan(strangers=0.0, shift=3.0)).batch(0, 80, 1)
    centre = batch.targets.cxcywh[:, :2]
    inside = ((centre >= 0) & (centre < 1)).all(1)
    assert batch.targets.present.tolist() == inside.tolist()
    assert 0 < int(inside.sum()) < 80
    # As far as the shift: three sides of the object of a crop of four.
    assert float((centre - 0.5).abs().max()) <= 3 / 4 * math.exp(0.36) + 1e-6


@pytest.mark.usefixtures("reels")
def test_light_is_another_in_both_and_stays_a_grey_level() -> None:
    dark = PairClips(plan({"relight": False})).batch(2, 8, 1)
    lit = PairClips(plan({"relight": True})).batch(2, 8, 1)
    assert torch.equal(dark.targets.cxcywh, lit.targets.cxcywh)
    for a, b in ((dark.templates, lit.templates), (dark.searches, lit.searches)):
        assert not torch.equal(a, b)
        whole = b * 256
        assert torch.equal(whole, whole.round())
        assert 0 <= float(whole.min()) <= float(whole.max()) <= 255


def test_reels_by_the_weights_of_their_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = iter([(reel(1),), (reel(2),)])
    monkeypatch.setattr(module, "target_reels", lambda *given: next(tables))
    given = plan(strangers=0.0)
    data = tuple(given.data[0].model_copy(update={"weight": weight}) for weight in (3.0, 1.0))
    batch = PairClips(given.model_copy(update={"data": data})).batch(0, 200, 1)
    firsts = sum(reel_of(picture) == 1 for picture in pixels(batch.templates))
    assert 130 <= firsts <= 170


def test_synthetic_reels_show_what_they_say(tmp_path: Path) -> None:
    clips = PairClips(Recipe.model_validate(table()), tmp_path, quiet=True)
    (found,) = clips.reels
    assert 1 <= len(found) <= 3
    for each in found:
        assert len(each.pictures) == 4
        assert each.pictures[0].shape == (96, 96, 3)
        assert not np.isnan(each.cxcywh[each.shown]).any()
        assert (each.cxcywh[each.shown][:, 2:] >= 2).all()


def test_no_sequence_that_shows_its_target_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, nowhere = np.zeros((96, 96, 3), np.uint8), np.full(4, np.nan, np.float32)
    monkeypatch.setattr(store_module, "TargetScene", lambda *given: [(picture, nowhere, 0.0)] * 4)
    with pytest.raises(InputError, match=r"data\.sequences: found none that shows its target twice"):
        PairClips(Recipe.model_validate(table()), quiet=True)


@pytest.mark.parametrize("name", ["Crossing", "bag"])
def test_real_sequences(shared_data: Path, name: str) -> None:
    folder = shared_data / "sot"
    if not (folder / name).is_dir():
        pytest.skip("the sequence is not there")
    given = {**table(), "data": {"kind": "single", "folder": f"sot/{name}"}}
    recipe = Recipe.model_validate({**given, "pairs": {"strangers": 0.0, "shift": 0.5}})
    clips = PairClips(recipe, shared_data)
    batch = clips.batch(0, 4, 1)
    assert same(batch, clips.batch(0, 4, 1))
    assert batch.targets.present.all()
    assert float(batch.templates.std()) > 0.02


def test_folders_that_are_not_there(tmp_path: Path) -> None:
    data = {"kind": "single", "folder": "nowhere"}
    with pytest.raises(InputError, match="nowhere"):
        PairClips(Recipe.model_validate({**table(), "data": data}), tmp_path)
    data = {"textures": "photographs", "sequences": 1}
    with pytest.raises(InputError, match="textures: found no files"):
        PairClips(Recipe.model_validate({**table(), "data": data}), tmp_path, quiet=True)
