"""A picture of a search: what each try scored, and which numbers mattered."""

from __future__ import annotations

from itertools import accumulate
from os import PathLike

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from neuromorph_track.evaluation.settings_search import Attempt, SearchResult
from neuromorph_track.files import atomic_path
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE

# Inches.
WIDTH, HEIGHT = 9.0, 4.2
TEXT = 9.0
# Tries far below the best would press all others into a line.
WORST_SHOWN = 0.2


def plot_search(result: SearchResult, metric: str, path: str | PathLike[str]) -> None:
    """Draw the tries of a search to ``path`` (PNG, SVG or PDF by its suffix).

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    with rc_context(STYLE):
        picture = draw_search(result, metric)
        with atomic_path(path) as temporary:
            picture.savefig(temporary)


def draw_search(result: SearchResult, metric: str) -> Picture:
    """The figure itself, not yet written."""
    picture = Picture(figsize=(WIDTH, HEIGHT), layout="constrained")
    panels = picture.subplots(1, 2 if result.importance else 1, squeeze=False)[0]
    _draw_history(panels[0], result.attempts, metric)
    if result.importance:
        _draw_importance(panels[1], result.importance)
    return picture


def _draw_history(axes: Axes, attempts: tuple[Attempt, ...], metric: str) -> None:
    tried = [(number, 100 * each.score) for number, each in enumerate(attempts) if each.score is not None]
    numbers, scores = zip(*tried, strict=True)
    best = list(accumulate(scores, max))
    axes.axhline(scores[0], color=FAINT, lw=1, ls="--", label="default settings")
    axes.step(numbers, best, color=PALETTE[0], lw=2, where="post", label="best so far")
    axes.scatter(numbers, scores, color=PALETTE[1], s=14, label="a try", zorder=3)
    low = max(min(scores), best[-1] - 100 * WORST_SHOWN)
    axes.set_ylim(low - 1, best[-1] + 1)
    hidden = sum(score < low for score in scores)
    refused = len(attempts) - len(tried)
    told = {"whose numbers do not go together": refused, "below the picture": hidden}
    left_out = ", ".join(f"{count} {why}" for why, count in told.items() if count)
    axes.set_title(f"not shown: {left_out}" if left_out else "", size=TEXT, color=FAINT)
    axes.set_xlabel("try")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(f"{metric} on train, per cent")
    axes.grid(axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, fontsize=TEXT)


def _draw_importance(axes: Axes, importance: dict[str, float]) -> None:
    names = sorted(importance, key=lambda name: importance[name])
    axes.barh(names, [100 * importance[name] for name in names], color=PALETTE[0])
    axes.set_xlabel("importance, per cent (PED-ANOVA)")
    axes.tick_params(axis="y", labelsize=TEXT)
    axes.grid(axis="x")
