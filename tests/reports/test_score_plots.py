"""Pictures of scores: what is drawn, and that it can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from neuromorph_track.evaluation import Curve, TrackingReport, TrackingScores
from neuromorph_track.reports.score_plots import (
    LOWEST,
    draw_curves,
    draw_sequences,
    plot_curves,
    plot_sequences,
)
from neuromorph_track.reports.scores import scores_table
from neuromorph_track.reports.style import STYLE
from tests.reports.layout import clashes, outside

ALPHA = tuple(step / 20 for step in range(1, 20))


def row(sequence: str, class_name: str = "ALL", mota: float = 0.7, boxes: int = 10) -> TrackingScores:
    return TrackingScores(
        sequence, class_name, 0.5, 0.4, 0.6, 0.8, mota, 0.65, 1, 2, 3, boxes, boxes, 4, 5, Transfers=6
    )


def report(sequences: int, classes: tuple[str, ...] = ("ALL",)) -> TrackingReport:
    names = [*(f"sequence-{number:02d}-of-a-long-name" for number in range(sequences)), "COMBINED"]
    rows = tuple(row(name, kind) for kind in classes for name in names)
    values = [tuple(1 - alpha**power for alpha in ALPHA) for power in (1, 2, 3)]
    curves = tuple(Curve(each.sequence, each.class_name, ALPHA, *values) for each in rows)
    return TrackingReport(rows, curves)


def test_curves_of_all_sequences_are_named_with_their_means() -> None:
    (axes,) = draw_curves(report(3).curves, "title").axes
    drawn = {str(line.get_label()): line for line in axes.lines if not str(line.get_label()).startswith("_")}
    assert set(drawn) == {"HOTA 50.0", "DetA 67.5", "AssA 76.2", "HOTA of one sequence"}
    assert list(drawn["HOTA 50.0"].get_ydata()) == pytest.approx([100 * (1 - alpha) for alpha in ALPHA])
    assert len(axes.lines) == 3 + 3 + 1


def test_a_row_for_each_sequence_and_a_panel_for_each_class() -> None:
    picture = draw_sequences(report(4, ("car", "pedestrian")).rows, "title")
    assert [axes.get_title() for axes in picture.axes] == ["car", "pedestrian"]
    assert all(len(axes.get_yticks()) == 5 for axes in picture.axes)


def test_what_has_no_scores_is_not_drawn() -> None:
    rows = [row("A"), row("B", boxes=0), row("COMBINED"), row("COMBINED", "CLASS_AVERAGE")]
    (axes,) = draw_sequences(rows, "title").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "COMBINED"]


def test_one_bad_score_does_not_hide_the_others() -> None:
    (axes,) = draw_sequences([row("A", mota=-9.87), row("COMBINED")], "title").axes
    assert axes.get_xlim()[0] > LOWEST - 10
    assert "-987" in [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("sequences", [1, 25])
@pytest.mark.parametrize("classes", [("ALL",), ("car", "pedestrian")])
def test_texts_can_be_read(
    drawn_texts: Callable[[Figure], list[Text]], sequences: int, classes: tuple[str, ...]
) -> None:
    with rc_context(STYLE):
        scores = report(sequences, classes)
        for picture in (
            draw_curves(scores.curves, "a title " * 30),
            draw_sequences(scores.rows, "a title " * 30),
        ):
            texts = drawn_texts(picture)
            assert clashes(texts) == []
            assert outside(texts, picture) == []


def test_files(tmp_path: Path) -> None:
    for plot in (plot_curves, plot_sequences):
        plot(report(2), tmp_path / "new" / "a.png", "title")
        assert (tmp_path / "new" / "a.png").read_bytes()[:4] == b"\x89PNG"
        with pytest.raises(ValueError, match="curves"):
            plot(TrackingReport(()), tmp_path / "b.png", "title")


def test_the_table_says_whose_rules_and_has_no_scores_of_nothing() -> None:
    table = scores_table(TrackingReport((row("A"), row("B", boxes=0))), "kitti")
    assert str(table.title) == "Tracking, per cent (TrackEval, rules of kitti)"
    cells = {str(column.header): list(column.cells) for column in table.columns}
    assert cells["HOTA"] == ["50.0", "-"]
    assert cells["Transfers"] == ["6", "6"]
    without = scores_table(TrackingReport((replace(row("A"), Transfers=None),)))
    assert "Transfers" not in [str(column.header) for column in without.columns]
