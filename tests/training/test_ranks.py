"""Several processes that train together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from neuromorph_track.errors import InputError
from neuromorph_track.training import loop
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.clips import Clips
from neuromorph_track.training.learner import Learner
from neuromorph_track.training.loop import train
from neuromorph_track.training.ranks import Ranks, joined
from neuromorph_track.training.recipe import Recipe

CPU = torch.device("cpu")

TOGETHER = """
import gc
import sys
from pathlib import Path
import torch
from neuromorph_track.training import loop
from neuromorph_track.training.recipe import Recipe
torch.set_num_threads(1)
recipe = Recipe.model_validate_json(Path(sys.argv[1]).read_text())
folder = Path(sys.argv[2])
if "stop" in sys.argv:
    advance = loop.Learner.advance
    def stopping(self, batch):
        if self.step == 5:
            raise SystemExit(3)
        return advance(self, batch)
    loop.Learner.advance = stopping
end = torch.distributed.destroy_process_group
def ending():
    # Whatever holds the group longer than Python's own object can end it in a deadlock.
    assert not any(type(each).__name__ == "DistributedDataParallel" for each in gc.get_objects())
    end()
torch.distributed.destroy_process_group = ending
result = loop.train(recipe, folder, resume="resume" in sys.argv, quiet=True)
import os
torch.save(dict(result.model.state_dict()), folder / f"rank{os.environ['RANK']}.pt")
"""


def run_together(plan: Path, folder: Path, *words: str, world: int = 2) -> int:
    """Start the processes as ``torchrun`` does: it sets these variables, and no others are used here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(world)}
    command = [sys.executable, "-W", "ignore", "-c", TOGETHER, str(plan), str(folder), *words]
    processes = [
        subprocess.Popen(command, env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(world)
    ]
    try:
        return max(process.wait(timeout=300) for process in processes)
    finally:
        for process in processes:
            process.kill()


@pytest.fixture
def plan(tiny_smtrack: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(Recipe.model_validate(tiny_smtrack).model_dump_json())
    return path


@pytest.mark.slow
def test_two_processes_agree_and_go_on_where_they_stopped(plan: Path, tmp_path: Path) -> None:
    assert run_together(plan, tmp_path / "whole") == 0
    first, second = (torch.load(tmp_path / "whole" / f"rank{rank}.pt") for rank in (0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first)
    final = load_checkpoint(tmp_path / "whole" / "final.pt")["model"]
    assert all(torch.equal(first[name], final[name]) for name in first)
    assert run_together(plan, tmp_path / "parts", "stop") == 3
    assert load_checkpoint(tmp_path / "parts" / "last.pt")["step"] == 4
    recipe = Recipe.model_validate_json(plan.read_text())
    with pytest.raises(InputError, match="resume: processes: found 1, expected 2"):
        train(recipe, tmp_path / "parts", resume=True, quiet=True)
    assert run_together(plan, tmp_path / "parts", "resume") == 0
    resumed = load_checkpoint(tmp_path / "parts" / "final.pt")["model"]
    assert all(torch.equal(resumed[name], final[name]) for name in final)


@pytest.mark.slow
def test_the_gradient_is_the_mean_over_the_processes(tiny_smtrack: dict[str, Any], tmp_path: Path) -> None:
    """One SGD step of two processes is that of the mean of both halves' gradients, taken here one by one."""
    tiny_smtrack["stage"] = [{"steps": 1, "batch": 4, "learning_rate": 1e-3}]
    tiny_smtrack["optimiser"] = {"kind": "sgd", "momentum": 0.0, "gradient_norm": 1e9}
    tiny_smtrack |= {"weight_decay": 0.0, "average_decay": 0.0}
    recipe = Recipe.model_validate(tiny_smtrack)
    plan = tmp_path / "plan.json"
    plan.write_text(recipe.model_dump_json())
    assert run_together(plan, tmp_path / "two") == 0
    together = load_checkpoint(tmp_path / "two" / "final.pt")["model"]
    clips = Clips(recipe, quiet=True)
    halves = []
    for rank in (0, 1):
        torch.manual_seed(recipe.seed)
        learner = Learner(recipe, Ranks(0, 1, CPU))
        learner.begin(lambda: clips.batch(0xFFFFFFFF, 16, 1, plain=True))
        learner.advance(clips.batch(0, 4, 1, part=(rank, 2)))
        halves.append(learner.average)
    for name, value in together.items():
        if value.is_floating_point():
            mean = (halves[0][name] + halves[1][name]) / 2
            torch.testing.assert_close(value, mean, rtol=1e-5, atol=1e-7)


def test_a_batch_has_to_be_divisible() -> None:
    with pytest.raises(InputError, match="batch: found 6, expected a multiple of 4"):
        Ranks(1, 4, CPU).share(6)
    assert Ranks(1, 4, CPU).share(8) == (1, 4)


def test_every_stage_is_checked_before_the_first(
    tiny_smtrack: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_smtrack["stage"][1]["batch"] = 3
    monkeypatch.setattr(loop, "joined", lambda device: nullcontext(Ranks(0, 2, CPU)))
    with pytest.raises(InputError, match="batch: found 3, expected a multiple of 2"):
        train(Recipe.model_validate(tiny_smtrack), tmp_path, quiet=True)


def test_alone_without_torchrun() -> None:
    with joined("cpu", {"WORLD_SIZE": "8"}) as ranks:
        assert (ranks.rank, ranks.world, ranks.writes) == (0, 1, True)
