"""Measurements that no price of a shipped profile was brought to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from measured.case import Case, Figure, Run
from measured.counts import dense_layers, totals

# What is asked of an estimate that nothing was fitted to.
BAR = 2.0

# Blouw et al.: 390 values in, two layers of 256 and 29 values out; 10 timesteps on Loihi. Scaled, copies of
# ten layers of 256 lie between the first and the last layer. How often neurons spike is not published.
STEPS, ASSUMED_RATE = 10, 0.1
LAYERS_IN_A_COPY = 10
LOGS = "abr/power_benchmarks, logs/{idle,running}"
LOIHI_IDLE, CPU_IDLE, GPU_IDLE = 29.5e-3, 17.01, 14.97
# Copies; seconds of 2000 inferences and W on both rails while they ran, of run 01 of 25 March 2019.
ON_LOIHI = ((4, 17.51, 0.1139), (10, 17.55, 0.1255))
WATTS_WITHOUT_COPIES = 0.1078
# Copies, inferences a second and W: a minute from the middle of the log. The prices hold both ends of this
# series, none and 10 copies; 4 were not looked at.
ON_CPU, ON_GPU = (4, 355.24, 26.3), (4, 178.13, 40.0)

# Yao et al. 2024, Table 1: W in total and spikes of a sample of 540 ms, by task and network.
SPECK_WINDOW = 0.54
ON_SPECK = (
    ("gesture", 9.5e-3, 1.0e6),
    ("gesture, attending", 3.8e-3, 0.4e6),
    ("gait by day", 16.1e-3, 2.9e6),
    ("gait by day, attending", 7.3e-3, 1.2e6),
    ("gait by night", 46.8e-3, 3.3e6),
    ("gait by night, attending", 12.3e-3, 1.5e6),
)
BY_NIGHT = (
    "a spike by night takes 2.6 times what it takes by day on the same network: no price per event has both"
)
FIRING = "how often its neurons spike is assumed, and no interval of prices holds that"


def held_back() -> Iterator[Case]:
    yield from scaled_keyword_spotters()
    yield Case(
        "a digit in 100 timesteps, Loihi 1 (events not published and left out)",
        "Rueckauer et al., NxTF, ACM JETC 18(3), 2022 (arXiv 2101.04261), MNIST: 6.65 ms, 0.66 mJ in total",
        "loihi1",
        "held back",
        digit_in_and_out,
        (Figure("total", (0.66e-3,), BAR, inside=True), Figure("frame_time", (6.65e-3,), BAR, inside=True)),
    )
    yield from on_speck()
    yield Case(
        "a digit of 16 x 16, ODIN (half of the pixels spike: assumed)",
        "Frenkel et al., IEEE TBioCAS 13(1):145-158, 2019, abstract: 10 neurons, rank order code, 15 nJ",
        "odin",
        "held back",
        partial(totals, 1, synops=0.5 * 16 * 16 * 10, neurons=10),
        (Figure("total", (15e-9,), BAR, inside=True),),
    )


def scaled_keyword_spotters() -> Iterator[Case]:
    for copies, seconds, watts in ON_LOIHI:
        source, period = f"{LOGS}/loihi_I08O08C{copies:02d}L10_run01", seconds / 2000
        yield Case(
            f"keyword spotter with {copies} x 10 layers more, Loihi 1 (10 % of neurons spike: assumed)",
            source,
            "loihi1",
            "held back",
            partial(keyword_spotter, copies, STEPS, ASSUMED_RATE),
            (Figure("dynamic", ((watts - LOIHI_IDLE) * period,), BAR, inside=True),),
            frame_period=period,
        )
        # The power of the embedded processors was read on the same board: what the layers add is news.
        yield Case(
            f"the {copies} x 10 layers alone, Loihi 1 (10 % of neurons spike: assumed)",
            f"{source}, less what loihi_I08O08C00L00_run01 draws",
            "loihi1",
            "held back",
            partial(copied_layers, copies),
            (
                Figure(
                    "events",
                    ((watts - WATTS_WITHOUT_COPIES) * period,),
                    BAR,
                    inside=True,
                    known_miss=FIRING if copies == 4 else "",
                ),
            ),
            frame_period=period,
        )
    for name, profile, (copies, rate, watts), idle in (
        ("a desktop processor", "desktop-cpu", ON_CPU, CPU_IDLE),
        ("a GPU", "datacentre-gpu", ON_GPU, GPU_IDLE),
    ):
        yield Case(
            f"keyword spotter with {copies} x 10 layers more, {name}",
            f"{LOGS}/{profile.rpartition('-')[2]}_scaled_{copies}x",
            profile,
            "held back",
            partial(keyword_spotter, copies, 1, 1.0),
            (Figure("dynamic", ((watts - idle) / rate,), BAR, inside=True),),
        )


def on_speck() -> Iterator[Case]:
    for task, watts, spikes in ON_SPECK:
        known = BY_NIGHT if task == "gait by night" else ""
        yield Case(
            f"{task}, Speck (all neurons spike alike: assumed)",
            "Yao et al., Nature Communications 15:4464, 2024, Table 1: 32C3S1-32C3S2-32C3S1-AP4-32FC, 540 ms",
            "speck",
            "held back",
            partial(speck_network, spikes),
            (Figure("total", (watts * SPECK_WINDOW,), BAR, inside=True, known_miss=known),),
            frame_period=SPECK_WINDOW,
        )


def keyword_spotter(copies: int, steps: int, rate: float) -> Run:
    """As ``ScaledModel`` of abr/power_benchmarks has it."""
    copied = [(256, 256)] * (copies * LAYERS_IN_A_COPY)
    shapes = [(390, 256), *copied, (256 * copies, 256), (256, 29)]
    return dense_layers(shapes, steps, rate, depth=3 + LAYERS_IN_A_COPY)


def copied_layers(copies: int) -> Run:
    """What copies add to the network without any, whose two layers of 256 follow each other."""
    layers = copies * LAYERS_IN_A_COPY + copies - 1
    return dense_layers([(256, 256)] * layers, STEPS, ASSUMED_RATE, depth=LAYERS_IN_A_COPY)


def digit_in_and_out() -> Run:
    """A picture of 28 x 28 handed over, ten values read: no work in between."""
    run = totals(100, synops=0)
    return run._replace(activity=replace(run.activity, input_values=28 * 28, output_values=10))


def speck_network(spikes: float) -> Run:
    """Spikes of a picture of 32 x 32, dealt out evenly; the input's own are not published and left out.

    A spike meets 3 x 3 weights of each of 32 channels, a quarter of them at a stride of 2; behind the
    pooling, 32 neurons.
    """
    neurons = (32 * 32 * 32, 16 * 16 * 32, 16 * 16 * 32)
    weights = (9 * 32 / 4, 9 * 32, 32)
    each = sum(count * reached for count, reached in zip(neurons, weights, strict=True)) / sum(neurons)
    return totals(1, synops=spikes * each, neurons=sum(neurons))
