"""Scenes: the truth is that of the pixels, the pixels are those of the spec."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.data.scenes import CLASSES, Scene, SceneSpec
from neuromorph_track.data.scenes.camera import camera_offsets
from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.scenes.light import Light

PLAIN = SceneSpec(seed=5, frames=60, clutter=0, noise=0, light=0, shake=0)


@pytest.fixture
def no_light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither shadows nor tint: what is painted is what is seen."""
    nothing = np.zeros((1, 1, 4), np.uint8)
    monkeypatch.setattr(Light, "shadow", lambda self, layer, v: Layer(0, 0, nothing))
    monkeypatch.setattr(Light, "expose", lambda self, picture, frame, rng: picture)


def silhouette(scene: Scene, actor: int, frame: int) -> NDArray[np.bool_]:
    """Pixels that one object covers at least by half, from how it hides black and white walls."""
    alone = copy.copy(scene)
    alone._actors = [scene._actors[actor]]
    seen = []
    for wall in (0, 255):
        alone._background = np.full_like(scene._background, wall)
        seen.append(alone[frame][0].astype(int))
    return (seen[1] - seen[0]).max(axis=2) <= 127


def box_of(mask: NDArray[np.bool_]) -> list[int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


def inside(boxes: NDArray[np.float32], spec: SceneSpec) -> NDArray[np.bool_]:
    """Boxes that do not touch an edge; one that touches may be cut."""
    return (boxes[:, :2] > 0).all(axis=1) & (boxes[:, 2] < spec.width) & (boxes[:, 3] < spec.height)


@pytest.mark.parametrize("blur", [0.0, 1.0])
@pytest.mark.usefixtures("no_light")
def test_boxes_are_tight_around_each_object_alone(blur: float) -> None:
    scene = Scene(replace(PLAIN, objects=9, blur=blur))
    classes = set()
    for frame in (10, 45):
        truth = scene[frame][1]
        for row in np.flatnonzero(inside(truth.xyxy, scene.spec)):
            mask = silhouette(scene, truth.track_id[row] - 1, frame)
            assert truth.xyxy[row].tolist() == box_of(mask)
            classes.add(CLASSES[truth.class_id[row]])
    assert classes == set(CLASSES)


@pytest.mark.parametrize("shift", [(-100, 0), (100, 0), (0, 60), (0, -70)])
def test_box_at_the_border_is_cut_there(shift: tuple[int, int]) -> None:
    """A camera turned aside puts the same objects across the border."""
    straight = Scene(replace(PLAIN, objects=9))
    aside = copy.copy(straight)
    aside._offsets = np.tile(np.array(shift, float), (60, 1))
    whole = {n: box for n, box in _ids_and_boxes(straight, 20)}
    moved = {n: box for n, box in _ids_and_boxes(aside, 20)}
    both = whole.keys() & moved.keys()
    # Both are cut, so only what is inside in both pictures can be compared.
    limits = [PLAIN.width, PLAIN.height] * 2
    offset = np.array([*shift, *shift], np.float32)
    for n in both:
        kept = inside(whole[n][None], PLAIN)[0]
        assert not kept or np.array_equal((whole[n] - offset).clip(0, limits), moved[n])
    assert not inside(aside[20][1].xyxy, aside.spec).all()
    assert all(np.all((box >= 0) & (box <= limits)) for box in moved.values())
    assert len(both) >= 2


def _ids_and_boxes(scene: Scene, frame: int) -> list[tuple[int, NDArray[np.float32]]]:
    truth = scene[frame][1]
    return list(zip(truth.track_id.tolist(), truth.xyxy, strict=True))


@pytest.mark.usefixtures("no_light")
def test_visibility_is_what_nearer_objects_leave() -> None:
    scene = Scene(replace(PLAIN, objects=12))
    hidden = 0
    for frame in (5, 30, 55):
        truth = scene[frame][1]
        stack = {p.number: p for p in scene._stack(frame, 0.0, 0.0)}
        masks = {number: silhouette(scene, number - 1, frame) for number in stack}
        for row in np.flatnonzero(inside(truth.xyxy, scene.spec)):
            own = truth.track_id[row]
            free = masks[own].copy()
            for number, placed in stack.items():
                if placed.distance < stack[own].distance:
                    free &= ~masks[number]
            assert truth.visibility[row] == pytest.approx(free.sum() / masks[own].sum(), abs=1e-6)
            hidden += truth.visibility[row] < 0.9
        assert set(truth.track_id) <= set(stack)
    assert hidden >= 3


def test_furniture_hides_objects() -> None:
    spec = SceneSpec(seed=3, frames=120, clutter=30)
    bare = _visibilities(Scene(replace(spec, clutter=0)))
    behind = _visibilities(Scene(spec))
    assert all(v <= bare[key] + 1e-6 for key, v in behind.items())
    assert sum(v < bare[key] - 0.05 for key, v in behind.items()) >= 5


def _visibilities(scene: Scene) -> dict[tuple[int, int], float]:
    truths = {frame: scene[frame][1] for frame in range(0, 120, 10)}
    return {
        (frame, int(number)): float(share)
        for frame, truth in truths.items()
        for number, share in zip(truth.track_id, truth.visibility, strict=True)
    }


def test_truth_is_complete_and_typed() -> None:
    spec = SceneSpec(seed=11, frames=50, objects=10, min_visibility=0.4)
    for frame, truth in Scene(spec):
        assert frame.shape == (192, 256, 3)
        assert frame.dtype == np.uint8
        assert (truth.xyxy.dtype, truth.track_id.dtype, truth.class_id.dtype) == (
            np.float32,
            np.int64,
            np.int64,
        )
        assert truth.visibility.dtype == np.float32
        assert np.all((truth.visibility > 0) & (truth.visibility <= 1))
        assert np.array_equal(truth.ignored, truth.visibility < 0.4)
        assert len(set(truth.track_id)) == len(truth)
        assert np.all(truth.track_id >= 1)


def test_frames_do_not_depend_on_the_order_they_are_asked_for() -> None:
    spec = SceneSpec(seed=2, frames=40)
    first, second = Scene(spec), Scene(spec)
    forwards = [first[i] for i in range(40)]
    for i in reversed(range(40)):
        frame, truth = second[i]
        assert np.array_equal(frame, forwards[i][0])
        assert np.array_equal(truth.xyxy, forwards[i][1].xyxy)
        assert np.array_equal(truth.visibility, forwards[i][1].visibility)
    assert np.array_equal(first[-1][0], forwards[39][0])
    with pytest.raises(IndexError):
        first[40]


def test_seeds_differ() -> None:
    frames = [Scene(SceneSpec(seed=seed, frames=1))[0][0] for seed in range(4)]
    assert all(np.mean(a != b) > 0.5 for a, b in combinations(frames, 2))


@pytest.mark.parametrize("objects", [0, 3, 6, 15])
def test_density_is_what_was_asked_for(objects: int) -> None:
    counts = []
    for seed in range(2):
        scene = Scene(SceneSpec(seed=seed, objects=objects))
        counts += [len(scene[i][1]) for i in range(0, 120, 20)]
    assert np.mean(counts) == pytest.approx(objects, rel=0.15)


def test_classes_are_equally_often_in_view_and_objects_of_the_right_size() -> None:
    classes, heights = [], []
    for seed in range(2):
        scene = Scene(SceneSpec(seed=seed, objects=12, frames=300))
        for i in range(0, 300, 30):
            classes += scene[i][1].class_id.tolist()
            heights += (scene[i][1].xyxy[:, 3] - scene[i][1].xyxy[:, 1]).tolist()
    assert np.bincount(classes, minlength=3) / len(classes) == pytest.approx(1 / 3, abs=0.12)
    # A jelly is up to a fifth flatter than its nominal height, a walker in mid-stride a little shorter.
    assert np.mean(np.array(heights) < 22) < 0.05
    assert max(heights) <= 64 * 1.25


def test_without_occlusion_boxes_never_meet() -> None:
    scene = Scene(SceneSpec(seed=1, frames=100, objects=8, occlusion=False))
    seen = 0
    for i in range(0, 100, 4):
        truth = scene[i][1]
        seen += len(truth)
        for a, b in combinations(truth.xyxy, 2):
            assert not np.all(np.minimum(a[2:], b[2:]) > np.maximum(a[:2], b[:2]))
        assert np.all(truth.visibility[inside(truth.xyxy, scene.spec)] == 1)
    assert seen / 25 > 1.5


def test_objects_enter_leave_and_change_size() -> None:
    scene = Scene(SceneSpec(seed=4, frames=300))
    spans: dict[int, list[float]] = {}
    for i in range(0, 300, 5):
        truth = scene[i][1]
        for number, box in zip(truth.track_id.tolist(), truth.xyxy, strict=True):
            spans.setdefault(number, []).append(float(box[3] - box[1]))
    present = [set(scene[i][1].track_id) for i in (0, 150, 299)]
    assert present[0].isdisjoint(present[2])
    assert len(spans) >= 15
    walkers = [h for n, h in spans.items() if scene.paths[n - 1].name == "walker" and len(h) > 10]
    assert max(max(h) / min(h) for h in walkers) > 1.3


def test_a_still_camera_sees_still_pixels() -> None:
    """Only what moves may change, or a network that sends changes would have no rest."""
    scene = Scene(replace(PLAIN, objects=0, clutter=9, frames=30))
    frames = [scene[i][0] for i in (0, 10, 29)]
    assert np.array_equal(frames[0], frames[1])
    assert np.array_equal(frames[0], frames[2])


def test_shake_comes_in_bursts_within_its_bound() -> None:
    spec = SceneSpec(frames=2000, shake=0.7)
    offsets = camera_offsets(spec, np.random.default_rng(0))
    assert 0.4 < np.abs(offsets).max() <= 0.7
    assert 0.5 < np.mean((offsets == 0).all(axis=1)) < 0.95


def test_camera_moves_world_and_truth_alike() -> None:
    still, panned = (Scene(replace(PLAIN, objects=1, pan=0, seed=9)) for _ in range(2))
    panned._offsets = np.tile([3.0, -2.0], (60, 1))
    a, b = still[20], panned[20]
    assert np.array_equal(a[1].xyxy - np.array([3, -2, 3, -2], np.float32), b[1].xyxy)
    assert np.array_equal(a[0][0:150, 3:200], b[0][2:152, 0:197])


def test_pan_keeps_the_density() -> None:
    scene = Scene(SceneSpec(seed=1, pan=60.0, frames=240))
    counts = [len(scene[i][1]) for i in range(0, 240, 10)]
    assert np.mean(counts) == pytest.approx(6, rel=0.25)


@pytest.mark.parametrize(("noise", "low", "high"), [(0.0, 0, 0), (4.0, 3.4, 4.6)])
def test_noise_has_the_stated_strength(noise: float, low: float, high: float) -> None:
    scene = Scene(replace(PLAIN, objects=0, noise=noise))
    clean = Scene(replace(PLAIN, objects=0))[7][0].astype(int)
    off = scene[7][0] - clean
    middle = (clean > 30) & (clean < 225)
    assert low <= off[middle].std() <= high


def test_light_drifts_as_stated() -> None:
    scene = Scene(replace(PLAIN, objects=0, light=0.3, frames=400))
    means = np.array([scene[i][0].mean() for i in range(0, 400, 10)])
    assert means.max() / means.min() == pytest.approx(1.3 / 0.7, rel=0.1)


def test_sprites_are_not_cut_by_their_sheet() -> None:
    for seed in range(2):
        scene = Scene(SceneSpec(seed=seed, frames=60, objects=20))
        for frame in range(0, 60, 10):
            for placed in scene._stack(frame, 0.0, 0.0):
                alpha = placed.layer.rgba[..., 3]
                edges = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
                assert max(int(edge.max()) for edge in edges) < 128, (seed, frame, placed.number)
