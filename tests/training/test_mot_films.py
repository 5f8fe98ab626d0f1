"""Real sequences as films: which boxes are learnt, and where they lie after resizing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from neuromorph_track.data.benchmark_rules import PROTOCOLS
from neuromorph_track.data.motchallenge import read_truth
from neuromorph_track.data.scenes import Scene, SceneSpec, write_motchallenge
from neuromorph_track.errors import InputError
from neuromorph_track.training.clips import Clips
from neuromorph_track.training.data_tables import MotData, RuleName
from neuromorph_track.training.mot_films import mot_films
from neuromorph_track.training.recipe import Recipe


def recipe(data: dict[str, Any], **changes: Any) -> Recipe:
    table: dict[str, Any] = {
        "name": "real",
        "classes": ["person", "car"],
        "input": {"height": 144, "width": 256},
        "network": {"family": "smtrack", "layers": [{"channels": 2, "stride": 4}]},
        "data": {"kind": "mot", **data},
        "stage": [{"steps": 1, "batch": 1}],
    }
    return Recipe.model_validate({**table, **changes})


def films(root: Path, data: dict[str, Any], **changes: Any) -> Any:
    plan = recipe(data, **changes)
    (table,) = plan.data
    assert isinstance(table, MotData)
    return mot_films(table, plan, root, quiet=True)


def test_every_name_of_rules_is_a_benchmark() -> None:
    assert set(get_args(RuleName)) == set(PROTOCOLS) - {"kitti"}


@pytest.mark.parametrize(
    ("rules", "learnt", "ignored"),
    [
        ("mot15", [1, 3, 7, 12], [101, 103, 107, 112]),
        ("mot17", [1], [7, 12, 101, 107, 112]),
        ("mot20", [1], [6, 7, 12, 101, 106, 107, 112]),
        ("plain", [1, 3, 7, 12], [101, 103, 107, 112]),
    ],
)
def test_which_boxes_are_learnt(own: Path, rules: str, learnt: list[int], ignored: list[int]) -> None:
    """Boxes of several classes, the identity 100 more where they are marked 0; 6 forgives in MOT20 alone."""
    kinds = [1, 3, 7, 12] if rules != "mot20" else [1, 3, 6, 7, 12]
    rows = [
        f"1,{kind + 100 * (1 - mark)},{8 * kind},10,20,20,{mark},{kind},1"
        for kind in kinds
        for mark in (0, 1)
    ]
    (own / "seq-1" / "gt" / "gt.txt").write_text("\n".join(rows) + "\n")
    data = {"folder": ".", "sequences": ["seq-1"], "rules": rules, "counts_as": "person"}
    truth = films(own, data)[0].truths[0]
    assert sorted(truth.identity[~truth.ignored]) == learnt
    assert sorted(truth.identity[truth.ignored]) == ignored


def test_mot17(shared_data: Path) -> None:
    root = shared_data / "mot"
    (film,) = films(root, {"folder": "MOT17-mini", "min_visibility": 0.5})
    # The folder holds the first four pictures of 600.
    assert film.pictures(0, 4).shape == (4, 144, 256, 3)
    truth = read_truth(root / "MOT17-mini/MOT17-02-FRCNN/gt/gt.txt")
    for index, found in enumerate(film.truths):
        here = truth[truth.frame == index + 1]
        people, others = here.class_id == 1, np.isin(here.class_id, [2, 7, 8, 12])
        assert len(found) == int((people | others).sum())
        wanted = {int(n) for n in here.track_id[people & (here.visibility >= 0.5) & (here.score == 1)]}
        assert {int(n) for n in found.identity[~found.ignored]} == wanted
        assert set(found.class_id.tolist()) == {0}
        # 1920x1080 becomes 256x144.
        row = int(np.flatnonzero(people)[0])
        box = here.xyxy[row].clip(0, [1920, 1080, 1920, 1080]) / 7.5
        at = int(np.flatnonzero(found.identity == here.track_id[row])[0])
        np.testing.assert_allclose(found.xyxy[at], box, atol=1e-3)


def test_disk_and_memory_give_the_same_clips(shared_data: Path) -> None:
    root = shared_data / "mot"
    data = {"folder": "MOT17-mini", "sequences": ["MOT17-*-FRCNN"]}
    kept, read = (
        Clips(recipe({**data, "store": store}), root, quiet=True).batch(1, 2, 3)
        for store in ("memory", "disk")
    )
    assert (kept.frames == read.frames).all()
    assert (kept.targets[0].cxcywh == read.targets[0].cxcywh).all()


def test_a_video_with_a_truth_of_2015(shared_data: Path) -> None:
    (film,) = films(
        shared_data / "mot",
        {"folder": ".", "sequences": ["TUD-Campus"], "rules": "mot15", "part": [0.5, 1.0], "every": 2},
        input={"height": 120, "width": 160},
    )
    truth = read_truth(shared_data / "mot/TUD-Campus/gt.txt")
    # 71 frames, from the 37th on: 36, 38, ... counted from 0.
    assert len(film.truths) == len(film.frames) == 18
    here = truth[truth.frame == 37]
    np.testing.assert_allclose(film.truths[0].xyxy, (here.xyxy / 4).clip(0, [160, 120] * 2), atol=1e-3)
    assert not film.truths[0].ignored.any()


@pytest.mark.slow
def test_pets(shared_data: Path) -> None:
    (film,) = films(
        shared_data / "mot",
        {"folder": ".", "sequences": ["PETS*"], "rules": "mot15", "part": [0.0, 0.02]},
        input={"height": 144, "width": 192},
    )
    assert len(film.truths) == 16
    assert all(len(truth) > 2 for truth in film.truths)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Two sequences of ours, with classes and ignored boxes."""
    for seed in (1, 2):
        spec = SceneSpec(seed=seed, frames=6, width=128, height=72, size_min=8, size_max=40)
        write_motchallenge(Scene(spec), tmp_path / f"seq-{seed}")
    return tmp_path


