"""Training gives the same weights for the same recipe, interrupted or not."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.training.checkpoint import FORMAT, load_checkpoint, save_checkpoint
from neuromorph_track.training.clips import Batch
from neuromorph_track.training.learner import Learner, Outcome
from neuromorph_track.training.loop import Interrupted, train
from neuromorph_track.training.recipe import Recipe
from tests.training.trained import weights


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def stop_before(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt the training when it is about to take ``step``."""
    advance = Learner.advance

    def stopping(self: Learner, batch: Batch) -> Outcome:
        if self.step == step:
            raise KeyboardInterrupt
        return advance(self, batch)

    monkeypatch.setattr(Learner, "advance", stopping)


@pytest.fixture(params=[pytest.param("recipe", marks=pytest.mark.slayer), "smtrack"])
def plan(request: pytest.FixtureRequest) -> Recipe:
    """A recipe of each family."""
    found: Recipe = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def finished(plan: Recipe, tmp_path: Path) -> Path:
    return train(plan, tmp_path / "whole", quiet=True).checkpoint


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Sums depend on the number of threads, which Numba's OpenMP changes for PyTorch too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.slayer
def test_the_first_family_trains_as_it_did_before_there_was_another(recipe: Recipe, tmp_path: Path) -> None:
    """Digest of the weights from before the room was rebuilt; PyTorch's own sums may differ elsewhere."""
    if not torch.__version__.startswith("2.3."):
        pytest.skip("the digest is that of PyTorch 2.3")
    model = weights(train(recipe, tmp_path, quiet=True).checkpoint)
    shape = {name: tuple(value.shape) for name, value in model.items()}
    assert shape["blocks.1.synapse.weight_v"] == (6, 4, 3, 3, 1)
    digest = hashlib.sha256()
    for name in sorted(model):
        digest.update(name.encode() + model[name].numpy().tobytes())
    assert digest.hexdigest() == "6696af27fdb26d3b592a765f76fb0afc87cb8abb324849c5e9829d3f2f494d08"


def test_what_a_training_leaves(plan: Recipe, finished: Path) -> None:
    assert sorted(path.name for path in finished.parent.iterdir()) == ["final.pt", "log.jsonl"]
    state = load_checkpoint(finished)
    assert state["format"] == FORMAT
    assert Recipe.model_validate_json(state["recipe"]) == plan
    # Batch norm's means are part of it, and have moved.
    mean = "blocks.0.synapse.mean" if plan.name == "tiny-smtrack" else "blocks.0.neuron.norm.running_mean"
    assert float(state["model"][mean].abs().max()) > 0


def test_the_model_returned_is_the_one_saved(plan: Recipe, tmp_path: Path) -> None:
    result = train(plan, tmp_path, quiet=True)
    assert result.seconds > 0
    assert not result.model.training
    assert same(dict(result.model.state_dict()), weights(result.checkpoint))


def test_the_seed_decides(plan: Recipe, finished: Path, tmp_path: Path) -> None:
    again = train(plan, tmp_path / "again", quiet=True, workers=2).checkpoint
    assert same(weights(finished), weights(again))
    other = train(plan.model_copy(update={"seed": 4}), tmp_path / "other", quiet=True).checkpoint
    assert not same(weights(finished), weights(other))


