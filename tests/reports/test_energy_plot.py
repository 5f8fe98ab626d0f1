from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from neuromorph_track.errors import JobError
from neuromorph_track.profiling import EnergyReport, Interval
from neuromorph_track.reports.energy_plot import draw_energy, headline, plot_energy
from neuromorph_track.reports.energy_rows import energy_groups
from neuromorph_track.reports.style import PALETTE, STYLE, rgb
from tests.conftest import SmallDisk
from tests.reports.layout import clashes, outside

Reports = tuple[EnergyReport, ...]
Runs = tuple[tuple[str, ...], Reports]
DrawnTexts = Callable[[Figure], list[Text]]


def share_of(picture: np.ndarray, colour: str) -> float:
    return float((picture == np.array(rgb(colour)[::-1])).all(axis=-1).mean())


def drawn(
    texts_of: DrawnTexts, reports: Sequence[EnergyReport], runs: Sequence[str] = (), title: str = "Title"
) -> tuple[Figure, list[Text]]:
    with rc_context(STYLE):
        picture = draw_energy(energy_groups(reports, runs), title, "subtitle " * 40)
        return picture, texts_of(picture)


def test_dynamic_and_total_are_drawn_in_their_colours(tmp_path: Path, reports: Reports) -> None:
    plot_energy(reports, tmp_path / "energy.png")
    picture = cv2.imread(str(tmp_path / "energy.png"))
    assert picture.shape[1] == 1760
    assert share_of(picture, PALETTE[0]) > 1e-4
    assert share_of(picture, PALETTE[3]) > 1e-4
    assert list(tmp_path.iterdir()) == [tmp_path / "energy.png"]


def test_each_run_has_its_colour(tmp_path: Path, three_runs: Runs) -> None:
    names, reports = three_runs
    plot_energy(reports, tmp_path / "energy.png", runs=names)
    picture = cv2.imread(str(tmp_path / "energy.png"))
    assert all(share_of(picture, colour) > 1e-4 for colour in PALETTE[:3])


def test_the_text_is_all_there(tmp_path: Path, reports: Reports) -> None:
    plot_energy(reports, tmp_path / "energy.svg", title="What a frame costs")
    svg = (tmp_path / "energy.svg").read_text(encoding="utf-8")
    # matplotlib draws letters as paths and keeps each text in a comment.
    for text in (
        "What a frame costs",
        "Loihi 2 (Oheo Gulch)",
        "boundary: chip",
        "not priced",
        "Evidence:",
        "simulated",
        "hollow: dense twin (ANN)",
        "Boundaries differ (",
    ):
        assert text in svg


@pytest.mark.parametrize("copies", [1, 2])
def test_no_text_lies_on_another(reports: Reports, drawn_texts: DrawnTexts, copies: int) -> None:
    runs = [f"run {copy} {'with a longer name ' * copy}" for copy in range(copies) for _ in reports]
    picture, texts = drawn(drawn_texts, reports * copies, runs)
    assert len(texts) > 6 * len(reports)
    assert clashes(texts) == []
    assert outside(texts, picture) == []


def test_three_runs_on_three_chips(three_runs: Runs, drawn_texts: DrawnTexts) -> None:
    names, reports = three_runs
    picture, texts = drawn(drawn_texts, reports, names)
    assert clashes(texts) == []
    assert outside(texts, picture) == []
    shown = [text.get_text() for text in texts]
    # 45 nm arithmetic has no total: what it has is drawn, and says that it is something else.
    assert sum(text.endswith(" dynamic") for text in shown) == 3
    assert "dotted: dynamic, total not priced" in shown


def test_names_of_any_length_and_with_dollars(reports: Reports, drawn_texts: DrawnTexts) -> None:
    odd = [
        replace(reports[0], name="A chip whose name goes on and on " * 6, unpriced=("everything",) * 60),
        replace(reports[1], name=r"$\frac{1}{2}$_^ chip", boundary="module"),
        replace(reports[2], name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 2),
    ]
    picture, texts = drawn(drawn_texts, odd, title=r"100 $ to ${" * 30)
    assert clashes(texts) == []
    assert outside(texts, picture) == []
    assert r"$\frac{1}{2}$_^ chip" in [text.get_text() for text in texts]


def test_the_title_says_what_static_power_does(reports: Reports, three_runs: Runs) -> None:
    loihi = [report for report in reports if report.profile == "loihi1"]
    energy = loihi[0].steady_state
    assert energy.static is not None
    assert energy.total is not None
    share = 100 * energy.static.p50 / energy.total.p50
    shown = f"{share:.0f} %" if share < 99.5 else "over 99 %"
    assert headline(loihi) == f"Static power is {shown} of a frame's energy on Loihi 1"
    dense = [report for report in reports if report.dense_equivalent]
    assert headline(dense) == "Energy per frame by chip"
    names, some = three_runs
    assert headline(some, names, "dynamic") == "Dynamic energy per frame: 3 runs on 3 chips"


def test_one_chip_without_a_total_can_be_drawn(tmp_path: Path, reports: Reports) -> None:
    only = replace(next(report for report in reports if report.steady_state.total is None), unpriced=())
    plot_energy([only], tmp_path / "energy.png")
    assert (tmp_path / "energy.png").stat().st_size > 0


def test_nothing_at_all_is_no_point_on_a_logarithmic_axis(tmp_path: Path, reports: Reports) -> None:
    none = Interval(0.0, 0.0, 0.0)
    idle = replace(reports[0].steady_state, dynamic=none, total=none)
    plot_energy([replace(reports[0], steady_state=idle, dense_twin=None)], tmp_path / "energy.svg")
    assert "0 J [0, 0]" in (tmp_path / "energy.svg").read_text(encoding="utf-8")


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        plot_energy([], tmp_path / "energy.png")


def test_a_full_disk(tmp_path: Path, reports: Reports, small_disk: SmallDisk) -> None:
    with small_disk(), pytest.raises(JobError, match=r"energy\.png: cannot be written"):
        plot_energy(reports, tmp_path / "energy.png")
    assert list(tmp_path.iterdir()) == []
