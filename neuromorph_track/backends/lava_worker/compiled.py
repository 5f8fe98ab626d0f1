"""From Lava processes to an executable, with the process models of our choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lava.magma.compiler.compiler import Compiler
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.conv.process import Conv
from lava.proc.lif.process import LIFReset

from neuromorph_track.backends.lava_worker.conv import FastConvModel
from neuromorph_track.backends.lava_worker.graph import LavaLayer, Settings, build_graph
from neuromorph_track.backends.lava_worker.models import (
    BiasFedLif,
    BiasFedLifReset,
    HeadLif,
    HeadLifReset,
)
from neuromorph_track.backends.lava_worker.spec import LayerSpec


class _Choice(Loihi2SimCfg):
    """Lava's fixed-point models, but for the processes that have one of their own."""

    def __init__(self, chosen: Mapping[int, type]) -> None:
        super().__init__(select_tag="fixed_pt")
        self.chosen = chosen

    def select(self, process: Any, proc_models: list[type]) -> type:
        return self.chosen.get(process.id) or super().select(process, proc_models)


@dataclass(frozen=True)
class Compiled:
    """An executable and the ends where values enter and spikes leave.

    Attributes
    ----------
    layers : list of LavaLayer
    executable : lava Executable
    entrance : process
        The one that values are fed to.
    entrance_port : str
    warm_up : tuple of int
        Steps that each layer runs before its first input reaches it.
    """

    layers: list[LavaLayer]
    executable: Any
    entrance: Any
    entrance_port: str
    warm_up: tuple[int, ...]

    def builder(self, process: Any) -> Any:
        return self.executable.proc_builders[process]


def compile_layers(specs: Sequence[LayerSpec], settings: Settings, stock: bool) -> Compiled:
    """Build and compile; ``stock`` keeps Lava's own convolution."""
    layers = build_graph(specs, settings)
    chosen = {layer.neuron.id: model for layer, model in _neuron_models(specs, layers)}
    if not stock:
        chosen |= {layer.synapse.id: FastConvModel for layer in layers if isinstance(layer.synapse, Conv)}
    executable = Compiler().compile(layers[0].neuron, _Choice(chosen))
    first = layers[0]
    warm_up, depth = [], 0
    for spec in specs:
        depth += spec.has_synapses
        warm_up.append(depth)
    if first.synapse is None:
        return Compiled(layers, executable, first.neuron, "a_in", tuple(warm_up))
    return Compiled(layers, executable, first.synapse, "s_in", tuple(warm_up))


def _neuron_models(specs: Sequence[LayerSpec], layers: list[LavaLayer]) -> list[tuple[LavaLayer, type]]:
    models: list[tuple[LavaLayer, type]] = []
    if specs[0].neuron == "cuba" and not specs[0].has_synapses:
        resets = isinstance(layers[0].neuron, LIFReset)
        models.append((layers[0], BiasFedLifReset if resets else BiasFedLif))
    if has_membrane(specs):
        resets = isinstance(layers[-1].neuron, LIFReset)
        models.append((layers[-1], HeadLifReset if resets else HeadLif))
    return models


def has_membrane(specs: Sequence[LayerSpec]) -> bool:
    """Whether the last layer keeps a membrane potential that a host would read."""
    return specs[-1].neuron == "cuba" and specs[-1].has_synapses
