from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from neuromorph_track.profiling import Interval
from neuromorph_track.reports.pareto_panel import ParetoPoint, Standing
from neuromorph_track.reports.pareto_plot import RULES, draw_pareto, plot_pareto
from neuromorph_track.reports.style import STYLE
from tests.reports.layout import clashes, outside


def point(
    run: str, accuracy: float, joules: float, standing: Standing = "front", chip: str = "A chip (board)"
) -> ParetoPoint:
    return ParetoPoint(run, chip, accuracy, Interval(joules / 2, joules, joules * 2), "measured", standing)


def drawn(points: list[ParetoPoint]) -> Figure:
    with rc_context(STYLE):
        return draw_pareto(points, "HOTA against total energy per frame", "HOTA")


def front_of(picture: Figure) -> list[tuple[float, float]]:
    """Corners of the line in the first panel."""
    (line,) = [line for line in picture.axes[0].lines if line.get_drawstyle() == "steps-post"]
    return [(float(x), round(float(y), 6)) for x, y in zip(*line.get_data(), strict=True)]


def test_the_line_goes_through_the_front_alone() -> None:
    points = [
        point("large", 0.7, 3e-3),
        point("small", 0.5, 1e-3),
        point("tied", 0.4, 1.1e-3, "tied"),
        point("bad", 0.45, 5e-3, "dominated"),
    ]
    assert front_of(drawn(points)) == [(1e-3, 50.0), (3e-3, 70.0)]
    assert front_of(drawn(points[2:])) == []


@pytest.mark.parametrize("chips", [1, 3, 17])
@pytest.mark.parametrize("runs", [2, 9])
def test_no_text_lies_on_another(drawn_texts: Callable[[Figure], list[Text]], chips: int, runs: int) -> None:
    points = [
        point(
            f"run {run} {'of a very long name ' * run}",
            0.3 + 0.01 * run,
            1e-6 * 2.5**chip,
            chip=f"Chip {chip} " * 5,
        )
        for chip in range(chips)
        for run in range(runs)
    ]
    picture = drawn(points)
    texts = drawn_texts(picture)
    assert len(picture.axes) == chips
    assert clashes([text for text in texts if not text.get_text().isdecimal()]) == []
    assert outside(texts, picture) == []


def test_the_same_point_twice_keeps_both_numbers_apart(
    drawn_texts: Callable[[Figure], list[Text]],
) -> None:
    picture = drawn([point(name, 0.5, 1e-3, "tied") for name in ("a", "b", "c")])
    texts = [text for text in drawn_texts(picture) if text.get_text() in ("1", "2", "3")]
    assert len(texts) == 3
    assert clashes(texts) == []


def test_the_rule_is_in_the_picture(tmp_path: Path) -> None:
    plot_pareto([point(r"$a$", 0.5, 1e-3), point("b", 0.6, 2e-3)], tmp_path / "p.svg", "Title", "MOTA")
    svg = (tmp_path / "p.svg").read_text(encoding="utf-8")
    for text in (*RULES, "Title", "MOTA, per cent", "1  $a$", "2  b", "A chip (board)", "measured"):
        assert text in svg
    assert list(tmp_path.iterdir()) == [tmp_path / "p.svg"]


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        plot_pareto([], tmp_path / "pareto.png", "Title", "HOTA")
