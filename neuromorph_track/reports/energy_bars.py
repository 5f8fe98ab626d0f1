"""The body of the energy plot: names on the left, intervals on a logarithmic axis, values on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from matplotlib.axes import Axes

from neuromorph_track.profiling import Interval
from neuromorph_track.reports.energy_rows import Bar, Group
from neuromorph_track.reports.evidence_marks import mark_style
from neuromorph_track.reports.joule_axis import joule_axis
from neuromorph_track.reports.style import ALARM, FAINT, GRID, INK
from neuromorph_track.reports.text_fit import clip, wrap

# Inches, so that texts keep their distances whatever the number of chips. From the left: names of chips,
# names of bars, the axes, values.
WIDTH, MARGIN, CHIP, BAR_NAME, BODY_WIDTH, VALUE = 11.0, 0.2, 3.1, 1.55, 3.75, 1.95
BESIDE = 0.12
BODY_LEFT = MARGIN + CHIP + 0.1 + BAR_NAME + BESIDE
NAME_LINE, FACT_LINE, GAP_LINE, PAD = 0.2, 0.165, 0.13, 0.2
BAR_LINE, TWIN_LINE, TWIN_SHIFT = 0.215, 0.29, 0.06
# Points.
NAME, FACT, GAP, BAR_TEXT, AXIS = 10.5, 8.0, 7.0, 8.5, 9.0


def body_height(groups: Sequence[Group]) -> float:
    """Inches that :func:`draw_bars` needs."""
    return sum(_height(group) for group in groups)


def draw_bars(axes: Axes, groups: Sequence[Group]) -> None:
    """Draw to axes of :data:`BODY_WIDTH` by :func:`body_height` inches."""
    # One unit of y is one inch, downwards.
    axes.set_ylim(body_height(groups), 0)
    top = 0.0
    for group in groups:
        if top:
            _rule(axes, top)
        _draw_group(axes, top + PAD / 2, group)
        top += _height(group)
    bars = [bar for group in groups for bar in group.bars]
    joule_axis(axes, [shown for bar in bars for shown in (bar.interval, bar.twin) if _can_be_drawn(shown)], 7)
    axes.set_yticks([])
    axes.set_xlabel("energy per frame (log scale)")
    axes.tick_params(axis="x", labelsize=AXIS)


def _height(group: Group) -> float:
    text = NAME_LINE * len(_name_lines(group)) + FACT_LINE * (1 + bool(group.alarm))
    return max(text + GAP_LINE * len(_gap_lines(group)), _pitch(group) * len(group.bars)) + PAD


def _pitch(group: Group) -> float:
    return TWIN_LINE if any(bar.twin for bar in group.bars) else BAR_LINE


def _name_lines(group: Group) -> list[str]:
    return wrap(group.name, CHIP, NAME, "bold", most=2) or [""]


def _gap_lines(group: Group) -> list[str]:
    return wrap(group.gaps, CHIP, GAP, most=4)


def _draw_group(axes: Axes, top: float, group: Group) -> None:
    left = MARGIN - BODY_LEFT
    y = top - NAME_LINE / 2
    for line in _name_lines(group):
        y += NAME_LINE
        _write(axes, left, y, line, size=NAME, weight="bold")
    y += (NAME_LINE + FACT_LINE) / 2
    _write(axes, left, y, clip(group.facts, CHIP, FACT), size=FACT)
    if group.alarm:
        y += FACT_LINE
        alarm = clip(group.alarm, CHIP, FACT, "bold")
        _write(axes, left, y, alarm, size=FACT, weight="bold", color=ALARM)
    y += (FACT_LINE + GAP_LINE) / 2
    for line in _gap_lines(group):
        _write(axes, left, y, line, size=GAP, color=FAINT)
        y += GAP_LINE
    # The bars lie in the middle of their group, however long its small print is.
    middle = top + (_height(group) - PAD) / 2
    for number, bar in enumerate(group.bars):
        _draw_bar(axes, middle + (number + 0.5 - len(group.bars) / 2) * _pitch(group), bar)


def _draw_bar(axes: Axes, y: float, bar: Bar) -> None:
    name = clip(bar.label, BAR_NAME, FACT)
    _write(axes, -BESIDE, y, name, size=FACT, ha="right")
    value = clip(bar.text, VALUE, BAR_TEXT)
    ink = FAINT if bar.interval is None else INK
    _write(axes, BODY_WIDTH + BESIDE, y, value, size=BAR_TEXT, color=ink)
    if _can_be_drawn(bar.twin):
        _draw_interval(axes, y + TWIN_SHIFT, bar.twin, bar, {"linewidth": 0.9}, hollow=True)
        y -= TWIN_SHIFT
    if _can_be_drawn(bar.interval):
        line = {"linewidth": 2.0, "linestyle": ":"} if bar.dotted else {"linewidth": 2.5}
        _draw_interval(axes, y, bar.interval, bar, line, bar.hollow)


def _can_be_drawn(interval: Interval | None) -> TypeGuard[Interval]:
    # A logarithmic axis has no place for 0 J.
    return interval is not None and interval.p5 > 0


def _draw_interval(
    axes: Axes, y: float, interval: Interval, bar: Bar, line: dict[str, Any], hollow: bool
) -> None:
    axes.plot([interval.p5, interval.p95], [y, y], color=bar.colour, alpha=0.6, **line)
    axes.plot([interval.p50], [y], **mark_style(bar.evidence, bar.colour, hollow))


def _write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """At ``x`` inches from the left end of the axes; a dollar sign in a name is a dollar sign."""
    place = axes.get_yaxis_transform()
    axes.text(x / BODY_WIDTH, y, text, transform=place, va="center", clip_on=False, parse_math=False, **style)


def _rule(axes: Axes, y: float) -> None:
    ends = [(MARGIN - BODY_LEFT) / BODY_WIDTH, (WIDTH - MARGIN - BODY_LEFT) / BODY_WIDTH]
    axes.plot(ends, [y, y], color=GRID, lw=0.8, clip_on=False, transform=axes.get_yaxis_transform())
