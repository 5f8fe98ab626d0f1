"""``compare`` as a user runs it: what is printed, and which files are there afterwards."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from neuromorph_track.cli.compare import parse_accuracies
from neuromorph_track.errors import InputError
from neuromorph_track.runs import RunOptions, track
from tests.cli.conftest import Command

CHIPS = ("--hardware", "loihi1", "--hardware", "loihi2-oheogulch")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "street"
    track("scene:seed=3,frames=6", "scenes-nano", folder, RunOptions(quiet=True, hardware=("loihi1",)))
    return folder


def names(folder: str | Path) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def test_one_run_leaves_a_folder(command: Command, finished: Path) -> None:
    answer = command("compare", finished, *CHIPS)
    assert answer.code == 0
    assert "street: scenes-nano on scene:seed=3,frames=6, 6 frames, HOTA " in answer.out
    assert "written: runs/compare/energy.png" in answer.out
    assert "warning: boundaries differ" in answer.out
    assert names("runs/compare") == {"compare.csv", "compare.json", "energy.png", "energy.svg"}
    # Once more, with another chip and elsewhere.
    assert command("compare", finished, "--hardware", "spinnaker2", "-q").code == 0
    rows = csv.DictReader(Path("runs/compare/compare.csv").read_text().splitlines())
    assert {row["profile"] for row in rows} == {"spinnaker2"}


def test_several_runs_are_one_table_and_one_plot(command: Command, finished: Path) -> None:
    shutil.copytree(finished, "night")
    answer = command("compare", finished, "night", *CHIPS, "-o", "both", "--csv", "rows/all.csv", "-q")
    assert (answer.code, answer.err) == (0, "")
    assert "no claim: night on Loihi 1 and street on Loihi 1 differ by less than 0.1 % in total" in answer.out
    assert {"pareto.png", "pareto.svg", "energy.svg"} < names("both")
    assert Path("rows/all.csv").read_text() == Path("both/compare.csv").read_text()
    content = json.loads(Path("both/compare.json").read_text())
    assert [run["name"] for run in content["runs"]] == ["street", "night"]


def test_json_alone_writes_nothing(command: Command, finished: Path) -> None:
    answer = command("compare", finished, *CHIPS, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert [entry["profile"] for entry in json.loads(answer.out)["energy"]] == ["loihi1", "loihi2-oheogulch"]
    assert names(".") == set()
    assert command("compare", finished, *CHIPS, "--json", "-o", "there").code == 0
    assert "compare.json" in names("there")


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_picture_and_nothing_else(command: Command, finished: Path, suffix: str) -> None:
    answer = command("compare", finished, finished, *CHIPS, "-o", f"pictures/energy{suffix}")
    assert f"written: pictures/energy{suffix}" in answer.out
    assert names("pictures") == {f"energy{suffix}"}


def test_a_folder_may_have_a_version_in_its_name(command: Command, finished: Path) -> None:
    assert command("compare", finished, *CHIPS, "-o", "v1.2").code == 0
    assert "compare.json" in names("v1.2")


def test_accuracy_and_baseline(command: Command, finished: Path) -> None:
    shutil.copytree(finished, "night")
    given = ("--accuracy", "night=61%", "--accuracy", f"{finished}=0.5", "--baseline", "night")
    content = json.loads(command("compare", finished, "night", *CHIPS, *given, "--json").out)
    assert [run["accuracy"] for run in content["runs"]] == [0.5, 0.61]
    assert content["accuracy"] == "Accuracy"
    assert content["energy"][0]["against"] == "night on Loihi 1"
    answer = command("compare", finished, *CHIPS, "--figure", "dynamic", "--metric", "mota", "--json")
    content = json.loads(answer.out)
    assert (content["figure"], content["accuracy"]) == ("dynamic", "MOTA")


def test_eval_leaves_scores_for_it(command: Command, finished: Path) -> None:
    shutil.copytree(finished, "mine")
    rows = json.loads(command("eval", "--gt", "mine/gt.txt", "--results", "mine", "--json").out)
    scores = json.loads(Path("mine/scores.json").read_text())
    assert (scores["truth"], scores["rows"]) == ("mine/gt.txt", rows[:1])
    Path("mine/gt.txt").unlink()
    content = json.loads(command("compare", "mine", *CHIPS, "--json").out)
    assert content["runs"][0]["accuracy"] == rows[-1]["HOTA"]
    # A plain file of tracks has no folder to leave them in.
    before = names(".")
    assert command("eval", "--gt", finished / "gt.txt", "--results", "mine/tracks.txt").code == 0
    assert names(".") == before


def test_eval_of_several_runs_leaves_each_its_own_scores(command: Command, finished: Path) -> None:
    for name in ("street", "night"):
        shutil.copytree(finished, f"runs/{name}")
        Path(f"truth/{name}").mkdir(parents=True)
        Path(f"runs/{name}/gt.txt").rename(f"truth/{name}/gt.txt")
    lines = Path("runs/night/tracks.txt").read_text().splitlines(keepends=True)
    Path("runs/night/tracks.txt").write_text("".join(lines[: len(lines) // 2]))
    rows = json.loads(command("eval", "--gt", "truth", "--results", "runs", "--json").out)
    hota = {row["sequence"]: row["HOTA"] for row in rows}
    assert hota["night"] < hota["street"]
    content = json.loads(command("compare", "runs/street", "runs/night", *CHIPS, "--json").out)
    assert [run["accuracy"] for run in content["runs"]] == [hota["street"], hota["night"]]


def test_eval_of_a_run_that_cannot_be_written_to(command: Command, finished: Path) -> None:
    shutil.copytree(finished, "mine")
    Path("mine/scores.json").mkdir()
    answer = command("eval", "--gt", "mine/gt.txt", "--results", "mine")
    assert answer.code == 0
    assert "HOTA" in answer.out
    assert answer.out.startswith("warning: mine/scores.json: cannot be written")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=0.5", {"a": 0.5}),
        ("runs/a=61.5%", {"runs/a": 0.615}),
        ("a=b=0", {"a=b": 0}),
        ("a=-0.1", {"a": -0.1}),
    ],
)
def test_accuracies_on_the_command_line(text: str, found: dict[str, float]) -> None:
    assert parse_accuracies([text]) == pytest.approx(found)


@pytest.mark.parametrize("text", ["", "a", "a=", "=0.5", "a=half", "a=%"])
def test_accuracies_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match=r"option: accuracy: found .*, expected RUN=VALUE"):
        parse_accuracies([text])
