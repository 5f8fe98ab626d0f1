"""Runs of one object set against each other: their accuracy is the overlap that `sot` wrote down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.netx import write_siamese
from neuromorph_track.runs.compare import compare_runs
from neuromorph_track.runs.sot import SotOptions, sot
from tests.networks.tiny_trackers import pair
from tests.runs.edited import edited
from tests.runs.test_sot import TARGETS

CHIP = ("loihi2-oheogulch",)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    write_siamese(pair(template_steps=2), tmp_path / "net")
    folders = [tmp_path / "still", tmp_path / "fast"]
    for folder in folders:
        sot(TARGETS, tmp_path / "net", folder, SotOptions(quiet=True, hardware=CHIP))
    return folders


def test_overlap_is_what_is_looked_for_where_all_followed_one_object(runs: list[Path]) -> None:
    edited(runs[1] / "run.json", lambda content: content["scores"].update(AO=0.75, AUC=0.5))
    written = json.loads((runs[0] / "run.json").read_text())["scores"]
    by_overlap, by_success = compare_runs(runs, CHIP), compare_runs(runs, CHIP, metric="auc")
    assert (by_overlap.accuracy_name, by_success.accuracy_name) == ("AO", "AUC")
    assert [run.accuracy for run in by_overlap.runs] == [written["AO"], 0.75]
    assert [run.accuracy for run in by_success.runs] == [written["AUC"], 0.5]
    assert {point.run for point in by_overlap.pareto()} == {"still", "fast"}
    # They gave out no identities.
    assert [run.accuracy for run in compare_runs(runs, CHIP, metric="hota").runs] == [None, None]


def test_without_truth_there_is_no_overlap(runs: list[Path]) -> None:
    edited(runs[1] / "run.json", lambda content: content.update(scores=None))
    comparison = compare_runs(runs, CHIP)
    assert comparison.runs[1].accuracy is None
    assert not any("accuracy" in warning for warning in comparison.warnings)


@pytest.mark.parametrize("wrong", [{}, {"AO": 7.0}, {"AO": True}, {"AO": "good"}, [0.5], "all"])
def test_an_overlap_that_is_none(runs: list[Path], wrong: Any) -> None:
    edited(runs[1] / "run.json", lambda content: content.update(scores=wrong))
    comparison = compare_runs(runs, CHIP)
    assert comparison.runs[1].accuracy is None
    (warning,) = (each for each in comparison.warnings if "accuracy" in each)
    assert "the accuracy of fast is not known" in warning
    assert "what `sot` writes there" in warning
