"""Loihi 2 itself, through Lava and Intel's compiler; written to the published interface only."""

from __future__ import annotations

from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.lava_cpu import layer_specs
from neuromorph_track.backends.lava_worker.frames import Message
from neuromorph_track.backends.lava_worker.handle import LavaWorker
from neuromorph_track.backends.lava_worker.spec import pack
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Network


class Loihi2Backend:
    """Run a sigma-delta detector on a Loihi 2 board. Never run on silicon so far.

    Parameters
    ----------
    network : Network
        A delta input layer, convolutions with sigma-delta neurons, and a sigma head.
    spike_exp : int or None
        By default the contract's, or 6.
    timeout : float or None
        Seconds that Lava may take for one answer.

    Raises
    ------
    InputError
        When the network is another kind.
    JobError
        When lava-nc or Intel's compiler is absent, or Lava fails.
    """

    def __init__(
        self, network: AnyNetwork, *, spike_exp: int | None = None, timeout: float | None = None
    ) -> None:
        if spike_exp is None:
            spike_exp = network.contract.spike_exp if network.contract else 6
        self.network = network
        if not isinstance(network, Network):
            raise InputError(network.source, "node", "a branching network", "a chain of layers")
        specs = layer_specs(network)
        kinds = [(spec.kind, spec.neuron) for spec in specs]
        if any(neuron == "ilif" for _, neuron in kinds):
            expected = (
                "neurons that Lava has on the chip: these need microcode of their own (docs/smtrack.md)"
            )
            raise InputError(network.source, "neuron/type", "integer LIF neurons (ILIF)", expected)
        inner = {("conv", "sigma_delta")}
        if kinds[0] != ("input", "delta") or kinds[-1] != ("conv", "sigma") or set(kinds[1:-1]) - inner:
            found = ", ".join(f"{kind} {neuron}" for kind, neuron in kinds)
            expected = "a delta input layer, sigma-delta convolutions and a sigma head"
            raise InputError(network.source, "layer", found, expected)
        plain, arrays = pack(specs)
        settings = {"spike_exp": spike_exp}
        self._worker = LavaWorker(timeout)
        self._worker.ask(Message("setup", {"layers": plain, "settings": settings, "on": "loihi2"}, arrays))

    def __enter__(self) -> Loihi2Backend:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the board back; this can be called twice."""
        self._worker.close()

    def rewrite(self, stage: str, weight: NDArray[np.int32]) -> None:
        """Refused: whether Intel's compiler lets a host write a convolution's weights is not published.

        Raises
        ------
        InputError
        """
        expected = "a backend whose convolutions can be written: the simulator, or Lava on the CPU"
        raise InputError(self.network.source, f"{stage}/weight", "new weights on Loihi 2", expected)

    def run(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Head potentials ``(T, *output_shape)`` int32 of values ``(T, *input_shape)`` int32."""
        expected = self.network.input_shape
        if values.shape[1:] != expected:
            raise InputError(self.network.source, "input", f"shape {values.shape[1:]}", str(expected))
        answer = self._worker.ask(Message("run", {}, {"values": values}))
        return answer.arrays["0"].reshape(len(values), *self.network.output_shape)