OWN = {"folder": ".", "rules": "plain"}
THREE = {"classes": ["walker", "car", "jelly"]}


def test_our_own_folders_come_back(own: Path) -> None:
    found = films(own, OWN, **THREE)
    assert len(found) == 2
    for seed, film in zip((1, 2), found, strict=True):
        scene = Scene(SceneSpec(seed=seed, frames=6, width=128, height=72, size_min=8, size_max=40))
        for index, truth in enumerate(film.truths):
            frame, wanted = scene[index]
            np.testing.assert_allclose(truth.xyxy, wanted.xyxy * 2)
            np.testing.assert_array_equal(truth.class_id[~truth.ignored], wanted.class_id[~wanted.ignored])
            np.testing.assert_array_equal(truth.ignored, wanted.ignored)
            shrunk = film.pictures(index, index + 1)[0][::2, ::2].astype(int)
            assert np.abs(shrunk - frame).mean() < 8


def test_boxes_are_cut_at_the_picture_or_kept_whole(own: Path) -> None:
    path = own / "seq-1" / "gt" / "gt.txt"
    path.write_text("1,1,-20,10,60,30,1,1,1\n1,2,-50,10,40,30,1,1,1\n")
    cut, whole = (
        films(own, {**OWN, "sequences": ["seq-1"], "whole_boxes": keep}, **THREE)[0].truths[0].xyxy.tolist()
        for keep in (False, True)
    )
    assert cut == [[0, 20, 80, 80]]
    assert whole == [[-40, 20, 80, 80], [-100, 20, -20, 80]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"folder": "nowhere"}, "nowhere: folder: found nothing"),
        ({"folder": ".", "sequences": ["seq-*", "MOT*"]}, "sequences: found none like 'MOT\\*'"),
        (
            {"folder": ".", "part": [0.0, 0.4], "rules": "mot17"},
            "frames: found 2, expected 3, the length of a clip",
        ),
        ({"folder": "."}, "class: found classes 1 to 3, expected 1 to 2"),
    ],
)
def test_what_does_not_fit_is_named(own: Path, data: dict[str, Any], words: str) -> None:
    stage = [{"steps": 1, "batch": 1, "clip": 3}]
    with pytest.raises(InputError, match=words):
        films(own, {"rules": "plain", **data}, stage=stage)


def test_a_missing_picture_is_named(own: Path) -> None:
    (own / "seq-1" / "img1" / "000004.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"000004\.png: picture"):
        films(own, OWN, **THREE)
