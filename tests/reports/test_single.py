"""Pictures and tables of single-object scores: what is drawn, and that it can be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text
from rich.console import Console
from rich.table import Table

from neuromorph_track.evaluation.single import SingleReport, evaluate_single
from neuromorph_track.reports.single import (
    MOST,
    draw_attributes,
    draw_precision,
    draw_success,
    plot_attributes,
    plot_precision,
    plot_success,
)
from neuromorph_track.reports.single_tables import attributes_table, sequences_table, single_table
from neuromorph_track.reports.style import STYLE
from tests.evaluation.single.made import random_boxes, sequence
from tests.reports.layout import clashes, outside

NAMES = ("ours", "a tracker of a name that is much longer than any line", "KCF", "x_$a$", *"ABCDE")


def reports(
    trackers: int, sequences: int = 3, attributes: tuple[str, ...] = ("OCC", "LR")
) -> list[SingleReport]:
    rng = np.random.default_rng(0)
    truth = [
        sequence(random_boxes(rng, 20), name=f"S{at}", attributes=attributes[: at + 1] if at else attributes)
        for at in range(sequences)
    ]
    return [
        evaluate_single(truth, {each.name: each.boxes + noise for each in truth}, name)
        for noise, name in zip(range(trackers), NAMES, strict=False)
    ]


def test_a_line_for_each_tracker_and_the_best_first() -> None:
    given = reports(3)
    (axes,) = draw_success(given[::-1], "title").axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label.split("  ")[0] for label in labels] == ["ours", labels[1].split("  ")[0], "KCF"]
    low, high = (100 * end for end in given[2].combined.intervals["AUC"])
    assert labels[2] == f"KCF  {100 * given[2].combined.AUC:.1f} [{low:.1f}, {high:.1f}]"
    drawn = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.lines}
    assert drawn[labels[2]] == pytest.approx(100 * given[2].success.mean(axis=0))


def test_precision_in_pixels_and_in_sizes() -> None:
    given = reports(2)
    for normalised, name, last in ((False, "precision", 50), (True, "norm_precision", 0.5)):
        (axes,) = draw_precision(given, "title", normalised).axes
        assert axes.get_xlim() == (0, last)
        expected = [100 * getattr(report, name).mean(axis=0) for report in given]
        assert any(np.allclose(np.asarray(axes.lines[0].get_ydata()), values) for values in expected)


def test_a_row_for_each_attribute_and_one_for_all() -> None:
    given = reports(2)
    (axes,) = draw_attributes(given, "title").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["OCC (3)", "LR (3)", "all (3)"]
    across = np.concatenate([np.asarray(dots.get_offsets())[:, 0] for dots in axes.collections])
    expected = [100 * row.AUC for report in given for row in (*report.attributes.values(), report.combined)]
    assert across == pytest.approx(expected)


def test_the_most_frequent_attributes() -> None:
    many = tuple(f"motion {number}" for number in range(90))
    (axes,) = draw_attributes(reports(1, attributes=many), "title").axes
    assert len(axes.get_yticks()) == MOST + 1


@pytest.mark.parametrize("trackers", [1, 4, 9])
@pytest.mark.parametrize("sequences", [1, 3])
def test_texts_can_be_read(
    drawn_texts: Callable[[Figure], list[Text]], trackers: int, sequences: int
) -> None:
    given = reports(trackers, sequences)
    with rc_context(STYLE):
        for draw in (draw_success, draw_precision, draw_attributes):
            picture = draw(given, "a title " * 30)
            texts = drawn_texts(picture)
            assert clashes(texts) == []
            assert outside(texts, picture) == []


def test_files(tmp_path: Path) -> None:
    given = reports(2)
    plot_success(given, tmp_path / "a.png", "title")
    plot_precision(given, tmp_path / "b.svg", "title", normalised=True)
    plot_attributes(given, tmp_path / "c.pdf", "title $x")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert b"<svg" in (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "c.pdf").read_bytes()[:4] == b"%PDF"


def printed(table: Table) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_tables() -> None:
    given = reports(3)
    text = printed(single_table(given))
    assert "3 sequences, 60 frames" in text
    assert "AUC - ours" in text
    assert "95 %, bootstrap over sequences" in text
    ours = next(line for line in text.splitlines() if line.startswith("│ ours"))
    assert f"{100 * given[0].combined.AUC:.1f} [" in ours
    kcf = next(line for line in text.splitlines() if line.startswith("│ KCF"))
    assert f"{100 * (given[2].combined.AUC - given[0].combined.AUC):+.1f} [" in kcf
    assert "S2" in printed(sequences_table(given))
    assert "OCC (3)" in printed(attributes_table(given))


def test_a_table_of_one_sequence_has_no_intervals() -> None:
    text = printed(single_table(reports(1, sequences=1)))
    assert "[" not in text
    assert "AUC -" not in text