@pytest.mark.parametrize("step", [1, 3, 5])
def test_interrupted_and_resumed_is_bitwise_the_same(
    plan: Recipe, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Stopped before the first checkpoint, within the first stage, and within the second."""
    folder = tmp_path / "parts"
    with monkeypatch.context() as patch:
        stop_before(step, patch)
        with pytest.raises(KeyboardInterrupt):
            train(plan, folder, quiet=True)
    assert (folder / "last.pt").exists() == (step > 1)
    torch.manual_seed(99)
    resumed = train(plan, folder, resume=True, quiet=True).checkpoint
    assert same(weights(finished), weights(resumed))
    assert sorted(path.name for path in folder.iterdir()) == ["final.pt", "log.jsonl"]


KILLED = """
import sys
from collections.abc import Iterator
from pathlib import Path
import torch
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe
torch.set_num_threads(1)
recipe = Recipe.model_validate_json(Path(sys.argv[1]).read_text())
train(recipe, Path(sys.argv[2]), resume="resume" in sys.argv, quiet=True, workers=1)
"""


@pytest.mark.slow
@pytest.mark.parametrize("family", ["tiny_smtrack", pytest.param("tiny", marks=pytest.mark.slayer)])
def test_killed_and_resumed_is_bitwise_the_same(
    request: pytest.FixtureRequest, family: str, tmp_path: Path
) -> None:
    """SIGKILL strikes twice in the middle of a process that trains, wherever it just is."""
    table: dict[str, Any] = request.getfixturevalue(family)
    table["stage"][0]["steps"], table["log_every"] = 60, 1
    plan = tmp_path / "plan.json"
    plan.write_text(Recipe.model_validate(table).model_dump_json())
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(plan)]
    subprocess.run([*command, str(tmp_path / "whole")], check=True)
    parts = tmp_path / "parts"
    for reached in (11, 30):
        process = subprocess.Popen([*command, str(parts), "resume"])
        try:
            wait_for(parts / "log.jsonl", reached, process)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        assert not (parts / "final.pt").exists()
    (parts / ".last-half.pt").write_bytes(b"what a kill in the middle of writing leaves")
    subprocess.run([*command, str(parts), "resume"], check=True)
    assert same(weights(tmp_path / "whole" / "final.pt"), weights(parts / "final.pt"))
    assert sorted(path.name for path in parts.iterdir()) == ["final.pt", "log.jsonl"]
    # Each step is logged once, with the same numbers.
    assert logged(parts) == logged(tmp_path / "whole")


def wait_for(log: Path, step: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while not log.exists() or f'"step": {step},' not in log.read_text():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.005)


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_a_signal_stops_between_two_steps(
    plan: Recipe, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Learner.advance

    def signalled(self: Learner, batch: Batch) -> Outcome:
        if self.step == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return advance(self, batch)

    folder = tmp_path / "parts"
    before = signal.getsignal(signal.SIGINT)  # ignored where a shell started the tests in its background
    with monkeypatch.context() as patch:
        patch.setattr(Learner, "advance", signalled)
        with pytest.raises(Interrupted):
            train(plan, folder, quiet=True)
    # Step 2 is done, though checkpoints are due at 2 and 4.
    assert load_checkpoint(folder / "last.pt")["step"] == 3
    assert same(weights(finished), weights(train(plan, folder, resume=True, quiet=True).checkpoint))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_checkpoint_holds_all_that_moves(
    plan: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_before(4, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train(plan, tmp_path, quiet=True)
    state = load_checkpoint(tmp_path / "last.pt")
    assert state["step"] == 4
    assert not same(state["model"], state["average"])
    moments = state["optimiser"]["state"]
    assert all(float(entry["step"]) == 4 for entry in moments.values())
    assert any(float(entry["exp_avg"].abs().max()) > 0 for entry in moments.values())
    assert state["threads"] == torch.get_num_threads()
    assert state["generators"]["cpu"].shape == (1, len(torch.get_rng_state()))


@pytest.fixture
def unfinished(smtrack: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with monkeypatch.context() as patch:
        stop_before(3, patch)
        with pytest.raises(KeyboardInterrupt):
            train(smtrack, tmp_path / "parts", quiet=True)
    return tmp_path / "parts" / "last.pt"


def test_an_unfinished_training_is_not_lost(smtrack: Recipe, unfinished: Path) -> None:
    before = unfinished.read_bytes()
    with pytest.raises(InputError, match=r"last\.pt: file: found an unfinished training.*--resume"):
        train(smtrack, unfinished.parent, quiet=True)
    other = smtrack.model_copy(update={"seed": 9})
    with pytest.raises(InputError, match=r"last\.pt: recipe: found another recipe"):
        train(other, unfinished.parent, resume=True, quiet=True)
    assert unfinished.read_bytes() == before


@pytest.mark.parametrize("resume", [False, True])
def test_a_finished_training_is_not_replaced(smtrack: Recipe, tmp_path: Path, resume: bool) -> None:
    final = train(smtrack, tmp_path, quiet=True).checkpoint
    before = final.read_bytes()
    with pytest.raises(InputError, match=r"final\.pt: file: found a finished training"):
        train(smtrack, tmp_path, resume=resume, quiet=True)
    assert final.read_bytes() == before


def test_resuming_from_what_is_no_checkpoint(smtrack: Recipe, tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_text("no checkpoint")
    with pytest.raises(InputError, match=r"last\.pt: file"):
        train(smtrack, tmp_path, resume=True, quiet=True)
    for recipe, words in [(7, "another recipe"), (smtrack.model_dump_json(), "optimiser: found nothing")]:
        save_checkpoint(tmp_path / "last.pt", {"recipe": recipe, "model": {}})
        with pytest.raises(InputError, match=words):
            train(smtrack, tmp_path, resume=True, quiet=True)


def test_a_folder_that_cannot_be_written(
    smtrack: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said before anything is drawn."""
    monkeypatch.setattr("neuromorph_track.training.loop.family_of", None)
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match="cannot be written"):
        train(smtrack, tmp_path / "file" / "run", quiet=True)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_checkpoint(
    smtrack: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Learner.advance

    def spoilt(self: Learner, batch: Batch) -> Outcome:
        if self.step == 3:
            with torch.no_grad():
                self.model.blocks[1].synapse.shift[0] = torch.nan  # type: ignore[index, union-attr]
        return advance(self, batch)

    monkeypatch.setattr(Learner, "advance", spoilt)
    with pytest.raises(JobError, match=r"step 3: (loss|gradient) .*weights of blocks\.1\.synapse\.shift"):
        train(smtrack, tmp_path, quiet=True)
    state = load_checkpoint(tmp_path / "last.pt")
    assert state["step"] == 2
    assert all(torch.isfinite(value).all() for value in state["model"].values())


@pytest.mark.parametrize("precision", ["tf32", "bf16", "fp16"])
def test_other_precisions_train(tiny_smtrack: dict[str, Any], tmp_path: Path, precision: str) -> None:
    tiny_smtrack["stage"] = [{"steps": 2, "batch": 1, "precision": precision}]
    result = train(Recipe.model_validate(tiny_smtrack), tmp_path, quiet=True)
    assert all(value.dtype in (torch.float32, torch.bool) for value in weights(result.checkpoint).values())


def test_sgd_is_another_way(tiny_smtrack: dict[str, Any], tmp_path: Path) -> None:
    first = train(Recipe.model_validate(tiny_smtrack), tmp_path / "adam", quiet=True).checkpoint
    tiny_smtrack["optimiser"] = {"kind": "sgd", "momentum": 0.8, "decay_all": False, "gradient_norm": 1.0}
    second = train(Recipe.model_validate(tiny_smtrack), tmp_path / "sgd", quiet=True).checkpoint
    assert not same(weights(first), weights(second))


def test_an_unknown_device(smtrack: Recipe, tmp_path: Path) -> None:
    for device in ("abacus", "meta", *(() if torch.cuda.is_available() else ("cuda",))):
        with pytest.raises(InputError, match="option: device"):
            train(smtrack, tmp_path, quiet=True, device=device)
