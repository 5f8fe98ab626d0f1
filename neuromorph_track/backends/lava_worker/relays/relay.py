"""A process that passes spikes on: later, or as some of the channels of a wider map."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol
from numpy.typing import NDArray


class Relay(AbstractProcess):
    """Passes on what arrives.

    Several relays into one port make a concatenation: Lava adds what arrives at a port, and of each
    channel only one of them sends anything. (Lava's own ``concat_with`` has no CPU implementation.)

    Parameters
    ----------
    shape : tuple of int
        Of what arrives, channels last.
    wide : tuple of int
        Of what is sent: the same but for the number of channels.
    first : int
        Channel of what is sent that the first channel of what arrives becomes.
    delay : int
        Steps that it waits; zeros are sent before.
    """

    def __init__(self, *, shape: tuple[int, ...], wide: tuple[int, ...], first: int, delay: int) -> None:
        super().__init__(shape=shape, wide=wide, first=first, delay=delay)
        self.s_in = InPort(shape=shape)
        self.s_out = OutPort(shape=wide)


# It has no tag, so that every run configuration of Lava takes it.
@implements(proc=Relay, protocol=LoihiProtocol)
@requires(CPU)
class PyRelayModel(PyLoihiProcessModel):
    """Model of :class:`Relay`."""

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        first, shape = proc_params["first"], proc_params["shape"]
        self.channels = slice(first, first + shape[-1])
        self.sent = np.zeros(proc_params["wide"], np.int32)
        self.waiting = deque([np.zeros(shape, np.int32)] * proc_params["delay"])

    def run_spk(self) -> None:
        """Take in a step's spikes and send those of some steps before."""
        self.waiting.append(self.s_in.recv())
        self.pass_on(self.waiting.popleft())

    def pass_on(self, spikes: NDArray[np.int32]) -> None:
        """Send ``spikes`` as their channels of the wider map."""
        self.sent[..., self.channels] = spikes
        self.s_out.send(self.sent)
