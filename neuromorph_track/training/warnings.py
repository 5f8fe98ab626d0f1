"""What is likely to go wrong, said while there is time: layers that fall silent or shout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

UNIT = "spikes per neuron and frame"
SILENT = 1e-4
PATIENCE = 5
# A layer that shouts: so many times what it sent at first, and more than this per neuron and frame.
GROWTH, LOUD = 3.0, 0.5


class EarlyWarnings:
    """Looks at each log and says each thing once."""

    def __init__(self) -> None:
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

    def _new(self, kind: str, layer: int) -> bool:
        known = (kind, layer) in self._said
        self._said.add((kind, layer))
        return not known
