"""Milliseconds a timestep: lava-dl's tutorial way, our Lava backend, and the fixed-point simulator.

Run ``python benchmarks/lava_speed.py VIDEO``, which adds yolo-kp at full size on the first frames of VIDEO,
or without one; it needs lava-dl and some minutes. Start-up is left out: each is timed from its second step
on. All give the same bits (``benchmarks/bits.py``), which is checked here again for what comes out of the
last layer.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Layer, Network, Neuron, write_net
from neuromorph_track.runs.verify import input_values

NEURONS = 64
CHUNK = 16
LEAKY = Neuron("cuba", "CUBA", threshold=600, current_decay=512, voltage_decay=512)

# As in lava-dl's notebooks (yolo_kp for pictures, oxford for spikes), all of it Lava's own. In a process of
# its own, as Lava changes how the whole program starts processes.
TUTORIAL = """
import sys
import time
import numpy as np
from lava.lib.dl import netx
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc import io

def on_pictures(path, values, spike_exp):
    network = netx.hdf5.Network(path, spike_exp=spike_exp, skip_layers=1, input_message_bits=16)
    models = {
        io.injector.Injector: io.injector.PyLoihiInjectorModel,
        io.extractor.Extractor: io.extractor.PyLoihiExtractorModel,
        io.encoder.DeltaEncoder: io.encoder.PyDeltaEncoderModelDense,
    }
    sender = io.injector.Injector(shape=network.inp.shape, buffer_size=len(values))
    receiver = io.extractor.Extractor(shape=network.out.shape, buffer_size=len(values))
    threshold = network.net_config["layer"][0]["neuron"]["vThMant"]
    encoder = io.encoder.DeltaEncoder(shape=network.inp.shape, vth=threshold, spike_exp=spike_exp)
    sender.out_port.connect(encoder.a_in)
    encoder.s_out.connect(network.inp)
    network.out.connect(receiver.in_port)
    config = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map=models)
    sender.run(condition=RunSteps(num_steps=len(values), blocking=False), run_cfg=config)
    came = []
    for step in values:
        if len(came) == 1:
            started = time.perf_counter()
        sender.send(step.T)
        came.append(receiver.receive().T)
    seconds = time.perf_counter() - started
    sender.wait()
    sender.stop()
    return seconds, np.stack(came)

def on_spikes(path, values, spike_exp):
    network = netx.hdf5.Network(path, spike_exp=spike_exp)
    source = io.source.RingBuffer(data=values.T)
    sink = io.sink.RingBuffer(shape=network.out.shape, buffer=len(values))
    source.s_out.connect(network.inp)
    network.out.connect(sink.a_in)
    config = Loihi2SimCfg(select_tag="fixed_pt")
    source.run(condition=RunSteps(num_steps=1), run_cfg=config)
    started = time.perf_counter()
    source.run(condition=RunSteps(num_steps=len(values) - 1))
    seconds = time.perf_counter() - started
    came = sink.data.get().T
    source.stop()
    return seconds, came

path, values, output, spike_exp = sys.argv[1], np.load(sys.argv[2]), sys.argv[3], int(sys.argv[4])
seconds, came = (on_pictures if values.ndim == 4 else on_spikes)(path, values, spike_exp)
np.save(output, came.astype(np.int32))
print(seconds / (len(values) - 1))
"""


def tutorial_seconds(path: Path, values: np.ndarray, spike_exp: int) -> tuple[float, np.ndarray]:
    """Seconds a step, and what came out, ``depth`` steps late."""
    with tempfile.TemporaryDirectory() as folder:
        given, came = Path(folder) / "values.npy", Path(folder) / "came.npy"
        np.save(given, values)
        command = [sys.executable, "-W", "ignore", "-c", TUTORIAL, path, given, came, spike_exp]
        done = subprocess.run(
            list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True, timeout=600
        )
        return float(done.stdout.split()[-1]), np.load(came)


def seconds_a_step(run: Callable[[np.ndarray], object], values: np.ndarray, repeats: int) -> float:
    """Median over ``repeats`` runs over all steps; the first step is run before."""
    run(values[:1])
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        run(values)
        taken.append((time.perf_counter() - started) / len(values))
    return statistics.median(taken)


def in_chunks(simulator: FixedSimulator, values: np.ndarray) -> None:
    """As ``track`` feeds frames."""
    length = CHUNK if values.ndim == 4 else len(values)
    for start in range(0, len(values), length):
        simulator.run(values[start : start + length])


def stock_seconds(network: Network, values: np.ndarray) -> float:
    """Lava's own runtime: the difference of a long and a short run, both with their flush."""
    taken = []
    for length in (1, len(values)):
        with LavaBackend(network, stock=True) as lava:
            started = time.perf_counter()
            lava.run(values[:length])
            taken.append(time.perf_counter() - started)
    return (taken[1] - taken[0]) / (len(values) - 1)


