"""The verb ``train``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

RECIPE = """
name = "tiny"
classes = ["walker"]
log_every = 1
[input]
height = 64
width = 64
[network]
family = "smtrack"
layers = [{ channels = 4, stride = 8 }]
[data]
scenes = 1
frames = 2
size_min = 8
size_max = 30
[[stage]]
steps = STEPS
batch = 1
"""
VERB = (sys.executable, "-W", "ignore", "-c", "from neuromorph_track.cli import main; main()", "train")


def recipe(folder: Path, steps: int) -> str:
    path = folder / "tiny.toml"
    path.write_text(RECIPE.replace("STEPS", str(steps)))
    return str(path)


def test_train_and_fine_tune(tmp_path: Path) -> None:
    plan = recipe(tmp_path, 2)
    run = subprocess.run([*VERB, plan, "-o", tmp_path / "a"], capture_output=True, text=True, check=True)
    assert f"next: neuromorph-track export {tmp_path / 'a' / 'final.pt'}" in run.stdout
    again = [
        *VERB,
        plan,
        "-o",
        tmp_path / "b",
        "--init",
        tmp_path / "a" / "final.pt",
        "--json",
        "--workers",
        "1",
    ]
    tuned = subprocess.run(again, capture_output=True, text=True, check=True)
    assert json.loads(tuned.stdout)["checkpoint"] == str(tmp_path / "b" / "final.pt")
    assert tuned.stderr == ""
    finished = subprocess.run([*VERB, plan, "-o", tmp_path / "a"], capture_output=True, text=True)
    assert finished.returncode == 1
    assert "found a finished training" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    plan, folder = recipe(tmp_path, 100_000), tmp_path / "run"
    words = [*VERB, plan, "-o", folder, "--data", tmp_path, "--workers", "1"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 120
        while not (folder / "log.jsonl").exists() or '"step": 5,' not in (folder / "log.jsonl").read_text():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGINT)
        _, shown = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (
        f"go on with: neuromorph-track train {plan} -o {folder} --data {tmp_path} --workers 1 --resume"
        in shown
    )
    assert "Traceback" not in shown
    assert (folder / "last.pt").exists()
