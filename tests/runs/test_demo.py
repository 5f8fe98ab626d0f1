"""The demonstration, on a scene of a few frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.motchallenge import read_truth
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.data.scenes.record import truth_text
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import evaluate_tracking, load_sequences
from neuromorph_track.runs.demo import run_demo
from neuromorph_track.runs.scoring import truth_boxes

SCENE = "scene:seed=3,frames=10"


def test_it_scores_what_lies_on_the_disk(tmp_path: Path) -> None:
    result = run_demo(SCENE, tmp_path / "demo", quiet=True)
    assert (tmp_path / "demo" / "gt.txt").read_text() == truth_text(
        truth for _, truth in Scene(SceneSpec.from_string(SCENE))
    )
    anew = evaluate_tracking(load_sequences(tmp_path / "demo" / "gt.txt", tmp_path / "demo"))
    for name in ("HOTA", "MOTA", "IDF1", "GT_Dets"):
        assert getattr(result.scores.combined, name) == getattr(anew.combined, name)
    assert result.scores.combined.HOTA > 0.3
    # A second time it replaces the first.
    again = run_demo(SCENE, tmp_path / "demo", quiet=True)
    assert again.scores == result.scores


def test_the_truth_in_memory_and_on_disk_is_one(tmp_path: Path) -> None:
    scene = Scene(SceneSpec.from_string(SCENE))
    (tmp_path / "gt.txt").write_text(truth_text(truth for _, truth in scene))
    written, held = read_truth(tmp_path / "gt.txt"), truth_boxes(scene)
    for name in ("frame", "track_id", "xyxy", "score", "class_id"):
        np.testing.assert_array_equal(getattr(written, name), getattr(held, name))
    np.testing.assert_allclose(written.visibility, held.visibility, atol=1e-4)


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("scene:frames=3,objects=0", "objects: found none that can be seen"),
        ("street.mp4", "found no 'scene:' at the start"),
        ("scene:frames=0", "frames: found 0"),
    ],
)
def test_scenes_that_show_nothing(tmp_path: Path, scene: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run_demo(scene, tmp_path / "demo", quiet=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("neuromorph_track.runs.demo.SceneSpec", None)
    (tmp_path / "letter.txt").touch()
    with pytest.raises(InputError, match="output: found a folder that is not a run"):
        run_demo(SCENE, tmp_path, quiet=True)
