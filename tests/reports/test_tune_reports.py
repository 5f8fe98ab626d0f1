"""What a search found, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from neuromorph_track.evaluation import TrackingScores
from neuromorph_track.evaluation.settings_search import Attempt, Compared, SearchResult
from neuromorph_track.reports.style import STYLE
from neuromorph_track.reports.tune_plot import draw_search, plot_search
from neuromorph_track.reports.tune_table import folds_text, settings_table, tuned_scores_table
from neuromorph_track.runs.tune_summary import TuneSummary
from tests.reports.layout import clashes, outside

SCORES = TrackingScores("COMBINED", "ALL", 0.5, 0.4, 0.6, 0.8, 0.7, 0.65, 1, 2, 3, 10, 10, 4, 5)
TRIED = (0.50, None, 0.01, 0.48, 0.53, 0.51)


def result(importance: bool = True) -> SearchResult:
    attempts = tuple(
        Attempt({"gate": 0.1 * at, "frames": float(at)}, score) for at, score in enumerate(TRIED)
    )
    return SearchResult(attempts, {"gate": 0.75, "frames": 0.25} if importance else {})


def summary(test: float, folds: tuple[float, ...] = ()) -> TuneSummary:
    def compared(name: str, gain: float) -> Compared:
        return Compared(name, SCORES, replace(SCORES, HOTA=SCORES.HOTA + gain))

    left_out = tuple(compared(f"S{at}", gain) for at, gain in enumerate(folds))
    return TuneSummary(
        Path("t.toml"),
        "ocsort",
        "HOTA",
        {},
        result(),
        compared("train", 0.03),
        compared("test", test),
        left_out,
    )


def test_the_best_is_the_first_of_the_highest() -> None:
    assert result().best.values == {"gate": pytest.approx(0.4), "frames": 4}


@pytest.mark.parametrize(
    ("test", "folds", "warned"),
    [(0.01, (), False), (0.0, (), True), (0.01, (0.02, -0.01), False), (0.01, (0.01, -0.02), True)],
)
def test_what_is_no_better_where_it_was_not_tuned_is_said(
    test: float, folds: tuple[float, ...], warned: bool
) -> None:
    assert bool(summary(test, folds).warnings) == warned


def test_tables() -> None:
    found = summary(0.01, (0.02, -0.01))
    table = tuned_scores_table(found.train, found.test, found.folds, "title")
    cells = {str(column.header): list(column.cells) for column in table.columns}
    assert cells["HOTA"] == ["50.00", "53.00", "50.00", "51.00", "50.00", "52.00", "50.00", "49.00"]
    assert cells["Scored on"][::2] == [
        "train (tuned on it: no test)",
        "test (not seen)",
        "S0, left out",
        "S1, left out",
    ]
    assert (
        folds_text(found.folds, "HOTA")
        == "HOTA on a sequence left out: +0.50 points, standard deviation 2.12, 2 folds"
    )
    settings = {str(column.header): list(column.cells) for column in settings_table(found.result).columns}
    assert settings["Tuned"] == ["0.4", "4"]
    assert settings["Importance"] == ["75 %", "25 %"]


@pytest.mark.parametrize("importance", [True, False])
def test_picture(drawn_texts: Callable[[Figure], list[Text]], importance: bool) -> None:
    with rc_context(STYLE):
        picture = draw_search(result(importance), "HOTA")
        texts = drawn_texts(picture)
        assert clashes(texts) == []
        assert outside(texts, picture) == []
    assert len(picture.axes) == 1 + importance
    assert picture.axes[0].get_title() == "not shown: 1 whose numbers do not go together, 1 below the picture"
    low, high = picture.axes[0].get_ylim()
    assert low > 20
    assert high > 53


def test_file(tmp_path: Path) -> None:
    plot_search(result(), "HOTA", tmp_path / "search.png")
    assert (tmp_path / "search.png").read_bytes()[:4] == b"\x89PNG"
