"""Sequences with one target: the truth is that of the pixels, the pixels are those of the spec."""

from __future__ import annotations

import copy
import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.targets import KINDS, TargetScene, TargetSpec
from neuromorph_track.data.targets.backdrop import Backdrop
from neuromorph_track.data.targets.exposure import Exposure
from neuromorph_track.data.targets.placing import Placed
from neuromorph_track.data.targets.scene import Actor

HARD = TargetSpec.preset("hard", seed=4)
PICKED = (0, 9, 23, 41, 66)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No shadows, light or lens: what is painted is what is seen."""
    monkeypatch.setattr(
        Placed, "shadow", lambda self, away, depth: Layer(0, 0, np.zeros((0, 0, 4), np.uint8))
    )
    monkeypatch.setattr(Exposure, "take", lambda self, picture, camera, index, noise: picture)


def elsewhere(actor: Actor) -> Actor:
    return replace(actor, path=replace(actor.path, place=actor.path.place - 1e4))


def silhouette(scene: TargetScene, frame: int) -> NDArray[np.bool_]:
    """Pixels that all things together cover at least by half, from how they hide black and white walls."""
    seen = []
    for wall in (0, 255):
        alone = copy.copy(scene)
        alone._backdrop = _Wall(scene._backdrop, wall)  # type: ignore[assignment]
        seen.append(alone[frame][0].astype(int))
    return np.asarray((seen[1] - seen[0]).max(axis=2) <= 127)


class _Wall:
    def __init__(self, backdrop: Backdrop, value: int) -> None:
        width, height = backdrop._size
        self._picture = np.full((height, width, 3), value, np.uint8)

    def view(self, camera: object, index: int) -> NDArray[np.uint8]:
        return self._picture.copy()


def target_alone(scene: TargetScene) -> TargetScene:
    alone = copy.copy(scene)
    alone.distractors, alone.occluders = [], []
    return alone


def nearer_alone(scene: TargetScene) -> list[TargetScene]:
    """Each thing before the target by itself."""
    parts = []
    for actor in scene.distractors:
        if actor.front:
            part = target_alone(scene)
            part.target, part.distractors = elsewhere(scene.target), [actor]
            parts.append(part)
    for occluder in scene.occluders:
        part = target_alone(scene)
        part.target, part.occluders = elsewhere(scene.target), [occluder]
        parts.append(part)
    return parts


def box_of(mask: NDArray[np.bool_]) -> list[int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("bare")
def test_boxes_are_tight_around_the_target_alone(kind: str) -> None:
    scene = TargetScene(replace(HARD, kinds=(kind,), blur=0.0))
    alone, compared = target_alone(scene), 0
    for frame in PICKED:
        _, box, visibility = scene[frame]
        mask = silhouette(alone, frame)
        if visibility and scene.truth(frame).inside == 1:
            assert box.tolist() == box_of(mask)
            compared += 1
        elif visibility:
            # The silhouette that is cut need not reach as far as the box that is cut.
            own = box_of(mask)
            assert (box[:2] <= own[:2]).all()
            assert (box[2:] >= own[2:]).all()
    assert compared >= 2


@pytest.mark.parametrize("seed", [4, 9])
@pytest.mark.usefixtures("bare")
def test_visibility_is_what_nearer_things_leave(seed: int) -> None:
    scene = TargetScene(replace(HARD, seed=seed, blur=0.0, occluders=8.0))
    alone, nearer = target_alone(scene), nearer_alone(scene)
    values = []
    for frame in range(0, 80, 7):
        truth = scene.truth(frame)
        if truth.inside < 1:
            continue
        own = silhouette(alone, frame)
        free = own.copy()
        for part in nearer:
            free &= ~silhouette(part, frame)
        assert truth.visibility == pytest.approx(free.sum() / own.sum(), abs=1e-9)
        values.append(truth.visibility)
    assert len(nearer) >= 3
    assert min(values) < 0.5
    assert max(values) == 1


def test_truth_and_item_agree_and_are_typed() -> None:
    scene = TargetScene(replace(HARD, frames=30))
    for index, (frame, box, visibility) in enumerate(scene):
        assert (frame.shape, frame.dtype) == ((160, 160, 3), np.uint8)
        assert (box.shape, box.dtype) == ((4,), np.float32)
        truth = scene.truth(index)
        assert np.array_equal(box, truth.box, equal_nan=True)
        assert visibility == truth.visibility
        assert 0 <= visibility <= truth.inside <= 1
        assert np.isnan(box).all() == (visibility == 0)
    assert len(list(scene)) == len(scene) == 30


def test_blur_does_not_move_the_truth() -> None:
    sharp, blurred = (TargetScene(replace(HARD, blur=blur)) for blur in (0.0, 1.0))
    for frame in PICKED:
        a, b = sharp.truth(frame), blurred.truth(frame)
        assert np.array_equal(a.box, b.box, equal_nan=True)
        assert a.visibility == b.visibility


def test_frames_do_not_depend_on_the_order_they_are_asked_for() -> None:
    spec = replace(HARD, frames=12)
    first, second = TargetScene(spec), TargetScene(spec)
    forwards = [first[i] for i in range(12)]
    for i in reversed(range(12)):
        frame, box, visibility = second[i]
        assert np.array_equal(frame, forwards[i][0])
        assert np.array_equal(box, forwards[i][1], equal_nan=True)
        assert visibility == forwards[i][2]
    assert np.array_equal(first[-1][0], forwards[11][0])
    with pytest.raises(IndexError):
        first[12]


PRINT_DIGEST = """
import hashlib
from neuromorph_track.data.targets import TargetScene, TargetSpec
scene = TargetScene(TargetSpec.preset("hard", seed=4, jpeg=60))
print(hashlib.sha256(b"".join(scene[i][0].tobytes() for i in (0, 40))).hexdigest())
"""


def test_other_processes_see_the_same_pixels() -> None:
    scene = TargetScene(TargetSpec.preset("hard", seed=4, jpeg=60))
    own = hashlib.sha256(b"".join(scene[i][0].tobytes() for i in (0, 40))).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-c", PRINT_DIGEST]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == own


def test_seeds_and_splits_differ() -> None:
    specs = [
        TargetSpec(seed=seed, split=split, frames=2) for seed, split in product(range(5), ("train", "test"))
    ]
    scenes = [TargetScene(spec) for spec in specs]
    assert all(np.mean(a[0][0] != b[0][0]) > 0.5 for a, b in combinations(scenes, 2))
    shapes = [scene.target.body.sheet(0)[..., 3] for scene in scenes]
    assert all(a.shape != b.shape or np.mean(a != b) > 0.01 for a, b in combinations(shapes, 2))
    assert len({scene.kind for scene in scenes}) > 2


@pytest.mark.parametrize("seed", [2**32 + 1, 2**33, 2**63 - 1])
def test_large_seeds_do_not_meet_the_other_split(seed: int) -> None:
    train, test = (TargetScene(TargetSpec(seed=seed, split=split, frames=1)) for split in ("train", "test"))
    assert np.mean(train[0][0] != test[0][0]) > 0.5


@pytest.mark.parametrize("preset", ["usual", "hard"])
def test_the_target_is_free_at_first_and_hidden_later(preset: str) -> None:
    seen = np.array(
        [
            [scene.truth(index).visibility for index in range(0, 80, 2)]
            for scene in (TargetScene(TargetSpec.preset(preset, seed=seed, clutter=0)) for seed in range(8))
        ]
    )
    assert seen[:, :3].min() > 0.9
    assert 0.03 < (seen < 0.5).mean() < 0.35
    assert (seen == 0).any()
    assert (seen[:, 3:] > 0.9).any(axis=1).all()


def test_easy_targets_are_never_hidden() -> None:
    for seed in range(4):
        scene = TargetScene(TargetSpec.preset("easy", seed=seed, clutter=0))
        assert all(scene.truth(i).visibility == scene.truth(i).inside > 0.5 for i in range(0, 80, 5))


def test_a_target_that_leaves_comes_back() -> None:
    scene = TargetScene(TargetSpec(seed=3, leaves=1, occluders=0, distractors=0))
    inside = np.array([scene.truth(index).inside for index in range(80)])
    assert inside[0] == 1
    assert 3 <= (inside == 0).sum() <= 14
    assert inside[-1] > 0.5


def test_sizes_and_angles_follow_the_path() -> None:
    spec = TargetSpec(
        seed=8, kinds=("ellipse",), zoom=2.5, size=24, aspect=1, turn=0, occluders=0, distractors=0
    )
    scene = TargetScene(spec)
    sides, wanted = [], []
    for index in range(0, 80, 4):
        truth = scene.truth(index)
        if truth.inside == 1:
            left, top, right, bottom = truth.box.tolist()
            sides.append(np.sqrt((right - left) * (bottom - top)))
            wanted.append(scene.target.path.side[index])
    assert sides == pytest.approx(wanted, rel=0.08)
    assert max(sides) / min(sides) > 1.8


def test_distractors_are_of_the_targets_shape() -> None:
    scene = TargetScene(TargetSpec(seed=5, kinds=("polygon",), distractors=4, alike=0.5))
    sheets = [actor.body.sheet(0) for actor in (scene.target, *scene.distractors)]
    assert all(np.array_equal(sheet[..., 3], sheets[0][..., 3]) for sheet in sheets)
    solid = sheets[0][..., 3] == 255
    surfaces = [sheet[solid][:, :3].astype(int) for sheet in sheets]
    assert all(np.abs(a - b).mean() > 8 for a, b in combinations(surfaces, 2))
    means = [surface.mean(axis=0) for surface in surfaces]
    away = [float(np.abs(mean - means[0]).max()) for mean in means[1:]]
    assert max(away[:2]) < max(away[2:])


def test_pictures_are_used_and_change_nothing_else() -> None:
    spec = TargetSpec(seed=1, frames=20)
    photographs = [np.random.default_rng(k).integers(0, 256, (60, 80, 3), np.uint8) for k in range(3)]
    drawn, cut = TargetScene(spec), TargetScene(spec, photographs)
    assert np.mean(drawn[0][0] != cut[0][0]) > 0.2
    assert np.array_equal(cut[7][0], TargetScene(spec, photographs)[7][0])
    assert np.array_equal(drawn.target.path.place, cut.target.path.place)


def test_a_box_that_stays_fails() -> None:
    overlaps = []
    for seed in range(8):
        scene = TargetScene(TargetSpec(seed=seed, split="test", clutter=0))
        boxes = np.array([scene.truth(index).box for index in range(80)], float)
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        shared = np.minimum(boxes[:, 2:], boxes[0, 2:]) - np.maximum(boxes[:, :2], boxes[0, :2])
        area = np.prod(np.maximum(shared, 0), axis=1)
        sides = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
        overlaps.append(np.mean(area / (sides + sides[0] - area)))
    # The success AUC is the mean overlap but for its thresholds' step.
    assert np.mean(overlaps) < 0.2


@pytest.mark.parametrize(("width", "height", "frames"), [(64, 96, 1), (320, 240, 3), (160, 120, 19)])
def test_any_size_and_length(width: int, height: int, frames: int) -> None:
    for seed in range(3):
        spec = TargetSpec.random(seed, width=width, height=height, frames=frames, leaves=1)
        shots = list(TargetScene(spec))
        assert len(shots) == frames
        assert all(frame.shape == (height, width, 3) for frame, _, _ in shots)
        assert shots[0][2] > 0.9
