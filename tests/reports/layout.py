"""Whether texts of a picture can be read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

# Two lines of small print may share a pixel of their empty upper and lower margins.
TOLERANCE = 2.0


def clashes(texts: Sequence[Text]) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if _overlap(one, other)]


def outside(texts: Sequence[Text], picture: Figure) -> list[str]:
    """Texts that reach over the edge of the picture."""
    width, height = picture.bbox.width, picture.bbox.height
    return [
        text.get_text()
        for text in texts
        if not (
            (box := text.get_window_extent()).x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        )
    ]


def _overlap(one: Bbox, other: Bbox) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(across > TOLERANCE and along > TOLERANCE)
