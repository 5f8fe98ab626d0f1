"""Process models that do what Lava's do and count; made for one process each, before Lava forks."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.profiling.lava.fanout import Reach, conv_reach, matrix_reach
from neuromorph_track.profiling.lava.kinds import NeuronRule
from neuromorph_track.profiling.lava.meter import Meter

SYNAPSE_COLUMNS = ("spikes_in", "synops", "synops_all")
NEURON_COLUMNS = ("spikes_out", "changed")

Spiked = NDArray[np.bool_]


def counting_synapse(model: type, meter: Meter, learns: bool) -> type:
    """A subclass of ``model`` that counts what arrives; ``learns``: its weights change as it runs."""
    return _subclass(_CountingSynapse, model, {"meter": meter, "learns": learns})


def counting_neuron(model: type, meter: Meter, rule: NeuronRule) -> type:
    """A subclass of ``model`` that counts what it sends and which neurons a step changes."""
    return _subclass(_CountingNeuron, model, {"meter": meter, "rule": rule})


def _subclass(mixin: type, model: type, names: dict[str, Any]) -> type:
    # Lava reads ports and variables off the class; what implements which process is inherited.
    return types.new_class(
        f"Counting{model.__name__}", (mixin, model), exec_body=lambda space: space.update(names)
    )


class _Listener:
    """Stands for a port's transformer: notes which neurons each sender's message came from."""

    def __init__(self, transformer: Any) -> None:
        self.transformer = transformer
        self.heard: list[Spiked] = []

    def transform(self, data: NDArray[Any], port: Any) -> NDArray[Any]:
        moved: NDArray[Any] = self.transformer.transform(data, port)
        self.heard.append(np.asarray(moved != 0).reshape(-1))
        return moved


class _CountingSynapse:
    # What Lava's model brings, beside the two that the maker sets.
    meter: Meter
    learns: bool
    s_in: Any
    a_out: Any
    time_step: int

    _listener: _Listener | None = None
    _reach: Reach | None = None

    def run_spk(self) -> None:
        if self._listener is None:
            self._listener = self.s_in._transformer = _Listener(self.s_in._transformer)
        super().run_spk()  # type: ignore[misc]
        # Weights are looked at behind the model, which cuts them to the chip's precision in its first step.
        if self._reach is None or self.learns:
            self._reach = self._look()
        heard, self._listener.heard = self._listener.heard, []
        spikes = sum(int(np.count_nonzero(part)) for part in heard)
        synops, synops_all = (
            sum(int(reach[part].sum()) for part in heard) if spikes else 0 for reach in self._reach
        )
        self.meter.add(self.time_step, (spikes, synops, synops_all))

    def on_var_update(self) -> None:
        """Lava calls this where a host has set a variable: it may be the weights."""
        super().on_var_update()  # type: ignore[misc]
        self._reach = None

    def _look(self) -> Reach:
        weights = getattr(self, "weights", None)
        if weights is not None:
            return matrix_reach(weights)
        model: Any = self
        geometry = (model.stride, model.padding, model.dilation, int(model.groups[0]))
        return conv_reach(model.weight, model.s_in._shape, model.a_out._shape, *geometry)


class _CountingNeuron:
    meter: Meter
    rule: NeuronRule
    s_out: Any
    time_step: int

    _spiked: Spiked | None = None
    _before: list[NDArray[Any]] | None = None

    def run_spk(self) -> None:
        if self._before is None:
            self._before = self._states()
            send = self.s_out.send
            self.s_out.send = lambda data: self._note(send, data)
        super().run_spk()  # type: ignore[misc]
        states = self._states()
        changed = self._spiked if self.rule.kind != "sigma" and self._spiked is not None else np.False_
        for now, before in zip(states, self._before, strict=True):
            changed = changed | (now != before)
        self._before = states
        # A sigma head hands its sum on at every step: that is no spike.
        spiked = None if self.rule.kind == "sigma" else self._spiked
        spikes = 0 if spiked is None else int(np.count_nonzero(spiked))
        self.meter.add(
            self.time_step, (spikes, int(np.count_nonzero(changed))), _channels_first(spiked, self.s_out)
        )
        self._spiked = None

    def _note(self, send: Any, data: NDArray[Any]) -> None:
        self._spiked = np.broadcast_to(np.asarray(data != 0), self.s_out._shape).reshape(-1)
        send(data)

    def _states(self) -> list[NDArray[Any]]:
        states = [self._level() if name == "level" else getattr(self, name) for name in self.rule.states]
        return [np.array(np.broadcast_to(state, self.s_out._shape)).reshape(-1) for state in states]

    def _level(self) -> NDArray[Any]:
        """What has been sent in sum; it moves with every spike, which alone tells so where floats round."""
        model: Any = self
        whole = np.issubdtype(np.asarray(model.act).dtype, np.integer)
        return model.act - model.residue if whole else np.zeros(())


def _channels_first(spiked: Spiked | None, port: Any) -> Spiked | None:
    """From Lava's order (width, height, channel) into that of the `.net`, (C, H, W)."""
    return None if spiked is None else spiked.reshape(port._shape).T.reshape(-1)
