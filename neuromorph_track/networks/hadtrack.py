"""A student that sees events alone, and what it learns from a teacher that sees frames too."""

from __future__ import annotations

import torch
from torch import Tensor

from neuromorph_track.networks.centre_loss import boxes_of
from neuromorph_track.networks.distillation import centre_view
from neuromorph_track.networks.distillation.alignment import size_of
from neuromorph_track.networks.distillation.pooling import box_mass, object_tokens
from neuromorph_track.networks.distillation.spatial import score_mass
from neuromorph_track.networks.distillation.temporal import TeacherClock, Track
from neuromorph_track.networks.distillation.views import frames_first
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.interface import DetectorOutput
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.networks.taught import Taught

# Of the teacher's clock.
HIDDEN = 32
# A token is a feature and its place.
PLACE = 2
# Of an object, in its sides.
NEIGHBOURHOOD = 2.0


class HadtrackNet(SpiketrackNet):
    """A network of the hadtrack family; one that sees frames too learns to say where its object goes next.

    Parameters
    ----------
    spec : HadtrackSpec
    """

    spec: HadtrackSpec

    def __init__(self, spec: HadtrackSpec) -> None:
        super().__init__(spec)
        teaches = spec.sees != "events"
        self.clock = TeacherClock(self.token, HIDDEN, spec.frame_us) if teaches else None

    @property
    def token(self) -> int:
        """Channels of :meth:`track`."""
        return self.output.weight.shape[1] + PLACE

    def forward(  # type: ignore[override]
        self,
        templates: Tensor,
        views: Tensor,
        times_us: Tensor | None = None,
        boxes: Tensor | None = None,
        present: Tensor | None = None,
    ) -> DetectorOutput:
        """Where the object of each template is at the end of each window, or when each frame is there.

        Parameters
        ----------
        templates : (N, C, h, w, K) float
            Pixels over 256.
        views : (N, C, H, W, F) float
        times_us : (N, F) int64, optional
            When; with it, and in training, ``aside`` is what the clock has still to learn.
        boxes : (N, F, 4) float
            Of the object, as (cx, cy, w, h) in sides of the picture.
        present : (N, F) bool
        """
        output = self.search(views, self.memory(templates))
        if self.clock is None or times_us is None or not self.training:
            return output
        assert boxes is not None
        track = self.track(output, times_us, boxes)
        loss = self.clock.displacement_loss(
            track._replace(features=track.features.detach()), boxes[..., :2], present
        )
        return output._replace(aside=(loss, {"clock": float(loss.detach())}))

    def track(self, output: DetectorOutput, times_us: Tensor, boxes: Tensor) -> Track:
        """What stands where the network believes its object, and where that is, over time.

        It is asked in the object's neighbourhood alone. Whoever looks alike elsewhere would make the place
        jump by more than any object moves, and nothing could be learnt of motion.

        Parameters
        ----------
        boxes : (N, F, 4) float
            Of the object, as (cx, cy, w, h) in sides of the picture; all of it zero where there is none.
        """
        assert output.features is not None
        maps, raw = output.features.movedim(-1, 1), output.raw.movedim(-1, 1)
        scores = raw[:, :, 0]
        mass = score_mass(scores.flatten(0, 1), "one").view_as(scores)
        mass = mass * box_mass(_around(boxes), size_of(mass))
        places = boxes_of(raw.flatten(0, 1))[:, :2].unflatten(0, scores.shape[:2])
        return Track(object_tokens(maps, mass, places), times_us)


class TaughtNet(Taught):
    """A student and its loss against a teacher that sees frames, both of this family."""

    student: HadtrackNet

    def forward(
        self,
        templates: Tensor,
        views: Tensor,
        times_us: Tensor,
        told_templates: Tensor,
        told_views: Tensor,
        told_us: Tensor,
        at: Tensor,
        boxes: Tensor,
    ) -> DetectorOutput:
        """The student's output; ``aside`` is what it has still to learn from the teacher.

        Parameters
        ----------
        templates, views
            See :meth:`HadtrackNet.forward`, of the student.
        times_us : (N, F) int64
            The end of each window.
        told_templates, told_views
            Of the teacher, G frames.
        told_us : (N, G) int64
            When each frame is there.
        at : (N, G) int64
            The window in which that is.
        boxes : (N, F, 4) float
            See :meth:`HadtrackNet.track`; NaN where only the teacher can say it.
        """
        output = self.student(templates, views)
        with torch.no_grad():
            told = self.teacher(told_templates, told_views)
        assert output.features is not None
        assert told.features is not None
        raw, features = _picked(output.raw, at), _picked(output.features, at)
        boxes = torch.where(boxes.isnan(), _believed(told.raw, at, boxes.shape[1]), boxes)
        seen = boxes.gather(1, at.unsqueeze(-1).expand(-1, -1, 4))
        own, other = self.student.track(output, times_us, boxes), self.teacher.track(told, told_us, seen)
        found = centre_view(raw, (frames_first(features),), own)
        near = box_mass(_around(seen), size_of(raw[..., 0])).movedim(0, 1).flatten(0, 1)
        wanted = centre_view(told.raw, (frames_first(told.features),), other, near)
        return output._replace(aside=self.distillation(found, wanted))


def _around(boxes: Tensor) -> Tensor:
    """Neighbourhoods (..., 4) of boxes."""
    return torch.cat([boxes[..., :2], NEIGHBOURHOOD * boxes[..., 2:]], -1)


def _believed(raw: Tensor, at: Tensor, windows: int) -> Tensor:
    """Of each window, (N, windows, 4), the box in the best cell of the newest frame (N, 5, H, W, G)."""
    best = raw[:, 0].flatten(1, 2).argmax(1)
    places = boxes_of(frames_first(raw)).unflatten(0, (raw.shape[-1], -1)).flatten(3)
    boxes = places.gather(3, best.T[..., None, None].expand(-1, -1, 4, 1)).squeeze(3).movedim(0, 1)
    newest = (at.unsqueeze(1) <= torch.arange(windows, device=at.device).view(-1, 1)).sum(2) - 1
    return boxes.gather(1, newest.clamp(min=0).unsqueeze(2).expand(-1, -1, 4))


def _picked(maps: Tensor, at: Tensor) -> Tensor:
    """Some frames (N, C, H, W, G) of (N, C, H, W, F)."""
    place = at.view(len(at), 1, 1, 1, -1).expand(*maps.shape[:-1], -1)
    return maps.gather(-1, place)
