"""Which Lava processes are synapses, neurons or the host's; all others are unknown, and said to be."""

from __future__ import annotations

from typing import Any, NamedTuple

from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.proc.atrlif.process import ATRLIF
from lava.proc.conv.process import Conv
from lava.proc.dense.process import Dense
from lava.proc.graded.process import GradedReluVec, GradedVec
from lava.proc.lif.process import AbstractLIF
from lava.proc.prodneuron.process import ProdNeuron
from lava.proc.rf.process import RF
from lava.proc.rf_iz.process import RF_IZ
from lava.proc.sdn.process import Delta, Sigma, SigmaDelta
from lava.proc.sparse.process import Sparse

from neuromorph_track.backends.lava_worker.integer_lif.process import IntegerLif

# What runs on the host or embedded processors, on a chip as in the simulation.
HOST_ROOMS = ("lava.proc.io.", "lava.proc.monitor.", "lava.proc.receiver.", "neuromorph_track.")


class NeuronRule(NamedTuple):
    """What of a neuron process is its state.

    Attributes
    ----------
    process : type
    kind : str
        As of :class:`neuromorph_track.netx.Neuron` where there is such a one, else Lava's own name.
    states : tuple of str
        Variables whose change makes an update a changing one; ``level`` is what was last sent in sum.
    """

    process: type
    kind: str
    states: tuple[str, ...]


NEURONS = (
    NeuronRule(AbstractLIF, "cuba", ("u", "v")),
    NeuronRule(IntegerLif, "ilif", ("v",)),
    NeuronRule(SigmaDelta, "sigma_delta", ("sigma", "level")),
    NeuronRule(Sigma, "sigma", ("sigma",)),
    NeuronRule(Delta, "delta", ("level",)),
    NeuronRule(RF_IZ, "rf_iz", ("real", "imag")),
    NeuronRule(RF, "rf", ("real", "imag")),
    NeuronRule(ATRLIF, "atrlif", ("i", "v", "theta", "r")),
    NeuronRule(GradedVec, "gradedvec", ("v",)),
    NeuronRule(GradedReluVec, "gradedreluvec", ("v",)),
    NeuronRule(ProdNeuron, "prodneuron", ("v",)),
)
LEVEL = ("act", "residue")


def neuron_rule(process: Any, model: type) -> NeuronRule | None:
    """How to count a neuron process that ``model`` runs; None where it is no neuron that we know."""
    rule = next((rule for rule in NEURONS if isinstance(process, rule.process)), None)
    if rule is None or not _speaks(model, "s_out", PyOutPort.VEC_DENSE):
        return None
    needed = {name for state in rule.states for name in (LEVEL if state == "level" else (state,))}
    return rule if all(hasattr(model, name) for name in needed) else None


def is_synapse(process: Any, model: type) -> bool:
    """Whether a process is one of Lava's synapses, and its model hears and keeps weights as Lava's do."""
    known = isinstance(process, (Dense, Sparse, Conv))
    weights = "weight" if isinstance(process, Conv) else "weights"
    return known and hasattr(model, weights) and _speaks(model, "s_in", PyInPort.VEC_DENSE)


def is_host(process: Any) -> bool:
    return f"{type(process).__module__}.".startswith(HOST_ROOMS)


def _speaks(model: type, port: str, by: type) -> bool:
    declared = getattr(model, port, None)
    return isinstance(declared, LavaPyType) and declared.cls is by
