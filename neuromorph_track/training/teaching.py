"""A trained teacher, and a student beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import ValidationError
from torch import nn

from neuromorph_track.errors import InputError
from neuromorph_track.networks.distillation import Distillation, Widths
from neuromorph_track.networks.distillation.released import ReleasedDistillation
from neuromorph_track.networks.hadtrack import HadtrackNet, TaughtNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.smtrack import smtrack_detector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.networks.smtrack_taught import TaughtDetector
from neuromorph_track.networks.taught import Taught
from neuromorph_track.training.checkpoint import averaged_tensors, load_checkpoint
from neuromorph_track.training.clips import Clips
from neuromorph_track.training.families import Batches
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.stream_clips import StreamClips


class Lesson(Protocol):
    """What `train` needs of a teacher."""

    def batches(self, recipe: Recipe, folder: Path, quiet: bool) -> Batches:
        """The student's clips, which the teacher sees too."""

    def taught(self, student: nn.Module) -> Taught:
        """The student with its loss against the teacher."""


class StreamLesson:
    """Of a teacher that sees frames, for a student that sees events.

    Parameters
    ----------
    recipe : Recipe
        The student's.
    path : Path
        The teacher's checkpoint.

    Raises
    ------
    InputError
        When it is no teacher, or sees other pictures than the student.
    """

    def __init__(self, recipe: Recipe, path: Path) -> None:
        self.recipe, self.teacher = recipe, _stream_teacher(path)
        spec, own = self.teacher.spec, recipe.network_as(HadtrackSpec)
        for field in ("stride", "frame_us"):
            if getattr(spec, field) != getattr(own, field):
                found, expected = getattr(spec, field), getattr(own, field)
                raise InputError(path, f"network.{field}", str(found), f"{expected}, as the student's")

    def batches(self, recipe: Recipe, folder: Path, quiet: bool) -> StreamClips:
        """The student's clips, which the teacher sees too."""
        return StreamClips(recipe, folder, quiet, self.teacher.spec)

    def taught(self, student: nn.Module) -> TaughtNet:
        """The student with its loss against the teacher."""
        assert isinstance(student, HadtrackNet)
        assert self.recipe.distillation is not None
        widths = [net.output.weight.shape[1] for net in (student, self.teacher)]
        seen, spec = Widths((widths[0],), (widths[1],), student.token), self.recipe.distillation
        if spec.released:
            return TaughtNet(student, self.teacher, ReleasedDistillation(seen))
        return TaughtNet(student, self.teacher, Distillation(spec, seen, self.teacher.clock))


class DetectorLesson:
    """Of a detector for another: the same pictures and classes, whatever neurons, layers and grid.

    Parameters
    ----------
    recipe : Recipe
        The student's.
    path : Path
        The teacher's checkpoint.

    Raises
    ------
    InputError
        When it is of another family, or of other classes or pictures than the student.
    """

    def __init__(self, recipe: Recipe, path: Path) -> None:
        given, state = _recipe_of(path)
        spec, own = given.network, recipe.network_as(SmtrackSpec)
        if not isinstance(spec, SmtrackSpec):
            raise InputError(path, "network.family", repr(spec.family), "'smtrack', as the student's")
        for field, found, expected in (
            ("classes", ", ".join(given.classes), ", ".join(recipe.classes)),
            ("input", _size(given), _size(recipe)),
        ):
            if found != expected:
                raise InputError(path, field, found, f"{expected}, as the student's")
        if spec.history and (spec.history, spec.steps) != (own.history, own.steps):
            raise InputError(path, "network.history", f"{spec.steps} pictures", "as many as the student's")
        self.recipe, self.given, self.spec = recipe, given, spec
        self.teacher = smtrack_detector(spec, len(given.classes))
        _fill(self.teacher, state, path)

    def batches(self, recipe: Recipe, folder: Path, quiet: bool) -> Clips:
        """The student's clips; it is their pictures that the teacher sees."""
        return Clips(recipe, folder, quiet)

    def taught(self, student: nn.Module) -> TaughtDetector:
        """The student with its loss against the teacher."""
        assert self.recipe.distillation is not None
        own = self.recipe.network_as(SmtrackSpec)
        seen = Widths((own.layers[-1].channels,), (self.spec.layers[-1].channels,))
        scales = [(each.input.mean, each.input.std) for each in (self.recipe, self.given)]
        loss = Distillation(self.recipe.distillation, seen)
        return TaughtDetector(student, self.teacher, loss, (scales[0], scales[1]))  # type: ignore[arg-type]


def lesson_of(recipe: Recipe, teacher: Path | None) -> Lesson | None:
    """The lesson of a recipe with ``[distillation]``; None without.

    Raises
    ------
    InputError
        When there is a table and no teacher, or a teacher and no table.
    """
    if (teacher is None) != (recipe.distillation is None):
        found = "no --teacher" if teacher is None else "none, and --teacher"
        raise InputError(recipe.name, "[distillation]", found, "both or neither")
    if teacher is None:
        return None
    kind = StreamLesson if isinstance(recipe.network, HadtrackSpec) else DetectorLesson
    return kind(recipe, teacher)


def _stream_teacher(path: Path) -> HadtrackNet:
    given, state = _recipe_of(path)
    spec = given.network
    if not isinstance(spec, HadtrackSpec) or spec.sees == "events":
        raise InputError(path, "network", "no teacher", "one of the hadtrack family that sees frames")
    teacher = HadtrackNet(spec)
    _fill(teacher, state, path)
    assert teacher.clock is not None
    teacher.clock.freeze()
    return teacher


def _recipe_of(path: Path) -> tuple[Recipe, dict[str, object]]:
    state = load_checkpoint(path)
    try:
        return Recipe.model_validate_json(state.get("recipe", "")), state
    except ValidationError as error:
        raise InputError(path, "recipe", "none that is known", "that of a teacher") from error


def _fill(teacher: nn.Module, state: dict[str, object], path: Path) -> None:
    try:
        teacher.load_state_dict(averaged_tensors(state))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise InputError(path, "model", "tensors that do not fit its recipe", "a trained teacher") from error


def _size(recipe: Recipe) -> str:
    return f"{recipe.input.width}x{recipe.input.height}"
