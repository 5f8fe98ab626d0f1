"""What the exporters of detectors say of clipping and rounding."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from neuromorph_track.export.checkpoint import export_checkpoint, export_with_report
from neuromorph_track.export.report import ExportReport, LayerReport, Rounding
from neuromorph_track.export.yolo_kp import wheel_checkpoint
from neuromorph_track.reports.export_table import export_table
from neuromorph_track.training.checkpoint import save_checkpoint

OURS = Path(__file__).parents[2] / "netx_exports" / "scenes-nano.pt"


def test_a_checkpoint_with_weights_that_do_not_fit(state: dict[str, Any], tmp_path: Path) -> None:
    state["model"]["head.weight"][0, :2] = torch.tensor([4.5, -5.0]).reshape(2, 1, 1, 1)
    state["model"]["blocks.0.neuron.norm.running_mean"][1] = 4.25
    path = tmp_path / "final.pt"
    save_checkpoint(path, state)
    network, report = export_with_report(path)
    assert len(network.layers) == len(export_checkpoint(path).layers) == 4
    assert [layer.layer for layer in report.layers] == ["1 conv", "2 conv", "3 conv"]
    assert [layer.block for layer in report.layers] == ["model/blocks.0", "model/blocks.1", "model/head"]
    head, first = report.layers[2].weights, report.layers[0].bias
    assert head.values == 14 * 6
    assert head.clipped == 2
    # Both -5 and 4.5 are cut; 5 - 256 / 64 is the larger gap.
    assert head.largest_error == pytest.approx(1.0)
    assert first is not None
    assert (first.values, first.clipped) == (4, 1)
    assert first.largest_error == pytest.approx(4.25 - 254 / 64)
    assert report.layers[2].bias is None
    assert report.clipped == 3


def test_errors_by_hand(state: dict[str, Any], checkpoint: Path) -> None:
    network, report = export_with_report(checkpoint)
    floats = state["model"]["head.weight"].numpy()[..., 0].astype(np.float64)
    integers = network.layers[3].weight
    assert integers is not None
    gap = floats - integers / 64
    found = report.layers[2].weights
    assert found.largest_error == np.abs(gap).max()
    assert found.rms_error == pytest.approx(np.sqrt((gap**2).mean()))


def test_our_own_network() -> None:
    """Four means of its last block lie beyond what 8 bits hold."""
    report = export_with_report(OURS).report
    assert [layer.weights.clipped for layer in report.layers] == [0] * 8
    assert [layer.bias.clipped for layer in report.layers if layer.bias] == [0] * 6 + [4]
    assert all(layer.weights.largest_error <= 1 / 64 + 1e-6 for layer in report.layers)


@pytest.mark.slayer
def test_yolo_kp() -> None:
    report = export_with_report(wheel_checkpoint()).report
    assert report.clipped == 8
    assert sum(layer.weights.values for layer in report.layers) == 3_602_864
    assert report.to_dict()["layers"][8]["bias"]["clipped"] == 8


def test_the_table() -> None:
    layers = (
        LayerReport("1 conv", "blocks.0 (cuba.Conv)", Rounding(1000, 25, 0.5, 0.01), None, ("read v",)),
        LayerReport(
            "2 dense", "blocks.1 (cuba.Dense)", Rounding(200, 0, 0.0156, 0.009), Rounding(10, 1, 1, 1)
        ),
    )
    console = Console(width=120, record=True, file=StringIO())
    console.print(export_table(ExportReport(layers, ("biases: early",))))
    text = console.export_text()
    assert "1,000" in text
    assert "25 (2.5 %)" in text
    assert "1 (10 %)" in text
    assert "1 conv: read v" in text
    assert "biases: early" in text
