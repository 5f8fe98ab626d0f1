"""``eval-single`` as a user runs it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.single import SingleResult, find_sequences, write_result
from tests.cli.conftest import Command
from tests.data.single import made


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """Two sequences, a tracker that is right and one that stays where it was."""
    folder = tmp_path / "truth"
    made.otb(folder, "Crossing")
    made.otb(folder, "Walking", count=6)
    for each in find_sequences(folder):
        write_result(tmp_path / "right", each.name, SingleResult(each.boxes))
        still = np.repeat(each.boxes[:1], len(each), axis=0)
        write_result(tmp_path / "still", each.name, SingleResult(still), "got10k")
    return folder


def test_tables_and_plots(command: Command, truth: Path, tmp_path: Path) -> None:
    trackers = ("--results", tmp_path / "right", "--results", f"box={tmp_path / 'still'}")
    answer = command("eval-single", "--gt", truth, *trackers, "--plots", "plots", "--each")
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "2 sequences, 10 frames",
        "AUC - right",
        "95.2 [95.2, 95.2]",
        "Walking",
        "BC (1)",
        "SV (2)",
    ):
        assert words in answer.out
    names = ["attributes.png", "norm_precision.png", "precision.png", "success.png"]
    assert sorted(path.name for path in Path("plots").iterdir()) == names


def test_json_and_csv(command: Command, truth: Path, tmp_path: Path) -> None:
    trackers = ("--results", f"a={tmp_path / 'right'}", "--results", f"b={tmp_path / 'still'}")
    answer = command("eval-single", "--gt", truth, *trackers, "--csv", "rows.csv", "--json")
    right, still = json.loads(answer.out)
    assert (right["tracker"], still["tracker"]) == ("a", "b")
    assert right["combined"]["AO"] == 1
    # A pixel a frame beside a box that is 5 wide: 4/6, 3/7, 2/8, 1/9 and 0.
    assert pytest.approx((4 / 6 + 3 / 7 + 2 / 8) / 3) == still["sequences"][0]["AO"]
    with open("rows.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["tracker"], row["sequence"]) for row in rows] == [
        (tracker, name) for tracker in "ab" for name in ("Crossing", "Walking", "COMBINED")
    ]
    assert float(rows[5]["AUC_low"]) == still["combined"]["AUC_low"]
    assert rows[0]["AUC_low"] == ""


def test_some_sequences(command: Command, truth: Path, tmp_path: Path) -> None:
    (tmp_path / "right" / "Walking.txt").unlink()
    options = ("--results", tmp_path / "right", "--sequences", "Crossing", "--kind", "otb", "--json")
    (found,) = json.loads(command("eval-single", "--gt", truth, *options).out)
    assert [row["sequence"] for row in found["sequences"]] == ["Crossing"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--results", "absent"], "absent: results: found nothing"),
        (
            ["--results", "{right}", "--results", "{right}"],
            "results: found right twice, expected different names",
        ),
        (["--results", "{right}", "--kind", "davis"], "kind: found 'davis'"),
        (["--results", "{right}", "--sequences", "David"], "found Crossing, Walking, expected David too"),
        (["--results", "{truth}"], "Crossing: found nothing, expected Crossing.txt"),
    ],
)
def test_faults(command: Command, truth: Path, tmp_path: Path, options: list[str], fault: str) -> None:
    given = [each.format(right=tmp_path / "right", truth=truth) for each in options]
    answer = command("eval-single", "--gt", truth, *given)
    assert answer.code == 1
    assert answer.err.startswith("error: ")
    assert fault in answer.err
    assert "Traceback" not in answer.err
