"""KITTI's rules against TrackEval's own reading of the same files, and each rule by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, evaluate_tracking, load_sequences
from tests.evaluation import made_kitti, trackeval_folders

LIST = "{} empty 000000 {:06d}\n"


def write(root: Path, labels: dict[str, str], frames: dict[str, int], seed: int) -> None:
    """``root/gt`` and ``root/tracker``, as TrackEval wants them."""
    for name, text in labels.items():
        path = root / "gt" / "label_02" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        results = made_kitti.distorted(made_kitti.read_labels(path), seed)
        made_kitti.write_results(results, root / "tracker" / f"{name}.txt")
    listed = "".join(LIST.format(name, frames[name]) for name in labels)
    (root / "gt" / "evaluate_tracking.seqmap.val").write_text(listed)


def assert_equal_to_trackeval(root: Path) -> None:
    seqmap = root / "gt" / "evaluate_tracking.seqmap.val"
    dataset = trackeval_folders.kitti(root / "gt", root, seqmap)
    report = evaluate_tracking(load_sequences(root / "gt", root / "tracker"))
    rows = {(row["sequence"], row["class_name"]): row for row in report.to_rows()}
    for name in dataset.seq_list:
        for class_name in ("car", "pedestrian"):
            expected = trackeval_folders.scores_of(dataset, name, class_name)
            for field, value in expected.items():
                assert rows[name, class_name][field] == pytest.approx(value, abs=1e-9), (
                    name,
                    class_name,
                    field,
                )


@pytest.mark.parametrize("seed", range(4))
def test_equals_trackevals_own_reading_of_made_up_files(tmp_path: Path, seed: int) -> None:
    labels = {f"{number:04d}": made_kitti.label_text(10 * seed + number) for number in range(3)}
    write(tmp_path, labels, dict.fromkeys(labels, 30), seed)
    assert_equal_to_trackeval(tmp_path)


def test_equals_trackevals_own_reading_of_real_labels(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "mot_text" / "KITTI"
    labels = {name: (folder / "label_02" / f"{name}.txt").read_text() for name in ("0001", "0004", "0009")}
    write(tmp_path, labels, {"0001": 447, "0004": 314, "0009": 803}, seed=1)
    assert_equal_to_trackeval(tmp_path)


LABEL = "{} {} {} {} {} -1.5 {} 100 {} 160 1.5 1.6 3.9 1 2 30 0.1\n"
RESULT = "{} {} {} -1 -1 -10 {} 100 {} {} -1 -1 -1 -1000 -1000 -1000 -10 0.9\n"


@pytest.mark.parametrize(
    ("kind", "cut", "hidden", "result", "wrong", "missed"),
    [
        ("Car", 0, 0, "Car", 0, 0),
        ("Car", 0, 2, "Car", 0, 0),
        ("Car", 0, 3, "Car", 0, 0),
        ("Car", 1, 0, "Car", 0, 0),
        ("Van", 0, 0, "Car", 0, 0),
        ("Person_sitting", 0, 0, "Pedestrian", 0, 0),
        ("Person", 0, 0, "Car", 1, 0),
        ("Truck", 0, 0, "Car", 1, 0),
        ("Pedestrian", 0, 0, "Car", 1, 1),
        ("Car", 0, 2, "Tram", 0, 1),
        ("Car", 0, 3, "Tram", 0, 0),
    ],
)
def test_what_forgives(
    tmp_path: Path, kind: str, cut: int, hidden: int, result: str, wrong: int, missed: int
) -> None:
    """One perfect car and pedestrian, and one object of ``kind`` with a result on it."""
    sure = [("Car", 1, 0), ("Pedestrian", 2, 200)]
    truth = [LABEL.format(0, number, name, 0, 0, x, x + 60) for name, number, x in sure]
    found = [RESULT.format(0, number, name, x, x + 60, 160) for name, number, x in sure]
    (tmp_path / "gt.txt").write_text("".join(truth) + LABEL.format(0, 3, kind, cut, hidden, 400, 460))
    (tmp_path / "out.txt").write_text("".join(found) + RESULT.format(0, 3, result, 400, 460, 160))
    last = evaluate_tracking(load_sequences(tmp_path / "gt.txt", tmp_path / "out.txt")).combined
    assert [wrong, missed] == [last.FP, last.FN]


@pytest.mark.parametrize(
    ("left", "height", "wrong"),
    [(400, 60, 0), (429, 60, 0), (431, 60, 1), (600, 60, 1), (600, 25, 0), (600, 25.5, 1)],
    ids=["in a region", "half in it", "half out of it", "elsewhere", "small", "just higher"],
)
def test_what_matches_nothing(tmp_path: Path, left: float, height: float, wrong: int) -> None:
    truth = LABEL.format(0, 1, "Car", 0, 0, 0, 60) + LABEL.format(0, -1, "DontCare", -1, -1, 400, 460)
    results = RESULT.format(0, 1, "Car", 0, 60, 160) + RESULT.format(
        0, 2, "Car", left, left + 60, 100 + height
    )
    (tmp_path / "gt.txt").write_text(truth)
    (tmp_path / "out.txt").write_text(results)
    report = evaluate_tracking(load_sequences(tmp_path / "gt.txt", tmp_path / "out.txt"))
    assert wrong == report.combined.FP


def test_only_some_sequences(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"0000": made_kitti.label_text(0), "0001": made_kitti.label_text(1)},
        {"0000": 30, "0001": 30},
        0,
    )
    sequences = load_sequences(tmp_path / "gt", tmp_path / "tracker", only=["0001"])
    assert [(sequence.name, sequence.frames) for sequence in sequences] == [("0001", 30)]
    with pytest.raises(InputError, match="sequences: found 0000, 0001, expected truth for 0007 too"):
        load_sequences(tmp_path / "gt", tmp_path / "tracker", only=["0007"])


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (
            "0 1 Car -1 -1 -10 0 100 60 160\n",
            "line 1: found 10 columns, expected 17 or 18 separated by spaces",
        ),
        ("1,1,0,0,5,5,1,-1,-1,-1\n", "line 1: found 1 columns, expected 17 or 18 separated by spaces"),
        (RESULT.format(0, -1, "Car", 0, 60, 160), "line 1, id: found -1, expected the number of a track"),
        (RESULT.format(0, 1, "Boat", 0, 60, 160), "line 1, type: found 'Boat', expected one of Car, Van"),
        (RESULT.format(-1, 1, "Car", 0, 60, 160), "line 1, frame: found -1, expected a whole number from 0"),
        (RESULT.format(0, 1, "Car", 60, 0, 160), r"line 1, right: found 0, expected 60 \(left\) or more"),
        (RESULT.format(0, 1, "Car", 0, "nan", 160), "line 1, right: found nan, expected a finite number"),
    ],
)
def test_faults_in_results_are_named(tmp_path: Path, result: str, message: str) -> None:
    (tmp_path / "gt.txt").write_text(LABEL.format(0, 1, "Car", 0, 0, 0, 60))
    (tmp_path / "out.txt").write_text(result)
    with pytest.raises(InputError, match=message):
        load_sequences(tmp_path / "gt.txt", tmp_path / "out.txt")


def test_the_rules_of_another_benchmark_are_refused(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text(LABEL.format(0, 1, "Car", 0, 0, 0, 60))
    (tmp_path / "out.txt").write_text("")
    with pytest.raises(
        InputError, match="benchmark: found KITTI's labels, expected the truth of the benchmark"
    ):
        load_sequences(tmp_path / "gt.txt", tmp_path / "out.txt", PROTOCOLS["mot17"])
