"""Hierarchical asymmetric distillation: the terms together, over aligned cells, tokens and clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError
from neuromorph_track.networks.distillation.alignment import resampled, size_of
from neuromorph_track.networks.distillation.feature import FeatureTerm
from neuromorph_track.networks.distillation.numbers import in_full
from neuromorph_track.networks.distillation.response import box_response, score_response
from neuromorph_track.networks.distillation.similarity import similarity_loss
from neuromorph_track.networks.distillation.spatial import map_transport, score_mass, token_transport
from neuromorph_track.networks.distillation.spec import DistillationSpec
from neuromorph_track.networks.distillation.temporal import TeacherClock, TemporalAlignment
from neuromorph_track.networks.distillation.views import View

Judge = Callable[[View, View], Tensor]


@dataclass(frozen=True)
class Widths:
    """Channels of what a teacher and a student show.

    Attributes
    ----------
    student, teacher : tuple of int
        Of the feature maps of each level.
    track : int or None
        Of the student's track.
    """

    student: tuple[int, ...] = ()
    teacher: tuple[int, ...] = ()
    track: int | None = None


class Distillation(nn.Module):
    """The loss of a student beside that of the truth.

    Its projections and the student's GRU are its own parameters: an optimiser takes them with the student's,
    and whoever exports the student never sees them.

    Parameters
    ----------
    spec : DistillationSpec
    widths : Widths
    clock : TeacherClock or None
        For the temporal term, frozen before the first loss.

    Raises
    ------
    InputError
        When a term lacks what it is about.
    """

    def __init__(self, spec: DistillationSpec, widths: Widths, clock: TeacherClock | None = None) -> None:
        super().__init__()
        self.spec, self.levels = spec, len(widths.student)
        if len(widths.student) != len(widths.teacher):
            levels = f"{len(widths.student)} and {len(widths.teacher)}"
            raise InputError("distillation", "levels", levels, "as many of the student as of the teacher")
        self.compares_features = bool(spec.feature or spec.similarity or spec.tokens)
        if self.compares_features and not self.levels:
            raise InputError("distillation", "levels", "none", "feature maps for the terms that compare them")
        self.features = nn.ModuleList(
            FeatureTerm(student, teacher, spec.feature_kind)
            for student, teacher in zip(widths.student, widths.teacher, strict=True)
            if spec.feature or spec.tokens
        )
        self.temporal = None
        if spec.temporal:
            if clock is None or widths.track is None:
                raise InputError(
                    "distillation", "clock", "none", "a teacher's clock and a width of the track"
                )
            self.temporal = TemporalAlignment(widths.track, clock)

    def forward(self, student: View, teacher: View) -> tuple[Tensor, dict[str, float]]:
        """The weighed sum of the terms that are on, and each before its factor.

        No gradient goes to the teacher.

        Returns
        -------
        loss : scalar
        terms : dict of float

        Raises
        ------
        InputError
            When a view lacks what a term is about.
        """
        weights = self.spec.weights()
        for view in (student, teacher):
            self._check(view, len(student.score))
        self._check_teacher(teacher)
        judges: dict[str, Judge] = {
            "response": self._response,
            "boxes": self._boxes,
            "feature": self._feature,
            "similarity": self._similarity,
            "transport": self._transport,
            "tokens": self._tokens,
            "temporal": self._temporal,
        }
        terms = {name: judges[name](student, teacher) for name in weights}
        if not terms:
            return student.score.sum() * 0, {}
        loss = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
        return loss, {name: float(term.detach()) for name, term in terms.items()}

    def _response(self, student: View, teacher: View) -> Tensor:
        return score_response(student.score, teacher.score, self.spec.objects, self.spec.temperature)

    def _boxes(self, student: View, teacher: View) -> Tensor:
        return box_response(student.boxes, teacher.boxes, teacher.score, self.spec.sure)

    def _feature(self, student: View, teacher: View) -> Tensor:
        levels = zip(self.features, student.features, teacher.features, strict=True)
        each = [term(found, wanted, self._near(teacher, found)) for term, found, wanted in levels]
        return torch.stack(each).mean()

    def _similarity(self, student: View, teacher: View) -> Tensor:
        levels = zip(student.features, teacher.features, strict=True)
        how = self.spec.similarity_kind, self.spec.side
        each = [similarity_loss(found, wanted, *how, self._near(teacher, found)) for found, wanted in levels]
        return torch.stack(each).mean()

    def _near(self, teacher: View, found: Tensor) -> Tensor | None:
        """What each cell of a level counts."""
        if not self.spec.near:
            return None
        assert teacher.near is not None
        return resampled(teacher.near.unsqueeze(1), size_of(found)).squeeze(1)

    def _transport(self, student: View, teacher: View) -> Tensor:
        return scores_transport(student.score, teacher.score, self.spec)

    def _tokens(self, student: View, teacher: View) -> Tensor:
        how = self.spec.grid, self.spec.distance, self.spec.token_epsilon, self.spec.side
        levels = zip(self.features, student.features, teacher.features, strict=True)
        each = [token_transport(term.projected(found), wanted, *how) for term, found, wanted in levels]
        return torch.stack(each).mean()

    def _temporal(self, student: View, teacher: View) -> Tensor:
        assert self.temporal is not None
        assert student.track is not None
        assert teacher.track is not None
        loss: Tensor = self.temporal(student.track, teacher.track)
        return loss

    def _check(self, view: View, pictures: int) -> None:
        if len(view.score) != pictures:
            raise InputError("view", "score", f"{len(view.score)} pictures", f"{pictures}, as the student's")
        if self.compares_features and len(view.features) != self.levels:
            raise InputError("view", "features", f"{len(view.features)} levels", f"{self.levels}")
        if self.spec.temporal and view.track is None:
            raise InputError("view", "track", "none", "a track for the temporal term")

    def _check_teacher(self, view: View) -> None:
        if self.spec.near and view.near is None:
            raise InputError("distillation", "near", "true", "false where no object's neighbourhood is known")


@in_full
def scores_transport(found: Tensor, wanted: Tensor, spec: DistillationSpec) -> Tensor:
    """Mean transport between score maps (N, H, W), each picture weighed with the teacher's best score.

    A teacher that sees nothing in a picture does not know where either.
    """
    wanted = wanted.detach()
    student, teacher = score_mass(found, spec.objects), score_mass(wanted, spec.objects)
    each = map_transport(student, teacher, spec.distance, spec.epsilon, spec.side)
    return (each * wanted.flatten(1).amax(1).sigmoid()).mean()
