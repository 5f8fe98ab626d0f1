"""Paired sequences: frames, events and truth are of the same moments; presets take away what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.events import Events
from neuromorph_track.data.frames import open_source
from neuromorph_track.data.paired import (
    NAMES,
    PairedScene,
    PairedSequence,
    PairedSpec,
    draw_sequence,
    load_or_draw,
    paired_events,
)
from neuromorph_track.data.paired.conditions import PRESETS, draw_conditions
from neuromorph_track.data.paired.moments import at_moments, clock
from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.errors import InputError

SMALL = PairedSpec(seed=1, preset="day", frames=6, width=64, height=64, size=16, distractors=1, clutter=2)
QUIET = replace(SMALL, distractors=0, clutter=0, occluders=0)


@pytest.fixture(scope="module")
def drawn() -> PairedSequence:
    return draw_sequence(SMALL)


def same(a: PairedSequence, b: PairedSequence) -> bool:
    names = ("frames", "frame_boxes", "frame_seen", "frame_there_us", "t", "pixel", "on", "boxes", "seen")
    return all(np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name != "on") for name in names)


def test_what_there_is(drawn: PairedSequence) -> None:
    assert drawn.frames.shape == (6, 64, 64, 3)
    assert drawn.frame_boxes.shape == (6, 4)
    assert drawn.boxes.shape == (24, 4)
    assert drawn.preset == "day"
    assert len(drawn.events) > 500
    assert (np.diff(drawn.t) >= 0).all()
    assert 0 <= drawn.t[0] <= drawn.t[-1] <= 24 * 10_000
    assert drawn.present.dtype == np.bool_


def test_the_same_settings_give_the_same(drawn: PairedSequence) -> None:
    assert same(drawn, draw_sequence(SMALL))


@pytest.mark.parametrize("change", [{"seed": 2}, {"split": "test"}, {"split": "val"}])
def test_other_seeds_and_splits_give_others(drawn: PairedSequence, change: dict[str, object]) -> None:
    assert not same(drawn, draw_sequence(replace(SMALL, **change)))


def test_frames_and_events_alone_are_those_of_the_whole(drawn: PairedSequence) -> None:
    source = open_source(SMALL.to_string())
    assert (source.name, source.frames, source.size, source.fps) == (SMALL.to_string(), 6, (64, 64), 25)
    assert np.array_equal(np.stack(list(source)), drawn.frames)
    stream = paired_events(SMALL)
    events = Events.joined(list(stream.packets()))
    assert (stream.width, stream.height) == (64, 64)
    for name in ("t", "x", "y", "on"):
        assert np.array_equal(getattr(events, name), getattr(drawn.events, name))
    assert len({source.fingerprint(), stream.fingerprint(), paired_events(QUIET).fingerprint()}) == 3


@pytest.mark.slow
def test_v2e_makes_about_as_many_events(drawn: PairedSequence) -> None:
    pytest.importorskip("visionsim")
    calm = replace(SMALL, frames=3)
    ours, theirs = (sum(map(len, paired_events(calm, emulator).packets())) for emulator in ("pixels", "v2e"))
    assert ours == pytest.approx(theirs, rel=0.1)


def test_counts(drawn: PairedSequence) -> None:
    counts = drawn.counts()
    assert counts.shape == (24, 2, 64, 64)
    inside = drawn.t < 24 * 10_000
    assert counts.sum() == inside.sum()
    by_hand = np.zeros_like(counts)
    events = drawn.events
    for t, x, y, on in zip(events.t, events.x, events.y, events.on, strict=True):
        if t < 240_000:
            by_hand[t // 10_000, 0 if on else 1, y, x] += 1
    assert np.array_equal(counts, by_hand)
    assert np.array_equal(drawn.counts(5, 9), counts[5:9])


def test_truth_is_that_of_the_end_of_a_window(drawn: PairedSequence) -> None:
    scene = PairedScene(SMALL)
    assert scene.moments == 49
    for window in (0, 7, 23):
        truth = scene.truth(2 * (window + 1))
        assert np.array_equal(truth.box, drawn.boxes[window])
        assert truth.visibility == pytest.approx(drawn.seen[window])


def test_most_events_of_a_lone_target_are_on_it() -> None:
    spec = replace(QUIET, seed=3)
    scene = PairedScene(spec)
    assert scene.conditions.event_noise_hz < 1
    sequence = draw_sequence(replace(spec, preset="still"))
    counts = sequence.counts().sum(axis=1)
    moving = counts.sum(axis=(1, 2)) > 20
    assert moving.any()
    inside = 0
    for window in np.flatnonzero(moving):
        left, top, right, bottom = sequence.boxes[window].astype(int)
        inside += counts[window, max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2].sum()
    assert inside > 0.8 * counts[moving].sum()


@pytest.mark.parametrize("shutter", [0.2, 1.0])
def test_a_frame_is_the_mean_of_its_exposure(shutter: float) -> None:
    scene = PairedScene(SMALL)
    scene.conditions = replace(
        scene.conditions, shutter=shutter, read_noise=0, shot_noise=0, exposure=1, latency=0.5
    )
    scene._exposed = max(1, round(shutter * 8))
    moments = scene.frame_moments(2)
    assert (len(moments), moments[-1]) == (max(1, round(shutter * 8)), 24)
    mean = np.mean([scene.seen(moment)[0] for moment in moments], axis=0)
    assert np.abs(scene.frame(2) - np.clip(mean, 0, 255)).max() <= 0.51
    assert scene.latency_us == 20_000


def test_a_frame_is_there_after_its_exposure(drawn: PairedSequence) -> None:
    late = PairedScene(SMALL).latency_us
    assert drawn.frame_there_us.tolist() == [40_000 * (k + 1) + late for k in range(6)]
    ends = 10_000 * (1 + np.arange(24))
    expected = [max((k for k in range(6) if drawn.frame_there_us[k] <= end), default=-1) for end in ends]
    assert drawn.newest_frame.tolist() == expected


def test_what_presets_do() -> None:
    base = PairedSpec(seed=1, frames=4, distractors=0)
    day, fast, dark, hdr, still = (draw_sequence(replace(base, preset=name)) for name in PRESETS)
    assert dark.frames.mean() < 0.5 * day.frames.mean()
    lost = [np.mean((each.frames == 255) | (each.frames <= 8)) for each in (hdr, day)]
    assert lost[0] > 0.15 + lost[1]
    assert len(dark.t) > 0.3 * len(day.t)
    assert len(fast.t) > len(day.t)
    assert still.frames.mean() > 0.7 * day.frames.mean()


def test_a_target_that_stands_still_sends_nothing() -> None:
    spec = replace(QUIET, preset="still", frames=10, kinds=("polygon",))
    sequence = draw_sequence(spec)
    still = np.diff(PairedScene(spec)._scene.target.clock[::2]) < 1e-9
    counts = sequence.counts().sum(axis=(1, 2, 3))
    assert 0.15 < still.mean() < 0.9
    assert np.median(counts[still]) < 0.5 * np.median(counts[~still])
    assert (np.diff(sequence.boxes, axis=0)[still[1:]] == 0).all()
    # The frames see it all the time.
    assert sequence.frame_seen.min() > 0.5


@pytest.mark.parametrize("pauses", [0.0, 0.3, 0.6])
def test_clocks(pauses: float) -> None:
    rates = np.concatenate(
        [np.diff(clock(801, 8, pauses, np.random.default_rng(seed))) * 8 for seed in range(10)]
    )
    assert ((rates > -1e-12) & (rates < 1 + 1e-12)).all()
    assert np.mean(rates < 1e-9) == pytest.approx(pauses, abs=0.12 if pauses else 0)
    assert clock(17, 8, pauses, np.random.default_rng(0))[0] == 0


def test_moments_at_frames_are_the_frames() -> None:
    scene = TargetScene(TargetSpec(seed=5, frames=12, width=64, height=64, size=16, blur=0))
    at = np.arange(12.0)
    fine = at_moments(scene, at, at, [at] * scene.spec.distractors)
    for index in (0, 4, 11):
        picture, truth = fine.painted(index)
        expected, _ = scene.painted(index)
        # A limb's sheet is placed by rounding, and the spline is exact to rounding alone.
        assert np.abs(picture.astype(int) - expected).mean() < 0.05
        assert truth.box == pytest.approx(scene.truth(index).box, abs=1)
    assert len(fine) == 12


def test_between_two_frames_lies_what_is_between() -> None:
    scene = TargetScene(TargetSpec(seed=5, frames=12, width=64, height=64, size=16, blur=0, jolts=0))
    at = np.arange(0, 11, 0.25)
    fine = at_moments(scene, at, at, [at] * scene.spec.distractors)
    steps = np.hypot(*np.diff(fine.target.path.place, axis=0).T)
    whole = np.hypot(*np.diff(scene.target.path.place, axis=0).T)
    assert steps.max() < 0.5 * whole.max()


def test_mixed_draws_every_preset() -> None:
    found = {draw_conditions("mixed", np.random.default_rng(seed))[0] for seed in range(40)}
    assert found == set(PRESETS) == set(NAMES) - {"mixed"}
    for name, ranges in PRESETS.items():
        drawn, conditions = draw_conditions(name, np.random.default_rng(0))
        assert drawn == name
        assert all(low <= getattr(conditions, key) <= high for key, (low, high) in ranges.items())


def test_a_cache(tmp_path: Path, drawn: PairedSequence) -> None:
    assert same(load_or_draw(SMALL, tmp_path), drawn)
    (path,) = tmp_path.iterdir()
    again = load_or_draw(SMALL, tmp_path)
    assert same(again, drawn)
    assert (again.spec, again.preset) == (SMALL, "day")
    path.write_bytes(path.read_bytes()[:-1000])
    assert same(load_or_draw(SMALL, tmp_path), drawn)
    path.write_bytes(b"no archive")
    assert same(load_or_draw(SMALL, tmp_path), drawn)
    assert len(list(tmp_path.iterdir())) == 1


def test_settings_as_text_and_file(tmp_path: Path) -> None:
    spec = PairedSpec.from_string("paired:seed=7,preset=dark,split=val,frames=10")
    assert (spec.seed, spec.preset, spec.split, spec.frames) == (7, "dark", "val", 10)
    assert (spec.fps, spec.windows, spec.step_us, spec.frame_us) == (25, 40, 5_000, 40_000)
    assert PairedSpec.from_string(spec.to_string()) == spec
    (tmp_path / "a.toml").write_text('[paired]\nseed = 7\npreset = "dark"\nframes = 3\n')
    source = open_source(tmp_path / "a.toml", max_frames=2)
    assert (source.name, source.frames) == ("paired:seed=7,preset=dark,frames=3", 2)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("paired:preset=night", "preset: found 'night', expected one of day, fast"),
        ("paired:split=all", "split: found 'all', expected one of train, test, val"),
        ("paired:steps=3", r"steps: found 3, expected a divisor of window_us \(10000\)"),
        ("paired:size=60", "size: found 60, expected at most 43.2 in this picture"),
        ("paired:frames=2", "frames: found 2, expected a number from 3"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        PairedSpec.from_string(text)
