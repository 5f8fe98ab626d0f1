"""Ctrl-C: exit code 130, one line that says what was kept, and nothing half-written."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from neuromorph_track.cli.app import VERBS
from neuromorph_track.cli.interrupts import NOTHING, RUN, SEQUENCES, TRIALS
from tests.cli.conftest import Command


def stop(*arguments: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "arguments", "said"),
    [
        ("runs.run.track", ["track", "scene:", "-o", "a b"], "a RUN folder is there when it is whole"),
        ("runs.run.profile", ["profile", "scene:"], "begin again with: neuromorph-track profile scene:"),
        ("runs.demo.run_demo", ["demo"], "nothing was kept"),
        ("runs.sot.sot", ["sot", "a.mp4", "--net", "pair"], "nothing was kept"),
        ("runs.associate.associate", ["associate", "x", "--overwrite", "-q"], "associate x -q"),
        ("runs.tune.tune", ["tune", "--train", "a", "--test", "b"], "settings that were tried are kept"),
        ("runs.compare.compare_runs", ["compare", "a"], "nothing was written; begin again"),
        ("runs.export.export_network", ["export", "a.txt", "-o", "x.net"], "nothing was written"),
        ("training.recipe.read_recipe", ["train", "a.toml"], "nothing was written"),
        ("training.loop.train", ["train", "RECIPE", "-o", "half"], "half/last.pt; go on with: neuromorph"),
        ("hardware.load_profiles", ["hardware", "list"], "nothing was written"),
        ("runs.lava_env.make_lava_environment", ["env", "lava"], "nothing was written"),
    ],
)
def test_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, place: str, arguments: list[str], said: str
) -> None:
    module, _, name = place.rpartition(".")
    monkeypatch.setattr(importlib.import_module(f"neuromorph_track.{module}"), name, stop)
    recipe = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.toml"
    Path("half").mkdir()
    Path("half/last.pt").touch()
    answer = command(*(str(recipe) if word == "RECIPE" else word for word in arguments))
    assert (answer.code, answer.out) == (130, "")
    (line,) = answer.err.splitlines()
    assert line.startswith("interrupted: ")
    assert said in line
    # What was kept would be thrown away.
    assert "--overwrite" not in line


def test_every_verb_says_what_it_keeps() -> None:
    kept = {verb.name: verb.kept for verb in VERBS}
    assert set(kept.values()) == {NOTHING, RUN, SEQUENCES, TRIALS}
    assert {name for name, what in kept.items() if what == RUN} == {"demo", "track", "sot", "profile"}


VERB = (sys.executable, "-W", "ignore", "-c", "from neuromorph_track.cli import main; main()")


@pytest.mark.slow
def test_a_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """The signal itself, in the middle of the work."""
    words = [*VERB, "track", "scene:frames=3000", "-o", tmp_path / "run"]
    # A shell's background jobs, and what they start, are told to ignore the signal.
    heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, cwd=tmp_path, preexec_fn=heard
    ) as process:
        try:
            until = time.monotonic() + 300
            while not any(path.stat().st_size for path in tmp_path.glob(".run-*/.activity-*")):
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
            os.kill(process.pid, signal.SIGINT)
            _, shown = process.communicate(timeout=300)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "interrupted: nothing was kept" in shown.splitlines()[-1]
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []
