"""Temporal alignment: a teacher's GRU on its slow clock, and a student's on its fine one that must follow."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.networks.distillation.numbers import in_full, unexplained


class Track(NamedTuple):
    """Objects over time.

    Attributes
    ----------
    features : (B, T, C) float
        Of each object, see :mod:`neuromorph_track.networks.distillation.pooling`.
    times_us : (B, T) or (T,) int64
        When each was seen, in microseconds, strictly rising: the time of a frame, the end of a window.
    """

    features: Tensor
    times_us: Tensor


class Clock(nn.Module):
    """A GRU over the steps of a track.

    It is told how long ago the step before was, so that a clock need not be regular, and how fast every
    feature has changed since.

    Parameters
    ----------
    channels, hidden : int
    period_us : int
        What counts as 1 of an interval: the teacher's frame time.
    """

    def __init__(self, channels: int, hidden: int, period_us: int) -> None:
        super().__init__()
        self.channels, self.period_us = channels, period_us
        # What an object does in a frame's time is a hundredth of what it looks like.
        self.scale = nn.BatchNorm1d(2 * channels, affine=False)
        self.gru = nn.GRU(2 * channels + 1, hidden, batch_first=True)

    @in_full
    def forward(self, track: Track) -> Tensor:
        """States (B, T, hidden), each knowing the steps up to its own."""
        features, times = self.checked(track)
        since = torch.cat([times.new_zeros(len(times), 1), times.diff(dim=1)], 1)
        interval = (since / self.period_us).to(features.dtype).unsqueeze(-1)
        # The first step has none before it, and an interval of 0.
        rates = nn.functional.pad(features.diff(dim=1) / interval[:, 1:], (0, 0, 1, 0))
        seen = self.scale(torch.cat([features, rates], -1).flatten(0, 1)).unflatten(0, times.shape)
        states: Tensor = self.gru(torch.cat([seen, interval], -1))[0]
        return states

    def checked(self, track: Track) -> tuple[Tensor, Tensor]:
        """Features and times (B, T) of a track that fits.

        Raises
        ------
        InputError
            For features of another shape, and times that do not rise.
        """
        features = track.features
        if features.ndim != 3 or features.shape[2] != self.channels:
            raise InputError("track", "features", str(tuple(features.shape)), f"(B, T, {self.channels})")
        times = track.times_us.to(features.device).expand(features.shape[:2])
        if bool((times.diff(dim=1) <= 0).any()):
            raise InputError("track", "times_us", "times that fall or stand", "strictly rising times")
        return features, times


class TeacherClock(nn.Module):
    """The teacher's GRU with a task of its own: to say where the object goes next.

    It learns with the teacher, is frozen and is then what a student's GRU must match. Trained by the match
    itself, both could agree on a constant; this one has to know the motion.

    Parameters
    ----------
    channels, hidden : int
    period_us : int
        The teacher's frame time.
    """

    frozen: Tensor

    def __init__(self, channels: int, hidden: int, period_us: int) -> None:
        super().__init__()
        self.clock = Clock(channels, hidden, period_us)
        self.head = nn.Linear(hidden, 2)
        # Whatever else it said at first would be many times as large as a displacement.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.hidden, self.period_us = hidden, period_us
        # Saved with the weights: a student must not be given a clock that never learnt.
        self.register_buffer("frozen", torch.tensor(False))

    def forward(self, track: Track) -> Tensor:
        """States (B, T, hidden)."""
        states: Tensor = self.clock(track)
        return states

    @in_full
    def displacement_loss(self, track: Track, centres: Tensor, present: Tensor | None = None) -> Tensor:
        """Share of the variance of the next displacements that the head's answers leave; 1 for their mean.

        Parameters
        ----------
        track : Track
            With two steps at least.
        centres : (B, T, 2) float
            Of the object, in sides of the picture, at the times of the track.
        present : (B, T) bool or None
            Whether it is there; a step is asked for where it and the next are.

        Returns
        -------
        scalar
        """
        times = self.clock.checked(track)[1]
        said = self.head(self(track))[:, :-1]
        periods = (times.diff(dim=1) / self.period_us).unsqueeze(-1).to(said.dtype)
        moved = centres.to(said.dtype).diff(dim=1) / periods
        if present is None:
            present = torch.ones_like(times, dtype=torch.bool)
        asked = present[:, 1:] & present[:, :-1]
        return unexplained(said[asked], moved[asked]) if bool(asked.any()) else said.sum() * 0

    def freeze(self) -> TeacherClock:
        """Say that it has learnt: from now on no optimiser moves it."""
        self.frozen.fill_(True)
        # An optimiser would go on with the gradients of the last step.
        self.zero_grad()
        return self.requires_grad_(False).eval()


class TemporalAlignment(nn.Module):
    """A student's GRU whose state, when the teacher's clock ticks, says what the teacher's says.

    Parameters
    ----------
    channels : int
        Of the student's track.
    teacher : TeacherClock
        Frozen before the first loss.
    """

    def __init__(self, channels: int, teacher: TeacherClock) -> None:
        super().__init__()
        self.teacher = teacher
        self.clock = Clock(channels, teacher.hidden, teacher.period_us)
        # A GRU's states are within ±1, and so are the teacher's, but with signs and scales of their own.
        self.readout = nn.Linear(teacher.hidden, teacher.hidden)

    @in_full
    def forward(self, found: Track, wanted: Track) -> Tensor:
        """Share of the variance of the teacher's states that the student's leave, at the teacher's times.

        Parameters
        ----------
        found : Track
            Of the student, of as many objects and at any times.
        wanted : Track
            Of the teacher. No gradient goes there.

        Returns
        -------
        scalar
            1 for the best constant.

        Raises
        ------
        JobError
            When the teacher's clock was not frozen.
        InputError
            When no step of the student is as early as a frame of the teacher.
        """
        if not bool(self.teacher.frozen):
            raise JobError("the teacher's clock has not learnt displacements: train and freeze it first")
        with torch.no_grad():
            states = self.teacher(wanted)
        said = self.readout(self.clock(found))
        step = last_step(self.clock.checked(found)[1], self.teacher.clock.checked(wanted)[1])
        seen = step >= 0
        if not bool(seen.any()):
            raise InputError("track", "times_us", "a student after its teacher", "times that overlap")
        at = step.clamp(min=0).unsqueeze(-1).expand(-1, -1, said.shape[2])
        return unexplained(said.gather(1, at)[seen], states[seen])


def last_step(student_us: Tensor, teacher_us: Tensor) -> Tensor:
    """The student's last step at or before each time of the teacher, (B, T_t) int64; −1 where there is none.

    Parameters
    ----------
    student_us : (B, T_s) int64
        Rising.
    teacher_us : (B, T_t) int64
    """
    return torch.searchsorted(student_us.contiguous(), teacher_us.contiguous(), right=True) - 1
