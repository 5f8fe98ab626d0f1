"""Clips for training: deterministic, cut where they say, and never a frame from the future."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.paired import Clip, PairedClips, PairedSpec
from neuromorph_track.errors import InputError

SPEC = PairedSpec(seed=5, frames=6, width=64, height=64, size=16, distractors=1, clutter=2)


@pytest.fixture(scope="module")
def clips() -> PairedClips:
    return PairedClips(SPEC, sequences=3, windows=8, seed=2)


def same(a: Clip, b: Clip) -> bool:
    names = ("frames", "frame_boxes", "newest", "counts", "boxes", "present")
    return a.presets == b.presets and all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan="boxes" in name) for name in names
    )


def test_shapes(clips: PairedClips) -> None:
    batch = clips.batch(0, 4)
    assert batch.frames.shape == (4, 4, 64, 64, 3)
    assert batch.frame_boxes.shape == (4, 4, 4)
    assert batch.newest.shape == (4, 8)
    assert batch.counts.shape == (4, 8, 2, 64, 64)
    assert batch.boxes.shape == (4, 8, 4)
    assert batch.present.shape == (4, 8)
    assert len(batch.presets) == 4
    assert batch.present[:, 0].all()


def test_the_same_in_any_order(clips: PairedClips, tmp_path: Path) -> None:
    forgetful = PairedClips(SPEC, sequences=3, windows=8, seed=2, cache=tmp_path, held=1)
    for number in (5, 0, 5, 3):
        assert same(clips.clip(number), forgetful.clip(number))
    assert same(clips.batch(1, 2), clips.batch(1, 2))
    others = PairedClips(SPEC, 3, 8, seed=3, cache=tmp_path)
    assert not all(same(clips.clip(number), others.clip(number)) for number in range(8))


def test_a_piece_is_where_it_says(clips: PairedClips) -> None:
    sequence = clips.sequence(1)
    assert sequence.spec == replace(SPEC, seed=6)
    piece = clips.piece(sequence, 3)
    assert np.array_equal(piece.counts, sequence.counts(12, 20))
    assert np.array_equal(piece.boxes, sequence.boxes[12:20], equal_nan=True)
    assert np.array_equal(piece.frames, sequence.frames[1:5])


@pytest.mark.parametrize("preset", ["day", "fast"])
def test_no_frame_is_there_before_it_was_taken(preset: str) -> None:
    clips = PairedClips(replace(SPEC, preset=preset), sequences=1, windows=8)
    sequence = clips.sequence(0)
    for start in (2, 3, 4):
        piece = clips.piece(sequence, start)
        assert ((piece.newest >= 0) & (piece.newest < len(piece.frames))).all()
        ends = (start * 4 + 1 + np.arange(8)) * SPEC.window_us
        there = sequence.frame_there_us[start - 2 + piece.newest]
        assert (there <= ends).all()
        later = sequence.frame_there_us[np.minimum(start - 1 + piece.newest, 5)]
        assert ((later > ends) | (start - 1 + piece.newest > 5)).all()


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"windows": 17}, "windows: found 17, expected 1 to 16, in 6 frames"),
        ({"windows": 0}, "windows: found 0"),
        ({"sequences": 0}, "sequences: found 0, expected 1 or more"),
    ],
)
def test_faults(values: dict[str, int], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        PairedClips(**({"spec": SPEC, "sequences": 1, "windows": 4} | values))
