"""``report`` as a user runs it, and the command line that a report says would do a run again."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.errors import JobError
from neuromorph_track.runs import RunOptions, track
from neuromorph_track.runs.command_line import command_line
from neuromorph_track.runs.sot import SotOptions
from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "street"
    track("scene:seed=3,frames=4", "scenes-nano", folder, RunOptions(quiet=True, hardware=("loihi1",)))
    return folder


def test_a_page_of_a_run(command: Command, finished: Path) -> None:
    answer = command("report", finished, "-o", "street.html")
    assert answer.code == 0
    assert Path("street.html").stat().st_size > 100_000
    assert "written: street.html (" in answer.out


def test_json(command: Command, finished: Path) -> None:
    content = json.loads(command("report", finished, "-o", "street.html", "--no-video", "--json").out)
    assert content["path"] == "street.html"
    assert content["size_bytes"] == Path("street.html").stat().st_size < 400_000
    assert content["runs"] == ["street"]


def test_a_foreign_file_is_kept(command: Command, finished: Path) -> None:
    Path("letter.html").write_text("dear reader")
    answer = command("report", finished, "-o", "letter.html", "--no-video")
    assert (answer.code, answer.err.splitlines()[0]) == (
        1,
        "error: letter.html: output: found a file that is no report, expected a new name, or --overwrite",
    )
    assert command("report", finished, "-o", "letter.html", "--no-video", "--overwrite").code == 0


def test_no_run(command: Command) -> None:
    answer = command("report", "nowhere")
    assert answer.code == 1
    assert (
        "nowhere: run.json: found nothing, expected a folder that `track`, `profile` or `sot` wrote"
        in answer.err
    )
    assert "Traceback" not in answer.err


def record(options: RunOptions | SotOptions, verb: str, source: str = "a street.mp4") -> dict[str, Any]:
    """run.json, as a run with these options writes it."""
    form = "sot/1" if verb == "sot" else "run/1"
    return {
        "format": f"neuromorph-track {form}",
        "source": {"given": source},
        "network": {"given": "my net"},
        "options": json.loads(json.dumps(asdict(options))),
        "tracks": 3 if verb == "track" else None,
    }


RUNS = [
    ("track", RunOptions()),
    ("track", RunOptions(max_frames=9, classes=["a b", "c"], conf=0.25, tracker="smot", features="1 conv")),
    ("track", RunOptions(backend="lava", association="lava", hardware=("loihi1", "my chip.toml"))),
    ("track", RunOptions(device="cuda", settings="a'b.toml", event_window="10ms")),
    ("profile", RunOptions(per_step=True, max_frames=3, hardware=("loihi1",))),
    ("sot", SotOptions()),
    ("sot", SotOptions(init="1,2,3,4", bits=6, form="lasot", results="x y", changes={"window": 0.5})),
    ("sot", SotOptions(start=2, event_window="5ms", device="cuda", hardware=("loihi1",))),
    ("sot", SotOptions(max_frames=4, changes={"lost_score": 0.1, "penalty": 0.0, "update_score": 0.5})),
]


@pytest.mark.parametrize("kind", [RunOptions, SotOptions])
def test_no_option_is_left_out_of_these_runs(kind: type) -> None:
    # Whether something was replaced, or bars were shown, is no part of what a run is.
    names = {each.name for each in fields(kind)} - {"overwrite", "quiet"}
    given = [options for _, options in RUNS if isinstance(options, kind)]
    assert {name for name in names for each in given if getattr(each, name) != getattr(kind(), name)} == names


@pytest.mark.parametrize(("verb", "options"), RUNS)
def test_the_command_line_does_the_same_again(
    command: Command, monkeypatch: pytest.MonkeyPatch, verb: str, options: Any
) -> None:
    """The verb's own parser reads it back to the very same options."""
    seen: list[Any] = []

    def noted(source: str, net: str, output: Path, found: Any) -> None:
        seen.append((str(source), str(net), asdict(found)))
        raise JobError("seen")

    module = "neuromorph_track.runs.sot.sot" if verb == "sot" else f"neuromorph_track.runs.{verb}"
    monkeypatch.setattr(module, noted, raising=False)
    program, *arguments = shlex.split(command_line(record(options, verb)))
    assert program == "neuromorph-track"
    answer = command(*arguments)
    assert "seen" in answer.err
    expected = {**asdict(options), "changes": asdict(options).get("changes") or {}}
    found = {"changes": {}, **seen[0][2]}
    assert (seen[0][0], seen[0][1], found) == ("a street.mp4", "my net", expected)
