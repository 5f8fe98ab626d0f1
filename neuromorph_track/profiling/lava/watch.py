"""Stands between a run configuration and Lava's compiler: the model of every process passes here."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from lava.magma.core.model.sub.model import AbstractSubProcessModel
from lava.magma.core.process.connection import LearningConnectionProcess
from lava.magma.core.process.process import AbstractProcess

from neuromorph_track.profiling.lava.counting import (
    NEURON_COLUMNS,
    SYNAPSE_COLUMNS,
    counting_neuron,
    counting_synapse,
)
from neuromorph_track.profiling.lava.kinds import is_host, is_synapse, neuron_rule
from neuromorph_track.profiling.lava.meter import Meter
from neuromorph_track.profiling.lava.units import Watched


class _ByClass(dict[Any, Any]):
    """Models by process, which the compiler would take without asking ``select``: it is told of none."""

    def __contains__(self, key: object) -> bool:
        return isinstance(key, type) and super().__contains__(key)

    def of(self, process: Any) -> Any:
        return self[process] if super().__contains__(process) else None


class Watch:
    """Gives Lava counting models instead of those that a run configuration selects.

    Parameters
    ----------
    run_cfg : lava RunConfig
        Its ``select`` is replaced, on this object alone.
    steps : callable
        Tells how many steps are to be kept; asked when a process is compiled.
    """

    def __init__(self, run_cfg: Any, steps: Callable[[], int]) -> None:
        self._select = run_cfg.select
        self._steps = steps
        self._watched: dict[int, tuple[type, Watched]] = {}
        self._unknown: dict[int, Any] = {}
        self._models = _ByClass(getattr(run_cfg, "exception_proc_model_map", None) or {})
        run_cfg.exception_proc_model_map = self._models
        run_cfg.select = self.select

    def select(self, process: Any, proc_models: list[type]) -> type:
        """What Lava's compiler asks of a run configuration."""
        model: type = self._models.of(process) or self._select(process, proc_models)
        if issubclass(model, AbstractSubProcessModel):
            # The processes that it is made of pass here, too.
            return model
        return self._counting(process, model)

    def latest(self) -> tuple[list[Watched], list[Any]]:
        """Processes that count in the graph that was compiled last, and those that do not but should."""
        watched = [entry for _, entry in self._watched.values()]
        runtimes = [one.process.runtime for one in watched if one.process.runtime is not None]
        if not runtimes:
            return [], []
        last = runtimes[-1]
        unknown = [process for process in self._unknown.values() if process.runtime is last]
        return [one for one in watched if one.process.runtime is last], unknown

    def _counting(self, process: Any, model: type) -> type:
        known = self._watched.get(process.id)
        # Lava may ask twice while it compiles; once there is a runtime, it compiles anew.
        if known is not None and known[1].model is model and process.runtime is None:
            return known[0]
        steps = self._steps()
        rule = neuron_rule(process, model)
        if rule is not None:
            neurons = int(np.prod(process.s_out.shape))
            meter = Meter(len(NEURON_COLUMNS), steps, neurons)
            counting = counting_neuron(model, meter, rule)
        elif is_synapse(process, model):
            meter = Meter(len(SYNAPSE_COLUMNS), steps)
            counting = counting_synapse(model, meter, isinstance(process, LearningConnectionProcess))
        else:
            self._leave(process)
            return model
        # The compiled last is the last.
        self._watched.pop(process.id, None)
        self._watched[process.id] = (counting, Watched(process, model, meter, rule))
        return counting

    def _leave(self, process: AbstractProcess) -> None:
        if is_host(process) or process.id in self._unknown:
            return
        self._unknown[process.id] = process
        warnings.warn(
            f"{process.name} ({type(process).__module__}.{type(process).__name__}) is not profiled: "
            "what it does is in none of the estimates",
            stacklevel=2,
        )
