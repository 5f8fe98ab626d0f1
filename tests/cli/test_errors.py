"""Bad input: one line that names file, field, what was found and what was expected; nothing half-written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.hardware.locate import profiles_folder
from tests.cli.conftest import Answer, Command
from tests.netx.broken_files import replace

SCENE = "scene:frames=2"
RECIPE = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.toml"


def files_below(folder: Path) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_one_line(answer: Answer, *words: str) -> None:
    assert answer.code == 1
    assert answer.out == ""
    assert answer.err.endswith("\n")
    error, step = answer.err.splitlines()
    assert error.startswith("error: ")
    assert step.startswith(" next: ")
    for word in words:
        assert word in error


@pytest.mark.parametrize("verb", ["track", "profile", "inspect"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (Path.unlink, "network: found no such file, expected a .net file or one of the zoo"),
        (lambda path: path.write_bytes(b""), "file: found 0 bytes that HDF5 cannot read, expected a whole"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000]), "file: found 9000 bytes"),
        (lambda path: path.write_text("hello"), "file: found 5 bytes"),
        (
            replace("layer/2/type", "lstm"),
            "layer/2/type: found 'lstm', expected input, conv, dense, dense_rec, flatten or average",
        ),
        (replace("layer/3/shape", [48, 9, 9]), "layer/3/shape: found (48, 9, 9), expected (48, 24, 32)"),
        (
            replace("layer/1/weight", np.full((16, 3, 3, 3), 300.0)),
            "layer/1/weight: found 300 to 300, expected 8-bit weights, -256 to 255",
        ),
        (replace("neuromorph_track/contract", "{}"), "neuromorph_track/contract/name: found"),
    ],
)
def test_networks(
    command: Command, net: Path, verb: str, damage: Callable[[Path], object], words: str
) -> None:
    damage(net)
    answer = command("inspect", net) if verb == "inspect" else command(verb, SCENE, "--net", net, "-o", "run")
    assert_one_line(answer, f"error: {net}: ", words)
    assert list(files_below(Path.cwd())) == []


def no_contract(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["neuromorph_track"]


@pytest.mark.parametrize("verb", ["track", "profile"])
def test_a_network_that_does_not_say_how_it_is_run(command: Command, net: Path, verb: str) -> None:
    no_contract(net)
    answer = command(verb, SCENE, "--net", net, "-o", "run")
    assert_one_line(answer, f"{net}: neuromorph_track/contract: found nothing, expected a network that says")
    assert list(files_below(Path.cwd())) == []
    # As a plain file it can still be looked at.
    assert command("inspect", net).code == 0


def make_inputs(folder: Path) -> None:
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("no video " * 100)
    (folder / "nothing").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "1.png").write_bytes(b"no picture")
    (folder / "chip.toml").write_text("[profile]\nname = 3\n")
    (folder / "torn.toml").write_text("[profile\n")
    shutil.copy(profiles_folder() / "loihi1.toml", folder / "odd.toml")
    text = (folder / "odd.toml").read_text()
    (folder / "odd.toml").write_text(text.replace('kind = "event_driven"', 'kind = "steam"'))
    (folder / "recipe.toml").write_text(RECIPE.read_text().replace("steps = ", "stepps = ", 1))
    (folder / "torn.pt").write_bytes(b"PK\x03\x04 torn")
    (folder / "done").mkdir()
    (folder / "done" / "run.json").write_text("{}")
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.tex").touch()
    (folder / "half").mkdir()
    (folder / "half" / "last.pt").touch()
    (folder / "gt.txt").write_text("1,1,2,3,4,5,1,1,1\n")
    (folder / "bad.txt").write_text("1,1,2,3,4\n")


TRACK = ("track", SCENE, "-q", "-o", "run")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["track", "absent.mp4"], ["absent.mp4: input: found nothing, expected a video file"]),
        (["track", "empty.mp4"], ["empty.mp4: video: found 0 bytes that do not decode, expected"]),
        (["track", "text.mp4"], ["text.mp4: video: found 900 bytes that do not decode, expected"]),
        (["track", "nothing"], ["nothing: folder: found no pictures, expected files ending in"]),
        (["profile", "broken"], ["1.png: picture: found 10 bytes that do not decode, expected a picture"]),
        (["track", "scene:frames=2,colour=red"], ["colour: found an unknown field, expected one of seed"]),
        (["track", "scene:frames=many"], ["frames: found 'many', expected a whole number"]),
        ([*TRACK, "--classes", "dog"], ["scenes-nano.net: classes: found 'dog', expected", "walker, car"]),
        ([*TRACK, "--classes", ","], ["scenes-nano.net: classes: found no name, expected", "walker, car"]),
        (["track", "x" * 300], [": input: found nothing, expected a video file"]),
        (["track", SCENE, "-q", "-o", "x" * 300], ["x: cannot be written: File name too long"]),
        ([*TRACK, "--net", "x" * 300], [": network: found no such file, expected a .net file"]),
        (
            [*TRACK, "--net", "nano"],
            ["nano: network: found no such file", "scenes-nano, smtrack-nano, yolo-kp"],
        ),
        ([*TRACK, "--hardware", "abacus"], ["hardware: profile: found 'abacus', expected one of datacentre"]),
        ([*TRACK, "--hardware", "absent.toml"], ["absent.toml: file: found nothing, expected a profile"]),
        ([*TRACK, "--hardware", "torn.toml"], ["torn.toml: syntax: found", "expected valid TOML"]),
        ([*TRACK, "--hardware", "chip.toml"], ["chip.toml", "found", "expected"]),
        ([*TRACK, "--hardware", "odd.toml"], ["odd.toml:", "kind: found 'steam', expected 'event_driven'"]),
        ([*TRACK, "--device", "nonsense"], ["device: name: found 'nonsense', expected a PyTorch device"]),
        ([*TRACK, "--device", "cuda:99"], ["device: name: found 'cuda:99', expected a PyTorch device"]),
        ([*TRACK, "--association", "lava"], ["association: backend: found 'fixed', expected 'lava', whose"]),
        (["track", SCENE, "-o", "done"], ["done: output: found a run that is finished", "--overwrite"]),
        (["track", SCENE, "-o", "mine"], ["mine: output: found a folder that is not a run, expected"]),
        (["track", SCENE, "-o", "mine", "--overwrite"], ["mine: output: found a folder that is not a run"]),
        (["track", SCENE, "-o", "gt.txt"], ["gt.txt: output: found a file, expected a folder"]),
        (["track", SCENE, "-q", "-o", "gt.txt/run"], ["gt.txt/run: cannot be written"]),
        (["demo", "--scene", "street.mp4"], ["street.mp4: scene: found no 'scene:' at the start, expected"]),
        (["demo", "--scene", "scene:objects=0,frames=2"], ["objects: found none that can be seen, expected"]),
        (["inspect", "nothing"], ["nothing/graph.toml: file: found nothing, expected a branching"]),
        (["compare", "mine"], ["mine: run.json: found nothing, expected a folder that `track`"]),
        (["compare", "done"], ["run.json: 'source': found nothing, expected what a run writes"]),
        (["compare", "done", "-o", "x.doc"], ["x.doc: output: found a name ending in '.doc', expected"]),
        (["eval", "--gt", "gt.txt", "--results", "absent"], ["absent: path: found nothing, expected"]),
        (["eval", "--gt", "gt.txt", "--results", "nothing"], ["nothing: folder: found no tracks.txt"]),
        (
            ["eval", "--gt", "absent", "--results", "gt.txt"],
            ["absent: path: found nothing, expected a truth"],
        ),
        (["eval", "--gt", "gt.txt", "--results", "bad.txt"], ["bad.txt", "found", "expected"]),
        (["train", "absent.toml"], ["absent.toml: file: found nothing, expected a TOML recipe"]),
        (["train", "recipe.toml"], ["recipe.toml: stage.0.stepps: found a field of this name"]),
        (["train", "text.mp4"], ["text.mp4: syntax: found", "expected valid TOML"]),
        (["train", RECIPE, "-o", "half"], ["half/last.pt: file: found an unfinished training, expected"]),
        (["train", RECIPE, "-o", "half", "--resume"], ["half/last.pt: file: found 0 bytes", "expected"]),
        (["export", "absent.pt", "-o", "x.net"], ["absent.pt: file: found nothing, expected a PyTorch"]),
        (["export", "torn.pt", "-o", "x.net"], ["torn.pt: file: found 9 bytes", "expected a PyTorch file"]),
        (["export", "text.mp4", "-o", "x.net"], ["text.mp4: file: found 900 bytes", "expected a PyTorch"]),
        (["export", "torn.pt", "-o", "torn.pt"], ["torn.pt: output: found a name ending in '.pt', expected"]),
    ],
)
def test_everything_else(command: Command, arguments: list[str], words: list[str]) -> None:
    make_inputs(Path.cwd())
    before = sorted(files_below(Path.cwd()))
    assert_one_line(command(*arguments), *words)
    assert sorted(files_below(Path.cwd())) == before


def test_square_brackets_are_no_markup(command: Command) -> None:
    assert_one_line(command("inspect", "[bold]net"), "error: [bold]net: network")


@pytest.mark.slow
def test_a_process_of_its_own(tmp_path: Path) -> None:
    """The same through the interpreter: exit code 1, the error and the next step, no traceback."""
    code = "import sys; from neuromorph_track.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "track", "absent.mp4"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: absent.mp4: input: found nothing")
    assert done.stderr.count("\n") == 2
