"""MOTChallenge text: hand-worked lines, real files, every fault named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.motchallenge import TrackWriter, read_detections, read_seqinfo, read_truth
from neuromorph_track.errors import InputError, JobError


def write(folder: Path, text: str) -> Path:
    path = folder / "boxes.txt"
    path.write_text(text)
    return path


def test_truth_of_2017(tmp_path: Path) -> None:
    boxes = read_truth(write(tmp_path, "1,2,10,20,30,40,1,1,0.5\n\n000003, 2,-5,1.5,10,20,0,7,1\r\n"))
    assert boxes.frame.tolist() == [1, 3]
    assert boxes.track_id.tolist() == [2, 2]
    assert boxes.xyxy.tolist() == [[10, 20, 40, 60], [-5, 1.5, 5, 21.5]]
    assert boxes.score.tolist() == [1, 0]
    assert boxes.class_id.tolist() == [1, 7]
    assert boxes.visibility.tolist() == [0.5, 1]


def test_truth_of_2015_has_no_class_and_visibility(tmp_path: Path) -> None:
    boxes = read_truth(write(tmp_path, "1,9,499,158,31,75,0,-4.1554,-7.3591,0\n"))
    assert (boxes.score.tolist(), boxes.class_id.tolist(), boxes.visibility.tolist()) == ([0], [1], [1])


@pytest.mark.parametrize("line", ["4,-1,1,2,3,4,0.25", "4,-1,1,2,3,4,0.25,-1,-1,-1"])
def test_detections(tmp_path: Path, line: str) -> None:
    boxes = read_detections(write(tmp_path, line))
    assert (boxes.frame.tolist(), boxes.track_id.tolist(), boxes.score.tolist()) == ([4], [-1], [0.25])
    assert boxes.xyxy.tolist() == [[1, 2, 4, 6]]


@pytest.mark.parametrize("read", [read_truth, read_detections])
def test_a_file_without_lines_has_no_boxes(tmp_path: Path, read: type) -> None:
    boxes = read(write(tmp_path, "\n"))
    assert len(boxes) == 0
    assert boxes.xyxy.shape == (0, 4)


@pytest.mark.parametrize(
    ("name", "lines", "frames", "ids", "ignored"),
    [
        ("mot/PETS09-S2L1", 4650, 795, 19, 174),
        ("mot/TUD-Campus", 359, 71, 8, 0),
        ("mot_text/KITTI-17", 782, 145, None, 99),
        ("mot_text/MOT17-02-halfval", 15430, 299, None, 5550),
        ("mot_text/BEE24/BEE2412", 1973, 250, None, 0),
    ],
)
def test_real_truth(
    shared_data: Path, name: str, lines: int, frames: int, ids: int | None, ignored: int
) -> None:
    boxes = read_truth(shared_data / name / "gt.txt")
    assert (len(boxes), boxes.frame.max(), int((boxes.score == 0).sum())) == (lines, frames, ignored)
    assert ids is None or len(np.unique(boxes.track_id)) == ids
    info = read_seqinfo(shared_data / name / "seqinfo.ini")
    assert info.frames == frames


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("mot/PETS09-S2L1/det.txt", 4359),
        ("mot/TUD-Campus/det.txt", 321),
        ("mot_text/MOT17-09-halfval/det_yolox_x.txt", 3384),
    ],
)
def test_real_detections(shared_data: Path, name: str, lines: int) -> None:
    boxes = read_detections(shared_data / name)
    assert len(boxes) == lines
    assert np.all((boxes.score > 0) & (boxes.score <= 1))


@pytest.mark.parametrize(
    ("line", "field", "found"),
    [
        ("1,2,3,4,5", "line 2", "5 columns"),
        ("1;2;3;4;5;6;1;1;1", "line 2", "1 columns"),
        ("1,2,3,4,5,6,1,1,1,1", "line 2", "10 columns"),
        ("1,2,x,4,5,6,1,1,1", "line 2, x", "'x'"),
        ("1,2,3,4,5,,1,1,1", "line 2, h", "''"),
        ("1,2,3,nan,5,6,1,1,1", "line 2, y", "nan"),
        ("0,2,3,4,5,6,1,1,1", "line 2, frame", "0"),
        ("1.5,2,3,4,5,6,1,1,1", "line 2, frame", "1.5"),
        ("1,2.5,3,4,5,6,1,1,1", "line 2, id", "2.5"),
        ("1,2,3,4,-5,6,1,1,1", "line 2, w", "-5"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, field: str, found: str) -> None:
    path = write(tmp_path, f"1,1,1,1,1,1,1,1,1\n{line}\n")
    with pytest.raises(InputError) as caught:
        read_truth(path)
    assert (caught.value.source, caught.value.field, caught.value.found) == (str(path), field, found)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.txt", tmp_path, tmp_path / "binary.txt"):
        with pytest.raises(InputError) as caught:
            read_truth(path)
        assert caught.value.source == str(path)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("name=a\n", "ini"),
        ("[Other]\n", "Sequence"),
        ("[Sequence]\nframeRate=0\n", "frameRate"),
        ("[Sequence]\nframeRate=25\nseqLength=many\n", "seqLength"),
        ("[Sequence]\nframeRate=25\nseqLength=3\nimWidth=4\n", "imHeight"),
    ],
)
def test_wrong_seqinfo_is_named(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        read_seqinfo(write(tmp_path, text))
    assert caught.value.field == field


def tracks(boxes: list[list[float]], ids: list[int], scores: list[float]) -> Tracks:
    count = len(ids)
    return Tracks(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.zeros(count, np.int64),
        np.array(ids, np.int64),
    )


def test_written_line(tmp_path: Path) -> None:
    path = tmp_path / "out" / "tracks.txt"
    with TrackWriter(path) as writer:
        writer.add(1, tracks([[10, 20.5, 40, 60]], [7], [0.875]))
        assert not path.exists()
        writer.add(2, Tracks.empty())
    assert path.read_text() == "1,7,10.00,20.50,30.00,39.50,0.8750,-1,-1,-1\n"


@given(
    st.lists(
        st.tuples(*(st.floats(-500, 4000, width=32) for _ in range(2)), *[st.floats(0, 900, width=32)] * 2),
        max_size=5,
    )
)
def test_written_results_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    path = tmp_path_factory.mktemp("results") / "tracks.txt"
    boxes = [[x, y, x + w, y + h] for x, y, w, h in rows]
    with TrackWriter(path) as writer:
        writer.add(3, tracks(boxes, list(range(1, len(rows) + 1)), [0.5] * len(rows)))
    back = read_detections(path)
    assert back.track_id.tolist() == list(range(1, len(rows) + 1))
    assert np.allclose(back.xyxy, np.array(boxes).reshape(-1, 4), atol=0.011)


def test_a_broken_run_leaves_no_file(tmp_path: Path) -> None:
    def run() -> None:
        with TrackWriter(tmp_path / "tracks.txt") as writer:
            writer.add(1, tracks([[0, 0, 1, 1]], [1], [1.0]))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        run()
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_a_failed_job(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JobError), TrackWriter(tmp_path / "file" / "tracks.txt"):
        pass


def test_frames_count_from_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="from 1"), TrackWriter(tmp_path / "t.txt") as writer:
        writer.add(0, Tracks.empty())
