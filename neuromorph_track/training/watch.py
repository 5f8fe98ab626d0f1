"""What the user sees of a training while it runs, and is warned of: silent or shouting layers, gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column

from neuromorph_track.training.learner import Outcome
from neuromorph_track.training.scalars import ScalarLog

HIDDEN = ("learning_rate", "gradient")
UNIT = "spikes per neuron and frame"
SILENT = 1e-4
PATIENCE = 5
# A layer that shouts: so many times what it sent at first, and more than this per neuron and frame.
GROWTH, LOUD = 3.0, 0.5
# Gradients so many times as long as at first, and longer than what they are shortened to.
STEEPER = 10.0


class Watch:
    """A bar with the loss, its terms and spike rates; the log; and early warnings.

    Parameters
    ----------
    log : ScalarLog
    total, done : int
        Steps of the recipe, and those taken before.
    every : int
        Steps between logs.
    quiet : bool
        No bar; warnings are only logged.
    longest : float
        What gradients are shortened to.
    """

    def __init__(
        self, log: ScalarLog, total: int, done: int, every: int, quiet: bool, longest: float
    ) -> None:
        self._log, self._every, self._total = log, every, total
        self._warnings = EarlyWarnings(longest)
        self._console = Console(stderr=True, quiet=quiet)
        self._bar = Progress(
            TextColumn("{task.completed}/{task.total}"),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True)),
            expand=True,
            console=self._console,
            disable=quiet,
        )
        self._task = self._bar.add_task("", total=total, completed=done)

    def __enter__(self) -> Watch:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def saw(self, step: int, outcome: Outcome) -> None:
        """Show and log the step that was just taken."""
        hidden = outcome.sent[1:]
        shown = {name: value for name, value in outcome.terms.items() if name not in HIDDEN}
        text = " ".join(f"{name} {value:.3g}" for name, value in shown.items())
        if hidden:
            text += f" spikes {min(hidden):.2g} to {max(hidden):.2g}"
        self._bar.update(self._task, completed=step, description=text)
        if step % self._every and step != self._total:
            return
        self._log.add(step, outcome.terms, outcome.sent)
        gradient = outcome.terms.get("gradient", math.inf)
        for warning in (*self._warnings.look(step, outcome.sent), *self._warnings.feel(step, gradient)):
            self._log.warn(step, warning)
            self._console.print(f"warning: {warning}", style="yellow", highlight=False)


class EarlyWarnings:
    """Looks at each log and says each thing once.

    Parameters
    ----------
    longest : float
        What gradients are shortened to.
    """

    def __init__(self, longest: float) -> None:
        self._longest, self._lengths = longest, list[float]()
        self._silent: list[int] = []
        self._first: list[list[float]] = []
        self._said: set[tuple[str, int]] = set()

    def look(self, step: int, sent: Sequence[float]) -> Iterator[str]:
        """Warnings after a log of ``sent`` spikes per neuron and frame, layer by layer, input first."""
        if not self._silent:
            self._silent, self._first = [0] * len(sent), [[] for _ in sent]
        for layer, rate in enumerate(sent):
            self._silent[layer] = self._silent[layer] + 1 if rate < SILENT else 0
            if self._silent[layer] >= PATIENCE and self._new("silent", layer):
                yield f"step {step}: layer {layer} is dead: {rate:.2g} {UNIT} for {PATIENCE} logs"
            first = self._first[layer]
            if len(first) < PATIENCE:
                first.append(rate)
                continue
            usual = sum(first) / PATIENCE
            if rate > max(GROWTH * usual, LOUD) and self._new("loud", layer):
                yield f"step {step}: layer {layer} explodes: {rate:.2g} {UNIT}, at first {usual:.2g}"

    def feel(self, step: int, gradient: float) -> Iterator[str]:
        """A warning after a log of a gradient's length: of a long one most parts get little."""
        # In half precision a step may be skipped for its length.
        if not math.isfinite(gradient):
            return
        self._lengths.append(gradient)
        usual, now = median(self._lengths[:PATIENCE]), median(self._lengths[-PATIENCE:])
        if now > max(STEEPER * usual, self._longest) and self._new("steep", 0):
            told = (
                f"gradients explode: {now:.3g} long, at first {usual:.3g}, and shortened to {self._longest:g}"
            )
            yield f"step {step}: {told}; a lower learning_rate, or freeze_norm sooner, may help"

    def _new(self, kind: str, layer: int) -> bool:
        known = (kind, layer) in self._said
        self._said.add((kind, layer))
        return not known
