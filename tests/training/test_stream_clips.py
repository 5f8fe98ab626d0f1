"""Clips of windows: what a student sees, what its teacher sees, and where the object is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from neuromorph_track.data.paired import PairedSequence, PairedSpec
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.training import stream_clips as module
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.stream_clips import StreamBatch, StreamClips
from tests.networks.tiny_streams import TEACHER, recipe, table

WINDOWS, PER_FRAME, FRAMES = 8, 4, 10
HEIGHT, WIDTH = 64, 72


def sequence(spec: PairedSpec) -> PairedSequence:
    """In window w pixel w speaks w % 3 + 1 times, ON in even windows; frame f has grey level f."""
    windows = np.arange(spec.windows)
    times = np.repeat(windows, windows % 3 + 1)
    boxes = np.stack([10 + windows, 20 + windows / 2, 30 + windows, 32 + windows / 2], 1).astype(np.float32)
    seen = np.where(windows % 9 == 8, 0, 1).astype(np.float32)
    return PairedSequence(
        spec=spec,
        preset="day",
        frames=np.broadcast_to(np.arange(spec.frames)[:, None, None, None], (spec.frames, HEIGHT, WIDTH, 3))
        .astype(np.uint8)
        .copy(),
        frame_boxes=np.zeros((spec.frames, 4), np.float32),
        frame_seen=np.ones(spec.frames, np.float32),
        # There in the second window after its exposure.
        frame_there_us=(1 + np.arange(spec.frames)) * spec.frame_us + 15_000,
        t=(times * spec.window_us + 5).astype(np.int32),
        pixel=(times * WIDTH).astype(np.int32),
        on=times % 2 == 0,
        boxes=boxes,
        seen=seen,
    )


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_or_draw", lambda spec, cache: sequence(spec))


def plan(mirror: float = 0.0, relight: bool = False, **network: Any) -> Recipe:
    given = table(**network)
    given["data"] = {"sequences": 3, "frames": FRAMES, "size": 16.0, "template_shift": 0, "template_zoom": 0}
    return Recipe.model_validate({**given, "augment": {"mirror": mirror, "relight": relight}})


def first_window(batch: StreamBatch) -> np.ndarray:
    """Which window each clip begins with, by the row that speaks."""
    windows = batch.seen[1]
    return np.asarray(windows[:, :, :, 0, 0].sum(1).argmax(1))


def test_windows_are_pictures_of_events() -> None:
    batch = StreamClips(plan(), quiet=True).batch(0, 4, WINDOWS)
    templates, windows = batch.inputs
    assert templates.shape == (4, 3, 24, 24, 2)
    assert windows.shape == (4, 3, HEIGHT, WIDTH, WINDOWS)
    for clip, start in enumerate(first_window(batch)):
        for at in range(WINDOWS):
            window = start + at
            grey = np.zeros((3, HEIGHT, WIDTH))
            grey[0 if window % 2 == 0 else 2, window, 0] = min(255, 64 * (window % 3 + 1))
            np.testing.assert_array_equal(windows[clip, ..., at].numpy() * 256, grey)


def test_targets_are_those_of_the_windows_ends() -> None:
    batch = StreamClips(plan(), quiet=True).batch(1, 4, WINDOWS)
    boxes = batch.targets.cxcywh.view(WINDOWS, 4, 4)
    present = batch.targets.present.view(WINDOWS, 4)
    for clip, start in enumerate(first_window(batch)):
        window = start + np.arange(WINDOWS)
        expected = np.stack([(20 + window) / WIDTH, (26 + window / 2) / HEIGHT], 1)
        np.testing.assert_allclose(boxes[:, clip, :2], expected, rtol=1e-6)
        np.testing.assert_allclose(
            boxes[:, clip, 2:], np.tile([20 / WIDTH, 12 / HEIGHT], (WINDOWS, 1)), rtol=1e-6
        )
        np.testing.assert_array_equal(present[:, clip], window % 9 != 8)


def test_of_clips_without_labels_nothing_is_told_but_the_template() -> None:
    given = plan().model_dump(mode="json", exclude_none=True) | {"distillation": {"response": 1.0}}
    given["data"] = [{**given["data"][0], "labelled": False, "first_seed": 3}, *given["data"]]
    teacher = recipe(**TEACHER).network_as(HadtrackSpec)
    batch = StreamClips(Recipe.model_validate(given), quiet=True, teacher=teacher).batch(0, 8, WINDOWS)
    known = batch.targets.known.view(WINDOWS, 8)
    assert (known == known[0]).all()
    assert known.any()
    assert not known.all()
    # What the network is called with knows no more.
    assert torch.equal(~batch.inputs[-1].isnan().any(-1), known.T)
    assert all(each.isfinite().all() for each in batch.inputs[:-1])


@pytest.mark.parametrize(
    ("template", "expected"), [("first", {9}), ("any", set(range(8, 39)) - {8, 17, 26, 35})]
)
def test_in_which_window_an_object_is_named(
    monkeypatch: pytest.MonkeyPatch, template: str, expected: set[int]
) -> None:
    """It is hidden in every ninth, and in the first of which a clip may be."""
    pictures, asked = module.event_pictures, set()

    def seen(sequence: PairedSequence, first: int, count: int, gain: int) -> Any:
        if count != WINDOWS:
            asked.add(first)
        return pictures(sequence, first, count, gain)

    monkeypatch.setattr(module, "event_pictures", seen)
    given = plan().model_dump(mode="json", exclude_none=True)
    given["data"] = [{**given["data"][0], "template": template}]
    clips = StreamClips(Recipe.model_validate(given), quiet=True)
    for step in range(50):
        clips.batch(step, 4, WINDOWS)
    assert asked == expected


def test_a_batch_follows_from_its_step() -> None:
    clips = StreamClips(plan(mirror=0.5), quiet=True)
    one, again, other = clips.batch(5, 4, WINDOWS), clips.batch(5, 4, WINDOWS), clips.batch(6, 4, WINDOWS)
    assert all(torch.equal(a, b) for a, b in zip(one.inputs, again.inputs, strict=True))
    assert not torch.equal(one.inputs[1], other.inputs[1])
    halves = [clips.batch(5, 4, WINDOWS, part=(part, 2)) for part in (0, 1)]
    assert torch.equal(halves[0].inputs[1], one.inputs[1][0::2])
    assert torch.equal(halves[1].inputs[1], one.inputs[1][1::2])


def test_a_mirrored_clip_has_mirrored_boxes() -> None:
    plain = StreamClips(plan(), quiet=True).batch(2, 4, WINDOWS)
    mirrored = StreamClips(plan(mirror=1.0), quiet=True).batch(2, 4, WINDOWS)
    for one, other in zip(plain.inputs, mirrored.inputs, strict=True):
        assert torch.equal(one.flip(3), other)
    torch.testing.assert_close(1 - plain.targets.cxcywh[:, 0], mirrored.targets.cxcywh[:, 0])
    assert torch.equal(plain.targets.cxcywh[:, 1:], mirrored.targets.cxcywh[:, 1:])


def check_frames(views: torch.Tensor, windows: np.ndarray) -> None:
    """A frame is there 15 ms after its end, beside it the events of the four windows before that."""
    for at, window in enumerate(windows):
        # Frame f ends at 40 (f + 1) ms and is there at 55 + 40 f, in the window that ends at 60 + 40 f.
        frame = (window - 5) // PER_FRAME
        assert window % PER_FRAME == 1
        np.testing.assert_array_equal(views[:3, ..., at].numpy() * 256, np.full((3, HEIGHT, WIDTH), frame))
        grey = np.zeros((3, HEIGHT, WIDTH))
        for spoken in range(window - 3, window + 1):
            grey[0 if spoken % 2 == 0 else 2, spoken, 0] = min(255, 64 * (spoken % 3 + 1))
        np.testing.assert_array_equal(views[3:, ..., at].numpy() * 256, grey)


def test_a_teacher_sees_frames_when_they_are_there() -> None:
    batch = StreamClips(plan(**TEACHER), quiet=True).batch(0, 4, WINDOWS)
    templates, views, times, boxes, present = batch.inputs
    assert templates.shape == (4, 6, 24, 24, 1)
    assert views.shape == (4, 6, HEIGHT, WIDTH, WINDOWS // PER_FRAME)
    for clip in range(4):
        windows = times[clip].numpy() // 10_000 - 1
        check_frames(views[clip], windows)
        np.testing.assert_allclose(boxes[clip, :, 0], (20 + windows) / WIDTH, rtol=1e-6)
        np.testing.assert_array_equal(present[clip], windows % 9 != 8)


def test_frames_alone() -> None:
    both = StreamClips(plan(**TEACHER), quiet=True).batch(0, 4, WINDOWS)
    alone = StreamClips(plan(**{**TEACHER, "sees": "frames"}), quiet=True).batch(0, 4, WINDOWS)
    assert all(torch.equal(a[:, :3], b) for a, b in zip(both.inputs[:2], alone.inputs[:2], strict=True))


def test_frames_are_seen_in_another_light_and_events_are_not() -> None:
    plain = StreamClips(plan(**TEACHER), quiet=True).batch(0, 4, WINDOWS)
    lit = StreamClips(plan(relight=True, **TEACHER), quiet=True).batch(0, 4, WINDOWS)
    for one, other in zip(plain.inputs[:2], lit.inputs[:2], strict=True):
        assert torch.equal(one[:, 3:], other[:, 3:])
        away = (one[:, :3] - other[:, :3]).abs() * 256
        assert 0 < away.mean() < 70
    # The frames of a clip, of one grey level each, in one light.
    views = lit.inputs[1][:, :3]
    assert torch.equal(views, views[:, :, :1, :1].expand_as(views))
    told = StreamClips(plan(relight=True), quiet=True, teacher=recipe(**TEACHER).network_as(HadtrackSpec))
    as_it_is = StreamClips(plan(), quiet=True, teacher=recipe(**TEACHER).network_as(HadtrackSpec))
    given = zip(told.batch(0, 4, WINDOWS).inputs, as_it_is.batch(0, 4, WINDOWS).inputs, strict=True)
    assert all(torch.equal(one, other) for one, other in given)


def test_a_student_is_told_of_its_own_windows() -> None:
    teacher = recipe(**TEACHER).network_as(HadtrackSpec)
    clips = StreamClips(plan(), quiet=True, teacher=teacher)
    batch = clips.batch(0, 4, WINDOWS)
    _, _, times, told_templates, told_views, told_times, at, boxes = batch.inputs
    assert told_templates.shape == (4, 6, 24, 24, 1)
    assert torch.equal(told_times, times.gather(1, at))
    assert boxes.shape == (4, WINDOWS, 4)
    plain = StreamClips(plan(), quiet=True).batch(0, 4, WINDOWS)
    assert all(torch.equal(a, b) for a, b in zip(batch.inputs[:2], plain.inputs, strict=True))
    for clip, start in enumerate(first_window(batch)):
        np.testing.assert_array_equal(times[clip], 10_000 * (1 + start + np.arange(WINDOWS)))
        check_frames(told_views[clip], start + at[clip].numpy())
