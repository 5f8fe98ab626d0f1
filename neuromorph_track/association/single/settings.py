"""What the tracker of one object can be told."""

from __future__ import annotations

from dataclasses import dataclass

from neuromorph_track.association.ranges import SOURCE, require_counts, require_fractions
from neuromorph_track.errors import InputError


@dataclass(frozen=True)
class SingleSettings:
    """Settings of :class:`~neuromorph_track.association.single.SingleTracker`.

    Attributes
    ----------
    window : float
        Weight of a Hann window around the last place, 0 to 1.
    penalty : float
        How much a change of size and form costs: a score is multiplied with ``exp(-penalty (r s - 1))``,
        where r and s are by how many times aspect and size differ from the last (SiamRPN, Li et al., CVPR
        2018).
    size_rate : float
        How far the size follows what a sure cell says, 0 to 1.
    lost_score : float
        Below it a frame does not show the object: the box stays.
    patience : int
        Such frames before the search widens.
    widening : float
        By how many times it does so each frame, at least 1.
    widest : float
        By how many times at most.
    still : float
        Of a stream of events: in a window that has any in less than this share of the box's pixels the
        target stands still, and the box stays, unless it is lost.
    update_score : float or None
        From this score on a frame is a new template; None for never.
    update_every : int
        Frames between two templates, at least.

    Raises
    ------
    InputError
        When a number is out of range.
    """

    window: float = 0.9
    penalty: float = 0.05
    size_rate: float = 0.8
    lost_score: float = 0.2
    patience: int = 3
    widening: float = 1.15
    widest: float = 2.5
    still: float = 0.03
    update_score: float | None = None
    update_every: int = 25

    def __post_init__(self) -> None:
        require_fractions(self, "window", "size_rate", "lost_score", "still")
        if self.update_score is not None:
            require_fractions(self, "update_score")
        require_counts(self, 1, "patience", "update_every")
        for name, least in (("penalty", 0), ("widening", 1), ("widest", 1)):
            value = getattr(self, name)
            if not least <= value <= 1000:
                raise InputError(SOURCE, name, repr(value), f"a number from {least} to 1000")
