"""Scalars of a training: one line of JSON for each log, and TensorBoard's files where they are asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from neuromorph_track.errors import JobError
from neuromorph_track.files import unwritable, write_text

LOG = "log.jsonl"


class ScalarLog:
    """``log.jsonl``, and ``tensorboard/`` beside it; a context that closes both.

    Parameters
    ----------
    folder : Path
    step : int
        Where the training goes on: what was logged after that is dropped, since it will be logged again.
    tensorboard : bool

    Raises
    ------
    JobError
        When TensorBoard is asked for and not installed, or the file cannot be written.
    """

    def __init__(self, folder: Path, step: int, tensorboard: bool) -> None:
        self._board: Any = _board(folder / "tensorboard", step) if tensorboard else None
        self._path = folder / LOG
        write_text(self._path, "".join(_lines_until(self._path, step)))
        self._stack = ExitStack()
        self._file: TextIO | None = None

    def __enter__(self) -> ScalarLog:
        self._file = self._stack.enter_context(open(self._path, "a", encoding="utf-8"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if self._board is not None:
            self._board.close()

    def add(self, step: int, terms: Mapping[str, float], sent: Sequence[float]) -> None:
        """Log the step that was just taken, ``step`` steps after the start."""
        # JSON has no infinity, which a gradient in half precision may be.
        finite = {name: value if math.isfinite(value) else None for name, value in terms.items()}
        self._line({"step": step, **finite, "sent": list(sent)})
        if self._board is not None:
            for name, value in terms.items():
                self._board.add_scalar(f"train/{name}", value, step)
            for layer, value in enumerate(sent):
                self._board.add_scalar(f"spikes/layer {layer}", value, step)

    def warn(self, step: int, text: str) -> None:
        """Log a warning."""
        self._line({"step": step, "warning": text})
        if self._board is not None:
            self._board.add_text("warning", text, step)

    def _line(self, content: Mapping[str, Any]) -> None:
        assert self._file is not None
        try:
            self._file.write(json.dumps(content) + "\n")
            self._file.flush()
        except OSError as error:
            raise unwritable(self._path, error) from error


def _lines_until(path: Path, step: int) -> list[str]:
    if not step or not path.is_file():
        return []
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        try:
            known = json.loads(line)["step"] <= step
        except (ValueError, KeyError, TypeError):
            # A training that was killed may have left half a line.
            known = False
        if known:
            kept.append(line)
    return kept


def _board(folder: Path, step: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise JobError(
            f"--tensorboard needs tensorboard: install neuromorph-track[train] ({error})"
        ) from error
    return SummaryWriter(str(folder), purge_step=step + 1)
