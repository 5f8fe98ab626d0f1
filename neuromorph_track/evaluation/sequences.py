"""One sequence to score: what is there and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from neuromorph_track.data.benchmark_rules import Protocol
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError

# How rows of scores name what is not one sequence, one class.
COMBINED = "COMBINED"
ALL_CLASSES = "ALL"
CLASS_AVERAGE = "CLASS_AVERAGE"


@dataclass(frozen=True)
class EvaluationSequence:
    """Truth and results of one sequence, and the rules it is scored by.

    Attributes
    ----------
    name : str
    truth, results : MotBoxes
        ``results`` are tracks, or detections where only those are scored.
    frames : int
        Length of the sequence; frames count from 1.
    protocol : Protocol
    """

    name: str
    truth: MotBoxes
    results: MotBoxes
    frames: int
    protocol: Protocol

    def __post_init__(self) -> None:
        for field in ("truth", "results"):
            frame = getattr(self, field).frame
            if len(frame) and not 1 <= frame.min() <= frame.max() <= self.frames:
                found = f"frames {frame.min()} to {frame.max()}"
                raise InputError(self.name, field, found, f"frames 1 to {self.frames}")

    def until(self, frame: int) -> EvaluationSequence:
        """The sequence up to and with ``frame``."""
        return replace(
            self,
            truth=self.truth[self.truth.frame <= frame],
            results=self.results[self.results.frame <= frame],
            frames=min(frame, self.frames),
        )

    def of_class(self, class_id: int) -> EvaluationSequence:
        """The part of the sequence that matters when only one class is scored."""
        return replace(
            self,
            truth=self.protocol.of_class(self.truth, class_id),
            results=self.results[self.results.class_id == class_id],
        )


def by_frame(boxes: MotBoxes, frames: int) -> list[MotBoxes]:
    """The boxes of each frame 1 to ``frames``, in the order they came."""
    ordered = boxes[np.argsort(boxes.frame, kind="stable")]
    edges = np.searchsorted(ordered.frame, np.arange(1, frames + 2))
    return [ordered[begin:end] for begin, end in pairwise(edges)]


def rules_classes(
    sequences: Iterable[EvaluationSequence], only: Sequence[str] | None = None
) -> dict[int, str] | None:
    """The classes that the rules of all sequences score apart, as KITTI's do; None for all together.

    Parameters
    ----------
    sequences : iterable of EvaluationSequence
    only : sequence of str, optional
        Names of some of these classes; without it all.

    Raises
    ------
    InputError
        When rules name different classes, or a name is of none.
    """
    sequences = tuple(sequences)
    found = {sequence.protocol.classes for sequence in sequences}
    if len(found) > 1:
        names = ", ".join(sequence.name for sequence in sequences)
        raise InputError(names, "benchmark", "rules with different classes", "sequences of one benchmark")
    known = dict(found.pop()) if found else {}
    unknown = sorted(set(only or ()) - set(known.values()))
    if unknown:
        expected = f"some of {', '.join(known.values())}" if known else "none: these rules score all together"
        raise InputError("evaluation", "classes", ", ".join(unknown), expected)
    return {number: name for number, name in known.items() if only is None or name in only} or None


def by_class(
    sequences: Iterable[EvaluationSequence], classes: Mapping[int, str] | None
) -> dict[str, tuple[EvaluationSequence, ...]]:
    """The sequences for each class name; for :data:`ALL_CLASSES` alone where ``classes`` is None.

    Raises
    ------
    InputError
        When two sequences have one name, or no truth box of any class counts.
    """
    sequences = tuple(sequences)
    names = [sequence.name for sequence in sequences]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("evaluation", "sequences", f"{', '.join(twice)} more than once", "different names")
    if classes is None:
        own = {ALL_CLASSES: sequences}
    else:
        own = {
            name: tuple(sequence.of_class(class_id) for sequence in sequences)
            for class_id, name in classes.items()
        }
    if not any(s.protocol.counts(s.truth).any() for each in own.values() for s in each):
        wanted = f"a box of {', '.join(own)} that counts" if classes else "a box that counts"
        raise InputError(", ".join(names) or "evaluation", "truth", "none", wanted)
    return own
