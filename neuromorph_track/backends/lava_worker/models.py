"""Lava's leaky neurons where a `.net` asks more of them than a port can carry."""

from __future__ import annotations

import numpy as np
from lava.proc.lif.models import PyLifModelBitAcc, PyLifResetModelBitAcc

MEMBRANE = "membrane"


class _BiasFed:
    """What arrives at ``a_in`` is the bias of the step; there is no synaptic input."""

    def subthr_dynamics(self, activation_in: np.ndarray) -> None:
        self.bias_mant[:] = activation_in  # type: ignore[attr-defined]
        self.scale_bias()  # type: ignore[attr-defined]
        super().subthr_dynamics(activation_in=np.zeros_like(activation_in))  # type: ignore[misc]


class _Head:
    """Shows its membrane potential after each step."""

    def run_spk(self) -> None:
        super().run_spk()  # type: ignore[misc]
        self.proc_params[MEMBRANE].send(self.v)  # type: ignore[attr-defined]


class BiasFedLif(_BiasFed, PyLifModelBitAcc):
    pass


class BiasFedLifReset(_BiasFed, PyLifResetModelBitAcc):
    pass


class HeadLif(_Head, PyLifModelBitAcc):
    pass


class HeadLifReset(_Head, PyLifResetModelBitAcc):
    pass
