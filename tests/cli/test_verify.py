"""``verify`` on the command line: what it prints and what it ends with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from neuromorph_track.cli.app import app
from neuromorph_track.runs import verify_any as module
from neuromorph_track.runs.difference import Difference
from neuromorph_track.runs.verify import Verdict

EQUAL = Verdict("lava", 2, 2, 9, 1000, 300, True, None)
PLACE = Difference("3 conv", 1, (4, 5, 6), -64.0, 0.0, 17, "early bias: one of the two starts before")


def run(monkeypatch: pytest.MonkeyPatch, verdict: Verdict, *options: str) -> tuple[Result, dict[str, Any]]:
    asked: dict[str, Any] = {}

    def verify(network: Any, against: str, frames: int, source: str | None, **others: Any) -> Verdict:
        asked.update(network=network.source, against=against, frames=frames, source=source, **others)
        return verdict

    monkeypatch.setattr(module, "verify", verify)
    result = CliRunner().invoke(app, ["verify", "scenes-nano", "--against", "lava", *options])
    return result, asked


def test_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    result, asked = run(monkeypatch, EQUAL, "--frames", "2", "--timeout", "30", "--no-stock")
    assert result.exit_code == 0
    assert (
        "equal to lava: 1,000 values, 300 of them not zero, of 9 layers in 2 steps and every" in result.output
    )
    assert (asked["frames"], asked["timeout"], asked["stock"], asked["source"]) == (2, 30.0, False, None)


def test_different(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(monkeypatch, replace(EQUAL, difference=PLACE))
    assert result.exit_code == 1
    assert (
        "differs from lava first in layer 3 conv, step 1, neuron (4, 5, 6): fixed -64, lava 0"
        in result.output
    )
    assert "likely cause: early bias" in result.output


def test_counts_alone_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(monkeypatch, replace(EQUAL, counts_equal=False))
    assert result.exit_code == 1
    assert "the spikes equal lava's, the counts do not" in result.output


@pytest.mark.parametrize(("verdict", "code"), [(EQUAL, 0), (replace(EQUAL, difference=PLACE), 1)])
def test_json(monkeypatch: pytest.MonkeyPatch, verdict: Verdict, code: int) -> None:
    result, _ = run(monkeypatch, verdict, "--json")
    assert result.exit_code == code
    content = json.loads(result.output)
    assert content["equal"] is (code == 0)
    assert content["difference"] == (None if code == 0 else {**PLACE.__dict__, "neuron": [4, 5, 6]})


def test_unknown_backend_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["verify", "scenes-nano", "--against", "chip"]).exit_code == 2
