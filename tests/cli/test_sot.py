"""The verb ``sot``, and a tracker of one object where another network is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuromorph_track.cli.sot import _taken
from neuromorph_track.netx import write_siamese
from neuromorph_track.runs.siamese_net import Written
from tests.cli.conftest import Command
from tests.networks.tiny_trackers import checkpoint, pair
from tests.runs.test_sot_source import pictures

TARGETS = "targets:seed=3,frames=4,width=96,height=80,size=20"
CHIP = ("--hardware", "loihi2-oheogulch")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_siamese(pair(), tmp_path / "pair")
    return tmp_path / "pair"


def test_a_run_in_words(command: Command, folder: Path) -> None:
    answer = command("sot", TARGETS, "--net", folder, "-o", "run", "-q", *CHIP)
    assert (answer.code, answer.err) == (0, "")
    words = " ".join(answer.out.split())
    assert words.index("a frame (search chain)") < words.index("a template, 1 time in this run")
    assert "memory written to 4 conv: " in words
    assert "against the truth: success AUC 0." in words
    assert "4 frames, lost in " in words
    assert Path("run/run.json").is_file()


@pytest.mark.parametrize(
    ("error", "clipped", "told"),
    [
        (0.998, 0.0, "next to nothing: what the template left is smaller than one step of the weights"),
        (0.75, 0.2, "75.0% lost in rounding, 20.0% of the weights clipped"),
        (0.012, 0.0, "1.2% lost in rounding, 0.0% of the weights clipped"),
    ],
)
def test_a_memory_that_is_all_but_empty_is_called_so(error: float, clipped: float, told: str) -> None:
    assert _taken(Written("4 conv", error, clipped)) == told


def test_two_runs_are_compared_by_their_overlap(command: Command, folder: Path) -> None:
    for name in ("one", "two"):
        assert command("sot", TARGETS, "--net", folder, "-o", name, "-q", *CHIP).code == 0
    answer = command("compare", "one", "two", "-o", "cost", "-q", *CHIP)
    assert answer.code == 0
    assert answer.out.count(", AO ") == 2
    assert Path("cost/pareto.png").is_file()


def test_a_run_as_json(command: Command, folder: Path) -> None:
    answer = command("sot", TARGETS, "--net", folder, "-o", "run", "--json", *CHIP)
    assert (answer.code, answer.err) == (0, "")
    content = json.loads(answer.out)
    assert (content["folder"], content["frames"], content["templates"]) == ("run", 4, 1)
    assert [each["layer"] for each in content["written"]] == ["4 conv", "7 conv"]
    assert set(content["scores"]) >= {"AUC", "precision", "AO"}
    assert len(content["energy"]) == len(content["template_energy"]) == 1
    assert content["seconds_per_frame"] > 0


def test_a_checkpoint_and_a_box(command: Command, tmp_path: Path) -> None:
    source = pictures(tmp_path / "p")
    net = checkpoint(tmp_path / "final.pt")
    given = ("--init", "5,6,20,20", "--results", "res", "--format", "got10k", "-q", *CHIP)
    answer = command("sot", source, "--net", net, "-o", "run", *given)
    assert answer.code == 0
    assert "against the truth" not in answer.out
    assert Path("res/p/p_001.txt").read_text().splitlines()[0] == "5.000,6.000,20.000,20.000"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--init", "1,2,3"), "error: --init: box: found '1,2,3', expected four numbers: x,y,w,h"),
        (("--init", "500,2,30,4"), "--init: found 500,2,30,4, expected a box inside of the 96x80 picture"),
        (("--window", "1.5"), "--window"),
        (("--bits", "5"), "--bits"),
        (("--format", "vot"), "--format"),
        (("--penalty", "5000"), "penalty: found 5000.0, expected a number from 0 to 1000"),
        (("--device", "nowhere"), "nowhere"),
        (("--hardware", "nowhere"), "nowhere"),
        (("--max-frames", "1"), "frames: found 1, expected at least two"),
        (("--max-frames", "0"), "--max-frames"),
    ],
)
def test_faults_are_one_line(command: Command, folder: Path, arguments: tuple[str, ...], told: str) -> None:
    answer = command("sot", TARGETS, "--net", folder, "-o", "run", "-q", *arguments)
    assert answer.code != 0
    assert told in answer.complaint
    assert "Traceback" not in answer.err
    assert not Path("run").exists()


def test_what_is_no_pair(command: Command, net: Path, tmp_path: Path) -> None:
    """A detector's file and checkpoint, and nothing at all."""
    detector = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.pt"
    for given, found in ((net, "neither"), (detector, "neither"), (tmp_path / "no.pt", "no such file")):
        answer = command("sot", TARGETS, "--net", given, "-o", "run")
        assert answer.code == 1
        assert (
            f"network: found {found}, expected spiketrack-nano, hadtrack-nano, a siamese pair's folder"
            in answer.err
        )
        assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]


def test_a_pair_is_no_detector(command: Command, folder: Path, tmp_path: Path) -> None:
    for given in (checkpoint(tmp_path / "final.pt"), folder, folder / "siamese.toml"):
        answer = command("track", "scene:seed=1,frames=2", "--net", given, "-o", "run")
        assert answer.code == 1
        assert answer.err.startswith(f"error: {given}: ")
        assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]
    # One of the two chains alone gives no boxes either.
    answer = command("track", "scene:seed=1,frames=2", "--net", folder / "search.net", "-o", "run")
    assert answer.code == 1
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["error", " next"]
