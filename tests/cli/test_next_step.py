"""Every error is followed by what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import pytest
import torch

from neuromorph_track.association.modes import make_tracker
from neuromorph_track.cli.next_step import next_step
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.hardware.locate import profiles_folder
from neuromorph_track.netx import Layer, Network, write_net
from tests.cli.conftest import Command
from tests.data.events.files import some_events, write_es

SCENE = "scene:frames=2"
RECIPE = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.toml"


@pytest.fixture
def inputs(command: Command) -> None:
    """Things that are there, in the folder where the command runs, most of them broken."""
    for name in ("street.mp4", "torn.net", "torn.pt", "torn.nir", "text.txt", "junk.es"):
        Path(name).write_text("no such thing")
    for folder, name in (
        ("done", "run.json"),
        ("mine", "thesis.tex"),
        ("half", "last.pt"),
        ("whole", "final.pt"),
        ("broken", "1.png"),
    ):
        Path(folder).mkdir()
        Path(folder, name).write_text("{}")
    with h5py.File("done/activity.h5", "w") as file:
        file.create_group("layers")
    Path("done/scores.json").write_text("{}")
    write_es(Path("spoken.es"), some_events(30))
    Path("empty").mkdir()
    Path("empty.mp4").touch()
    Path("good.txt").write_text("1,1,2,3,4,5,1,1,1\n")
    Path("bad.txt").write_text("1,1,2,3,4\n")
    Path("words.txt").write_text("a,b,c,d,e,f,g\n")
    shutil.copy(profiles_folder() / "loihi1.toml", "odd.toml")
    text = Path("odd.toml").read_text()
    Path("odd.toml").write_text(text.replace('kind = "event_driven"', 'kind = "steam"'))
    Path("recipe.toml").write_text(RECIPE.read_text().replace("steps = ", "stepps = ", 1))
    Path("torn.toml").write_text("name = 'a'\n[stage\n")
    torch.save({"a": torch.zeros(2)}, "other.pt")
    lstm = Path("lstm.net")
    write_net(Network((Layer("input", (3,)), Layer("flatten", (3,)))), lstm)
    with h5py.File(lstm, "r+") as file:
        del file["layer/1/type"]
        file["layer/1/type"] = "lstm"


TRACK = ("track", SCENE, "-q", "-o", "run")
OF_A_RUN = "belongs to a run: name another file; neuromorph-track report done shows the run"
ZOO = "neuromorph-track zoo lists those that come along"


def help_of(verb: str) -> str:
    return f"neuromorph-track {verb} --help says what it takes"


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (["track", "stret.mp4"], "did you mean street.mp4?"),
        (["track", "elsewhere/a.mp4"], "there is no folder elsewhere: check the path"),
        (["track", "xyz"], "check the spelling; "),
        (["track", "absent.txt"], "check the spelling; "),
        (["track", "rtsp://camera/1"], "an address is not read: save what it gives as a file"),
        (["track", "street.mp4"], "does it play? `ffmpeg -i street.mp4 mended.mp4`"),
        (["track", "empty.mp4"], "empty.mp4 is empty: fetch or make it again"),
        (["track", "empty"], "empty is an empty folder: check the path"),
        (["track", "mine"], "mine holds thesis.tex: check the path"),
        (["track", "broken"], "copy broken/1.png again, or take it out of the folder"),
        (["track", "text.txt"], "neuromorph-track events text.txt shows whether it holds events"),
        (["track", "scene:frame=2"], "did you mean frames?"),
        (["track", "scene:frames=many"], help_of("track")),
        ([*TRACK, "--event-window", "10ms"], "leave --event-window out"),
        ([*TRACK, "--net", "scene-nano"], "did you mean scenes-nano?"),
        ([*TRACK, "--net", "YOLO_KP"], "did you mean yolo-kp?"),
        ([*TRACK, "--net", "torn.ne"], "did you mean torn.net?"),
        ([*TRACK, "--net", "xyz"], f"{ZOO}; others are .net files or folders"),
        ([*TRACK, "--net", "torn.net"], "a torn copy? fetch or `neuromorph-track export` it again"),
        ([*TRACK, "--net", "lstm.net"], help_of("track")),
        ([*TRACK, "--net", "torn.pt"], "neuromorph-track export torn.pt -o torn.net makes a network of it"),
        ([*TRACK, "--net", "torn.nir"], "neuromorph-track export torn.nir -o torn.net makes a network of it"),
        ([*TRACK, "--net", "text.txt"], f"networks are .net files; {ZOO}"),
        ([*TRACK, "--net", "mine"], "a folder is a network where it holds graph.toml or siamese.toml"),
        ([*TRACK, "--net", "spiketrack-nano"], "neuromorph-track sot SOURCE --net spiketrack-nano"),
        ([*TRACK, "--hardware", "loihi-2"], "did you mean loihi2"),
        ([*TRACK, "--hardware", "qqq"], "neuromorph-track hardware list shows the names"),
        ([*TRACK, "--hardware", "odd.toml"], "`neuromorph-track hardware check odd.toml` says all"),
        ([*TRACK, "--settings", "recipe.toml"], "mend "),
        ([*TRACK, "--settings", "torn.toml"], "mend line 2 of torn.toml"),
        ([*TRACK, "--settings", "text.txt"], "name a TOML file; text.txt is none"),
        ([*TRACK, "--tracker", "bytetrak"], "did you mean bytetrack?"),
        ([*TRACK, "--tracker", "deepsort"], help_of("track")),
        ([*TRACK, "--classes", "dog"], "neuromorph-track inspect "),
        ([*TRACK, "--classes", "cat"], "neuromorph-track inspect "),
        ([*TRACK, "--classes", "wolker"], "did you mean walker?"),
        ([*TRACK, "--device", "gpu"], help_of("track")),
        (
            ["track", SCENE, "-o", "done"],
            "add --overwrite to replace it, or name another place, e.g. -o done-2",
        ),
        (["track", SCENE, "-o", "mine"], "name another place, e.g. -o mine-2"),
        (["track", SCENE, "-o", "bad.txt"], "name another place, e.g. -o bad"),
        (["track", SCENE, "-q", "-o", "street.mp4/run"], "street.mp4 is a file, not a folder: name another"),
        (["sot", "spoken.es", "--init", "1,1,9,9"], "--net hadtrack-nano takes events"),
        (["sot", "targets:frames=3", "--net", "hadtrack-nano"], "--net spiketrack-nano takes frames"),
        (["profile", "absent"], "check the spelling; "),
        (["demo", "--scene", "street.mp4"], "neuromorph-track track street.mp4 takes what is no scene"),
        (["compare", "mine"], "runs here: done"),
        (["compare", "don"], "did you mean done?"),
        (["compare", "done"], "not whole, or another version's: run it again with -o done --overwrite"),
        (["compare", "done", "-o", "x.doc"], "name another place, e.g. -o x.png"),
        (["train", "recipe.tml"], "did you mean recipe.toml?"),
        (["train", "absent.toml"], "check the spelling; "),
        (["train", "recipe.toml"], "mend stage.0.stepps in recipe.toml"),
        (["train", RECIPE, "-o", "half"], "add --resume to go on, or another -o, e.g. -o half-2"),
        (["train", RECIPE, "-o", "half", "--resume"], "the training cannot go on from it: begin anew with"),
        (["train", RECIPE, "-o", "whole"], "neuromorph-track export whole/final.pt -o OUT.net"),
        (["export", "torn.pt", "-o", "x.net"], "a torn copy? fetch it again; of a model of your own save"),
        (["export", "torn.nir", "-o", "x.net"], "a torn copy? fetch it again"),
        (["export", "torn.pt", "-o", "x.pt"], "name another place, e.g. -o x.net"),
        (["export", "street.mp4", "-o", "x.net"], help_of("export")),
        (["export", "absent.pt", "-o", "x.net"], "check the spelling; "),
        (["export", "lstm.net", "-o", "x.net"], "name another place, e.g. -o x.nir"),
        (
            ["export", "other.pt", "-o", "x.net"],
            "of a model of your own: --model package.module:function --input-shape",
        ),
        (["inspect", "other.pt"], "neuromorph-track export other.pt -o other.net makes a network of it"),
        (["eval", "--gt", "absent", "--results", "done"], "check the spelling"),
        (["eval", "--gt", "bad.txt", "--results", "bad.txt"], "mend line 1 in bad.txt, or name another"),
        (
            ["eval", "--gt", "bad.txt", "--results", "bad.txt", "--benchmark", "mot18"],
            "did you mean mot15, mot16 or mot17?",
        ),
        (["eval-single", "--gt", "empty", "--results", "done"], "empty is an empty folder: check the path"),
        (["hardware", "show", "loihi3"], "did you mean loihi"),
        (["hardware", "show", "absent.toml"], "check the spelling; "),
        (["explore", "done", "-o", "x.mp4"], "name another place, e.g. -o x.rrd"),
        (["explore", "done", "-o", "x.rrd"], "not whole, or another version's"),
        (["report", "nowhere"], "runs here: done"),
        # A run's own files are no fault of the run where something else was asked for.
        (["events", "done/run.json"], f"done/run.json {OF_A_RUN}"),
        (["events", "done"], f"done/activity.h5 {OF_A_RUN}"),
        (["track", "./done/run.json"], f"done/run.json {OF_A_RUN}"),
        (["train", "done/run.json"], f"done/run.json {OF_A_RUN}"),
        (["inspect", "done/activity.h5"], f"done/activity.h5 {OF_A_RUN}"),
        (["export", "done/activity.h5", "-o", "x.net"], f"done/activity.h5 {OF_A_RUN}"),
        (["eval", "--gt=done/run.json", "--results", "good.txt"], f"done/run.json {OF_A_RUN}"),
        (["eval", "--gt", "good.txt", "--results", "done/scores.json"], f"done/scores.json {OF_A_RUN}"),
        (["sot", "street.mp4", "--net", "pear"], "check the spelling"),
        (["sot", SCENE], "add --init x,y,w,h of the object in the first frame"),
        (["sot", SCENE, "--net", "scenes-nano"], "neuromorph-track track SOURCE --net scenes-nano"),
        (["sot", SCENE, "--net", "torn.pt"], "a torn copy? fetch it again"),
        (["events", "absent.es"], "check the spelling"),
        (["events", "junk.es"], help_of("events")),
        (["events", "junk.es", "-o", "x.doc"], "name another place, e.g. -o x.png"),
        (["tune", "--train", "absent", "--test", "mine"], "check the spelling"),
        (["associate", "absent.dat"], "check the spelling"),
        (["associate", "words.txt", "-q", "-o", "a"], "mend line 1 (frame) in words.txt, or name another"),
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
    ("text", "verb", "step"),
    [
        (
            "this needs norse: install neuromorph-track[norse] (no)",
            "train",
            "pip install 'neuromorph-track[norse]'",
        ),
        (
            "install neuromorph-track[lava]",
            "train",
            "pip install 'neuromorph-track[lava]' in an environment of Python 3.10",
        ),
        ("run `neuromorph-track env lava` once, or set it", "verify", "neuromorph-track env lava"),
        (
            "Lava did not answer within 3 s and was stopped",
            "verify",
            "a longer --timeout, or fewer --frames",
        ),
        ("Lava did not answer within 3 s and was stopped", "track", help_of("track")),
        ("a/b: cannot be written: No space left on device", "eval", "free some space (`df -h`)"),
        ("a/b: cannot be written: Permission denied", "eval", "name a place in which you may write"),
        ("a/b: cannot be written: File name too long", "track", "a shorter name"),
        (f"{__file__}/b: cannot be written: Not a directory", "eval", f"{__file__} is a file, not a folder"),
        (
            "there is not enough memory",
            "track",
            "close what else needs memory, or take less at once (--max-frames)",
        ),
        ("something else", "track", help_of("track")),
    ],
)
def test_of_jobs(text: str, verb: str, step: str) -> None:
    assert next_step(JobError(text), verb).startswith(step)


def test_memory_has_no_option_where_there_is_none() -> None:
    assert next_step(JobError("there is not enough memory"), "inspect") == "close what else needs memory"


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("activity.h5", "not whole, or another version's: run it again with -o {run} --overwrite"),
        ("scores.json", "neuromorph-track eval --gt TRUTH --results {run} writes it anew"),
    ],
)
def test_of_a_run_s_files(name: str, step: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").touch()
    error = InputError(tmp_path / name, "file", "4 bytes that HDF5 cannot read", "a whole HDF5 file")
    assert next_step(error, "compare") == step.format(run=tmp_path)


def test_without_a_run_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    error = InputError("absent", "run.json", "nothing", "a folder that `track` wrote")
    assert next_step(error, "report") == "neuromorph-track track SOURCE -o runs/mine makes a run"
    Path("runs/a").mkdir(parents=True)
    Path("runs/a/run.json").touch()
    assert next_step(error, "report") == "runs here: runs/a"


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
