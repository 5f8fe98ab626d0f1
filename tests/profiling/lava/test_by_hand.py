"""Processes put together by hand, against counts that plain loops give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.profiling.lava.programs import answer

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

STEPS = 24

CHAIN = """
from tests.profiling.lava.test_by_hand import STEPS, chain_of
tag = sys.argv[1]
first, second, spikes = chain_of()
source, end = Source(data=spikes), Sink(shape=(4,), buffer=STEPS)
whole = {"du": 4095, "dv": 0, "vth": 2} if tag == "fixed_pt" else {"du": 1.0, "dv": 0.0, "vth": 128.0}
one, two = LIF(shape=(5,), **whole), LIF(shape=(4,), **whole)
connect(source, Dense(weights=first), one, Dense(weights=second), two, end)
middle = Sink(shape=(5,), buffer=STEPS)
one.s_out.connect(middle.a_in)
config = Loihi2SimCfg(select_tag=tag)
profiler = Profiler.init(config)
profiler.energy_probe(num_steps=STEPS)
run(two, STEPS, config)
sent = [middle.data.get().tolist(), end.data.get().tolist()]
two.stop()
layers = profiler.network.layers
print(json.dumps(told(profiler) | {"sent": sent, "weights": [layer.weight.tolist() for layer in layers]}))
"""


def chain_of() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two even matrices, which lose nothing in 8 bits, with zeros; and spikes ``(6, STEPS)``."""
    rng = np.random.default_rng(5)
    first, second = 2 * rng.integers(-30, 60, (5, 6)), 2 * rng.integers(-30, 60, (4, 5))
    for weights in (first, second):
        weights[rng.random(weights.shape) < 0.3] = 0
    return first, second, (rng.random((6, STEPS)) < 0.3).astype(int)


def synops(weights: np.ndarray, spikes: np.ndarray) -> tuple[list[int], list[int]]:
    """Weights that are not zero, and all, met by the spikes ``(inputs, T)`` of each step."""
    nonzero, everything = [], []
    for step in spikes.T:
        met = [w for column, spike in zip(weights.T, step, strict=True) if spike for w in column]
        nonzero.append(sum(w != 0 for w in met))
        everything.append(len(met))
    return nonzero, everything


def moved(sums: np.ndarray) -> list[int]:
    """Neurons that a step changes, of LIF neurons whose current is gone after a step and that never leak."""
    before = np.zeros((2, len(sums)))
    changed = []
    for arrived in sums.T:
        v = before[1] + arrived
        spiked = v > 128
        now = np.stack([arrived, np.where(spiked, 0, v)])
        changed.append(int((spiked | (now != before).any(0)).sum()))
        before = now
    return changed


@pytest.mark.parametrize("tag", ["fixed_pt", "floating_pt"])
def test_a_chain_of_dense_synapses_and_neurons(tag: str) -> None:
    result = answer(CHAIN, tag)
    first, second, fed = chain_of()
    hidden, out = (np.array(sent).astype(int) for sent in result["sent"])
    assert hidden.any()
    assert out.any()
    for found, weights, arrived, sent in zip(
        result["counts"], (first, second), (fed, hidden), (hidden, out), strict=True
    ):
        nonzero, everything = synops(weights, arrived)
        assert found["spikes_in"] == arrived.sum(0).tolist()
        assert found["synops"] == nonzero
        assert found["synops_all"] == everything
        assert found["spikes_out"] == sent.sum(0).tolist()
        assert found["neuron_updates"] == [len(sent)] * STEPS
        # What a synapse hears in a step it hands on in the next.
        late = np.hstack([np.zeros((len(sent), 1)), weights @ arrived])[:, :-1]
        assert found["neuron_updates_changed"] == moved(late)
    assert result["first"] == [hidden.sum(1).tolist(), out.sum(1).tolist()]
    assert result["weights"] == [first.tolist(), second.tolist()]


SYNAPSES = """
from scipy.sparse import csr_matrix
from lava.proc.learning_rules.stdp_learning_rule import STDPLoihi
from tests.profiling.lava.test_by_hand import STEPS, chain_of
weights, _, spikes = chain_of()
# With both signs the last bit goes: a 1 is no weight on the chip, a -1 is a -2.
weights[0, :3] = 1
weights[1, :3] = -1
delays = np.arange(30).reshape(5, 6) % 4
rule = STDPLoihi(learning_rate=1, A_plus=1, A_minus=-1, tau_plus=10, tau_minus=10, t_epoch=4)
synapses = {
    "dense": Dense(weights=weights),
    "graded": Dense(weights=weights, num_message_bits=8),
    "sparse": Sparse(weights=csr_matrix(weights)),
    "delayed": DelayDense(weights=weights, delays=delays),
    "sparse delayed": DelaySparse(weights=csr_matrix(weights), delays=csr_matrix(delays * (weights != 0))),
    "learning": LearningDense(weights=weights, learning_rule=rule),
}
result = {}
for name, synapse in synapses.items():
    payload = -3 if name == "graded" else 1
    source, neuron = Source(data=payload * spikes), (TernaryLIF if name == "graded" else LIF)(shape=(5,))
    connect(source, synapse, neuron)
    config = Loihi2SimCfg(select_tag="fixed_pt")
    profiler = Profiler.init(config)
    run(neuron, STEPS, config)
    neuron.stop()
    (layer,) = counts(profiler)
    result[name] = layer | {"weights": profiler.activity.layers[0].nonzero_weights}
    result[name]["learns"] = "learning" in profiler.statement
print(json.dumps(result))
"""


