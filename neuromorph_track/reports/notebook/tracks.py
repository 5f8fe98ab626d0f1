"""Boxes as a data frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import MotBoxes

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


def boxes_frame(boxes: MotBoxes) -> DataFrame:
    """A row for each box.

    Columns: ``frame`` (from 1), ``track_id``, ``left``, ``top``, ``width``, ``height`` (pixels of the
    source), ``score`` (0 to 1).
    """
    from pandas import DataFrame

    left, top, right, bottom = boxes.xyxy.T
    return DataFrame(
        {
            "frame": boxes.frame,
            "track_id": boxes.track_id,
            "left": left,
            "top": top,
            "width": right - left,
            "height": bottom - top,
            "score": boxes.score,
        }
    )


def single_frame(boxes: NDArray[np.float64], scores: Sequence[float] | None) -> DataFrame:
    """A row for each frame of one object.

    Columns: ``frame`` (from 1), ``left``, ``top``, ``width``, ``height`` (pixels of the source), ``score``
    (0 to 1; 1 in the first frame).
    """
    from pandas import DataFrame

    table = DataFrame(boxes, columns=["left", "top", "width", "height"])
    table.insert(0, "frame", range(1, len(boxes) + 1))
    known = scores is not None and len(scores) == len(boxes)
    return table.assign(score=scores if known else float("nan"))
