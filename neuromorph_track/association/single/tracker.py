"""Where to look next, and which cell to believe."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.single.settings import SingleSettings
from neuromorph_track.detection.centre import Cells
from neuromorph_track.detection.crop import Window
from neuromorph_track.detection.field import Field

Box = NDArray[np.float64]
# In pixels: a box that vanished would take its search window with it.
LEAST_SIDE = 4.0
NO_SIDE = 1e-6
# A cell's neighbours are looked at however small the object is.
LEAST_CELLS = 1.5
NOT_SEEN = -1.0


class Look(NamedTuple):
    """What a frame told.

    Attributes
    ----------
    cxcywh : (4,) float64
        In pixels of the frame.
    score : float
        Of the cell that was chosen, by itself.
    lost : bool
        Whether the frame does not seem to show the object; the box is the last one then.
    renew : bool
        Whether the frame is sure enough, and late enough, for a new template.
    """

    cxcywh: Box
    score: float
    lost: bool
    renew: bool


class SingleTracker:
    """Follows one object; whoever runs the network cuts :meth:`window` and tells :meth:`update` its cells.

    Parameters
    ----------
    settings : SingleSettings
    factor : float
        Side of the search crop, in times the square root of the box's area.
    """

    def __init__(self, settings: SingleSettings, factor: float) -> None:
        self.settings, self.factor = settings, factor

    def begin(self, cxcywh: Box, frame_size: tuple[int, int]) -> None:
        """Start at a box, in pixels of a frame of (width, height)."""
        self.cxcywh = np.asarray(cxcywh, np.float64).copy()
        self._frame = np.array(frame_size, np.float64)
        self._unseen = self._age = 0

    def window(self) -> Window:
        """The square of the next frame that the network is to see."""
        around = Window.around(self.cxcywh, self.factor * self._widened())
        # Beyond the frame there is nothing to find.
        return Window(around.x, around.y, min(around.side, 2 * float(self._frame.max())))

    def update(self, cells: Cells, window: Window | Field) -> Look:
        """Take what the network said about ``window``, which :meth:`window` gave, or about all of a frame."""
        settings = self.settings
        boxes = window.to_frame(cells.cxcywh)
        trusted = cells.score * self._likeness(boxes)
        if isinstance(window, Field):
            near = self._nearness(boxes, window)
            trusted = trusted * (1 - settings.window + settings.window * near)
            # As if a search crop had been cut.
            trusted[near == 0] = NOT_SEEN
        elif self._unseen < settings.patience:
            trusted = trusted * (1 - settings.window + settings.window * _hann(trusted.shape))
        row, column = np.unravel_index(int(trusted.argmax()), trusted.shape)
        score = float(cells.score[row, column]) if trusted[row, column] > NOT_SEEN else 0.0
        self._age += 1
        if score < settings.lost_score:
            self._unseen += 1
            return Look(self.cxcywh.copy(), score, True, False)
        self._unseen = 0
        self._follow(boxes[row, column], score)
        sure = settings.update_score is not None and score >= settings.update_score
        renew = sure and self._age >= settings.update_every
        if renew:
            self._age = 0
        return Look(self.cxcywh.copy(), score, False, renew)

    def _widened(self) -> float:
        """By how many times a lost object is looked for farther away."""
        settings = self.settings
        times = max(0, self._unseen - settings.patience + 1)
        # After thousands of lost frames the power alone would be no number any more.
        if times * math.log(settings.widening) < math.log(settings.widest):
            return settings.widening**times
        return settings.widest

    def _nearness(self, boxes: Box, field: Field) -> Box:
        """A Hann window around the last place, as wide as a search crop: 1 where a box has not moved."""
        side = self.factor * self._widened() * math.sqrt(self.cxcywh[2] * self.cxcywh[3])
        cells = field.sides[:2] / boxes.shape[1::-1]
        reach = np.maximum(side / 2, LEAST_CELLS * cells)
        away = np.abs(boxes[..., :2] - self.cxcywh[:2]) / reach
        return np.where(away < 1, np.cos(np.pi / 2 * away) ** 2, 0).prod(-1)

    def _likeness(self, boxes: Box) -> Box:
        """1 where a box has the size and the aspect of the last."""
        # A sigmoid that has come down to zero has no aspect.
        width, height = np.moveaxis(np.maximum(boxes[..., 2:], NO_SIDE), -1, 0)
        size = np.sqrt(width * height / (self.cxcywh[2] * self.cxcywh[3]))
        aspect = width / height * (self.cxcywh[3] / self.cxcywh[2])
        change = np.maximum(size, 1 / size) * np.maximum(aspect, 1 / aspect)
        return np.asarray(np.exp(-self.settings.penalty * (change - 1)))

    def _follow(self, box: Box, score: float) -> None:
        rate = self.settings.size_rate * score
        size = (1 - rate) * self.cxcywh[2:] + rate * box[2:]
        self.cxcywh[2:] = np.clip(size, LEAST_SIDE, 2 * self._frame)
        self.cxcywh[:2] = np.clip(box[:2], 0, self._frame)


def _hann(shape: tuple[int, ...]) -> Box:
    """A window that is 1 in the middle of a map."""
    rows, columns = (np.hanning(side + 2)[1:-1] for side in shape)
    window = np.outer(rows, columns)
    return np.asarray(window / window.max())