def leaky_network() -> Network:
    """Two dense layers of leaky neurons, about a fifth of which fire in a step."""
    rng = np.random.default_rng(0)
    layers = [
        Layer(
            "dense",
            (NEURONS,),
            neuron=LEAKY,
            weight=rng.integers(-80, 81, (NEURONS, NEURONS)).astype(np.int32),
        )
        for _ in range(2)
    ]
    return Network(tuple(layers))


def measure(
    name: str, network: Network, values: np.ndarray, repeats: int, few: int
) -> list[tuple[str, float]]:
    """Rows of (what, seconds a step) for one network; ``few`` steps for Lava's own runtime."""
    spike_exp = network.contract.spike_exp if network.contract else 6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.net"
        write_net(network, path)
        theirs, came = tutorial_seconds(path, values[:few], spike_exp)
    simulator = FixedSimulator(network, spike_exp=spike_exp)
    expected = simulator.run(values[:few]).output
    # Every synapse answers a step late, and so does the tutorials' encoder.
    late = sum(layer.has_synapses or layer.kind == "input" for layer in network.layers)
    if not np.array_equal(came[late:], expected[: few - late]):
        raise SystemExit(f"{name}: lava-dl's output differs from ours")
    stock = stock_seconds(network, values[:few])
    with LavaBackend(network) as lava:
        if not np.array_equal(lava.run(values[:few]).output, expected):
            raise SystemExit(f"{name}: Lava's output differs from the simulator's")
        ours = seconds_a_step(lava.run, values if values.ndim == 2 else values[:few], repeats)
    fixed = seconds_a_step(lambda steps: in_chunks(simulator, steps), values, repeats)
    return [
        ("lava-dl's tutorial code", theirs),
        ("backend lava, stock", stock),
        ("backend lava", ours),
        ("fixed-point simulator", fixed),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", nargs="?", help="PETS09-S2L1's vtest.avi for the figures in docs/lava.md")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    detector = load_network("scenes-nano")
    leaky = leaky_network()
    spikes = (np.random.default_rng(1).random((2000, NEURONS)) < 0.3).astype(np.int32)
    jobs: dict[str, tuple[Network, np.ndarray, int]] = {
        "scenes-nano, 192 x 256": (detector, input_values(detector, 16, None), 16),
        f"2 x {NEURONS} leaky neurons": (leaky, spikes, 500),
    }
    if arguments.video:
        yolo = load_network("yolo-kp")
        jobs["yolo-kp, 448 x 448"] = (yolo, input_values(yolo, 100, arguments.video), 16)
    table = Table(title="Timestep", caption="start-up left out", caption_justify="left")
    for heading in ("Network", "Run by", "ms a step", "faster than the tutorial"):
        table.add_column(heading, justify="left" if len(table.columns) < 2 else "right")
    for name, (network, values, few) in jobs.items():
        rows = measure(name, network, values, arguments.repeats, few)
        for what, seconds in rows:
            table.add_row(name, what, f"{1e3 * seconds:.3f}", f"{rows[0][1] / seconds:.1f} x")
        table.add_section()
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
