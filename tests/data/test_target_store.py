"""Drawn sequences with one target, kept in a folder."""

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.data.targets.store import load_or_draw

SPEC = TargetSpec(seed=3, frames=3, width=96, height=80, size=20)


@pytest.fixture
def photograph() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)


def test_what_is_kept_is_what_is_drawn(tmp_path: Path) -> None:
    pictures, boxes, visible = (np.stack(each) for each in zip(*TargetScene(SPEC), strict=True))
    for folder in (None, tmp_path, tmp_path):
        found = load_or_draw(SPEC, folder)
        np.testing.assert_array_equal(found["picture"], pictures)
        np.testing.assert_array_equal(found["box"], boxes)
        np.testing.assert_array_equal(found["visibility"], visible)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_kept_sequence_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_or_draw(SPEC, tmp_path)
    monkeypatch.setattr("neuromorph_track.data.targets.store.TargetScene", None)
    assert isinstance(load_or_draw(SPEC, tmp_path), np.memmap)


def test_other_settings_and_other_photographs_have_files_of_their_own(
    tmp_path: Path, photograph: np.ndarray
) -> None:
    load_or_draw(SPEC, tmp_path)
    load_or_draw(SPEC, tmp_path, [photograph])
    load_or_draw(TargetSpec(seed=4, frames=3, width=96, height=80, size=20), tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("content", [b"", b"no array", None])
def test_a_file_that_is_not_whole_is_drawn_again(tmp_path: Path, content: bytes | None) -> None:
    load_or_draw(SPEC, tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert load_or_draw(SPEC, tmp_path).shape == (3,)
    assert path.read_bytes() == whole
