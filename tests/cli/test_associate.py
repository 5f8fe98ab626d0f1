"""``associate``, ``eval`` and ``tune`` as a user runs them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.runs.sequences_on_disk import write_kitti, write_sequence


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for seed, name in enumerate("AB"):
        write_sequence(tmp_path / "data" / name, seed)
    return tmp_path / "data"


def test_from_boxes_to_scores(command: Command, data: Path) -> None:
    answer = command("associate", data, "--tracker", "bytetrack", "-o", "out", "-q")
    assert (answer.code, answer.err) == (0, "")
    for word in ("Association, bytetrack", "Frames/s", "µs/frame", "2 sequences: out"):
        assert word in answer.out
    assert sorted(path.name for path in Path("out").iterdir()) == ["A.txt", "B.txt", "associate.json"]
    again = command("associate", data, "--tracker", "bytetrack", "-o", "out", "-q")
    assert "2 sequences, 2 of them there before: out" in again.out
    scored = command("eval", "--gt", data, "--results", "out", "--plots", "plots")
    assert scored.code == 0
    assert "rules of plain" in scored.out
    assert "Transfers" in scored.out
    assert sorted(path.name for path in Path("plots").iterdir()) == ["hota.png", "sequences.png"]


def test_json(command: Command, data: Path) -> None:
    found = json.loads(command("associate", data / "A", "-o", "out", "--json").out)
    assert found["sequences"][0]["frames"] == 30
    assert set(found["sequences"][0]["stages"]) >= {"predict", "match"}
    rows = json.loads(command("eval", "--gt", data, "--results", "out", "--sequences", "A", "--json").out)
    assert [row["sequence"] for row in rows] == ["A", "COMBINED"]
    assert isinstance(rows[0]["Transfers"], int)


def test_kitti(command: Command, tmp_path: Path) -> None:
    write_kitti(tmp_path, "0001", seed=0)
    assert (
        command("associate", tmp_path / "det_Car", tmp_path / "det_Pedestrian", "-o", "out", "-q").code == 0
    )
    scored = command("eval", "--gt", tmp_path, "--results", "out")
    assert "rules of kitti" in scored.out
    assert "pedestrian" in scored.out
    options = ("--classes", "car", "--csv", "scores.csv", "--json")
    cars = json.loads(command("eval", "--gt", tmp_path, "--results", "out", *options).out)
    assert {row["class_name"] for row in cars} == {"car"}
    with open("scores.csv", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["sequence"] for row in written] == ["0001", "COMBINED"]
    assert [float(row["HOTA"]) for row in written] == [row["HOTA"] for row in cars]
    assert written[0].keys() == cars[0].keys()


def test_tuned_settings_warn_where_they_were_tuned(command: Command, data: Path) -> None:
    arguments = ["--train", data / "A", "--test", data / "B", "--trials", "3", "--search", "max_lost"]
    answer = command("tune", *arguments, "-o", "tuned.toml", "--plot", "search.png", "-q")
    assert (answer.code, answer.err) == (0, "")
    assert "test (not seen)" in answer.out
    assert Path("search.png").is_file()
    found = json.loads(command("tune", *arguments, "-o", "tuned.toml", "--json").out)
    assert found["test"]["tuned"]["HOTA"] > 0
    used = command("associate", data, "--settings", "tuned.toml", "-o", "out", "-q")
    assert "warning: A: the settings were tuned on this sequence: its scores are no test" in used.out
    assert "B: the settings" not in used.out
    scored = command("eval", "--gt", data, "--results", "out")
    assert "warning: A: the tracker's settings were tuned on this sequence" in scored.out
    piped = command("eval", "--gt", data, "--results", "out", "--json")
    assert json.loads(piped.out)
    assert "warning: A:" in piped.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["associate", "nowhere"],
            "nowhere: path: found nothing, expected a detection file or a folder of them",
        ),
        (
            ["associate", "{data}", "--tracker", "sort"],
            "tracker: mode: found 'sort', expected one of two-stage",
        ),
        (
            ["associate", "{data}", "--settings", "no.toml"],
            "no.toml: file: found nothing, expected a TOML file",
        ),
        (
            ["associate", "{data}/A/seqinfo.ini"],
            "line 1: found 1 columns, expected 7 or 10 (MOTChallenge), 6 (KITTI) or 15",
        ),
        (["associate", "{data}", "-o", "{data}"], "output: found a folder without associate.json, expected"),
        (["associate", "{data}", "-o", "{data}/A/seqinfo.ini"], "output: found a file, expected a folder"),
        (
            ["associate", "{data}", "--warp", "gmc.txt"],
            "gmc.txt: warp: found nothing, expected a camera motion",
        ),
        (["associate", "{data}", "-o", "x" * 300], "File name too long"),
        (["tune", "--train", "{data}/A", "--test", "{data}/A"], "test: found A, which is in train too"),
        (["tune", "--train", "{data}/A"], "test: found no sequence, expected one at least, or --folds"),
        (["tune", "--train", "nowhere", "--test", "{data}/A"], "nowhere: path: found nothing"),
        (
            ["tune", "--train", "{data}/A", "--test", "{data}/B", "-o", "a.txt"],
            "expected one ending in .toml",
        ),
        (
            ["eval", "--gt", "{data}", "--results", "{data}/A/gt", "--benchmark", "mot18"],
            "found 'mot18', expected",
        ),
        (
            ["eval", "--gt", "{data}/A", "--results", "{data}/A/det/det.txt", "--classes", "car"],
            "classes: found car, expected none: these rules score all together",
        ),
        (
            ["tune", "--train", "{data}/A", "--test", "{data}/B", "--warp", "{data}/A/seqinfo.ini"],
            "warp: found one file for several sequences, expected a folder",
        ),
        (
            ["eval", "--gt", "{data}", "--results", "{data}/A/gt", "--sequences", "Z"],
            "expected truth for Z too",
        ),
    ],
)
def test_faults_are_one_line(command: Command, data: Path, arguments: list[str], message: str) -> None:
    answer = command(*(argument.format(data=data) for argument in arguments), *_quiet(arguments))
    assert answer.code == 1
    assert answer.err.startswith("error: ")
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]
    assert message in answer.err


def _quiet(arguments: list[str]) -> list[str]:
    return [] if arguments[0] == "eval" else ["-q"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["associate"],
        ["associate", "a.txt", "--format", "csv"],
        ["associate", "a.txt", "--gaps", "many"],
        ["associate", "a.txt", "--scores", "odd"],
        ["tune", "--test", "a"],
        ["tune", "--train", "a", "--trials", "0"],
        ["tune", "--train", "a", "--metric", "speed"],
    ],
)
def test_wrong_usage(command: Command, arguments: list[str]) -> None:
    assert command(*arguments).code == 2