def test_every_kind_of_matrix() -> None:
    result = answer(SYNAPSES)
    weights, _, spikes = chain_of()
    applied = weights.copy()
    applied[0, :3], applied[1, :3] = 0, -2
    nonzero, everything = synops(applied, spikes)
    for name, found in result.items():
        assert found["spikes_in"] == spikes.sum(0).tolist(), name
        assert found["synops"] == nonzero, name
        # A sparse matrix stores no zeros.
        assert found["synops_all"] == (nonzero if name.startswith("sparse") else everything), name
        assert found["weights"] == int((applied != 0).sum()), name
        assert found["learns"] == (name == "learning")
    assert len(result) == 6


FORK = """
from tests.profiling.lava.test_by_hand import STEPS, chain_of
weights, second, spikes = chain_of()
source, feeds = Source(data=spikes), [Dense(weights=weights), Dense(weights=-weights)]
whole = {"du": 4095, "dv": 0, "vth": 2}
branches, sinks = [LIF(shape=(5,), **whole) for _ in feeds], [Sink(shape=(5,), buffer=STEPS) for _ in feeds]
join, end = Dense(weights=second, num_message_bits=2), LIF(shape=(4,), **whole)
for feed, branch, sink in zip(feeds, branches, sinks):
    connect(source, feed, branch, join)
    branch.s_out.connect(sink.a_in)
connect(join, end)
config = Loihi2SimCfg(select_tag="fixed_pt")
profiler = Profiler.init(config)
profiler.energy_probe(num_steps=STEPS)
run(end, STEPS, config)
sent = [sink.data.get().tolist() for sink in sinks]
end.stop()
order = [profiler.activity.layers[at].name for at in range(3)]
placed = [layer.name for layer in profiler.placement.layers]
kinds = [len(node.sources) for node in profiler.network.in_order()]
print(json.dumps(told(profiler) | {"sent": sent, "order": order, "placed": placed, "kinds": kinds}))
"""


def test_branches_that_join() -> None:
    """Each branch sends a message of its own, though Lava's port adds them up."""
    result = answer(FORK)
    _, second, _ = chain_of()
    branches = [np.array(sent).astype(int) for sent in result["sent"]]
    parts = [synops(second, branch)[0] for branch in branches]
    joined = result["counts"][-1]
    assert joined["spikes_in"] == sum(branch.sum(0) for branch in branches).tolist()
    assert joined["synops"] == (np.array(parts[0]) + parts[1]).tolist()
    assert all(branch.any() for branch in branches)
    assert result["order"] == result["placed"]
    assert result["kinds"] == [1, 1, 2]


CUSTOM = """
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol
from lava.proc.lif.models import PyLifModelBitAcc
from tests.profiling.lava.test_by_hand import STEPS, chain_of

class Odd(AbstractProcess):
    def __init__(self, shape):
        super().__init__(shape=shape)
        self.a_in, self.s_out = InPort(shape=shape), OutPort(shape=shape)

@implements(proc=Odd, protocol=LoihiProtocol)
@requires(CPU)
class PyOddModel(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def run_spk(self):
        self.s_out.send(self.a_in.recv() > 60)

class OwnLif(PyLifModelBitAcc):
    pass

weights, second, spikes = chain_of()
source, odd, sink = Source(data=spikes), Odd((5,)), Sink(shape=(4,), buffer=STEPS)
end = LIF(shape=(4,), du=4095, vth=2)
connect(source, Dense(weights=weights), odd, Dense(weights=second), end, sink)
# Lava's compiler would take a model that is named for one process without asking the run configuration.
config = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map={end: OwnLif, Odd: PyOddModel})
profiler = Profiler.init(config)
profiler.energy_probe(num_steps=STEPS)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run(end, STEPS, config)
sent = sink.data.get().tolist()
end.stop()
said = [str(one.message) for one in caught if "not profiled" in str(one.message)]
try:
    profiler.network
except ValueError as error:
    refused = str(error)
basis = profiler.report.placement.basis
result = {"said": said, "unprofiled": profiler.unprofiled, "statement": profiler.statement, "basis": basis}
result |= {"refused": refused, "sent": sent, "joules": profiler.energy, "names": profiler.names}
print(json.dumps(result | {"counts": counts(profiler)}))
"""


def test_what_is_unknown_is_told_loudly() -> None:
    result: dict[str, Any] = answer(CUSTOM)
    weights, _, spikes = chain_of()
    assert len(result["said"]) == 1
    assert "Odd) is not profiled: what it does is in none of the estimates" in result["said"][0]
    (name,) = result["unprofiled"]
    assert f"not profiled, and in no figure: {name}" in result["statement"]
    assert "a process that is not profiled" in result["refused"]
    assert "no mapping to cores" in result["statement"]
    assert result["basis"] == "neurons alone"
    assert result["joules"] > 0
    # The synapse before it and the neurons behind are counted.
    by_neurons = {layer["neuron_updates"][0]: layer for layer in result["counts"]}
    assert by_neurons[0]["synops"] == synops(weights, spikes)[0]
    assert by_neurons[4]["spikes_out"] == np.array(result["sent"]).astype(int).sum(0).tolist()
    assert sum(by_neurons[4]["spikes_out"]) > 0
