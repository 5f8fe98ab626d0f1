"""Scores over many sequences, by attribute, and of one tracker against another."""

from __future__ import annotations

import json

import numpy as np
import pytest

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import MEASURES, compare, evaluate_single
from tests.evaluation.single.made import random_boxes, sequence


@pytest.fixture
def sequences() -> list[SingleSequence]:
    rng = np.random.default_rng(0)
    names = {"A": ("OCC",), "B": ("OCC", "LR"), "C": ("OCC", "LR", "IV")}
    lengths = {"A": 10, "B": 40, "C": 80}
    return [
        sequence(random_boxes(rng, lengths[name]), name=name, attributes=attributes)
        for name, attributes in names.items()
    ]


def found(sequences: list[SingleSequence], noise: float) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {each.name: each.boxes + rng.normal(0, noise, each.boxes.shape) for each in sequences}


def test_combined(sequences: list[SingleSequence]) -> None:
    report = evaluate_single(sequences, found(sequences, 4), "ours")
    assert [row.sequence for row in report.rows] == ["A", "B", "C"]
    assert (report.combined.sequence, report.combined.frames, report.combined.sequences) == (
        "COMBINED",
        130,
        3,
    )
    assert pytest.approx(np.mean([row.AUC for row in report.rows])) == report.combined.AUC
    assert pytest.approx(report.success.mean()) == report.combined.AUC
    # GOT-10k: all frames but the first ones.
    expected = np.dot([9, 39, 79], [row.AO for row in report.rows]) / 127
    assert pytest.approx(expected) == report.combined.AO
    for name, (low, high) in report.combined.intervals.items():
        assert low <= getattr(report.combined, name) <= high
    assert set(report.combined.intervals) == set(MEASURES)


def test_attributes(sequences: list[SingleSequence]) -> None:
    report = evaluate_single(sequences, found(sequences, 4))
    assert {name: row.sequences for name, row in report.attributes.items()} == {"OCC": 3, "LR": 2, "IV": 1}
    assert [*report.attributes] == ["OCC", "LR", "IV"]
    assert pytest.approx(np.mean([row.AUC for row in report.rows[1:]])) == report.attributes["LR"].AUC
    assert report.attributes["IV"].AUC == report.rows[2].AUC
    assert report.attributes["IV"].intervals == {}
    assert report.attributes["OCC"].AO == report.combined.AO


def test_for_machines(sequences: list[SingleSequence]) -> None:
    report = evaluate_single(sequences, found(sequences, 4), "ours")
    content = json.loads(json.dumps(report.to_dict()))
    assert content["tracker"] == "ours"
    assert content["combined"]["AUC_low"] <= content["combined"]["AUC"] <= content["combined"]["AUC_high"]
    assert len(content["curves"]["success"]) == 21
    assert [*content["attributes"]] == ["OCC", "LR", "IV"]
    assert len(report.to_rows()) == 4
    pandas = pytest.importorskip("pandas")
    frame = report.to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["AUC"].tolist() == [row["AUC"] for row in report.to_rows()]


def test_compare(sequences: list[SingleSequence]) -> None:
    good, bad = (evaluate_single(sequences, found(sequences, noise)) for noise in (1, 15))
    difference, interval = compare(good, bad)
    assert pytest.approx(good.combined.AUC - bad.combined.AUC) == difference
    assert interval is not None
    assert 0 < interval[0] <= difference <= interval[1]
    assert compare(bad, good)[0] == -difference
    with pytest.raises(InputError, match="those of"):
        compare(good, evaluate_single(sequences[:2], found(sequences, 1)))


def test_several_runs(sequences: list[SingleSequence]) -> None:
    once = found(sequences, 4)
    twice = {name: [boxes, boxes] for name, boxes in once.items()}
    assert evaluate_single(sequences, twice).combined == evaluate_single(sequences, once).combined


def test_faults(sequences: list[SingleSequence]) -> None:
    boxes = found(sequences, 1)
    with pytest.raises(InputError, match="ours: sequences: found no boxes of B"):
        evaluate_single(sequences, {name: boxes[name] for name in "AC"}, "ours")
    with pytest.raises(InputError, match="A more than once"):
        evaluate_single([sequences[0], sequences[0]], boxes)
    with pytest.raises(InputError, match="found none, expected sequences"):
        evaluate_single([], boxes)
