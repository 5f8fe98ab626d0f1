"""Every error is followed by what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from neuromorph_track.association.modes import make_tracker
from neuromorph_track.cli.next_step import near, next_step
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.hardware.locate import profiles_folder
from tests.cli.conftest import Command

SCENE = "scene:frames=2"
RECIPE = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.toml"


@pytest.fixture
def inputs(command: Command) -> None:
    """Things that are there, in the folder where the command runs, most of them broken."""
    for name in ("street.mp4", "torn.net", "torn.pt"):
        Path(name).write_text("no such thing")
    for folder, name in (
        ("done", "run.json"),
        ("mine", "thesis.tex"),
        ("half", "last.pt"),
        ("whole", "final.pt"),
    ):
        Path(folder).mkdir()
        Path(folder, name).write_text("{}")
    shutil.copy(profiles_folder() / "loihi1.toml", "odd.toml")
    text = Path("odd.toml").read_text()
    Path("odd.toml").write_text(text.replace('kind = "event_driven"', 'kind = "steam"'))
    Path("recipe.toml").write_text(RECIPE.read_text().replace("steps = ", "stepps = ", 1))


TRACK = ("track", SCENE, "-q", "-o", "run")


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (["track", "stret.mp4"], "did you mean street.mp4?"),
        (["track", "elsewhere/a.mp4"], "there is no folder elsewhere: check the path"),
        (["track", "xyz"], "check the spelling; "),
        (["track", "street.mp4"], "does it play? `ffmpeg -i street.mp4 mended.mp4`"),
        (["track", "scene:frame=2"], "did you mean frames?"),
        ([*TRACK, "--net", "scene-nano"], "did you mean scenes-nano?"),
        ([*TRACK, "--net", "YOLO_KP"], "did you mean yolo-kp?"),
        ([*TRACK, "--net", "torn.ne"], "did you mean torn.net?"),
        ([*TRACK, "--net", "xyz"], "neuromorph-track zoo lists the names"),
        ([*TRACK, "--net", "torn.net"], "a torn copy? fetch or `neuromorph-track export` it again"),
        ([*TRACK, "--hardware", "loihi-2"], "did you mean loihi2"),
        ([*TRACK, "--hardware", "qqq"], "neuromorph-track hardware list shows the names"),
        ([*TRACK, "--hardware", "odd.toml"], "`neuromorph-track hardware check odd.toml` says all"),
        ([*TRACK, "--tracker", "bytetrak"], "did you mean bytetrack?"),
        ([*TRACK, "--classes", "dog"], "neuromorph-track inspect "),
        ([*TRACK, "--classes", "wolker"], "did you mean walker?"),
        ([*TRACK, "--device", "gpu"], "neuromorph-track track --help"),
        (
            ["track", SCENE, "-o", "done"],
            "add --overwrite to replace it, or name another place, e.g. -o done-2",
        ),
        (["track", SCENE, "-o", "mine"], "name another place, e.g. -o mine-2"),
        (["track", SCENE, "-q", "-o", "street.mp4/run"], "name a place with -o in which you may write"),
        (["compare", "mine"], "neuromorph-track track SOURCE -o mine makes a run"),
        (["compare", "don"], "neuromorph-track track SOURCE -o don makes a run"),
        (["compare", "done", "-o", "x.doc"], "-o with one of .png, .svg, .pdf, or a folder"),
        (["train", "recipe.tml"], "did you mean recipe.toml?"),
        (["train", "recipe.toml"], "mend stage.0.stepps in recipe.toml"),
        (["train", RECIPE, "-o", "half"], "add --resume to go on, or another -o, e.g. -o half-2"),
        (["train", RECIPE, "-o", "whole"], "neuromorph-track export whole/final.pt -o OUT.net"),
        (["export", "torn.pt", "-o", "x.net"], "a torn copy? fetch it again; `export` takes final.pt"),
        (["export", "torn.pt", "-o", "x.pt"], "-o with one ending in '.net'"),
        (["eval", "--gt", "absent", "--results", "done"], "check the spelling"),
        (["hardware", "show", "loihi3"], "did you mean loihi"),
        (["explore", "done", "-o", "x.mp4"], "-o with one ending in '.rrd'"),
        (["report", "nowhere"], "neuromorph-track track SOURCE -o nowhere makes a run"),
        (["sot", "street.mp4", "--net", "pear"], "check the spelling"),
        (["events", "absent.es"], "check the spelling"),
        (["tune", "--train", "absent", "--test", "mine"], "check the spelling"),
        (["associate", "absent.txt"], "check the spelling"),
        (["verify", "scenes-nana", "--against", "lava"], "did you mean scenes-nano?"),
    ],
)
@pytest.mark.usefixtures("inputs")
def test_through_the_verbs(command: Command, arguments: list[str], step: str) -> None:
    answer = command(*arguments)
    assert answer.code == 1
    assert answer.out == ""
    error, shown = answer.err.splitlines()
    assert error.startswith("error: ")
    assert shown.startswith(f" next: {step}")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("this needs norse: install neuromorph-track[norse] (no)", "pip install 'neuromorph-track[norse]'"),
        (
            "install neuromorph-track[lava]",
            "pip install 'neuromorph-track[lava]' in an environment of Python 3.10",
        ),
        ("run `neuromorph-track env lava` once, or set it", "neuromorph-track env lava"),
        ("Lava did not answer within 3 s and was stopped", "a longer --timeout, or fewer --frames"),
        ("a/b: cannot be written: No space left on device", "free some space (`df -h`)"),
        ("a/b: cannot be written: Permission denied", "name a place with -o in which you may write"),
        ("there is not enough memory", "close what else needs memory"),
        ("something else", "neuromorph-track track --help says what it takes"),
    ],
)
def test_of_jobs(text: str, step: str) -> None:
    assert next_step(JobError(text), "track").startswith(step)


def test_who_raises_may_know_better() -> None:
    assert next_step(JobError("cannot be written", "do this")) == "do this"
    error = InputError("a", "b", "c", "one of d, e", hint="do that")
    assert next_step(error) == "do that"
    # It is no part of the message.
    assert str(error) == "a: b: found c, expected one of d, e"


def test_an_error_that_another_part_raised() -> None:
    with pytest.raises(InputError) as caught:
        make_tracker("two-stage", low_scor=1)
    assert next_step(caught.value) == "did you mean low_score?"


@pytest.mark.parametrize(
    ("name", "choices", "meant"),
    [
        ("LOIHI1", ["loihi1", "speck"], "loihi1"),
        ("loihi", ["loihi1", "speck"], "loihi1"),
        ("Loihi 2", ["loihi1", "loihi2-oheogulch", "speck"], "loihi2-oheogulch"),
        ("abacus", ["loihi1", "speck"], None),
        ("", ["a"], None),
    ],
)
def test_near(name: str, choices: list[str], meant: str | None) -> None:
    assert near(name, choices) == meant


def test_a_fault_of_ours_is_told_as_one(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("neuromorph_track.export.zoo.zoo", broken)
    answer = command("zoo")
    assert answer.code == 1
    *trace, error, step = answer.err.splitlines()
    assert trace[-1] == "ZeroDivisionError: of ours"
    assert error == "error: this is a fault of neuromorph-track itself, not of what it was given"
    assert "neuromorph-track env" in step


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trak", "x"], "'track'"),
        (["track", "x", "--clases", "a"], "--classes"),
        (["track", "x", "--backend", "lavva"], "fixed"),
        (["hardware", "shwo"], "'show'"),
    ],
)
def test_wrong_usage_says_what_was_meant(command: Command, arguments: list[str], said: str) -> None:
    answer = command(*arguments)
    assert answer.code == 2
    assert said in answer.err
    assert "neuromorph-track" in answer.err
