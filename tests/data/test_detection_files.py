"""Detections of a sequence: ordered, cleaned, counted; what is no detection is refused with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.data.detection_files import MOST_BOXES, LeftOut, SequenceDetections, load_detections
from neuromorph_track.data.detection_sources import find_detections
from neuromorph_track.errors import InputError

SEQINFO = "[Sequence]\nframeRate=30\nseqLength=4\nimWidth=64\nimHeight=48\n"
LABEL = "{} -1 {} 0 0 0 {} 20 {} 60 1 1 1 1 1 1 0 {}\n"


def load(folder: Path, text: str, name: str = "S.txt", scores: str = "given") -> SequenceDetections:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    (source,) = find_detections([path])
    return load_detections(source, scores)  # type: ignore[arg-type]


def test_frames_without_a_box_are_frames(tmp_path: Path) -> None:
    found = load(tmp_path, "2,-1,1,2,3,4,0.5\n4,-1,1,2,3,4,0.5\n")
    frames = list(found.by_frame())
    assert [(frame, len(boxes)) for frame, boxes in frames] == [(1, 0), (2, 1), (3, 0), (4, 1)]
    boxes = frames[1][1]
    assert (boxes.xyxy.dtype, boxes.score.dtype, boxes.class_id.dtype) == (np.float32, np.float32, np.int64)
    assert boxes.xyxy.tolist() == [[1, 2, 4, 6]]


def test_frames_may_be_out_of_order(tmp_path: Path) -> None:
    found = load(tmp_path, "3,-1,9,2,3,4,0.5\n1,-1,1,2,3,4,0.5\n3,-1,2,2,3,4,0.6\n2,-1,1,2,3,4,0.5\n")
    assert found.boxes.frame.tolist() == [1, 2, 3, 3]
    assert found.boxes.xyxy[2:, 0].tolist() == [9, 2]
    assert found.left_out == LeftOut(reordered=2)


def test_what_cannot_be_tracked_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        "1,-1,1,2,3,4,0.5",
        "1,-1,1,2,3,4,0.9",
        "1,-1,1,2,3,4,0.1",
        "1,-1,5,2,0,4,0.5",
        "1,-1,5,2,3,0,0.5",
    ]
    found = load(tmp_path, "\n".join(rows))
    assert found.boxes.score.tolist() == [0.9]
    assert found.left_out == LeftOut(without_area=2, repeated=2)
    assert found.left_out.to_text() == "2 without an area left out, 2 repeated and left out"


def test_kitti_counts_frames_from_zero_and_has_regions(tmp_path: Path) -> None:
    text = (
        LABEL.format(0, "Car", 1, 9, 0.5)
        + LABEL.format(1, "DontCare", 1, 9, -10)
        + LABEL.format(1, "Tram", 1, 9, 1)
    )
    found = load(tmp_path, text, "0003.txt")
    assert (found.boxes.frame.tolist(), found.boxes.class_id.tolist()) == ([1, 2], [1, 7])
    assert found.left_out == LeftOut(regions=1)


def test_the_length_of_a_sequence(tmp_path: Path) -> None:
    row = "2,-1,1,2,3,4,0.5\n"
    assert load(tmp_path, row, "a/det.txt").frames == 2
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "seqinfo.ini").write_text(SEQINFO)
    found = load(tmp_path, row, "b/det.txt")
    assert (found.frames, found.fps, found.size) == (4, 30, (64, 48))
    (tmp_path / "evaluate_tracking.seqmap.training").write_text("0003 empty 000000 000007\n")
    assert load(tmp_path, LABEL.format(0, "Car", 1, 9, 1), "label_02/0003.txt").frames == 7
    assert load(tmp_path, "", "c/det.txt").frames == 0


@pytest.mark.parametrize(
    ("scores", "expected"), [("logistic", [0.5, 1 / (1 + np.exp(2.5)), 1.0]), ("sure", [1.0, 1.0, 1.0])]
)
def test_scores_of_other_kinds(tmp_path: Path, scores: str, expected: list[float]) -> None:
    text = "".join(f"1,-1,{at},2,3,4,{score}\n" for at, score in enumerate([0, -2.5, 800]))
    assert load(tmp_path, text, scores=scores).boxes.score.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,-1,1,2,3,4,1.5", "line 2, score: found 1.5, expected a number between 0 and 1 .or another kind"),
        ("1,-1,1,2,3,4,-0.1", "line 2, score: found -0.1"),
        ("1,-1,1,2,-3,4,0.5", "line 2, w: found -3, expected 0 or more"),
        ("1,-1,nan,2,3,4,0.5", "line 2, x: found nan, expected a finite number"),
        ("0,-1,1,2,3,4,0.5", "line 2, frame: found 0, expected a whole number from 1"),
        ("5,-1,1,2,3,4,0.5", "line 2, frame: found frame 5 of the sequence, expected at most 4, its length"),
        ("1,-1,1e300,2,3,4,0.5", "line 2, x: found 1e.300, expected at most 10,000,000 pixels"),
        ("1,-1,1,2,3,4", "line 2: found 6 columns, expected 7"),
    ],
)
def test_faults_are_named(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "S").mkdir()
    (tmp_path / "S" / "seqinfo.ini").write_text(SEQINFO)
    with pytest.raises(InputError, match=message):
        load(tmp_path, f"1,-1,1,2,3,4,0.5\n{row}\n", "S/det.txt")


def test_a_frame_with_too_many_boxes_is_refused(tmp_path: Path) -> None:
    rows = [f"7,-1,{at},2,3,4,0.5" for at in range(MOST_BOXES + 1)]
    assert len(load(tmp_path, "\n".join(rows[1:])).boxes) == MOST_BOXES
    with pytest.raises(
        InputError, match="line 2, frame: found 20,001 boxes in frame 7, expected at most 20,000"
    ):
        load(tmp_path, "\n".join(["1,-1,1,2,3,4,0.5", *rows]))


CELLS = st.sampled_from(
    [
        "1",
        "2",
        "1",
        "2",
        "-1",
        "0",
        "0.5",
        "1e9",
        "nan",
        "inf",
        "-7",
        "x",
        "",
        " 3 ",
        "1e400",
        "Car",
        "9" * 30,
    ]
)
ROWS = st.sampled_from([1, 6, 7, 10, 15, 17, 18]).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4)
)


@given(
    ROWS,
    st.sampled_from([",", " ", ";"]),
    st.sampled_from(["given", "logistic", "sure"]),
)
def test_whatever_a_file_holds_is_read_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], between: str, scores: str
) -> None:
    folder = tmp_path_factory.mktemp("any_Car")
    try:
        found = load(folder, "\n".join(between.join(row) for row in rows), scores=scores)
    except InputError as error:
        refused = error.source
    else:
        refused = None
    if refused is not None:
        assert refused.startswith(str(folder))
        return
    assert np.isfinite(found.boxes.xyxy).all()
    assert ((found.boxes.score >= 0) & (found.boxes.score <= 1)).all()
    assert (np.diff(found.boxes.frame) >= 0).all()


@pytest.mark.slow
def test_a_million_boxes_in_one_frame_are_refused_by_name(tmp_path: Path) -> None:
    rows = "".join(f"1,-1,{at % 2000},{at // 2000},3,4,0.5\n" for at in range(1_000_000))
    with pytest.raises(InputError, match="found 1,000,000 boxes in frame 1"):
        load(tmp_path, rows)
