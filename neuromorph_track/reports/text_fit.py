"""Texts cut and wrapped to a width in a picture, measured before anything is drawn."""

from __future__ import annotations

from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from neuromorph_track.reports.style import STYLE

POINTS_PER_INCH = 72
ELLIPSIS = "…"
# Hinting draws text a little wider than its outlines are, by how much depends on matplotlib's release.
HINTING = 1.05


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Inches that one line of ``text`` takes in the plots' font at ``size`` points."""
    font = FontProperties(family=STYLE["font.family"], size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return HINTING * width / POINTS_PER_INCH


def clip(text: str, inches: float, size: float, weight: str = "normal") -> str:
    """``text`` in one line of at most ``inches``; what does not fit goes from its middle.

    Both ends stay, because names of runs and chips differ at either.
    """
    if text_width(text, size, weight) <= inches:
        return text
    for kept in range(len(text) - 1, 0, -1):
        head = text[: (kept + 1) // 2].rstrip()
        shorter = head + ELLIPSIS + text[len(text) - kept // 2 :].lstrip()
        if text_width(shorter, size, weight) <= inches:
            return shorter
    return ELLIPSIS


def wrap(text: str, inches: float, size: float, weight: str = "normal", most: int = 100) -> list[str]:
    """``text`` in at most ``most`` lines of at most ``inches``, cut at spaces; the last is clipped."""
    lines: list[str] = []
    words = text.split()
    while words:
        if len(lines) == most - 1:
            return [*lines, clip(" ".join(words), inches, size, weight)]
        taken = 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), size, weight) <= inches:
            taken += 1
        lines.append(clip(" ".join(words[:taken]), inches, size, weight))
        words = words[taken:]
    return lines
