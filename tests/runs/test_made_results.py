"""Results that take long to come by, made by hand: what they say of themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.data.detection_files import LeftOut
from neuromorph_track.data.single import SingleSequence, write_result
from neuromorph_track.data.single.results import SingleResult
from neuromorph_track.evaluation import TrackingScores
from neuromorph_track.evaluation.settings_search import Attempt, Compared, SearchResult
from neuromorph_track.evaluation.single import evaluate_single
from neuromorph_track.export.report import ExportReport, LayerReport, Rounding
from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.profiling import Summary
from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.associate_summary import AssociateSummary
from neuromorph_track.runs.evaluation_single import SingleEvaluation
from neuromorph_track.runs.export import Exported
from neuromorph_track.runs.folder import BOXES, RUN_JSON
from neuromorph_track.runs.open_run import open_run
from neuromorph_track.runs.proof import ExportProof
from neuromorph_track.runs.sot_summary import SotSummary
from neuromorph_track.runs.tune_summary import TuneSummary

PNG = b"\x89PNG"


def sequence(name: str, seconds: float) -> AssociatedSequence:
    stages = {"predict": 0.25 * seconds, "assign": 0.75 * seconds}
    return AssociatedSequence(
        name, 100, 800, LeftOut(), 9, 760, seconds, stages, 1 << 16, {}, "c", f"{name}.txt", "s"
    )


def test_an_association() -> None:
    done = (sequence("a", 0.5), sequence("b", 1.5))
    summary = AssociateSummary(Path("runs/x"), "two-stage", {}, done, 0, ("b: no detections",))
    assert repr(summary).splitlines() == [
        "2 sequences: runs/x",
        "  two-stage: 1,600 boxes into 18 tracks in 2.0 s",
        "  ! b: no detections",
    ]
    table = summary.to_dataframe()
    assert table["frames_per_second"].tolist() == [200, 100 / 1.5]
    assert table["seconds_assign"].sum() == 1.5
    assert "<td" in summary._repr_html_()
    picture = summary.plot()
    assert [text.get_text() for text in picture.axes[0].get_yticklabels()] == ["predict", "assign"]
    # 0.5 s over 200 frames, and 1.5 s.
    assert [bar.get_width() for bar in picture.axes[0].patches] == pytest.approx([2500, 7500])


def scores(value: float) -> TrackingScores:
    return TrackingScores("COMBINED", "all", value, value, value, value, value, value, 1, 2, 3, 4, 5, 6, 7)


def test_a_search() -> None:
    attempts = (Attempt({"gate": 0.5}, 0.6), Attempt({"gate": 0.7}, None), Attempt({"gate": 0.6}, 0.65))
    train = Compared("train", scores(0.6), scores(0.65))
    test = Compared("test", scores(0.7), scores(0.69))
    result = SearchResult(attempts, {})
    summary = TuneSummary(Path("tuned.toml"), "two-stage", "HOTA", {}, result, train, test, ())
    lines = repr(summary).splitlines()
    assert lines[:3] == [
        "two-stage, 3 attempts: tuned.toml",
        "  train: HOTA +5.00 points",
        "  test: HOTA -1.00 points",
    ]
    assert "no better than the defaults" in lines[3]
    assert summary.to_dataframe()["gate"].tolist() == [0.5, 0.7, 0.6]
    assert np.isnan(summary.to_dataframe()["score"][1])
    assert "test (not seen)" in summary._repr_html_()
    assert summary.plot()._repr_png_().startswith(PNG)


def test_an_export() -> None:
    neuron = Neuron("cuba", "CUBA", threshold=4)
    network = Network((Layer("dense", (2,), neuron, weight=np.ones((2, 3), np.int32)),), "n")
    report = ExportReport((LayerReport("0 dense", "blocks.0", Rounding(6, 1, 0.25, 0.125)),))
    exported = Exported(Path("n.net"), network, report, ExportProof(1, 4, True, 6, 0.0, 1.0))
    assert repr(exported).splitlines()[0] == "1 layer written to n.net"
    assert "to the last bit" in repr(exported)
    assert exported.to_dataframe()["weights.rms_error"].tolist() == [0.125]
    assert "blocks.0" in exported._repr_html_()
    assert "not compared" in repr(replace(exported, proof=None))


def test_trackers_of_one_object(tmp_path: Path) -> None:
    boxes = np.tile([10.0, 10.0, 20.0, 20.0], (5, 1))
    frames: Any = SimpleNamespace(size=(64, 48))
    truth = SingleSequence("s", "otb", frames, boxes, np.ones(5, bool), ("OCC",))
    reports = [
        evaluate_single([truth], {"s": boxes + shift * np.array([1, 0, 0, 0])}, name)
        for name, shift in (("near", 1.0), ("far", 15.0))
    ]
    found = SingleEvaluation("bench", tuple(reports))
    assert repr(found).splitlines()[0] == "bench: 1 sequence"
    table = found.to_dataframe().set_index("tracker")
    assert table.loc["near", "AO"].max() > table.loc["far", "AO"].max()
    assert "far" in found._repr_html_()
    for picture in (found.plot(), found.plot_precision(), found.plot_attributes()):
        assert picture._repr_png_().startswith(PNG)
    found.save_plots(tmp_path)
    names = ["attributes.png", "norm_precision.png", "precision.png", "success.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert len(found.tables(each=True)) == len(found.tables()) + 1
    # One sequence has no interval: an empty cell, not a missing one.
    assert {tuple(row) for row in found.rows()} == {tuple(found.rows()[0])}


def test_a_run_of_one_object(run: RunSummary, tmp_path: Path) -> None:
    boxes = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    write_result(tmp_path, Path(BOXES).stem, SingleResult(boxes))
    (tmp_path / RUN_JSON).write_text('{"score": [1.0, 0.5]}')
    summary: Summary = run.summary
    found = SotSummary(tmp_path, 2, 1, 1, 0.002, (), None, summary, summary, run.energy, run.energy, ())
    assert repr(found).startswith("2 frames, the object lost in 1, 2.0 ms per frame: ")
    table = found.to_dataframe("tracks")
    assert table["left"].tolist() == [1.0, 5.0]
    assert table["score"].tolist() == [1.0, 0.5]
    assert found.to_dataframe("layers").shape[0] == len(summary.layers)
    assert "Joules per frame" in found._repr_html_()


def test_a_folder_of_one_object_is_opened(run: RunSummary, tmp_path: Path) -> None:
    for path in run.folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for name in ("activity.h5", "energy.json"):
        (tmp_path / f"template_{name}").write_bytes((run.folder / name).read_bytes())
    (tmp_path / RUN_JSON).write_text(
        '{"format": "neuromorph-track sot/1", "frames": 3, "lost": 0, "templates": 1, "scores": null,'
        ' "seconds_per_frame": 0.01, "written": [{"layer": "7 conv", "error": 0.1, "clipped": 0.0}],'
        ' "warnings": ["w"], "score": []}'
    )
    found = open_run(tmp_path)
    assert isinstance(found, SotSummary)
    assert found.written[0].layer == "7 conv"
    assert found.template_energy == run.energy
    assert "! w" in repr(found)
