"""A trained teacher, and a student beside it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from torch import nn

from neuromorph_track.errors import InputError
from neuromorph_track.networks.distillation import Distillation, Widths
from neuromorph_track.networks.distillation.released import ReleasedDistillation
from neuromorph_track.networks.hadtrack import HadtrackNet, TaughtNet
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.training.checkpoint import averaged_tensors, load_checkpoint
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.stream_clips import StreamClips


class Lesson:
    """What `train` needs of a teacher.

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
        self.recipe, self.teacher = recipe, _teacher(path)
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
    return None if teacher is None else Lesson(recipe, teacher)


def _teacher(path: Path) -> HadtrackNet:
    state = load_checkpoint(path)
    try:
        spec = Recipe.model_validate_json(state.get("recipe", "")).network
    except ValidationError as error:
        raise InputError(path, "recipe", "none that is known", "that of a teacher") from error
    if not isinstance(spec, HadtrackSpec) or spec.sees == "events":
        raise InputError(path, "network", "no teacher", "one of the hadtrack family that sees frames")
    teacher = HadtrackNet(spec)
    try:
        teacher.load_state_dict(averaged_tensors(state))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise InputError(path, "model", "tensors that do not fit its recipe", "a trained teacher") from error
    assert teacher.clock is not None
    teacher.clock.freeze()
    return teacher
