"""Is every number of the fixed-point simulator Lava's own? A table over real and random networks.

    python benchmarks/bits.py ../shared/data         all of it; some 20 minutes
    python benchmarks/bits.py ../shared/data --random 20 --quick

The folder holds ``checkpoints`` (networks of lava-dl) and ``mot/PETS09-S2L1/vtest.avi``. Every layer's spikes
at every step, the head's membrane and every count are compared. "stock" is Lava's own runtime and
convolution, "threads" this package's.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from neuromorph_track.backends.fixed import FixedSimulator, Steps
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Network, read_net
from neuromorph_track.netx.validate import conv_shape
from neuromorph_track.runs.verify import input_values

ROOT = Path(__file__).resolve().parents[1]
WHEEL = "tests/lava/lib/dl/netx/gts"
CROP = 96
TIMEOUT = 3600.0

Values = NDArray[np.int32]


@dataclass(frozen=True)
class Case:
    """A network and what it is fed; ``run`` are settings that both simulators share."""

    name: str
    network: Network
    values: Values
    stock: bool
    run: dict[str, Any] = field(default_factory=dict)


class Found(NamedTuple):
    """What a comparison saw."""

    values: int
    spikes: int
    bits: bool
    counts: bool


def compare(case: Case) -> Found:
    fixed = FixedSimulator(case.network, **case.run).run(case.values, record=True)
    with LavaBackend(case.network, **case.run, stock=case.stock, timeout=TIMEOUT) as lava:
        found = lava.run(case.values, record=True)
    assert fixed.spikes is not None
    assert found.spikes is not None
    ours, theirs = [*fixed.spikes, *_membrane(fixed)], [*found.spikes, *_membrane(found)]
    return Found(
        sum(sent.size for sent in ours),
        sum(int(np.count_nonzero(sent)) for sent in fixed.spikes),
        len(ours) == len(theirs) and all(map(np.array_equal, ours, theirs)),
        all(
            np.array_equal(getattr(a, count), getattr(b, count))
            for a, b in zip(fixed.activity.layers, found.activity.layers, strict=True)
            for count in fixed.activity.COUNTS
        ),
    )


def _membrane(steps: Steps) -> list[Values]:
    return [] if steps.membrane is None else [steps.membrane]


def cropped(network: Network, size: int) -> Network:
    """The same layers for a smaller picture, without a contract."""
    layers = [replace(network.layers[0], shape=(3, size, size))]
    for layer in network.layers[1:]:
        layers.append(replace(layer, shape=conv_shape(layer, *layers[-1].shape[1:])))
    return Network(tuple(layers), network.source)


def detectors(data: Path, quick: bool) -> Iterator[Callable[[], Case]]:
    video = str(data / "mot/PETS09-S2L1/vtest.avi")

    def yolo_crop() -> Case:
        network = load_network("yolo-kp")
        values = input_values(network, 12, video)[:, :, 180 : 180 + CROP, 180 : 180 + CROP]
        exponent = {"spike_exp": network.contract.spike_exp if network.contract else 6}
        return Case(f"yolo-kp, {CROP} x {CROP}", cropped(network, CROP), values, True, exponent)

    def yolo() -> Case:
        network = load_network("yolo-kp")
        return Case("yolo-kp, 448 x 448", network, input_values(network, 8, video), True)

    def scenes() -> Case:
        network = load_network("scenes-nano")
        return Case("scenes-nano, 192 x 256", network, input_values(network, 16, None), True)

    yield scenes
    yield yolo_crop
    if not quick:
        yield yolo


def of_lava_dl(data: Path, quick: bool) -> Iterator[Callable[[], Case]]:
    """lava-dl's own networks on the inputs that come with them, where there are any."""
    wheel = Path(str(importlib.metadata.distribution("lava-dl").locate_file(WHEEL)))
    checkpoints = data / "checkpoints"

    def tiny() -> Case:
        spikes = np.load(wheel / "tinynet/input.npy").astype(np.int32)
        network = read_net(checkpoints / "tiny.net")
        values = spikes.transpose(spikes.ndim - 1, *range(spikes.ndim - 2, -1, -1))
        return Case("tiny", network, values.reshape(-1, *network.input_shape), True)

    def oxford() -> Case:
        network = read_net(checkpoints / "oxford.net")
        recorded = np.load(checkpoints / "oxford_gts/input.npy")
        steps = recorded[:, 2].astype(int)
        values = np.zeros((steps.max() + 1, *network.input_shape), np.int32)
        values[steps, recorded[:, 0].astype(int)] = 1
        return Case("oxford", network, values[:200] if quick else values, True)

    def mnist() -> Case:
        network = read_net(checkpoints / "mnist_tut.net")
        return Case("mnist", network, input_values(network, 32, None), True)

    def pilotnet_sdnn() -> Case:
        network = read_net(wheel / "pilotnet_sdnn/network.net")
        return Case("pilotnet sigma-delta", network, input_values(network, 4, None), True)

    def pilotnet_lif() -> Case:
        network = read_net(wheel / "pilotnet_lif/network.net")
        image = np.load(wheel / "pilotnet_lif/image.npy").astype(np.int32).transpose(2, 1, 0)
        steps = 4 if quick else 32
        return Case("pilotnet LIF", network, np.repeat(image[None], steps, 0), True, {"reset_interval": 16})

    yield from (tiny, oxford, mnist, pilotnet_sdnn, pilotnet_lif)


