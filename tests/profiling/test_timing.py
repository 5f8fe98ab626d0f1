"""Times of a frame by hand, by a loop over timesteps, and by a loop over cores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity, LayerActivity, NeuronSpikes
from neuromorph_track.errors import InputError
from neuromorph_track.hardware.mapping import place
from neuromorph_track.netx import Layer, Network, stages
from neuromorph_track.profiling import Interval, price
from neuromorph_track.profiling.core_load import core_load
from tests.hardware.mapping_cases import RELU, conv, dense
from tests.profiling.conftest import MakeLayer
from tests.profiling.made_profiles import SURE, made

MINE = {
    "energy.synop": 2,
    "time.synop": 1,
    "time.barrier": 1000,
    "resources.cores": 2,
    "resources.neurons_per_core": 300,
    "power.static": 10,
} | SURE


def values(interval: Interval | None) -> tuple[float, float, float]:
    assert interval is not None
    return interval.p5, interval.p50, interval.p95


def test_without_a_mapping_the_busiest_core_is_bounded(two_layers: Activity) -> None:
    report = price(two_layers, made(MINE))
    # 220 synops over 4 cores are 55; the heavier layer's 200 over its 2 cores 100; on one core 200.
    low, middle, high = values(report.steady_state.step_time)
    assert low == pytest.approx(1e-6 + 55e-9 * (100 / 55) ** 0.1)
    assert middle == pytest.approx(1e-6 + 100e-9, rel=1e-4)
    assert high == pytest.approx(1e-6 + 100e-9 * 2**0.9)
    assert [driver.price for driver in report.sensitivity] == ["placement"]


def test_a_full_core_gets_no_more_synops_than_it_has_synapses(two_layers: Activity) -> None:
    crowded = replace(two_layers.layers[0], macs=300)
    report = price(replace(two_layers, layers=(crowded, two_layers.layers[1])), made(MINE))
    # Half of the neurons fill a core and have 150 of the 300 synapses.
    assert values(report.steady_state.step_time)[2] == pytest.approx(1e-6 + 100e-9 * 1.5**0.9)


@pytest.mark.parametrize(
    ("more", "period", "frame", "bound"),
    [
        # The tick is longer than barrier and work.
        ({"time.step": 50_000}, None, 4 * 50e-6, "tick"),
        ({"time.step": 1}, None, None, "compute"),
        ({"time.io_value": 10_000}, None, 73 * 10e-6, "input and output"),
        ({"time.io_value": 10_000}, 1e-3, 1e-3, "real time"),
        ({"time.io_value": 10_000}, 1e-4, 73 * 10e-6, "input and output"),
    ],
)
def test_what_sets_the_pace(
    two_layers: Activity, more: dict[str, float], period: float | None, frame: float | None, bound: str
) -> None:
    activity = replace(two_layers, steps_per_frame=4, input_values=70, output_values=3)
    report = price(activity, made(MINE | more), period)
    energy = report.steady_state
    assert report.bound == bound
    if frame is None:
        assert energy.frame_time == energy.compute_time
    else:
        assert values(energy.frame_time) == pytest.approx([frame] * 3)
        assert values(energy.static) == pytest.approx([0.01 * report.chips * frame] * 3)
    assert energy.compute_time is not None
    assert energy.throughput is not None
    io = 73 * more.get("time.io_value", 0) * 1e-9
    assert energy.throughput.p50 == pytest.approx(1 / max(energy.compute_time.p50, io))


@pytest.mark.parametrize("steps", [1, 3, 16])
@pytest.mark.parametrize("depth", [0, 1, 8, 40])
@pytest.mark.parametrize("period", [None, 2e-3])
def test_latency_is_that_of_a_machine_that_is_run_step_by_step(
    make_layer: MakeLayer, steps: int, depth: int, period: float | None
) -> None:
    activity = Activity((make_layer(),), steps, input_values=9, output_values=1, depth=depth)
    clock = {"energy.synop": 1, "time.step": 20_000, "time.io_value": 7_000}
    latency = values(price(activity, made(clock), period).steady_state.latency)
    between = max(steps * 20e-6, 10 * 7e-6, period or 0)
    done = 0
    for frame in range(100):
        for step in range(steps):
            done += 1
            if done == steps + depth:
                seconds = 10 * 7e-6 + frame * between + (step + 1) * 20e-6
    assert latency == pytest.approx([seconds] * 3)


def test_energy_delay(two_layers: Activity) -> None:
    energy = price(two_layers, made(MINE | {"time.step": 50_000})).steady_state
    assert values(energy.latency) == pytest.approx([50e-6] * 3)
    total = values(energy.total)
    assert values(energy.energy_delay) == pytest.approx([joules * 50e-6 for joules in total])


def test_time_of_a_dense_machine(two_layers: Activity) -> None:
    prices = {"energy.mac": 1, "time.mac": 2, "time.layer": 700, "time.inference": 5000, "time.io_value": 1}
    prices |= SURE
    profile = made(prices, kind="gpu", counting='synop = "dense_mac"')
    report = price(replace(two_layers, steps_per_frame=4, input_values=10, depth=7), profile)
    compute = 4 * (2500 * 2e-9 + 2 * 700e-9) + 5e-6
    assert values(report.steady_state.compute_time) == pytest.approx([compute] * 3)
    assert values(report.steady_state.latency) == pytest.approx([compute + 10e-9] * 3)
    assert report.dense_twin is not None
    assert values(report.dense_twin.compute_time) == pytest.approx([2500 * 2e-9 + 2 * 700e-9 + 5e-6] * 3)


def network() -> Network:
    first = Layer("input", (2, 12, 16), neuron=RELU)
    layers = (first, conv(2, (4, 12, 16), 3, 1), conv(4, (8, 6, 8), 3, 2), dense(384, 10))
    return Network(layers=layers, source="made.net")


def counted(net: Network, steps: int = 1) -> Activity:
    """Three frames of random spikes, their synops counted core by core on a chip of one core."""
    generator = np.random.default_rng(3)
    spikes = NeuronSpikes(
        *(tuple(generator.integers(0, n, s.layer.neurons) for s in stages(net)) for n in (2, 5))
    )
    one = place(net, made({"energy.synop": 1, "resources.cores": 1, "resources.neurons_per_core": 10**6}))
    loads = [core_load(net, one, part) for part in spikes]
    empty = Activity.of(net)
    layers = []
    for index, stage in enumerate(stages(net)):
        zero = dict.fromkeys(Activity.COUNTS, np.zeros(3, np.int64))
        first, rest = (int(load[index].synops.sum()) for load in loads)
        # The two later frames share what was counted in both.
        synops = np.array([first, rest // 2, rest - rest // 2])
        updates = np.full(3, stage.layer.neurons * steps)
        counts = zero | {"synops": synops, "neuron_updates": updates}
        layers.append(LayerActivity.of(stage, 0, counts))
    return replace(empty, layers=tuple(layers), steps_per_frame=steps, by_neuron=spikes)


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("frame", ["first_frame", "steady_state"])
def test_with_a_mapping_every_core_is_looked_at(steps: int, frame: str) -> None:
    net = network()
    activity = counted(net, steps)
    rates = {"synop": 0.7, "neuron_update": 11, "message": 5}
    limits = {"resources.cores": 64, "resources.neurons_per_core": 100}
    prices = {"energy.synop": 1, "energy.message": 2, "time.barrier": 30, **SURE} | limits
    profile = made(prices | {f"time.{name}": rate for name, rate in rates.items()})
    report = price(activity, profile, network=net)

    placement = place(net, profile)
    assert activity.by_neuron is not None
    spikes, frames = (activity.by_neuron.first, 1) if frame == "first_frame" else (activity.by_neuron.rest, 2)
    busiest, messages = 0.0, 0
    for load in core_load(net, placement, spikes):
        messages += load.messages
        for core in range(len(load.neurons)):
            work = load.synops[core] * rates["synop"] + load.messages_in[core] * rates["message"]
            busiest = max(busiest, work / frames / steps + load.neurons[core] * rates["neuron_update"])
    assert values(getattr(report, frame).step_time) == pytest.approx([(busiest + 30) * 1e-9] * 3)
    assert report.placement is not None
    assert (report.placement.cores, report.placement.fits) == (placement.cores, True)
    assert report.placement.basis == "mapping (fill)"
    if frame == "steady_state":
        assert report.terms["message"].count == messages / frames


def test_a_network_that_hears_its_input_at_a_synapse() -> None:
    net = Network(layers=(dense(384, 50), dense(50, 10)), source="made.net")
    spikes = tuple(np.ones(stage.layer.neurons, np.int64) for stage in stages(net))
    layers = []
    for index, stage in enumerate(stages(net)):
        counts = dict.fromkeys(Activity.COUNTS, np.zeros(1, np.int64))
        arrived = {"spikes_in": np.array([192 if index == 0 else 50])}
        layers.append(LayerActivity.of(stage, 0, counts | arrived))
    activity = replace(Activity.of(net), layers=tuple(layers), by_neuron=NeuronSpikes(spikes, spikes))
    one_core = {"energy.message": 2, "resources.cores": 9, "resources.neurons_per_core": 10**4}
    report = price(activity, made({"energy.synop": 1} | one_core), network=net)
    # Half of the 384 inputs spike, then every neuron of the first layer, each to the next layer's core.
    assert report.terms["message"].count == pytest.approx(192 + 50)
    assert report.placement is not None
    assert report.placement.basis == "mapping (fill)"


def test_another_network_than_the_activitys(two_layers: Activity) -> None:
    with pytest.raises(InputError, match="activity: found layers"):
        price(two_layers, made(MINE), network=network())


def test_a_network_far_too_large_is_not_mapped() -> None:
    net = network()
    tiny = {"resources.cores": 1, "resources.chips": 1, "resources.neurons_per_core": 20}
    report = price(counted(net), made({"energy.synop": 1} | tiny), network=net)
    assert report.placement is not None
    assert (report.placement.basis, report.placement.fits) == ("neurons alone", False)
    assert any(caveat.startswith("DOES NOT FIT") for caveat in report.caveats)
    less = {"resources.cores": 12, "resources.chips": 1, "resources.neurons_per_core": 20}
    report = price(counted(net), made({"energy.synop": 1} | less), network=net)
    assert report.placement is not None
    assert (report.placement.basis, report.placement.fits) == ("mapping (fill)", False)
    assert any(caveat.startswith("DOES NOT FIT") for caveat in report.caveats)
