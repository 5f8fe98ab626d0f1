"""How sure a score of few sequences is: what it would be had other stretches of the same ones been seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.evaluation.single import curves
from neuromorph_track.evaluation.single.boxes import carried_on, centre_offsets, overlaps
from neuromorph_track.evaluation.single.intervals import LEVEL, RESAMPLES, SEED
from neuromorph_track.evaluation.single.rules import rules_for

Values = NDArray[np.float64]

# A tracker that has lost its object has lost it for a while: neighbours say nearly the same.
BLOCK = 20
# A row of blocks for each resample at once.
BATCH = 1000


class FrameScores(NamedTuple):
    """What each frame that counts adds to a sequence's scores, in the order of the frames.

    Attributes
    ----------
    success : (N,) float64
        Share of the 21 thresholds that its overlap exceeds; the mean is the sequence's AUC.
    precise : (N,) float64
        1 where the centre is 20 pixels off at most; the mean is its precision.
    """

    success: Values
    precise: Values


def frame_scores(sequence: SingleSequence, found: Values) -> FrameScores:
    """Scores of each frame of a run, as :func:`~neuromorph_track.evaluation.single.score_sequence` counts.

    Parameters
    ----------
    sequence : SingleSequence
    found : (F, 4) float64
        Boxes ``x, y, w, h``, as many as frames.
    """
    rules, seen = rules_for(sequence.kind), sequence.visible
    boxes = carried_on(np.concatenate([sequence.boxes[:1], found[1:]]))
    success, precise = np.zeros(len(seen)), np.full(len(seen), float(rules.absent_precise))
    truth = sequence.boxes[seen]
    whole = (truth > 0).all(axis=1) | (not rules.edge_precise)
    overlap = overlaps(boxes[seen], truth)
    success[seen] = (overlap[:, None] > curves.SUCCESS).mean(axis=1) * whole
    error = np.hypot(*centre_offsets(boxes[seen], truth).T)
    precise[seen] = (error <= curves.PRECISION[curves.RANKED_AT]) | ~whole
    counts = seen | rules.absent_count
    return FrameScores(success[counts], precise[counts])


def block_interval(values: Sequence[Values], block: int = BLOCK) -> tuple[float, float]:
    """The 95 % interval of a mean over sequences, by drawing stretches of each sequence anew.

    The circular block bootstrap (Politis and Romano, 1992): each sequence is put together again from as many
    stretches of ``block`` frames as fill it, drawn from anywhere in it; behind the last frame comes the
    first, so that all count the same. It says how much a score hangs on what happened within these sequences;
    of other sequences it says nothing, which :func:`~neuromorph_track.evaluation.single.mean_interval` does
    where there are many.

    Parameters
    ----------
    values : sequence of (F,) float64
        What each frame adds, sequence by sequence; of a difference of two trackers, frame by frame.
    block : int
        Frames; a shorter sequence is one of half of its own.
    """
    drawn = np.random.default_rng(SEED)
    means = np.mean([_resampled(each, block, drawn) for each in values], axis=0)
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)


def _resampled(values: Values, block: int, drawn: np.random.Generator) -> Values:
    """Means of a sequence that was put together anew, (RESAMPLES,)."""
    length = max(1, min(block, len(values) // 2))
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[: length - 1]]))])
    stretches = (sums[length:] - sums[:-length]) / length
    number = -(-len(values) // length)
    parts = [
        stretches[drawn.integers(len(stretches), size=(min(BATCH, RESAMPLES - done), number))].mean(axis=1)
        for done in range(0, RESAMPLES, BATCH)
    ]
    return np.concatenate(parts)
