"""The same graph on a Loihi 2 board, wired as lava-dl's detection tutorials wire theirs.

Written to the published interface (lava-nc 0.10.0, lava-dl 0.6.0 tutorials); never run on silicon.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2HwCfg
from lava.proc import io
from lava.utils import loihi

from neuromorph_track.backends.lava_worker.graph import FED_MESSAGE_BITS, Settings, build_graph
from neuromorph_track.backends.lava_worker.spec import Array, LayerSpec
from neuromorph_track.backends.lava_worker.tail import Unavailable

ENCODED_BITS = 8
BUFFERED_FRAMES = 128
# What is read of a neuron is what it held a step before.
READ_STEPS = 1


class Loihi2Session:
    """Run a sigma-delta network on a board; only the potentials of its head come back.

    Parameters
    ----------
    specs : sequence of LayerSpec
        A delta input layer, convolutions, and a sigma head.
    settings : Settings

    Raises
    ------
    Unavailable
        When lava-loihi is not installed or there is no board.
    """

    def __init__(self, specs: Sequence[LayerSpec], settings: Settings) -> None:
        if not loihi.is_installed():
            raise Unavailable(
                "Loihi 2 needs Intel's compiler: lava-loihi, given to members of the Intel Neuromorphic "
                f"Research Community, is not installed for {sys.executable}"
            )
        from lava.proc import embedded_io

        loihi.use_slurm_host(loihi_gen=loihi.ChipGeneration.N3B3)
        self.late = len(specs) - 1 + READ_STEPS
        self.steps_done = 0
        compression = io.encoder.Compression.DELTA_SPARSE_8
        entrance = specs[0].shape[::-1]
        layers = build_graph(on_chip(specs), settings)
        self.sender = io.injector.Injector(shape=entrance, buffer_size=BUFFERED_FRAMES)
        encoder = io.encoder.DeltaEncoder(
            shape=entrance,
            vth=specs[0].threshold,
            spike_exp=0,
            num_bits=ENCODED_BITS,
            compression=compression,
        )
        into_chip = embedded_io.spike.PyToN3ConvAdapter(
            shape=entrance,
            num_message_bits=FED_MESSAGE_BITS,
            spike_exp=settings.spike_exp,
            compression=compression,
        )
        head = layers[-1].neuron
        out_of_chip = embedded_io.state.ReadConv(shape=head.s_out.shape)
        self.receiver = io.extractor.Extractor(shape=head.s_out.shape, buffer_size=BUFFERED_FRAMES)
        self.sender.out_port.connect(encoder.a_in)
        encoder.s_out.connect(into_chip.inp)
        into_chip.out.connect(layers[0].synapse.s_in)
        out_of_chip.connect_var(head.sigma)
        out_of_chip.out.connect(self.receiver.in_port)
        self.config = Loihi2HwCfg(
            exception_proc_model_map={io.encoder.DeltaEncoder: io.encoder.PyDeltaEncoderModelSparse}
        )

    def run(self, values: Array) -> list[Array]:
        """Head potentials; the last value is fed again until it has come through."""
        steps = len(values) + self.late
        self.sender.run(condition=RunSteps(num_steps=steps, blocking=False), run_cfg=self.config)
        potentials: list[Any] = []
        for step in range(steps):
            self.sender.send(values[min(step, len(values) - 1)].T)
            potentials.append(self.receiver.receive().T)
            self.steps_done += 1
        self.sender.wait()
        return [np.stack(potentials[self.late :]).astype(np.int32)]

    def rewrite(self, layer: int, weight: Array) -> None:
        """Refused: whether Intel's compiler lets a host write a convolution's weights is not published."""
        raise Unavailable("a convolution's weights cannot be written on Loihi 2 by what is published of it")

    def failure(self) -> str | None:
        """Nothing: :meth:`run` itself learns of it."""
        return None

    def close(self) -> None:
        """Give the board back."""
        self.sender.stop()


def on_chip(specs: Sequence[LayerSpec]) -> list[LayerSpec]:
    """The layers behind the encoder, which stays on the host: the first of them takes what is fed."""
    first, *others = specs[1:]
    return [
        replace(first, sources=(), source_shapes=()),
        *(replace(spec, sources=(at,)) for at, spec in enumerate(others)),
    ]
