"""Truth and results find each other in every layout, or it is said which do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, evaluate_tracking, load_sequences, pair_files

TRUTH = "1,1,0,0,10,10,1,1,1\n2,1,0,0,10,10,1,1,1\n"
RESULT = "1,4,0,0,10,10,0.9,-1,-1,-1\n"
SEQINFO = "[Sequence]\nname=x\nframeRate=30\nseqLength={}\nimWidth=640\nimHeight=480\n"


def make(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.parametrize(
    ("truth_files", "truth", "names"),
    [
        (["S/gt/gt.txt"], "S/gt/gt.txt", ["S"]),
        (["S/gt.txt"], "S/gt.txt", ["S"]),
        (["S.txt"], "S.txt", ["S"]),
        (["S/gt/gt.txt"], "S", ["S"]),
        (["S/gt.txt"], "S", ["S"]),
        (["T/gt/gt.txt", "S/gt.txt", "notes/readme.md"], ".", ["S", "T"]),
    ],
)
def test_truth_layouts(tmp_path: Path, truth_files: list[str], truth: str, names: list[str]) -> None:
    make(tmp_path / "truth", dict.fromkeys(truth_files, TRUTH))
    make(tmp_path / "results", {f"{name}.txt": RESULT for name in names})
    pairs = pair_files(tmp_path / "truth" / truth, tmp_path / "results")
    assert [pair.name for pair in pairs] == names
    assert [pair.results.name for pair in pairs] == [f"{name}.txt" for name in names]
    assert all(pair.truth.is_file() for pair in pairs)


@pytest.mark.parametrize(
    ("result_files", "results"),
    [
        (["S.txt", "T.txt"], "."),
        (["S/tracks.txt", "T/tracks.txt", "S/run.json"], "."),
        (["S/tracks.txt", "T.txt", "other.txt"], "."),
        (["data/S.txt", "data/T.txt"], "."),
    ],
)
def test_result_layouts(tmp_path: Path, result_files: list[str], results: str) -> None:
    make(tmp_path, {"truth/S/gt.txt": TRUTH, "truth/T/gt.txt": TRUTH})
    make(tmp_path / "results", dict.fromkeys(result_files, RESULT))
    pairs = pair_files(tmp_path / "truth", tmp_path / "results" / results)
    assert [pair.name for pair in pairs] == ["S", "T"]
    assert {str(pair.results.relative_to(tmp_path / "results")) for pair in pairs} <= set(result_files)


@pytest.mark.parametrize("results", ["run", "run/tracks.txt", "out.txt", "more"])
def test_one_sequence_and_one_result_belong_together(tmp_path: Path, results: str) -> None:
    files = {"S/gt.txt": TRUTH, "run/tracks.txt": RESULT, "out.txt": RESULT, "more/night/tracks.txt": RESULT}
    make(tmp_path, files)
    (pair,) = pair_files(tmp_path / "S", tmp_path / results)
    assert pair.name == "S"


@pytest.mark.parametrize(
    ("truth", "results", "message"),
    [
        ("nowhere", "results", "nowhere: path: found nothing, expected a truth file"),
        ("truth", "nowhere", "nowhere: path: found nothing, expected a results file"),
        ("empty", "results", "empty: folder: found no gt/gt.txt or gt.txt"),
        ("truth", "empty", "empty: folder: found no tracks.txt"),
        ("truth", "results", "sequences: found only A, X, expected results for B, C too"),
    ],
)
def test_says_what_is_missing(tmp_path: Path, truth: str, results: str, message: str) -> None:
    make(tmp_path / "truth", {f"{name}/gt.txt": TRUTH for name in "ABC"})
    make(tmp_path / "results", {"A.txt": RESULT, "X.txt": RESULT})
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=message):
        pair_files(tmp_path / truth, tmp_path / results)


def test_length_of_the_sequence(tmp_path: Path) -> None:
    make(tmp_path, {"A/gt/gt.txt": TRUTH, "A/seqinfo.ini": SEQINFO.format(7), "B/gt.txt": TRUTH})
    make(tmp_path / "results", {"A.txt": RESULT, "B.txt": RESULT.replace("1,4", "5,4", 1)})
    assert [sequence.frames for sequence in load_sequences(tmp_path, tmp_path / "results")] == [7, 5]
    make(tmp_path, {"A/seqinfo.ini": SEQINFO.format(1)})
    with pytest.raises(InputError, match="A: truth: found frames 1 to 2, expected frames 1 to 1"):
        load_sequences(tmp_path, tmp_path / "results")


def test_rules_come_from_the_name_unless_given(tmp_path: Path) -> None:
    make(tmp_path, {"truth/MOT17-02/gt.txt": TRUTH, "results/MOT17-02.txt": RESULT})
    (by_name,) = load_sequences(tmp_path / "truth", tmp_path / "results")
    (given,) = load_sequences(tmp_path / "truth", tmp_path / "results", PROTOCOLS["mot20"])
    assert (by_name.protocol, given.protocol) == (PROTOCOLS["mot17"], PROTOCOLS["mot20"])
    assert evaluate_tracking([by_name]).combined.FN == 1


def test_an_empty_results_file_is_a_result(tmp_path: Path) -> None:
    make(tmp_path, {"S/gt.txt": TRUTH, "tracks.txt": ""})
    assert evaluate_tracking(load_sequences(tmp_path / "S", tmp_path / "tracks.txt")).combined.FN == 2
