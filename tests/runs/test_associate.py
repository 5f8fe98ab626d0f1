"""Detection files to results files: every tracker, every layout, interrupted and resumed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import neuromorph_track as nt
from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.evaluation import evaluate_tracking, load_sequences
from neuromorph_track.files import file_sha256
from neuromorph_track.runs.associate_summary import AssociateOptions, AssociateSummary, total_stages
from tests.runs.sequences_on_disk import FRAMES, write_kitti, write_sequence


def run(*places: Path, output: Path, **options: object) -> AssociateSummary:
    return nt.associate(places, output, AssociateOptions(quiet=True, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", MODES)
def test_every_tracker_gives_results_that_eval_reads(tmp_path: Path, mode: str) -> None:
    write_sequence(tmp_path / "data" / "A", seed=1)
    write_sequence(tmp_path / "data" / "B", seed=2)
    done = run(tmp_path / "data", output=tmp_path / "out", tracker=mode)
    assert [each.name for each in done.sequences] == ["A", "B"]
    assert (done.tracker, done.resumed, done.warnings) == (mode, 0, ())
    report = evaluate_tracking(load_sequences(tmp_path / "data", tmp_path / "out"))
    assert report.combined.HOTA > 0.4
    for each in done.sequences:
        boxes = read_detections(tmp_path / "out" / each.output)
        assert (each.rows, each.tracks) == (len(boxes), len(np.unique(boxes.track_id)))
        assert each.frames == FRAMES
        assert sum(each.stages.values()) <= each.seconds
        assert each.bytes_in > 0
    assert sum(total_stages(done.sequences).values()) == pytest.approx(
        sum(sum(each.stages.values()) for each in done.sequences)
    )


def test_the_record_says_what_was_done(tmp_path: Path) -> None:
    sequence = write_sequence(tmp_path / "A", seed=1)
    done = run(sequence, output=tmp_path / "out", tracker="bytetrack")
    record = json.loads((tmp_path / "out" / "associate.json").read_text())
    assert record["made_by"]["tracker"] == "bytetrack"
    assert record["made_by"]["settings"] == json.loads(json.dumps(done.settings))
    (row,) = record["sequences"]
    assert row["inputs"] == {
        str(path): file_sha256(path) for path in (sequence / "det" / "det.txt", sequence / "seqinfo.ini")
    }
    assert row["output_sha256"] == file_sha256(tmp_path / "out" / "A.txt")
    assert json.loads(json.dumps(done.to_dict()))["sequences"][0]["tracks"] == done.sequences[0].tracks


def test_kitti_types_go_into_one_file_of_kittis(tmp_path: Path) -> None:
    write_kitti(tmp_path, "0004", seed=3)
    done = run(tmp_path / "det_Car", tmp_path / "det_Pedestrian", output=tmp_path / "out")
    assert [each.boxes for each in done.sequences] == [6 * FRAMES]
    report = evaluate_tracking(load_sequences(tmp_path, tmp_path / "out"))
    assert {row.class_name for row in report.rows} == {"car", "pedestrian", "CLASS_AVERAGE", "ALL"}
    assert report.combined.MOTA > 0.9
    first = (tmp_path / "out" / "0004.txt").read_text().splitlines()[0].split()
    assert (first[0], first[2] in ("Car", "Pedestrian"), len(first)) == ("0", True, 18)


def test_labels_can_be_tracked_too(tmp_path: Path) -> None:
    write_kitti(tmp_path, "0004", seed=3)
    done = run(tmp_path / "label_02", output=tmp_path / "out")
    assert evaluate_tracking(load_sequences(tmp_path / "label_02", tmp_path / "out")).combined.IDF1 > 0.9
    assert done.sequences[0].boxes == 6 * FRAMES


def test_finished_sequences_are_not_done_again(tmp_path: Path) -> None:
    places = [write_sequence(tmp_path / name, seed) for seed, name in enumerate("ABC")]
    run(places[0], output=tmp_path / "out")
    before = (tmp_path / "out" / "A.txt").stat().st_mtime_ns
    assert run(*places, output=tmp_path / "out").resumed == 1
    assert (tmp_path / "out" / "A.txt").stat().st_mtime_ns == before
    (tmp_path / "out" / "B.txt").write_text("torn")
    write_sequence(tmp_path / "C", seed=9)
    again = run(*places, output=tmp_path / "out")
    assert again.resumed == 1
    assert read_detections(tmp_path / "out" / "B.txt").track_id.min() == 1


def test_a_break_leaves_whole_sequences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [write_sequence(tmp_path / name, seed) for seed, name in enumerate("AB")]
    run(places[0], output=tmp_path / "out")
    update = MODES["two-stage"].tracker.update  # type: ignore[attr-defined]

    def broken(self: Tracker, boxes: Detections, **more: object) -> Tracks:
        if self.stages.frames > 20:
            raise KeyboardInterrupt
        return update(self, boxes, **more)  # type: ignore[no-any-return]

    with monkeypatch.context() as patch:
        patch.setattr(MODES["two-stage"].tracker, "update", broken)
        with pytest.raises(KeyboardInterrupt):
            run(*places, output=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["A.txt", "associate.json"]
    assert run(*places, output=tmp_path / "out").resumed == 1


def test_overwriting_leaves_nothing_of_other_settings(tmp_path: Path) -> None:
    places = [write_sequence(tmp_path / name, 1) for name in "AB"]
    run(*places, output=tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    run(places[1], output=tmp_path / "out", tracker="ocsort", overwrite=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "B.txt",
        "associate.json",
        "notes.txt",
    ]


def test_other_settings_need_another_folder(tmp_path: Path) -> None:
    place = write_sequence(tmp_path / "A", 1)
    run(place, output=tmp_path / "out")
    with pytest.raises(InputError, match="found an association with other settings, or of another version"):
        run(place, output=tmp_path / "out", tracker="ocsort")
    assert run(place, output=tmp_path / "out", tracker="ocsort", overwrite=True).resumed == 0
    with pytest.raises(InputError, match="found a folder without associate"):
        run(place, output=tmp_path / "A")


FORM = '{"format": "neuromorph-track associate/1", "sequences": '


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format": "other"}',
        '{"format": 3}',
        f"{FORM}3}}",
        f'{FORM}[{{"name": [1]}}]}}',
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, text: str) -> None:
    place = write_sequence(tmp_path / "A", 1)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "associate.json").write_text(text)
    with pytest.raises(InputError, match=r"associate\.json: (file|format|sequences.*): found"):
        run(place, output=tmp_path / "out")


def dts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **options: object) -> list[tuple[int, bool]]:
    """Steps of time, and whether there was a warp, of each call of a tracker."""
    place = write_sequence(tmp_path / "A", 1, objects=1)
    (place / "det" / "det.txt").write_text("".join(f"{frame},-1,9,9,30,80,0.9\n" for frame in (1, 5, 6)))
    (place / "det" / "gmc.txt").write_text(
        "".join(f"{frame} 1 0 0 0 1 0\n" for frame in range(1, FRAMES + 1))
    )
    called: list[tuple[int, bool]] = []
    kind = MODES["two-stage"].tracker
    update = kind.update  # type: ignore[attr-defined]

    def watched(self: Tracker, boxes: Detections, warp: object = None, dt: int = 1) -> Tracks:
        called.append((dt, warp is not None))
        return update(self, boxes, warp=warp, dt=dt)  # type: ignore[no-any-return]

    monkeypatch.setattr(kind, "update", watched)
    run(place, output=tmp_path / "out", **options)
    return called


def test_frames_without_a_line_are_empty_or_were_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first three calls come before the clock runs.
    assert dts(tmp_path, monkeypatch)[3:] == [(1, False)] * FRAMES


def test_left_out_frames_take_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = dts(tmp_path, monkeypatch, gaps="skipped", warp="gmc.txt")
    assert found[3:] == [(1, False), (4, True), (1, True)]


@pytest.mark.parametrize(
    ("warp", "sequences", "message"),
    [
        ("none.txt", 1, "none.txt: warp: found nothing, expected a camera motion file"),
        (
            "{root}/motion.txt",
            2,
            "warp: found one file for several sequences, expected a folder of SEQUENCE.txt",
        ),
        ("{root}/folder", 1, "folder/A.txt: warp: found nothing"),
    ],
)
def test_camera_motion_that_is_not_there(tmp_path: Path, warp: str, sequences: int, message: str) -> None:
    places = [write_sequence(tmp_path / name, 1) for name in "AB"[:sequences]]
    (tmp_path / "motion.txt").write_text("1 1 0 0 0 1 0\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=message):
        run(*places, output=tmp_path / "out", warp=warp.format(root=tmp_path))


def test_boxes_left_out_are_told(tmp_path: Path) -> None:
    place = write_sequence(tmp_path / "A", 1)
    with open(place / "det" / "det.txt", "a") as file:
        file.write("1,-1,5,5,0,9,0.9,-1,-1,-1\n")
    (tmp_path / "B.txt").write_text("")
    done = run(place, tmp_path / "B.txt", output=tmp_path / "out")
    assert done.warnings == (
        "A: boxes: 1 without an area left out, 1 brought into the order of frames",
        "B: no detections",
    )
    assert (tmp_path / "out" / "B.txt").read_text() == ""


def test_what_a_tracker_refuses_is_named_with_its_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_sequence(tmp_path / "A", 1)

    def refuse(self: Tracker, boxes: Detections, **more: object) -> Tracks:
        raise InputError("boxes", "overlaps", "too many", "fewer")

    monkeypatch.setattr(MODES["bytetrack"].tracker, "update", refuse)
    with pytest.raises(InputError, match="A, frame 1: boxes overlaps: found too many, expected fewer"):
        run(place, output=tmp_path / "out", tracker="bytetrack")


def test_no_memory_is_a_failed_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write_sequence(tmp_path / "A", 1)

    def full(self: Tracker, boxes: Detections, **more: object) -> Tracks:
        raise MemoryError

    monkeypatch.setattr(MODES["bytetrack"].tracker, "update", full)
    with pytest.raises(JobError, match="A: frame 1: no memory for"):
        run(place, output=tmp_path / "out", tracker="bytetrack")


def test_the_same_as_calling_the_tracker(tmp_path: Path) -> None:
    place = write_sequence(tmp_path / "A", 1)
    run(place, output=tmp_path / "out")
    boxes = read_detections(place / "det" / "det.txt")
    tracker = make_tracker("two-stage")
    rows = []
    for frame in range(1, FRAMES + 1):
        own = boxes[boxes.frame == frame]
        detections = Detections(own.xyxy.astype(np.float32), own.score.astype(np.float32), own.class_id)
        tracks = tracker.update(detections)
        rows += [(frame, number) for number in tracks.track_id.tolist()]
    written = read_detections(tmp_path / "out" / "A.txt")
    assert list(zip(written.frame.tolist(), written.track_id.tolist(), strict=True)) == rows
