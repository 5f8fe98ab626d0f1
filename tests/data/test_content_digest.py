"""The same boxes have the same digest, whatever they are called; other boxes have another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.content_digest import content_digest, frame_digests
from neuromorph_track.data.motchallenge import MotBoxes, read_detections, read_truth

ROWS = "1,1,10,20,30,40,0.9\n1,2,50,20,30,40,0.8\n2,1,11,20,30,40,0.7\n"


def boxes(folder: Path, text: str = ROWS) -> MotBoxes:
    path = folder / "boxes.txt"
    path.write_text(text)
    return read_detections(path)


@pytest.mark.parametrize(
    "text",
    [
        ROWS.replace("\n", "\r\n\r\n"),
        "".join(reversed(ROWS.splitlines(keepends=True))),
        ROWS.replace("1,1,", "1,-1,").replace("0.9", "0.123"),
        ROWS.replace("0.9", "0.9,-1,-1,-1").replace("0.8", "0.8,-1,-1,-1").replace("0.7", "0.7,-1,-1,-1"),
        ROWS.replace("10,20", "10.001,20.0"),
    ],
    ids=["empty lines", "order", "numbers and scores", "columns", "rounding"],
)
def test_the_same(tmp_path: Path, text: str) -> None:
    assert content_digest(boxes(tmp_path)) == content_digest(boxes(tmp_path, text))


def test_another(tmp_path: Path) -> None:
    own = boxes(tmp_path)
    others = [own[:2], replace(own, frame=own.frame + 1), replace(own, xyxy=own.xyxy + 0.01)]
    assert len({content_digest(each) for each in [own, *others]}) == 4


def test_nothing_has_none(tmp_path: Path) -> None:
    assert content_digest(boxes(tmp_path, "")) == ""
    assert frame_digests(boxes(tmp_path, "")) == frozenset()


def test_frames_are_known_by_their_boxes_and_not_by_their_number(tmp_path: Path) -> None:
    own = boxes(tmp_path)
    # Of the two frames one has a single box.
    assert len(frame_digests(own)) == 1
    assert frame_digests(replace(own, frame=own.frame + 7)[np.array([1, 0])]) == frame_digests(own)
    assert not frame_digests(replace(own, xyxy=own.xyxy + 0.01)) & frame_digests(own)


def test_half_a_sequence_shares_its_frames(shared_data: Path) -> None:
    folders = [shared_data / "mot_text" / name for name in ("MOT17-09-halfval", "MOT17-10-halfval")]
    whole, other = (read_truth(folder / "gt.txt") for folder in folders)
    half = whole[whole.frame > 200]
    assert len(frame_digests(half) & frame_digests(whole)) == len(np.unique(half.frame))
    assert not frame_digests(other) & frame_digests(whole)


def test_float32_does_not_matter(shared_data: Path) -> None:
    truth = read_truth(shared_data / "mot_text" / "MOT17-09-halfval" / "gt.txt")
    assert content_digest(truth) == content_digest(replace(truth, xyxy=truth.xyxy.astype(np.float32)))
