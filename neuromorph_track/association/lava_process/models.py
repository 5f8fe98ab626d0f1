"""What the tracker does at each step, on the host's processor."""

from __future__ import annotations

from typing import Any

import numpy as np
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from neuromorph_track.association.lava_process.process import AssociationProcess
from neuromorph_track.association.rows import COLUMNS, NO_FRAME, to_rows
from neuromorph_track.errors import InputError


# It has no tag, so that every run configuration of Lava takes it: fixed-point heads and floating ones
# send the same units.
@implements(proc=AssociationProcess, protocol=LoihiProtocol)
@requires(CPU)
class PyAssociationModel(PyLoihiProcessModel):
    """:class:`AssociationProcess` on a CPU; it works in the spiking phase of each of Lava's steps."""

    # A channel has the type of the port that sends: 64-bit floats carry tracks to the last bit.
    potentials: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    tracks: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    count: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params: Any) -> None:
        super().__init__(proc_params)
        self.association = proc_params["make_association"]()
        self.most = proc_params["max_tracks"]

    def run_spk(self) -> None:
        """Take in the potentials of the step; send tracks where it ends a frame."""
        # Reversed axes turn Lava's (width, height, channel) into ours.
        found = self.association(self.potentials.recv().T)
        if found is None:
            self.tracks.send(np.zeros((self.most, len(COLUMNS))))
            self.count.send(np.array([NO_FRAME], np.int32))
            return
        try:
            rows = to_rows(found, self.most)
        except InputError as error:
            # Lava's own runtime does not say why a model failed.
            self.log.error(str(error))
            raise
        self.tracks.send(rows)
        self.count.send(np.array([len(found)], np.int32))
