"""Logs, warnings and the bar of a training."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from neuromorph_track.errors import JobError
from neuromorph_track.networks.integer import FusedConv
from neuromorph_track.training.faults import first_fault
from neuromorph_track.training.learner import Outcome
from neuromorph_track.training.loop import train
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.scalars import LOG, ScalarLog
from neuromorph_track.training.watch import EarlyWarnings, Watch


def said(rates: list[float]) -> list[str]:
    warnings = EarlyWarnings(longest=10.0)
    return [text for step, rate in enumerate(rates) for text in warnings.look(step, [0.5, rate])]


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([0.2] * 20, []),
        ([0.2] * 3 + [0.0] * 4 + [0.2] * 3, []),
        ([0.2] * 3 + [0.0] * 9, ["step 7: layer 1 is dead: 0 spikes per neuron and frame for 5 logs"]),
        ([0.3] * 6 + [0.8] * 3, []),
        (
            [0.3] * 6 + [0.95] * 5,
            ["step 6: layer 1 explodes: 0.95 spikes per neuron and frame, at first 0.3"],
        ),
        # Ten times as much, and still little.
        ([0.01] * 6 + [0.1] * 5, []),
    ],
)
def test_each_thing_is_said_once(rates: list[float], expected: list[str]) -> None:
    assert said(rates) == expected


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([30.0] * 8 + [299.0] * 9, []),
        # One batch is no training.
        ([30.0] * 8 + [5000.0, 20.0, 20.0] * 6, []),
        ([30.0] * 8 + [math.inf] * 9, []),
        # Nothing is shortened.
        ([0.1] * 8 + [9.0] * 9, []),
        (
            [30.0] * 8 + [450.0] * 9,
            [
                "step 10: gradients explode: 450 long, at first 30, and shortened to 10;"
                " a lower learning_rate, or freeze_norm sooner, may help"
            ],
        ),
    ],
)
def test_gradients_that_explode_are_told(lengths: list[float], expected: list[str]) -> None:
    warnings = EarlyWarnings(longest=10.0)
    assert [text for step, each in enumerate(lengths) for text in warnings.feel(step, each)] == expected


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


def test_a_log_that_goes_on_forgets_what_will_be_logged_again(tmp_path: Path) -> None:
    with ScalarLog(tmp_path, 0, tensorboard=False) as log:
        for step in (2, 4, 6):
            log.add(step, {"loss": float(step)}, [0.25])
        log.warn(6, "something")
    with open(tmp_path / LOG, "a", encoding="utf-8") as file:
        file.write('{"step": 8, "lo')
    with ScalarLog(tmp_path, 4, tensorboard=False) as log:
        log.add(6, {"loss": 0.5}, [])
    assert lines(tmp_path) == [
        {"step": 2, "loss": 2.0, "sent": [0.25]},
        {"step": 4, "loss": 4.0, "sent": [0.25]},
        {"step": 6, "loss": 0.5, "sent": []},
    ]
    with ScalarLog(tmp_path, 0, tensorboard=False):
        assert lines(tmp_path) == []


def test_what_is_no_number_is_null(tmp_path: Path) -> None:
    """In half precision a gradient may be infinite, which JSON cannot say."""
    with ScalarLog(tmp_path, 0, tensorboard=False) as log:
        log.add(1, {"loss": 1.0, "gradient": float("inf")}, [])
    assert lines(tmp_path) == [{"step": 1, "loss": 1.0, "gradient": None, "sent": []}]


def test_every_so_many_steps_and_the_last_are_logged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with ScalarLog(tmp_path, 0, False) as log, Watch(log, 7, 0, every=3, quiet=False, longest=10.0) as watch:
        for step in range(1, 8):
            watch.saw(step, Outcome({"loss": 1.5, "learning_rate": 0.1}, [0.5, 0.0]))
    assert [line["step"] for line in lines(tmp_path)] == [3, 6, 7]
    shown = capfd.readouterr().err
    assert "7/7" in shown
    assert "loss 1.5" in shown
    assert "learning" not in shown


def test_warnings_are_seen_and_logged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with ScalarLog(tmp_path, 0, False) as log, Watch(log, 9, 0, every=1, quiet=False, longest=10.0) as watch:
        for step in range(1, 9):
            watch.saw(step, Outcome({"loss": 1.5}, [0.5, 0.0]))
    assert capfd.readouterr().err.count("layer 1 is dead") == 1
    assert [line["step"] for line in lines(tmp_path) if "warning" in line] == [5]


def test_what_a_training_logs(smtrack: Recipe, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    train(smtrack, tmp_path, quiet=True, tensorboard=True)
    found = lines(tmp_path)
    assert [line["step"] for line in found] == [1, 2, 3, 4, 5, 6, 7]
    assert {"loss", "box", "objectness", "classes", "embedding", "gradient", "learning_rate"} < found[
        0
    ].keys()
    assert all(len(line["sent"]) == 3 for line in found)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(str(tmp_path / "tensorboard"))
    board.Reload()
    values = {event.step: event.value for event in board.Scalars("train/loss")}
    assert values == pytest.approx({line["step"]: line["loss"] for line in found})
    assert len(board.Scalars("spikes/layer 2")) == 7


def test_without_tensorboard_the_message_says_what_to_do(
    smtrack: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(JobError, match=r"neuromorph-track\[train\]"):
        train(smtrack, tmp_path, quiet=True, tensorboard=True)


class Root(nn.Module):
    """The square root has an infinite gradient at 0, and no value below."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sqrt()


def test_the_first_fault_is_named() -> None:
    model = nn.Sequential(nn.Linear(2, 2), Root(), nn.Linear(2, 1))
    with torch.no_grad():
        model[0].weight.fill_(1)
        model[0].bias.zero_()
    zero = torch.zeros(1, 2)
    assert first_fault(model, lambda: model(-torch.ones(1, 2))) == "output of 1"
    model(zero).sum().backward()
    assert first_fault(model, lambda: model(zero)) == "gradient of 0.weight"
    model.zero_grad()
    assert first_fault(model, lambda: model(zero)) == "the loss itself"
    with torch.no_grad():
        model[2].bias.fill_(torch.nan)
    assert first_fault(model, lambda: model(zero)) == "weights of 2.bias"


def test_running_statistics_are_looked_at_before_anything_is_run_with_them() -> None:
    model = nn.Sequential(FusedConv(1, 2, 1))
    model[0].variance.fill_(torch.nan)
    assert first_fault(model, lambda: model(torch.ones(1, 1, 2, 2))) == "running statistics 0.variance"
