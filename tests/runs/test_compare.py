"""Pricing finished runs again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import list_profiles
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.compare import compare_runs


def test_the_same_chips_give_the_same_joules(run: RunSummary) -> None:
    (comparison,) = compare_runs([run.folder])
    assert comparison.reports == run.energy
    assert comparison.title == "scenes-nano on scene:seed=3,frames=12, 12 frames"
    assert json.loads(json.dumps(comparison.to_dict()))["energy"] == [r.to_dict() for r in run.energy]


def test_chips_by_name_in_the_order_given(run: RunSummary) -> None:
    first, second = compare_runs([run.folder, run.folder], ("spinnaker2", "loihi1", "spinnaker2"))
    by_name = dict(zip(list_profiles(), run.energy, strict=True))
    assert first.reports == second.reports == (by_name["spinnaker2"], by_name["loihi1"])


def test_an_unknown_chip(run: RunSummary) -> None:
    with pytest.raises(InputError, match="hardware: profile: found 'abacus', expected one of dense"):
        compare_runs([run.folder], ("abacus",))


Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def copied(run: RunSummary, tmp_path: Path) -> Path:
    shutil.copytree(run.folder, tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.pop("source"), r"run\.json: 'source'"),
        (lambda c: c["source"].pop("fps"), r"run\.json: 'fps'"),
        (lambda c: c["source"].update(fps=0), r"run\.json: source/fps 0"),
        (lambda c: c["source"].update(fps="fast"), r"run\.json: .*fast"),
        (lambda c: c.update(network=3), r"run\.json"),
    ],
)
def test_a_run_json_that_was_changed(copied: Path, change: Change, words: str) -> None:
    content = json.loads((copied / "run.json").read_text())
    change(content)
    (copied / "run.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=words) as caught:
        compare_runs([copied])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["run.json", "activity.h5"])
def test_a_part_that_is_missing(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(InputError, match=name):
        compare_runs([copied])
