"""Scores of a tracker on one sequence: one pass, started in the first frame, never started again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import curves
from neuromorph_track.evaluation.single.boxes import carried_on, centre_offsets, inside, overlaps
from neuromorph_track.evaluation.single.rules import SingleRules, rules_for

Values = NDArray[np.float64]
Interval = tuple[float, float]

# Overlaps of GOT-10k's success rates.
SR_AT = (0.5, 0.75)


@dataclass(frozen=True)
class SingleScores:
    """Scores of one sequence, or means over several, as fractions.

    Attributes
    ----------
    tracker, sequence : str
    frames : int
        Frames with truth, the first included.
    AUC : float
        Mean of the success curve over its 21 thresholds.
    precision : float
        Frames whose centre is off by 20 pixels at most.
    precision_AUC : float
        Mean of that curve from 0 to 50 pixels.
    norm_precision : float
        Frames whose centre is off by 0.2 of the truth's width and height at most.
    norm_precision_AUC : float
        Mean of that curve from 0 to 0.5.
    AO, SR50, SR75 : float
        Mean overlap, and frames with an overlap above 0.5 and 0.75, without the first frame (Huang et al.,
        GOT-10k, TPAMI 2021).
    sequences : int
        How many they are over.
    intervals : dict of (float, float)
        95 % interval of a mean over sequences, by the name of the score; empty for one sequence.
    """

    tracker: str
    sequence: str
    frames: int
    AUC: float
    precision: float
    precision_AUC: float
    norm_precision: float
    norm_precision_AUC: float
    AO: float
    SR50: float
    SR75: float
    sequences: int = 1
    intervals: dict[str, Interval] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """One flat dictionary; the ends of intervals are ``AUC_low`` and ``AUC_high``."""
        row = asdict(self)
        ends = row.pop("intervals")
        return row | {f"{name}_{end}": at[i] for name, at in ends.items() for i, end in enumerate(ENDS)}


ENDS = ("low", "high")
MEASURES = (
    "AUC",
    "precision",
    "precision_AUC",
    "norm_precision",
    "norm_precision_AUC",
    "AO",
    "SR50",
    "SR75",
)
# GOT-10k takes all frames of all sequences together; the others take the mean over sequences.
OVER_FRAMES = ("AO", "SR50", "SR75")


@dataclass(frozen=True, eq=False)
class SequenceResult:
    """Scores of one sequence and the curves they come from.

    Attributes
    ----------
    scores : SingleScores
    success : (21,) float64
    precision, norm_precision : (51,) float64
    """

    scores: SingleScores
    success: Values
    precision: Values
    norm_precision: Values


def score_sequence(sequence: SingleSequence, found: Sequence[Values], tracker: str) -> SequenceResult:
    """Score the runs of a tracker over a sequence; several are averaged.

    The first frame counts as right in all curves, as in the toolkits of OTB, LaSOT and TrackingNet, and not
    at all in AO, SR50 and SR75. A frame without a box has the last one in the curves, and no overlap in AO.

    Parameters
    ----------
    sequence : SingleSequence
    found : sequence of (F, 4) arrays
        Boxes ``x, y, w, h``.
    tracker : str

    Raises
    ------
    InputError
        When a run has not as many boxes as the sequence has frames, or only the first frame has truth.
    """
    if not sequence.visible[1:].any():
        raise InputError(sequence.name, "truth", "none after the first frame", "truth to compare with")
    for boxes in found:
        if boxes.shape != sequence.boxes.shape:
            expected = f"{len(sequence)}, one for each frame"
            raise InputError(sequence.name, f"boxes of {tracker}", str(len(boxes)), expected)
    each = [_curves(sequence, boxes, rules_for(sequence.kind)) for boxes in found]
    success, precision, norm = (np.mean(curve, axis=0) for curve in zip(*each, strict=True))
    overlap = np.concatenate([_later_overlaps(sequence, boxes) for boxes in found])
    scores = SingleScores(
        tracker=tracker,
        sequence=sequence.name,
        frames=int(sequence.visible.sum()),
        AUC=float(success.mean()),
        precision=float(precision[curves.RANKED_AT]),
        precision_AUC=float(precision.mean()),
        norm_precision=float(norm[curves.RANKED_AT]),
        norm_precision_AUC=float(norm.mean()),
        AO=float(overlap.mean()),
        SR50=float((overlap > SR_AT[0]).mean()),
        SR75=float((overlap > SR_AT[1]).mean()),
    )
    return SequenceResult(scores, success, precision, norm)


def _curves(sequence: SingleSequence, found: Values, rules: SingleRules) -> tuple[Values, Values, Values]:
    """Success, precision and normalised precision of one run."""
    seen = sequence.visible
    truth, boxes = sequence.boxes[seen], carried_on(_started(sequence, found))[seen]
    frames = len(seen) if rules.absent_count else len(truth)
    # What is right however exact it has to be.
    whole = (truth > 0).all(axis=1) | (not rules.edge_precise)
    sure = np.zeros(int((~whole).sum() + (~seen).sum() * rules.absent_precise))
    truth, boxes = truth[whole], boxes[whole]
    offsets = centre_offsets(boxes, truth)
    errors = np.concatenate([np.hypot(*offsets.T), sure])
    norm_errors = np.concatenate([np.hypot(*(offsets / truth[:, 2:]).T), sure])
    return (
        curves.success(overlaps(boxes, truth), frames),
        curves.precision(errors, curves.PRECISION, frames),
        curves.precision(norm_errors, curves.NORM_PRECISION, frames),
    )


def _started(sequence: SingleSequence, found: Values) -> Values:
    """A run that begins with the box that was given."""
    return np.concatenate([sequence.boxes[:1], found[1:]])


def _later_overlaps(sequence: SingleSequence, found: Values) -> Values:
    """Overlaps of one run in the frames that count but the first, cut to the picture if its size is known."""
    seen = sequence.visible[1:]
    truth, boxes = sequence.boxes[1:][seen], found[1:][seen]
    lost = ~np.isfinite(boxes).all(axis=1)
    boxes = np.where(lost[:, None], 0.0, boxes)
    size = _size(sequence)
    if size is not None:
        truth, boxes = inside(truth, size), inside(boxes, size)
    return overlaps(boxes, truth)


def _size(sequence: SingleSequence) -> tuple[int, int] | None:
    """The size of the pictures; None where only the truth is at hand."""
    try:
        return sequence.frames.size
    except InputError:
        return None
