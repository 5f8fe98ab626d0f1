"""What every tracker of this room is: one call a frame, a state that can be kept, stages that are timed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.stages import Stages
from neuromorph_track.data.detections import Detections, Tracks

Warp = NDArray[np.float64]
"""(2, 3): a point of the frame before, in homogeneous coordinates -> where the camera's motion puts it."""

Embeddings = NDArray[np.float32]
"""(M, E): the appearance of each detection; length 1, or 0 where it has none."""


class Tracker(Protocol):
    """A multi-object tracker. Classes never mix; the same calls always give the same tracks.

    Attributes
    ----------
    stages : Stages
        Time of each stage, frames and bytes taken in, since the start or the last :meth:`reset`.
    """

    stages: Stages

    def update(
        self,
        detections: Detections,
        warp: Warp | None = None,
        embeddings: Embeddings | None = None,
        dt: int = 1,
    ) -> Tracks:
        """Take in the boxes of one frame.

        Parameters
        ----------
        detections : Detections
            The M boxes of the frame, scores between 0 and 1.
        warp : (2, 3) float64, optional
            Motion of the camera since the last call, from pictures or a gyroscope. Without it a tracker whose
            settings say so estimates it from the boxes.
        embeddings : (M, E) float32, optional
            Appearance; a tracker that has no use for it does not look at it.
        dt : int
            Frames since the last call: more than 1 where frames were left out.

        Returns
        -------
        Tracks
            The confirmed tracks of this frame, by identity.

        Raises
        ------
        InputError
            When a box is not finite, a score is not between 0 and 1, an embedding has another length than 1
            or 0, shapes do not go together, ``dt`` is below 1, or too many boxes overlap; the tracker is then
            as before.
        """
        ...

    def reset(self) -> None:
        """Forget everything: the next frame is the first of a new sequence, identities begin at 1."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs to go on from here: arrays, numbers, truth values."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where :meth:`state_dict` was taken; the settings are not part of it.

        Raises
        ------
        InputError
            When something is missing, has another shape or cannot be; the tracker is then as before.
        """
        ...
