"""Prices worked by hand, and the one public measurement of a spiking network on Loihi 2."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, load_profile, parse_profile
from neuromorph_track.profiling import Interval, price

MINE = """\
schema = "hardware-profile/1"
profile = { id = "mine", name = "Mine", kind = "event_driven", boundary = "chip" }
counting = { synop = "nonzero_weight", neuron_update_passes = 2, graded_spikes = false }
source = [{ id = "me", cite = "made up" }]
[energy]
synop = { value = 2, low = 2, high = 2, unit = "pJ", evidence = "measured", source = ["me"] }
neuron_update = { value = 1, low = 1, high = 1, unit = "pJ", evidence = "vendor", source = ["me"] }
[power]
static = { value = 10, low = 10, high = 10, unit = "mW", evidence = "metered", source = ["me"] }
[time]
synop = { value = 1, low = 1, high = 1, unit = "ns", evidence = "unstated", source = ["me"] }
barrier = { value = 1, low = 1, high = 1, unit = "us", evidence = "measured", source = ["me"] }
[resources]
cores = { value = 2, low = 2, high = 2, unit = "count", evidence = "measured", source = ["me"] }
neurons_per_core = { value = 300, low = 1, high = 500, unit = "count", evidence = "vendor", source = ["me"] }
"""

DENSE = """\
schema = "hardware-profile/1"
profile = { id = "dense", name = "Dense", kind = "gpu", boundary = "board" }
counting = { synop = "dense_mac" }
source = [{ id = "me", cite = "made up" }]
[energy]
mac = { value = 3, low = 3, high = 3, unit = "pJ", evidence = "measured", source = ["me"] }
inference = { value = 1, low = 1, high = 1, unit = "nJ", evidence = "measured", source = ["me"] }
"""


@pytest.fixture
def mine() -> HardwareProfile:
    return parse_profile(MINE, "mine.toml")


def values(interval: Interval | None) -> tuple[float, float, float]:
    assert interval is not None
    return interval.p5, interval.p50, interval.p95


def test_dynamic_energy_of_first_and_steady_frames(two_layers: Activity, mine: HardwareProfile) -> None:
    report = price(two_layers, mine)
    # First frame: 980 synops x 2 pJ + 1000 updates x 1 pJ; then (110 + 330) / 2 synops.
    assert values(report.first_frame.dynamic) == pytest.approx([2960e-12] * 3)
    assert values(report.steady_state.dynamic) == pytest.approx([1440e-12] * 3)
    assert values(report.layers["1 conv"]) == pytest.approx([1000e-12] * 3)
    assert values(report.layers["2 dense"]) == pytest.approx([440e-12] * 3)
    assert report.terms["synop"].count == 220
    assert values(report.terms["neuron_update"].energy) == pytest.approx([1000e-12] * 3)
    assert report.counters == {"synops": 220, "neuron_updates": 2000}
    assert report.dynamic_evidence == "vendor"


def test_synops_by_the_other_definition(two_layers: Activity) -> None:
    profile = parse_profile(MINE.replace("nonzero_weight", "all_weights_edge_aware"), "mine.toml")
    assert price(two_layers, profile).terms["synop"].count == (130 + 360) / 2


def test_static_energy_in_real_time(two_layers: Activity, mine: HardwareProfile) -> None:
    report = price(two_layers, mine, frame_period=0.04)
    # 600 and 400 neurons at 300 a core are 2 + 2 cores, two chips of two: 2 x 10 mW x 40 ms.
    assert report.chips == 2
    assert values(report.steady_state.static) == pytest.approx([0.8e-3] * 3)
    assert values(report.steady_state.total) == pytest.approx([0.8e-3 + 1440e-12] * 3)
    assert report.total_evidence == "vendor"
    assert any("2 chips" in caveat for caveat in report.caveats)


def test_time_is_bounded_where_frames_follow_each_other(two_layers: Activity, mine: HardwareProfile) -> None:
    report = price(two_layers, mine)
    assert report.total_evidence == "unstated"
    # 220 synops over 4 cores are 55; the heavier layer's 200 over its 2 cores 100; on one core 200.
    low, middle, high = values(report.steady_state.compute_time)
    assert low == pytest.approx(1e-6 + 55e-9 * (100 / 55) ** 0.1)
    assert middle == pytest.approx(1e-6 + 100e-9)
    assert high == pytest.approx(1e-6 + 100e-9 * 2**0.9)
    assert values(report.steady_state.static) == pytest.approx([2 * 0.01 * t for t in (low, middle, high)])


def test_a_full_core_gets_no_more_synops_than_it_has_synapses(
    two_layers: Activity, mine: HardwareProfile
) -> None:
    crowded = replace(two_layers.layers[0], macs=300)
    report = price(replace(two_layers, layers=(crowded, two_layers.layers[1])), mine)
    # Half of the neurons fill a core and have 150 of the 300 synapses.
    assert values(report.steady_state.compute_time)[2] == pytest.approx(1e-6 + 100e-9 * 1.5**0.9)


def test_a_chip_that_is_too_slow_says_so(two_layers: Activity, mine: HardwareProfile) -> None:
    report = price(two_layers, mine, frame_period=1e-7)
    assert report.steady_state.static == price(two_layers, mine).steady_state.static
    assert any("the next one comes after" in caveat for caveat in report.caveats)


def test_the_dense_twin_pays_for_every_connection_in_every_step(two_layers: Activity) -> None:
    report = price(
        replace(two_layers, steps_per_frame=4), parse_profile(DENSE, "dense.toml"), frame_period=0.04
    )
    assert report.dense_equivalent
    assert report.terms["mac"].count == 4 * 2500
    # 10,000 MACs x 3 pJ and one call; no static power is given, so there is no total.
    assert values(report.steady_state.dynamic) == pytest.approx([31e-9] * 3)
    assert (report.steady_state.total, report.total_evidence) == (None, None)
    assert report.unpriced == ("input and output", "static power")
    assert report.first_frame == report.steady_state


def test_an_all_in_price_is_a_total_and_leaves_nothing_unpriced(two_layers: Activity) -> None:
    text = MINE[: MINE.index("neuron_update = ")].replace('"pJ",', '"pJ", scope = "all_in_total",')
    report = price(two_layers, parse_profile(text, "mine.toml"))
    assert report.steady_state.dynamic is None
    assert values(report.steady_state.total) == pytest.approx([440e-12] * 3)
    assert report.unpriced == ()


def test_all_in_dynamic_leaves_static_power_unpriced(two_layers: Activity) -> None:
    text = MINE[: MINE.index("neuron_update = ")].replace('"pJ",', '"pJ", scope = "all_in_dynamic",')
    assert price(two_layers, parse_profile(text, "mine.toml")).unpriced == ("static power",)


def test_what_is_not_priced_is_listed(two_layers: Activity, mine: HardwareProfile) -> None:
    assert price(two_layers, mine).unpriced == (
        "spike generation",
        "messages between cores",
        "timestep barrier",
        "input and output",
        "embedded processors",
    )
    text = MINE[: MINE.index("[time]")]
    assert (
        price(two_layers, parse_profile(text, "mine.toml")).unpriced[-1]
        == "static energy (no time per frame)"
    )


def test_caveats(two_layers: Activity, mine: HardwareProfile) -> None:
    one = Activity(
        tuple(
            replace(layer, graded=True, **{count: getattr(layer, count)[:1] for count in Activity.COUNTS})
            for layer in two_layers.layers
        ),
        steps_per_frame=1,
    )
    report = price(one, mine)
    assert report.steady_state == report.first_frame
    assert report.caveats[:2] == (
        "one frame: the steady state is the first frame",
        "the network sends graded spikes, which this chip does not have: each is priced as one spike",
    )
    quiet = price(two_layers, load_profile("loihi2-oheogulch"), frame_period=0.04)
    assert any("below the 15 mW" in caveat for caveat in quiet.caveats)


def test_the_report_is_json_with_units_in_its_keys(two_layers: Activity, mine: HardwareProfile) -> None:
    plain = json.loads(json.dumps(price(two_layers, mine, 0.04).to_dict()))
    steady = plain["per_frame"]["steady_state"]
    assert steady["dynamic_joules"]["p50"] == pytest.approx(1440e-12)
    assert steady["total_joules"]["p95"] == pytest.approx(0.8e-3 + 1440e-12)
    assert plain["frame_period_seconds"] == 0.04
    assert plain["terms"]["synop"] == {
        "events_count": 220,
        "joules": pytest.approx({"p5": 440e-12, "p50": 440e-12, "p95": 440e-12}),
        "evidence": "measured",
    }
    assert plain["evidence"] == {"dynamic": "vendor", "total": "vendor"}


@pytest.mark.parametrize("period", [0.0, -1.0, float("nan")])
def test_a_frame_period_that_is_none(two_layers: Activity, mine: HardwareProfile, period: float) -> None:
    with pytest.raises(InputError, match="frame period"):
        price(two_layers, mine, period)


def test_a_run_without_frames(mine: HardwareProfile) -> None:
    with pytest.raises(InputError, match="frames: found 0"):
        price(Activity((), 1), mine)


@given(st.integers(0, 10**9), st.integers(1, 1000))
def test_twice_the_synops_cost_twice_at_every_rank(synops: int, factor: int) -> None:
    def energy(count: int) -> tuple[float, float, float]:
        return values(price(pilotnet((count, 0, 0)), load_profile("loihi1")).terms["synop"].energy)

    assert energy(synops * factor) == pytest.approx(np.multiply(factor, energy(synops)))


# PilotNet LIF with a dead input: neurons, and synops per timestep (a simulation in integers).
PILOTNET = (
    ("0 input", 39_600, 0),
    ("1 conv", 76_032, 0),
    ("2 conv", 26_460, 1_604_870),
    ("3 conv", 8_064, 452_130),
    ("4 conv", 5_632, 144_600),
    ("5 conv", 2_560, 63_900),
    ("6 dense", 161, 4_188),
)
MEASURED = (0.562e-3, 1.071e-3, 1.094e-3)


def pilotnet(totals: tuple[int, int, int] = (36_315_000, 2_536_000, 554_000)) -> Activity:
    """One inference as a single layer: synops, neuron updates and spikes."""
    synops, updates, spikes = (np.array([total]) for total in totals)
    return Activity(
        (
            LayerActivity(
                "0 all", "conv", "cuba", 4095, 1, 1, 0, False, spikes, synops, synops, updates, spikes
            ),
        ),
        steps_per_frame=16,
    )


def test_loihi2_prices_contain_the_three_published_measurements() -> None:
    report = price(pilotnet(), load_profile("loihi2-oheogulch"))
    low, middle, high = values(report.steady_state.dynamic)
    assert low < min(MEASURED)
    assert max(MEASURED) < high
    errors = [abs(np.log(middle / measured)) for measured in MEASURED]
    assert np.exp(np.mean(errors)) < 1.3
    # 36.315 M x 23.6 pJ + 2.536 M x 81 pJ
    assert middle == pytest.approx(1.0625e-3, rel=1e-3)


def test_loihi2_step_time_contains_the_published_measurements() -> None:
    layers = []
    for name, neurons, synops in PILOTNET:
        counts = [np.array([16 * count]) for count in (0, synops, synops, neurons, 0)]
        layers.append(LayerActivity(name, "conv", "cuba", neurons, 1, 1, 0, False, *counts))
    report = price(Activity(tuple(layers), 16), load_profile("loihi2-oheogulch"))
    assert report.chips == 1
    assert report.counters["synops"] == pytest.approx(2.270e6, rel=1e-3)
    low, middle, high = (seconds / 16 for seconds in values(report.steady_state.compute_time))
    assert low < 150.4e-6
    assert high > 152.8e-6
    assert 0.5 < middle / 151.4e-6 < 2
