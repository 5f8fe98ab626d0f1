"""Short ways to write boxes and sequences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence

SIZE = 10.0

Rows = Sequence[tuple[float, ...]]


def _squares(rows: Rows) -> MotBoxes:
    """Squares of 10 pixels given as frame, identity, left, score (1), class (1)."""
    defaults = (0, 0, 0, 1, 1)
    table = np.array([(*row, *defaults[len(row) :]) for row in rows], float).reshape(-1, 5)
    left = table[:, 2]
    return MotBoxes(
        frame=table[:, 0].astype(np.int64),
        track_id=table[:, 1].astype(np.int64),
        xyxy=np.stack([left, 0 * left, left + SIZE, 0 * left + SIZE], axis=1).astype(np.float32),
        score=table[:, 3].astype(np.float32),
        class_id=table[:, 4].astype(np.int64),
        visibility=np.ones(len(table), np.float32),
    )


def _sequence(
    truth: Rows,
    results: Rows,
    name: str = "A",
    frames: int = 10,
    protocol: str = "plain",
) -> EvaluationSequence:
    return EvaluationSequence(name, _squares(truth), _squares(results), frames, PROTOCOLS[protocol])


@pytest.fixture(scope="session")
def squares() -> Callable[[Rows], MotBoxes]:
    return _squares


@pytest.fixture(scope="session")
def sequence() -> Callable[..., EvaluationSequence]:
    return _sequence