def random_cases(number: int) -> Iterator[Callable[[], Case]]:
    """Layers, strides, groups, neurons, signs, thresholds, delays, recurrence and resets at random."""
    sys.path.insert(0, str(ROOT))
    from tests.backends.random_networks import random_input, random_network

    for seed in range(number):

        def case(seed: int = seed) -> Case:
            rng = np.random.default_rng([seed, 1])
            cuba = bool(rng.integers(2))
            network = random_network(seed, cuba, in_time=bool(rng.integers(2)))
            run: dict[str, Any] = {"spike_exp": int(rng.choice([0, 4, 6]))}
            if rng.integers(2):
                run |= {"reset_interval": int(rng.integers(1, 10)), "reset_offset": int(rng.integers(9))}
            return Case("random", network, random_input(network, 12, seed, cuba), bool(seed % 2), run)

        yield case


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--random", type=int, default=300, help="random networks (default 300)")
    parser.add_argument("--quick", action="store_true", help="short recordings; no full-size yolo-kp")
    arguments = parser.parse_args()
    console = Console(width=120)
    table = Table(title="fixed-point simulator against Lava's CPU processes")
    for heading in ("Network", "Lava", "Steps", "Values", "Not zero", "Bits", "Counts"):
        table.add_column(heading, justify="right" if heading in ("Steps", "Values", "Not zero") else "left")
    makers = [*detectors(arguments.data, arguments.quick), *of_lava_dl(arguments.data, arguments.quick)]
    wrong = 0
    for make in track(makers, "real networks", console=Console(stderr=True), transient=True):
        case = make()
        found = compare(case)
        wrong += not (found.bits and found.counts)
        table.add_row(*row(case.name, case.stock, str(len(case.values)), found))
    random = list(random_cases(arguments.random))
    sums = {True: [0, Found(0, 0, True, True)], False: [0, Found(0, 0, True, True)]}
    for make in track(random, "random networks", console=Console(stderr=True), transient=True):
        case = make()
        found = compare(case)
        number, total = sums[case.stock]
        both = Found(
            total.values + found.values,
            total.spikes + found.spikes,
            total.bits and found.bits,
            total.counts and found.counts,
        )
        sums[case.stock] = [number + 1, both]
        wrong += not (found.bits and found.counts)
    for stock, (number, total) in sums.items():
        if number:
            table.add_row(*row(f"{number} random networks", stock, f"{number} x 12", total))
    console.print(table)
    if wrong:
        raise SystemExit(f"{wrong} networks differ")


def row(name: str, stock: bool, steps: str, found: Found) -> tuple[str, ...]:
    said = {True: "equal", False: "DIFFER"}
    return (
        name,
        "stock" if stock else "threads",
        steps,
        f"{found.values:,}",
        f"{found.spikes:,}",
        said[found.bits],
        said[found.counts],
    )


if __name__ == "__main__":
    main()
