"""Accuracy of a run: written by ``eval``, or from the scene's own truth."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import TrackingReport, evaluate_tracking, load_sequences
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.folder import SCORES_JSON, new_run_folder
from neuromorph_track.runs.scores import Metric, is_run, run_accuracy, write_scores


@pytest.fixture
def copied(run: RunSummary, tmp_path: Path) -> Path:
    shutil.copytree(run.folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def report(run: RunSummary) -> TrackingReport:
    return evaluate_tracking(load_sequences(run.folder / "gt.txt", run.folder))


@pytest.mark.parametrize("metric", ["hota", "mota", "idf1"])
def test_a_scene_is_scored_against_its_truth(run: RunSummary, report: TrackingReport, metric: Metric) -> None:
    assert run_accuracy(run.folder, metric) == getattr(report.combined, metric.upper())


def test_what_eval_wrote_comes_first(copied: Path, report: TrackingReport) -> None:
    path = write_scores(copied, "gt.txt", report)
    assert path == copied / SCORES_JSON
    content = json.loads(path.read_text())
    assert content["rows"] == report.to_rows()
    content["rows"][-1]["MOTA"] = -0.25
    path.write_text(json.dumps(content))
    assert run_accuracy(copied, "mota") == -0.25
    assert run_accuracy(copied, "hota") == report.combined.HOTA


def test_scores_of_other_tracks_do_not_count(copied: Path, report: TrackingReport) -> None:
    path = write_scores(copied, "gt.txt", report)
    lines = (copied / "tracks.txt").read_text().splitlines(keepends=True)
    (copied / "tracks.txt").write_text("".join(lines[: len(lines) // 2]))
    content = json.loads(path.read_text())
    content["rows"][-1]["HOTA"] = 1.0
    path.write_text(json.dumps(content))
    anew = evaluate_tracking(load_sequences(copied / "gt.txt", copied))
    assert run_accuracy(copied, "hota") == anew.combined.HOTA
    (copied / "gt.txt").unlink()
    assert run_accuracy(copied, "hota") is None


def test_a_new_run_takes_old_scores_with_it(copied: Path, report: TrackingReport) -> None:
    write_scores(copied, "gt.txt", report)
    with new_run_folder(copied, overwrite=True) as folder:
        (folder / "run.json").write_text("{}")
    assert not (copied / SCORES_JSON).exists()


def test_a_run_without_tracks_has_no_accuracy(copied: Path) -> None:
    assert is_run(copied)
    (copied / "tracks.txt").unlink()
    assert not is_run(copied)
    assert run_accuracy(copied, "hota") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"rows": [{"HOTA": 0.5}]}',
        '{"tracks_sha256": "OWN", "rows": []}',
        '{"tracks_sha256": "OWN", "rows": [{"HOTA": true}]}',
        '{"tracks_sha256": "OWN", "rows": [{"HOTA": NaN}]}',
        '{"tracks_sha256": "OWN", "rows": [{"HOTA": 61.0}]}',
        '{"tracks_sha256": "OWN", "rows": [{"HOTA": "0.61"}]}',
        '{"tracks_sha256": "OWN", "rows": [{"MOTA": 0.5}]}',
    ],
)
def test_scores_that_were_changed(copied: Path, report: TrackingReport, text: str) -> None:
    own = json.loads(write_scores(copied, "gt.txt", report).read_text())["tracks_sha256"]
    (copied / SCORES_JSON).write_text(text.replace("OWN", own))
    with pytest.raises(
        InputError, match=r"scores\.json: scores: found .*, expected what `eval` writes"
    ) as caught:
        run_accuracy(copied, "hota")
    assert "\n" not in str(caught.value)
