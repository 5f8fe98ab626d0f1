"""The verb ``explore``: a file, or the viewer on one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.runs import explore as module
from neuromorph_track.runs import rerun_viewer
from neuromorph_track.runs.explore import Explored, ExploreOptions
from tests.cli.conftest import Command


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the verb asked of the function, and what it started."""
    told: list[Any] = []

    def explore(run: Path, output: Path, options: ExploreOptions) -> Explored:
        told.append((run, output, options))
        output.write_bytes(b"12345")
        return Explored(output, (0, 5), ("1 conv",), ("loihi1",), ("something is missing",))

    def started(command: list[str], check: bool) -> subprocess.CompletedProcess[bytes]:
        told.append(command[1:])
        assert Path(command[3]).is_file()
        return subprocess.CompletedProcess(command, 0 if "--web-viewer" in command else 3)

    monkeypatch.setattr(module, "explore", explore)
    monkeypatch.setattr(rerun_viewer.subprocess, "run", started)
    for name in rerun_viewer.DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rerun_viewer.sys, "platform", "linux")
    return told


def test_a_file(command: Command, asked: list[Any]) -> None:
    words = (
        "explore",
        "runs/a",
        "-o",
        "a.rrd",
        "--frames",
        "0:5",
        "--layers",
        "1 conv",
        "--hardware",
        "loihi1",
    )
    answer = command(*words)
    assert (answer.code, answer.err) == (0, "")
    assert asked == [(Path("runs/a"), Path("a.rrd"), ExploreOptions("0:5", ("1 conv",), ("loihi1",), False))]
    assert "warning: something is missing" in answer.out
    assert "1 layer, pictures of frames 0 to 4, joules on loihi1: a.rrd (0.0 MB)" in answer.out
    found = json.loads(command(*words, "--json").out)
    assert (found["path"], found["frames"], found["chips"]) == ("a.rrd", [0, 5], ["loihi1"])


@pytest.mark.usefixtures("asked")
def test_without_a_display(command: Command) -> None:
    answer = command("explore", "runs/a")
    assert answer.code == 1
    error, step = answer.err.splitlines()
    assert error == "error: there is no display to open the viewer on"
    assert step == " next: -o a.rrd writes a file, --web serves the viewer to a browser"


def test_the_viewer_in_a_browser(command: Command, asked: list[Any]) -> None:
    assert command("explore", "runs/a", "--web").code == 0
    (_, output, _), started = asked
    assert started == ["-m", "rerun", str(output), "--web-viewer"]
    # The recording was for the viewer alone.
    assert not output.exists()


def test_a_viewer_that_fails(command: Command, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    answer = command("explore", "runs/a")
    assert answer.code == 1
    assert asked[-1][:2] == ["-m", "rerun"]
    assert "error: the Rerun viewer ended with code 3" in answer.err
    assert "next: -o FILE.rrd" in answer.err
