from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from neuromorph_track.errors import JobError
from neuromorph_track.profiling import EnergyReport
from neuromorph_track.reports.energy_plot import headline, plot_energy
from neuromorph_track.reports.style import PALETTE, rgb
from tests.conftest import SmallDisk


def share_of(picture: np.ndarray, colour: str) -> float:
    return float((picture == np.array(rgb(colour)[::-1])).all(axis=-1).mean())


def test_dynamic_and_total_are_drawn_in_their_colours(tmp_path: Path, reports: list[EnergyReport]) -> None:
    plot_energy(reports, tmp_path / "energy.png")
    picture = cv2.imread(str(tmp_path / "energy.png"))
    assert picture.shape[1] == 1600
    assert share_of(picture, PALETTE[0]) > 1e-4
    assert share_of(picture, PALETTE[3]) > 1e-4
    assert list(tmp_path.iterdir()) == [tmp_path / "energy.png"]


def test_the_text_is_all_there(tmp_path: Path, reports: list[EnergyReport]) -> None:
    plot_energy(reports, tmp_path / "energy.svg", title="What a frame costs")
    svg = (tmp_path / "energy.svg").read_text(encoding="utf-8")
    # matplotlib draws letters as paths and keeps each text in a comment.
    for text in (
        "What a frame costs",
        "Loihi 2 (Oheo Gulch)",
        "total: not priced",
        "evidence: simulated",
        "memory",
    ):
        assert text in svg


def test_the_title_says_what_static_power_does(reports: list[EnergyReport]) -> None:
    assert headline(reports).startswith("Static power is over 99 % of a frame's energy on Loihi 1")
    dense = [report for report in reports if report.dense_equivalent]
    assert headline(dense) == "Energy per frame by chip"


def test_one_chip_without_a_total_can_be_drawn(tmp_path: Path, reports: list[EnergyReport]) -> None:
    only = replace(next(report for report in reports if report.steady_state.total is None), unpriced=())
    plot_energy([only], tmp_path / "energy.png")
    assert (tmp_path / "energy.png").stat().st_size > 0


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        plot_energy([], tmp_path / "energy.png")


def test_a_full_disk(tmp_path: Path, reports: list[EnergyReport], small_disk: SmallDisk) -> None:
    with small_disk(), pytest.raises(JobError, match=r"energy\.png: cannot be written"):
        plot_energy(reports, tmp_path / "energy.png")
    assert list(tmp_path.iterdir()) == []
