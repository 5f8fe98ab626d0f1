"""The measurements: one entry each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from measured import pilotnet
from measured.case import Case, Claim, Figure, Run
from measured.counts import dense_chain, totals
from measured.held_back import held_back

from neuromorph_track.profiling import EnergyReport

PILOTNET_STEPS = 16
PILOTNET_RATES = (415.51, 413.76, 408.91)
CONVENTIONAL = (
    ("a desktop processor", "desktop-cpu", 6.3),
    ("a GPU", "datacentre-gpu", 29.8),
    ("an edge GPU", "jetson-maxwell", 5.6),
)
# Model, G synops and mJ of its paper, channels of its first layer.
SPIKINGFORMERS = (("8-384", 3.88, 4.69, 48), ("8-512", 6.52, 7.46, 64), ("8-768", 12.54, 13.68, 96))


def cases(data: Path) -> Iterator[Case]:
    """``data`` holds ``checkpoints/pilotnet_sdnn_tut.net``."""
    yield from on_loihi2(data)
    yield from elsewhere()
    yield from held_back()
    yield from by_arithmetic()


def on_loihi2(data: Path) -> Iterator[Case]:
    yield Case(
        "PilotNet LIF, Loihi 2",
        "lava-nc/lava-dl, netx/pilotnet_snn/benchmark.ipynb at 76c8fbb, baa23ad, b9e3691",
        "loihi2-oheogulch",
        "fitted",
        pilotnet.lif_without_input,
        (
            Figure("dynamic", (0.562239e-3, 1.070673e-3, 1.093544e-3), 1.3, inside=True),
            Figure("total", (0.990769e-3, 1.818389e-3, 1.661103e-3)),
            Figure("step_time", tuple(1 / (rate * PILOTNET_STEPS) for rate in PILOTNET_RATES), 1.2),
        ),
        # Read off the published plots, where a pixel is 0.7 % of the full scale.
        {
            "1 conv": 0,
            "2 conv": 1.6158e6,
            "3 conv": 451.7e3,
            "4 conv": 154.6e3,
            "5 conv": 67.8e3,
            "total": 2.293e6,
        },
    )
    yield Case(
        "PilotNet SDNN, Loihi 2",
        "lava-nc/lava-dl, netx/pilotnet_sdnn/benchmark.ipynb, three runs",
        "loihi2-oheogulch",
        "fitted",
        lambda: pilotnet.sdnn_panned(data),
        (
            Figure("dynamic", (0.778551e-3, 1.342877e-3, -0.359587e-3), resolved=False),
            Figure("total", (11.756690e-3, 31.964948e-3, 16.343833e-3), 2.0, inside=True),
            Figure("frame_time", (1 / 15.29, 1 / 11.18, 1 / 16.87), 2.0),
        ),
        claims=(
            Claim("bound by input and output", lambda report: report.bound == "input and output"),
            Claim("static energy dominates", mostly_static),
            Claim("dynamic power lies below what the meter resolves", below_the_floor),
        ),
    )
    yield Case(
        "PilotNet SDNN without input and output, Loihi 2",
        "Shrestha et al., ICASSP 2024 (arXiv 2310.03251): 0.09 mJ, 1.21 ms through 9 layers",
        "loihi2-oheogulch",
        "fitted",
        lambda: unfed(pilotnet.sdnn_panned(data)),
        (Figure("total", (0.09e-3,)), Figure("step_time", (1.21e-3 / 9,))),
    )


def elsewhere() -> Iterator[Case]:
    yield Case(
        "keyword spotter, Loihi 1 (10 % of neurons spike: assumed)",
        "Blouw et al., NICE 2019 (arXiv 1812.01739), Table 1: 29 mW idle, 81 mW dynamic, 296 inferences/s",
        "loihi1",
        "fitted",
        lambda: dense_chain((390, 256, 256, 29), steps=10, rate=0.1),
        (
            Figure("dynamic", (0.081 / 296,), 2.0, inside=True),
            Figure("total", (0.110 / 296,), 2.0, inside=True),
            Figure("frame_time", (1 / 296,), 2.0, inside=True),
        ),
        claims=(Claim("bound by input and output", lambda report: report.bound == "input and output"),),
    )
    for name, profile, millijoules in CONVENTIONAL:
        yield Case(
            f"keyword spotter, {name}",
            "Blouw et al., NICE 2019 (arXiv 1812.01739), Table 1, batch 1",
            profile,
            "fitted",
            lambda: dense_chain((390, 256, 256, 29), steps=1, rate=1.0),
            (Figure("dynamic", (millijoules * 1e-3,), 2.0, inside=True),),
        )
    yield Case(
        "a million neurons at 20 Hz and 128 synapses, a tick, TrueNorth",
        "Merolla et al., Science 345:668-673, 2014: 72 mW",
        "truenorth",
        "fitted",
        lambda: totals(1, synops=4096 * 256 * 128 * 0.02, updates=4096 * 256, neurons=4096 * 256),
        (Figure("total", (72e-3 * 1e-3,)),),
    )


def by_arithmetic() -> Iterator[Case]:
    for name, synops, joules, channels in SPIKINGFORMERS:
        picture = 224 * 224 * 9 * 3 * channels
        yield Case(
            f"Spikingformer-{name}, its paper's arithmetic",
            "Zhou et al., arXiv 2304.11954; the first layer (3 x 3, 224 x 224) is fed the picture 4 times",
            "papers-45nm-arithmetic",
            "arithmetic",
            partial(totals, 4, synops * 1e9, picture_macs=picture),
            # Published with three digits.
            (Figure("dynamic", (joules * 1e-3,), 1.002),),
        )


def unfed(run: Run) -> Run:
    """The same, nothing being handed over or read."""
    return run._replace(activity=replace(run.activity, input_values=0, output_values=0))


def below_the_floor(report: EnergyReport) -> bool:
    return any("below" in caveat and "meter" in caveat for caveat in report.caveats)


def mostly_static(report: EnergyReport) -> bool:
    energy = report.steady_state
    return energy.static is not None and energy.dynamic is not None and energy.static.p50 > energy.dynamic.p50
