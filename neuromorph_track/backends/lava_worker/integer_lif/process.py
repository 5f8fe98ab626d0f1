"""Integer leaky integrate-and-fire neurons, which Lava does not have; equations: docs/smtrack.md."""

from __future__ import annotations

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol
from numpy.typing import NDArray

DECAY_BITS = 12
STATE_EXP = 6
LARGEST_STATE = 1 << 23


class IntegerLif(AbstractProcess):
    """Neurons that send how many thresholds they hold, and keep the rest.

    Parameters
    ----------
    shape : tuple of int
    vth : int
        Threshold, in units of a synapse's sum.
    dv : int
        The potential keeps ``(4096 - dv) / 4096`` of itself each step.
    levels : int
        Largest spike.
    bias : int or array of ``shape``
        Added to the sum in each step.
    reset_interval, reset_offset : int or None, int
        ``v`` is zeroed before step ``t``, counted from 1, where ``t % interval == offset % interval``.

    Attributes
    ----------
    a_in : InPort
        Sums of a synapse, or what an input layer is fed.
    s_out : OutPort
        Graded spikes, 0 to ``levels``.
    v_out : OutPort
        The potential after each step.
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...],
        vth: int,
        dv: int,
        levels: int,
        bias: int | NDArray[np.int32] = 0,
        reset_interval: int | None = None,
        reset_offset: int = 0,
    ) -> None:
        super().__init__(shape=shape, reset_interval=reset_interval, reset_offset=reset_offset)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.v_out = OutPort(shape=shape)
        self.v = Var(shape=shape, init=0)
        self.bias = Var(shape=shape, init=bias)
        self.vth = Var(shape=(1,), init=vth)
        self.dv = Var(shape=(1,), init=dv)
        self.levels = Var(shape=(1,), init=levels)


# It has no tag, so that every run configuration of Lava takes it.
@implements(proc=IntegerLif, protocol=LoihiProtocol)
@requires(CPU)
class PyIntegerLifModel(PyLoihiProcessModel):
    """Model of :class:`IntegerLif`."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    v_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    v: Any = LavaPyType(np.ndarray, np.int32, precision=24)
    bias: Any = LavaPyType(np.ndarray, np.int32, precision=24)
    vth: Any = LavaPyType(np.ndarray, np.int32, precision=18)
    dv: Any = LavaPyType(np.ndarray, np.int32, precision=13)
    levels: Any = LavaPyType(np.ndarray, np.int32, precision=8)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.interval, self.offset = proc_params["reset_interval"], proc_params["reset_offset"]

    def run_spk(self) -> None:
        """Integrate a step's sums and send what they are worth."""
        current = self.a_in.recv().astype(np.int64) + self.bias
        if self.interval and self.time_step % self.interval == self.offset % self.interval:
            self.v = np.zeros_like(self.v)
        product = self.v.astype(np.int64) * ((1 << DECAY_BITS) - self.dv)
        kept = np.sign(product) * (np.abs(product) >> DECAY_BITS)
        v = np.clip(kept + (current << STATE_EXP), 1 - LARGEST_STATE, LARGEST_STATE - 1)
        unit = self.vth.astype(np.int64) << STATE_EXP
        spikes = np.clip((v + unit // 2) // unit, 0, self.levels)
        self.v = (v - spikes * unit).astype(np.int32)
        self.s_out.send(spikes.astype(np.int32))
        self.v_out.send(self.v)
