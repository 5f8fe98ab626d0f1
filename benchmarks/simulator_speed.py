"""Time of the fixed-point simulator beside what computes the same shapes, in one process, in turns.

    python benchmarks/simulator_speed.py VIDEO      yolo-kp on the first frames of VIDEO, and small networks

SLAYER's row needs lava-dl (Python 3.10). Times are the median over chunks; machines are noisy, so look at the
ratios.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.trained import trained_forward
from neuromorph_track.data.frames import open_source
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import JobError
from neuromorph_track.export.yolo_kp import wheel_checkpoint
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Layer, Network, Neuron

# As many frames as `track` feeds at once.
CHUNK = 16
SLAYER_FRAMES = 16

Values = NDArray[np.int32]


def per_frame(run: Callable[[Values], object], values: Values, warm: int = 1) -> float:
    """Median seconds a frame over chunks, the first ``warm`` chunks left out."""
    seconds = []
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        begun = time.perf_counter()
        run(chunk)
        seconds.append((time.perf_counter() - begun) / len(chunk))
    return statistics.median(seconds[warm:])


def float_chain(network: Network) -> Callable[[Values], object]:
    """The network's convolutions alone, float32, channels last: no neurons, no exactness, no counts."""
    convolutions = []
    for layer in network.layers:
        if layer.kind == "conv":
            assert layer.weight is not None
            weight = torch.from_numpy(layer.weight.astype(np.float32)).to(memory_format=torch.channels_last)
            convolutions.append((weight, layer))

    @torch.inference_mode()
    def run(values: Values) -> None:
        for frame in values:
            x = torch.from_numpy(frame[None].astype(np.float32)).to(memory_format=torch.channels_last)
            for weight, layer in convolutions:
                x = torch.nn.functional.conv2d(
                    x, weight, None, layer.stride, layer.padding, layer.dilation, layer.groups
                )

    return run


def video_table(source: str, frames: int) -> Table:
    network = load_network("yolo-kp")
    assert network.contract is not None
    encoder = FrameEncoder(network.contract.input)
    values = np.stack([encoder(frame)[0] for frame in open_source(source, frames)])
    table = Table(title=f"yolo-kp 448x448, {len(values)} frames, {torch.get_num_threads()} threads")
    for heading in ("", "ms a frame", "of the float32 chain"):
        table.add_column(heading, justify="left" if not heading else "right")
    rows = {}
    for engine in ("events", "dense"):
        simulator = FixedSimulator(network, engine=engine)
        rows[f"fixed simulator, {engine}, with counts"] = per_frame(simulator.run, values)
    rows["float32 convolution chain"] = per_frame(float_chain(network), values)
    whole = FixedSimulator(network)
    begun = time.perf_counter()
    for start in range(0, len(values), CHUNK):
        whole.run(values[start : start + CHUNK])
    rows["events, mean over all frames, the first included"] = (time.perf_counter() - begun) / len(values)
    try:
        forward = trained_forward(str(wheel_checkpoint()))
        pixels = torch.from_numpy(np.moveaxis(values[:SLAYER_FRAMES], 0, -1)[None].astype(np.float32) / 64)
        forward(pixels[..., :2])
        begun = time.perf_counter()
        forward(pixels)
        rows["SLAYER float forward"] = (time.perf_counter() - begun) / SLAYER_FRAMES
    except JobError as error:
        Console(stderr=True).print(f"no SLAYER row: {error}", highlight=False)
    chain = rows["float32 convolution chain"]
    for name, seconds in rows.items():
        table.add_row(name, f"{1e3 * seconds:.1f}", f"{seconds / chain:.2f}")
    return table


def activity_table() -> Table:
    """Time against the share of the input that changes, on scenes-nano."""
    network = load_network("scenes-nano")
    table = Table(title="scenes-nano: time against activity (random changes of the input)")
    for heading in ("input that changes", "synops a frame", "events, ms", "dense, ms"):
        table.add_column(heading, justify="right")
    generator = np.random.default_rng(0)
    for share in (0.001, 0.01, 0.05, 0.2, 1.0):
        values = np.repeat(generator.integers(-100, 100, (1, *network.input_shape)), 64, 0)
        flips = generator.random(values.shape) < share
        values = np.where(flips, generator.integers(-100, 100, values.shape), values).astype(np.int32)
        cells = [f"{100 * share:g} %"]
        simulator = FixedSimulator(network)
        simulator.run(values[:CHUNK])
        cells.append(f"{simulator.run(values[CHUNK:]).activity.total('synops').mean():,.0f}")
        for engine in ("events", "dense"):
            cells.append(f"{1e3 * per_frame(FixedSimulator(network, engine=engine).run, values):.2f}")
        table.add_row(*cells)
    return table


def small_table() -> Table:
    """Two dense layers of 64 CUBA neurons, 10,000 steps in one call."""
    generator = np.random.default_rng(0)
    neuron = Neuron("cuba", "CUBA", 64, 410, 410)
    layers = tuple(
        Layer("dense", (64,), neuron=neuron, weight=generator.integers(-60, 61, (64, 64)).astype(np.int32))
        for _ in range(2)
    )
    spikes = (generator.random((10_000, 64)) < 0.1).astype(np.int32)
    table = Table(title="two dense layers of 64 CUBA neurons")
    table.add_column("")
    table.add_column("ms a step", justify="right")
    for engine in ("events", "dense"):
        simulator = FixedSimulator(Network(layers), engine=engine)
        simulator.run(spikes[:100])
        begun = time.perf_counter()
        simulator.run(spikes)
        table.add_row(
            f"fixed simulator, {engine}", f"{1e3 * (time.perf_counter() - begun) / len(spikes):.4f}"
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("video")
    parser.add_argument("--frames", type=int, default=100)
    arguments = parser.parse_args()
    console = Console(width=120)
    console.print(video_table(arguments.video, arguments.frames))
    console.print(activity_table())
    console.print(small_table())


if __name__ == "__main__":
    main()
