"""From Lava processes to an executable, with the process models of our choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lava.magma.compiler.compiler import Compiler
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.conv.process import Conv
from lava.proc.lif.process import LIFReset

from neuromorph_track.backends.lava_worker.conv import FastConvModel
from neuromorph_track.backends.lava_worker.graph import LavaLayer, Settings, build_graph, connect
from neuromorph_track.backends.lava_worker.models import (
    MEMBRANE,
    BiasFedLif,
    BiasFedLifReset,
    HeadLif,
    HeadLifReset,
    show_membrane,
)
from neuromorph_track.backends.lava_worker.prompt_relay import PromptRelayModel
from neuromorph_track.backends.lava_worker.relays.relay import Relay
from neuromorph_track.backends.lava_worker.spec import LayerSpec, fed_shape
from neuromorph_track.backends.lava_worker.tail import Tail, attach


class _Choice(Loihi2SimCfg):
    """Lava's fixed-point models, but for the processes that have one of their own."""

    def __init__(self, chosen: Mapping[int, type]) -> None:
        super().__init__(select_tag="fixed_pt")
        self.chosen = chosen

    def select(self, process: Any, proc_models: list[type]) -> type:
        return self.chosen.get(process.id) or super().select(process, proc_models)


class End(NamedTuple):
    """A port that the host feeds or reads.

    Attributes
    ----------
    process : lava process
    port : str
    late : int
        Steps before the first that answers an input.
    is_map : bool
        Whether axes are in Lava's order, and to be reversed.
    """

    process: Any
    port: str
    late: int = 0
    is_map: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = getattr(self.process, self.port).shape
        return shape


@dataclass(frozen=True)
class Compiled:
    """An executable and the ends where values enter and spikes leave.

    Attributes
    ----------
    executable : lava Executable
    entrance : End
        Where values are fed.
    read : list of End
        What a host reads: the spikes of each layer, the membranes of outputs, and what a tail sends.
    synapses : list of lava processes or None
        Of each layer.
    """

    executable: Any
    entrance: End
    read: list[End]
    synapses: list[Any]

    def builder(self, process: Any) -> Any:
        return self.executable.proc_builders[process]


def compile_layers(
    specs: Sequence[LayerSpec], settings: Settings, stock: bool, tail: Tail | None = None
) -> Compiled:
    """Build and compile, with a process behind the head where one is given; ``stock``: all is Lava's own."""
    layers = build_graph(specs, settings)
    read = [End(layer.neuron, "s_out", spec.depth) for spec, layer in zip(specs, layers, strict=True)]
    for spec, layer in zip(specs, layers, strict=True):
        if spec.shows_membrane:
            if not hasattr(layer.neuron, MEMBRANE):
                show_membrane(layer.neuron)
            read.append(End(layer.neuron, MEMBRANE, spec.depth))
    chosen = _neuron_models(specs, layers)
    if not stock:
        chosen |= {layer.synapse.id: FastConvModel for layer in layers if isinstance(layer.synapse, Conv)}
        chosen |= {relay.id: PromptRelayModel for layer in layers for relay in layer.relays}
    if tail is not None:
        read += _attached(tail, specs, layers)
    entrance = _entrance(specs, layers)
    executable = Compiler().compile(entrance.process, _Choice(chosen))
    return Compiled(executable, entrance, read, [layer.synapse for layer in layers])


def _attached(tail: Tail, specs: Sequence[LayerSpec], layers: list[LavaLayer]) -> list[End]:
    """What is read of the process that is made behind the head."""
    head = next(at for at, spec in enumerate(specs) if spec.output == 0)
    port = MEMBRANE if specs[head].shows_membrane else "s_out"
    behind = attach(tail, getattr(layers[head].neuron, port), specs[head].depth)
    return [End(behind, name, specs[head].depth, is_map=False) for name in tail.ports]


def _entrance(specs: Sequence[LayerSpec], layers: list[LavaLayer]) -> End:
    """Where values are fed: a port of the first layer, or a relay to several."""
    firsts = [layer for spec, layer in zip(specs, layers, strict=True) if not spec.sources]
    ends = [End(f.neuron, "a_in") if f.synapse is None else End(f.synapse, "s_in") for f in firsts]
    if len(ends) == 1:
        return ends[0]
    shape = fed_shape(specs)[::-1]
    relay = Relay(shape=shape, wide=shape, first=0, delay=0)
    for end in ends:
        connect(relay.s_out, getattr(end.process, end.port))
    return End(relay, "s_in")


def _neuron_models(specs: Sequence[LayerSpec], layers: list[LavaLayer]) -> dict[int, type]:
    models: dict[int, type] = {}
    for spec, layer in zip(specs, layers, strict=True):
        resets = isinstance(layer.neuron, LIFReset)
        if spec.neuron == "cuba" and not spec.has_synapses:
            models[layer.neuron.id] = BiasFedLifReset if resets else BiasFedLif
        elif spec.neuron == "cuba" and spec.shows_membrane:
            models[layer.neuron.id] = HeadLifReset if resets else HeadLif
    return models
