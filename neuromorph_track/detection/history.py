"""The steps of a frame filled with the frames before it, as long as those look alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx import RunContract

Pictures = NDArray[Any]


def filled(pictures: Pictures, alike: float) -> Pictures:
    """What the steps of the last picture show.

    Going back from the last, a picture stays as long as its cosine with the last is at least ``alike``; from
    the first that differs on, the last picture stands in the place of all. (The idea is an unpublished part
    of SMTrack's code.)

    Parameters
    ----------
    pictures : (T, ...) array
        Oldest first.
    alike : float

    Returns
    -------
    (T, ...) array of the same kind
    """
    last = pictures[-1]
    shown = pictures.copy()
    for step in range(len(pictures) - 2, -1, -1):
        if cosine(pictures[step], last) < alike:
            shown[: step + 1] = last
            break
    return shown


def cosine(a: Pictures, b: Pictures) -> float:
    """Cosine of the angle between two pictures as vectors of their grey levels; 1 between two black ones."""
    x, y = (picture.reshape(-1).astype(np.float64) for picture in (a, b))
    lengths = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / lengths if lengths else float(np.array_equal(a, b))


class History:
    """The pictures of a video, each as the steps of its frame.

    Parameters
    ----------
    steps : int
        Timesteps per frame.
    alike : float or None
        As in :func:`filled`; None repeats each picture.
    """

    def __init__(self, steps: int, alike: float | None) -> None:
        self.steps, self.alike = steps, alike
        self.reset()

    @classmethod
    def of(cls, contract: RunContract) -> History:
        """As a network is run."""
        return cls(contract.steps_per_frame, contract.alike)

    def reset(self) -> None:
        """The video begins anew."""
        self._before: list[Pictures] = []

    def __call__(self, pictures: Iterable[Pictures]) -> Pictures:
        """What the steps of consecutive frames show, (F * T, ...); before the first frame, itself."""
        shown: list[Pictures] = []
        for picture in pictures:
            if self.alike is None:
                shown += [picture] * self.steps
                continue
            missing = self.steps - 1 - len(self._before)
            oldest = self._before[0] if self._before else picture
            own = [*[oldest] * missing, *self._before, picture]
            shown += list(filled(np.stack(own), self.alike))
            self._before = own[1:]
        return np.stack(shown)
