"""Lava's leaky neurons where a `.net` asks more of them than a port can carry."""

from __future__ import annotations

from typing import Any

import numpy as np
from lava.magma.core.model.py.ports import PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import OutPort
from lava.proc.lif.models import PyLifModelBitAcc, PyLifResetModelBitAcc

MEMBRANE = "v_out"


def show_membrane(neuron: Any) -> None:
    """Give a leaky neuron a port for its membrane potential; it then needs one of the models below."""
    setattr(neuron, MEMBRANE, OutPort(shape=neuron.s_out.shape))
    # Lava counts a process's ports when it is made; its own `Read` adds one later in this way too.
    neuron._post_init()


class _BiasFed:
    """What arrives at ``a_in`` is the bias of the step; there is no synaptic input."""

    def subthr_dynamics(self, activation_in: np.ndarray) -> None:
        self.bias_mant[:] = activation_in  # type: ignore[attr-defined]
        self.scale_bias()  # type: ignore[attr-defined]
        super().subthr_dynamics(activation_in=np.zeros_like(activation_in))  # type: ignore[misc]


class _Head:
    """Shows its membrane potential after each step."""

    v_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)

    def run_spk(self) -> None:
        super().run_spk()  # type: ignore[misc]
        self.v_out.send(self.v)  # type: ignore[attr-defined]


class BiasFedLif(_BiasFed, PyLifModelBitAcc):
    pass


class BiasFedLifReset(_BiasFed, PyLifResetModelBitAcc):
    pass


class HeadLif(_Head, PyLifModelBitAcc):
    pass


class HeadLifReset(_Head, PyLifResetModelBitAcc):
    pass
