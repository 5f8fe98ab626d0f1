"""A student beside its frozen teacher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn


class Taught(nn.Module):
    """A student and its loss against a teacher, which is frozen and no part of what is saved.

    A family's own has a ``forward`` with the student's output, ``aside`` being what is left to learn from the
    teacher.

    Parameters
    ----------
    student, teacher : nn.Module
    distillation : nn.Module
        Of the views of both to a loss and its terms.
    """

    def __init__(self, student: nn.Module, teacher: nn.Module, distillation: nn.Module) -> None:
        super().__init__()
        self.student, self.distillation = student, distillation
        # In a tuple it is no module of this one: neither trained nor saved.
        self._teacher = (teacher.requires_grad_(False).eval(),)

    @property
    def spec(self) -> Any:
        """The student's."""
        return self.student.spec

    @property
    def teacher(self) -> Any:
        """The frozen one."""
        return self._teacher[0]

    def _apply(self, change: Any, recurse: bool = True) -> Taught:
        # To another device the teacher goes along.
        self._teacher[0]._apply(change, recurse)
        super()._apply(change, recurse)
        return self

    def freeze_norm(self) -> None:
        """Train the student on with what the chip will compute."""
        self.student.freeze_norm()  # type: ignore[operator]

    @staticmethod
    def own(state: Mapping[str, Any]) -> dict[str, Any]:
        """The student's part of a state."""
        prefix = "student."
        return {name[len(prefix) :]: value for name, value in state.items() if name.startswith(prefix)}


def student_of(model: nn.Module) -> nn.Module:
    """Who learns: the student, or the network itself where it has no teacher."""
    return model.student if isinstance(model, Taught) else model
