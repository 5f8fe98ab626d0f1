"""Scenes written to disk and read back through the readers of the same room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.frames import open_source
from neuromorph_track.data.motchallenge import SeqInfo, read_seqinfo, read_truth
from neuromorph_track.data.scenes import Scene, SceneSpec, write_motchallenge
from neuromorph_track.errors import InputError, JobError

SPEC = SceneSpec(seed=9, frames=6, objects=10, fps=12.5)


def test_written_scene_reads_back(tmp_path: Path) -> None:
    scene = Scene(SPEC)
    write_motchallenge(scene, tmp_path / "sets" / "nine")
    folder = tmp_path / "sets" / "nine"
    assert read_seqinfo(folder / "seqinfo.ini") == SeqInfo(
        "nine", 12.5, 6, 256, 192, image_folder="img1", image_suffix=".png"
    )
    boxes = read_truth(folder / "gt" / "gt.txt")
    source = open_source(folder)
    assert (source.name, source.fps, source.frames, source.ended_early) == ("nine", 12.5, 6, None)
    for number, (frame, (wanted, truth)) in enumerate(zip(source, scene, strict=True), start=1):
        assert np.array_equal(frame, wanted)
        own = boxes[boxes.frame == number]
        assert np.array_equal(own.track_id, truth.track_id)
        assert np.array_equal(own.xyxy, truth.xyxy)
        assert np.array_equal(own.class_id, truth.class_id + 1)
        assert np.array_equal(own.score == 0, truth.ignored)
        assert own.visibility == pytest.approx(truth.visibility, abs=1e-4)
    assert [p.name for p in (tmp_path / "sets").iterdir()] == ["nine"]


def test_jpeg_is_smaller_and_close(tmp_path: Path) -> None:
    scene = Scene(SPEC)
    write_motchallenge(scene, tmp_path / "small", suffix=".jpg")
    first = next(iter(open_source(tmp_path / "small")))
    assert np.abs(first.astype(int) - scene[0][0]).mean() < 6
    assert (tmp_path / "small" / "img1" / "000006.jpg").is_file()


def test_what_exists_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one that exists"):
        write_motchallenge(Scene(SPEC), tmp_path)
    with pytest.raises(InputError, match="suffix"):
        write_motchallenge(Scene(SPEC), tmp_path / "new", suffix=".gif")


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(JobError, match="No space left"):
        write_motchallenge(Scene(SPEC), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
