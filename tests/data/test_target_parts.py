"""What sequences are put together from: outlines, sheets, looks, placing, paths, occluders, light."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.targets import KINDS, TargetSpec
from neuromorph_track.data.targets.bodies import make_body
from neuromorph_track.data.targets.exposure import Exposure
from neuromorph_track.data.targets.making import Making
from neuromorph_track.data.targets.occluders import plan_occluders
from neuromorph_track.data.targets.outlines import bar, blob, coverage, polygon, superellipse
from neuromorph_track.data.targets.paths import drift, plan_camera, plan_distractor, plan_target
from neuromorph_track.data.targets.patterns import GROWN, MADE, draw_pattern
from neuromorph_track.data.targets.placing import Pose, blurred, place
from neuromorph_track.data.targets.surfaces import Look, read_pictures

MAKING = Making(n=80, sun=(0.6, -0.8), relief=0.5, deform=1.0)


def white(cover: np.ndarray) -> np.ndarray:
    return np.dstack([cover] * 4)


@pytest.mark.parametrize("make", [polygon, superellipse, blob])
@pytest.mark.parametrize("seed", range(5))
def test_outlines_fit_their_circle(make, seed: int) -> None:  # type: ignore[no-untyped-def]
    outline = make(np.random.default_rng(seed))
    assert np.hypot(*outline.T).max() == pytest.approx(1)
    assert outline.min(axis=0) == pytest.approx(-outline.max(axis=0))


def test_coverage_is_the_area() -> None:
    disc = (
        np.stack([np.cos(np.linspace(0, 2 * np.pi, 90)), np.sin(np.linspace(0, 2 * np.pi, 90))], axis=1) * 0.8
    )
    assert coverage(disc, 60).sum() / 255 == pytest.approx(math.pi * (0.8 * 30) ** 2, rel=0.02)
    limb = bar(0.5, 0.2, 1.0) - np.array([0.25, 0])
    # OpenCV fills every pixel of the fine sheet that an outline touches, a sixth of a pixel all around.
    rim = (2 * 0.5 + math.pi * 0.2) * 50 / 6
    assert coverage(limb, 100).sum() / 255 == pytest.approx(
        (0.5 * 0.2 + math.pi * 0.01) * 2500 + rim, rel=0.02
    )


@given(
    st.integers(0, 99),
    st.floats(-40, 90),
    st.floats(-40, 90),
    st.floats(0.15, 1.3),
    st.floats(-7, 7),
    st.floats(0.6, 1.7),
)
@settings(max_examples=60)
def test_boxes_are_where_geometry_puts_them(
    seed: int, u: float, v: float, scale: float, angle: float, stretch: float
) -> None:
    # Tips of a polygon cover less than half a pixel; a blob has none.
    outline = blob(np.random.default_rng(seed)) * 0.9
    sheet = white(coverage(outline, 80))
    placed = place(sheet, Pose(u, v, scale, angle, stretch))
    flat = outline * 40 * scale * np.array([stretch**0.5, stretch**-0.5])
    turned = flat @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) + (
        u,
        v,
    )
    box = placed.box()
    assert box is not None
    assert np.array(box) == pytest.approx([*turned.min(axis=0), *turned.max(axis=0)], abs=1.3)
    after = np.roll(turned, -1, axis=0)
    area = 0.5 * abs((turned[:, 0] * after[:, 1] - turned[:, 1] * after[:, 0]).sum())
    assert placed.solid.sum() == pytest.approx(area, rel=0.06, abs=8)


def test_what_is_left_out_lies_outside() -> None:
    sheet = white(coverage(blob(np.random.default_rng(1)), 90))
    for u, v in ((5.0, 30.0), (58.0, 2.0), (200.0, 30.0), (30.0, -80.0)):
        pose = Pose(u, v, 0.9, 0.3, way=(6.0, 2.0))
        whole, cut = np.zeros((50, 60, 3), np.uint8), np.zeros((50, 60, 3), np.uint8)
        place(sheet, pose).layer.paint(whole)
        place(sheet, pose, (50, 60)).layer.paint(cut)
        # OpenCV's fixed-point arithmetic rounds differently from another origin.
        assert np.abs(whole.astype(int) - cut).max() <= 8
        assert np.abs(whole.astype(int) - cut).mean() < 0.2


def test_motion_blur_is_a_streak_about_the_middle() -> None:
    point = np.zeros((41, 41, 4), np.uint8)
    point[18:23, 18:23] = 255
    streak = blurred(point, (12.0, 0.0))[..., 3].astype(float)
    rows, columns = np.indices(streak.shape)
    mean = [(axis * streak).sum() / streak.sum() for axis in (rows, columns)]
    assert mean == pytest.approx([20, 20], abs=0.1)
    spread = [((axis - 20) ** 2 * streak).sum() / streak.sum() for axis in (rows, columns)]
    # A box of width 5 has a variance of 2; a way of 12 adds 12.
    assert spread == pytest.approx([2, 2 + 12**2 / 12], rel=0.1)
    assert blurred(point, (0.3, 0.3)) is point


@pytest.mark.parametrize("kind", KINDS)
def test_no_body_is_cut_by_its_sheet(kind: str) -> None:
    for seed in range(6):
        body = make_body(kind, np.random.SeedSequence(seed), Look.drawn(np.random.default_rng(seed)), MAKING)
        for frame in (0, 7, 19, 50):
            sheet = body.sheet(frame)
            cover = sheet[..., 3]
            assert max(int(edge.max()) for edge in (cover[0], cover[-1], cover[:, 0], cover[:, -1])) < 128
            assert (sheet[..., :3] <= cover[..., None]).all()
            assert (cover >= 128).mean() > 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_shape_in_another_look(kind: str) -> None:
    looks = [Look.drawn(np.random.default_rng(seed)) for seed in (1, 2)]
    first, second = (make_body(kind, np.random.SeedSequence(4), look, MAKING).sheet(9) for look in looks)
    assert np.array_equal(first[..., 3], second[..., 3])
    inner = first[..., 3] == 255
    assert np.abs(first[inner][:, :3].astype(int) - second[inner][:, :3]).mean() > 10


@pytest.mark.parametrize(
    ("kind", "moves"), [("polygon", False), ("soft", True), ("limbs", True), ("pair", True)]
)
def test_what_deforms(kind: str, moves: bool) -> None:
    body = make_body(kind, np.random.SeedSequence(3), Look.drawn(np.random.default_rng(0)), MAKING)
    shapes = [body.sheet(frame)[..., 3] >= 128 for frame in range(0, 40, 4)]
    overlap = min((shape & shapes[0]).sum() / (shape | shapes[0]).sum() for shape in shapes)
    assert (overlap < 0.93) == moves


@pytest.mark.parametrize("pattern", GROWN + MADE, ids=lambda pattern: pattern.__name__)
def test_patterns_are_no_plain_fields(pattern) -> None:  # type: ignore[no-untyped-def]
    fields = [pattern(64, np.random.default_rng(seed)) for seed in range(3)]
    for field in fields:
        assert field.shape == (64, 64)
        assert field.dtype == np.float32
        assert np.isfinite(field).all()
        assert field.std() > 0.03
    assert np.abs(fields[0] - fields[1]).mean() > 0.05


def test_alike_looks_share_colours_and_not_patterns() -> None:
    look = Look.drawn(np.random.default_rng(5))
    other = look.alike(np.random.default_rng(6))
    stranger = Look.drawn(np.random.default_rng(7))
    assert np.array_equal(look.palette, other.palette)

    def colours(each: Look) -> np.ndarray:
        surface = np.concatenate([each.surface(64) for _ in range(6)])
        counts = cv2.calcHist([surface], [0, 1, 2], None, [8] * 3, [0, 256] * 3)
        return np.sqrt(counts / counts.sum())

    own = colours(look)
    assert (own * colours(other)).sum() > 0.75 > 0.4 > (own * colours(stranger)).sum()
    assert np.abs(draw_pattern(64, look.rng) - draw_pattern(64, other.rng)).mean() > 0.05


def test_pictures_of_a_user_are_cut_up(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (90, 1400, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "p.png"), picture)
    read = read_pictures([tmp_path / "p.png"])
    assert read[0].shape == (41, 640, 3)
    red = np.zeros((50, 70, 3), np.uint8)
    red[..., 0] = 200
    looks = [Look.drawn(np.random.default_rng(seed), [red]) for seed in range(40)]
    pure = [bool((look.surface(16) == (200, 0, 0)).all()) for look in looks]
    assert 0.4 < np.mean(pure) < 0.8


def test_curves_are_smooth_and_bounded() -> None:
    curve = drift(500, 10, np.random.default_rng(0), 3)
    assert curve.shape == (500, 3)
    assert np.abs(curve).max() < 1.4
    assert np.abs(np.diff(curve, axis=0)).max() < 0.35
    assert (curve.std(axis=0) > 0.3).all()


def test_the_target_keeps_its_pace_and_stays_inside() -> None:
    steps, outside = [], []
    for seed in range(10):
        spec = TargetSpec(seed=seed, speed=0.08, frames=200, jolts=0)
        path = plan_target(spec, np.random.default_rng(seed))
        steps.append(np.hypot(*np.diff(path.place, axis=0).T) / path.side[:-1])
        outside.append((path.place < 0).any() or (path.place > 160).any())
        assert path.side.max() / path.side[0] <= spec.zoom + 1e-9
        assert path.side[0] / path.side.min() <= spec.zoom + 1e-9
        assert 24 <= path.side[0] <= 36
    assert np.mean(steps) == pytest.approx(0.08, rel=0.25)
    assert not any(outside)


def test_jolts_are_sudden() -> None:
    calm, rough = (
        plan_target(TargetSpec(jolts=jolts, frames=300), np.random.default_rng(2)).place
        for jolts in (0.0, 8.0)
    )
    jumps = [np.hypot(*np.diff(place, 2, axis=0).T).max() for place in (calm, rough)]
    assert jumps[1] > 2 * jumps[0]


def test_distractors_begin_beside_the_target_and_stay_near() -> None:
    near = []
    for seed in range(8):
        spec = TargetSpec(seed=seed)
        rng = np.random.default_rng(seed)
        target = plan_target(spec, rng)
        for number in range(4):
            away = (
                np.hypot(*(plan_distractor(spec, target, number, rng).place - target.place).T) / target.side
            )
            assert away[0] > 1.5
            near.append((away < 4).mean())
    assert np.mean(near) > 0.9


def test_occluders_meet_the_target() -> None:
    met, planned = 0, 0
    for seed in range(6):
        spec = TargetSpec(seed=seed, occluders=4, full=1.0)
        rng = np.random.default_rng(seed)
        target = plan_target(spec, rng)
        for occluder in plan_occluders(spec, target, MAKING, [], rng):
            away = np.hypot(*(occluder.places - target.place).T)
            across = np.abs(
                (occluder.places - target.place) @ (math.cos(occluder.angle), math.sin(occluder.angle))
            )
            planned += 1
            met += away.min() < 0.5 * target.side[away.argmin()]
            assert (across[:6] > 0.9 * target.side[:6]).all()
    assert planned >= 12
    assert met == planned


def test_a_short_sequence_has_no_occluders() -> None:
    spec = TargetSpec(frames=12, occluders=10)
    rng = np.random.default_rng(0)
    assert plan_occluders(spec, plan_target(spec, rng), MAKING, [], rng) == []


@pytest.mark.parametrize("light", [0.0, 0.5, 1.0])
def test_light_stays_within_its_factor(light: float) -> None:
    spec = TargetSpec(light=light, shadow=0, noise=0, defocus=0, frames=120)
    rng = np.random.default_rng(1)
    camera = plan_camera(spec, rng)
    exposure = Exposure(spec, rng)
    gains = np.array([exposure.gain(camera, index) for index in range(120)])
    assert 2 ** (-1.4 * light) - 1e-6 <= exposure.brightness.min()
    assert exposure.brightness.max() <= 2 ** (1.4 * light) + 1e-6
    if light:
        assert exposure.brightness.max() / exposure.brightness.min() > 1.3
        assert (gains.max(axis=(1, 2)) / gains.min(axis=(1, 2))).min() > 1.05
        assert (gains > 0).all()
    else:
        assert np.array_equal(gains, np.ones_like(gains))


def test_noise_shadow_and_coding_do_what_they_say() -> None:
    grey = np.full((160, 160, 3), 120, np.uint8)

    def taken(**changes: float) -> np.ndarray:
        spec = TargetSpec(**{"light": 0, "shadow": 0, "noise": 0, "defocus": 0, **changes})  # type: ignore[arg-type]
        rng = np.random.default_rng(1)
        camera = plan_camera(spec, rng)
        return Exposure(spec, rng).take(grey, camera, 30, np.random.default_rng(0)).astype(float)

    plain = taken()
    assert np.ptp(plain[..., 0]) == 0
    assert np.abs(plain - 120).max() <= 0.06 * 120 + 1
    assert (taken(noise=6) - plain).std() == pytest.approx(6, rel=0.05)
    shaded = taken(shadow=0.5) / plain
    assert shaded.min() == pytest.approx(0.5, abs=0.02)
    assert shaded.max() == pytest.approx(1, abs=0.02)
    assert np.abs(taken(jpeg=50) - plain).max() <= 4


def test_layers_of_nothing_are_painted() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    Layer(3, 3, np.zeros((0, 0, 4), np.uint8)).paint(picture)
    assert not picture.any()
