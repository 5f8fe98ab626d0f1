"""Prices worked by hand, and intervals against draws of another kind."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import load_profile
from neuromorph_track.profiling import Interval, price, price_all
from tests.profiling.conftest import layer
from tests.profiling.made_profiles import SURE, made

MINE = {"energy.synop": 2, "energy.neuron_update": 1, "power.static": 10, **SURE}
ALL = {
    "energy.synop": 2,
    "energy.neuron_update_active": 5,
    "energy.neuron_update_idle": 3,
    "energy.spike_out": 7,
    "energy.message": 11,
    "energy.barrier": 13,
    "energy.memory_bit": 0.5,
    "energy.io_value": 17,
    "resources.weight_bits": 8,
    **SURE,
}
PASSES = 'synop = "nonzero_weight", neuron_update_passes = 2, graded_spikes = false'


def values(interval: Interval | None) -> tuple[float, float, float]:
    assert interval is not None
    return interval.p5, interval.p50, interval.p95


def test_dynamic_energy_of_first_and_steady_frames(two_layers: Activity) -> None:
    report = price(two_layers, made(MINE, counting=PASSES, evidence={"energy.neuron_update": "vendor"}))
    # First frame: 980 synops x 2 pJ + 1000 updates x 1 pJ; then (110 + 330) / 2 synops.
    assert values(report.first_frame.dynamic) == pytest.approx([2960e-12] * 3)
    assert values(report.steady_state.dynamic) == pytest.approx([1440e-12] * 3)
    assert values(report.layers["1 conv"]) == pytest.approx([1000e-12] * 3)
    assert values(report.layers["2 dense"]) == pytest.approx([440e-12] * 3)
    assert report.terms["synop"].count == 220
    assert values(report.terms["neuron_update"].energy) == pytest.approx([1000e-12] * 3)
    assert report.counters == {"synops": 220, "neuron_updates": 2000}
    assert (report.dynamic_evidence, report.kind) == ("vendor", "event_driven")


def test_every_term_is_paid_as_often_as_it_happens(two_layers: Activity) -> None:
    activity = replace(two_layers, steps_per_frame=4, input_values=70, output_values=3)
    report = price(activity, made(ALL))
    # Means of the two later frames. Without a mapping each spike that arrives is one message.
    counts = {
        "synop": 220,
        "neuron_update_active": 100,
        "neuron_update_idle": 900,
        "spike_out": 8,
        "message": 12,
        "memory_bit": 220 * 8,
        "barrier": 4,
        "io_value": 73,
    }
    assert {name: term.count for name, term in report.terms.items()} == counts
    expected = sum(count * ALL[f"energy.{name}"] for name, count in counts.items()) * 1e-12
    assert values(report.steady_state.dynamic) == pytest.approx([expected] * 3)


@pytest.mark.parametrize(
    ("kind", "chip", "expected"),
    [("conv", "event_driven", (5 + 7) / 2), ("input", "event_driven", (3 + 5) / 2), ("conv", "dense", 70)],
)
def test_of_events_the_host_hands_over_those_there_are(
    two_layers: Activity, kind: str, chip: str, expected: float
) -> None:
    first, last = two_layers.layers
    given = replace(two_layers, input_values=70, output_values=3, input_events=True)
    first = replace(first, kind=kind, spikes_out=np.array([50, 3, 5]))
    work, synop = ("mac", "dense_mac") if chip == "dense" else ("synop", "nonzero_weight")
    prices = {f"energy.{work}": 1, f"time.{work}": 1, "energy.io_value": 17, "time.io_value": 1_000_000}
    profile = made(prices, kind=chip, counting=f'synop = "{synop}"')
    report = price(replace(given, layers=(first, last)), profile)
    assert report.terms["io_value"].count == expected + 3
    assert values(report.steady_state.frame_time) == pytest.approx([(expected + 3) * 1e-3] * 3)
    # A picture of the equivalent ANN is whole.
    assert values(report.dense_twin.frame_time) == pytest.approx([73e-3] * 3)


@pytest.mark.parametrize(
    ("definition", "synops"),
    [
        ("nonzero_weight", (100 + 300 + 10 + 30) / 2),
        ("all_weights_edge_aware", (120 + 330 + 10 + 30) / 2),
        # Spikes in / 20 inputs x 500 nominal MACs.
        ("nominal", (5 + 7 + 4 + 8) / 2 / 20 * 500),
    ],
)
def test_synops_by_the_profiles_own_definition(two_layers: Activity, definition: str, synops: float) -> None:
    report = price(two_layers, made(MINE, counting=f'synop = "{definition}"'))
    assert report.terms["synop"].count == pytest.approx(synops)
    assert report.counters["synops"] == pytest.approx(synops)


def test_papers_price_the_first_layer_in_macs(two_layers: Activity) -> None:
    counting = 'synop = "nominal", first_layer = "macs"'
    profile = made({"energy.synop": 0.9, "energy.mac": 4.6}, kind="dense", counting=counting)
    report = price(replace(two_layers, steps_per_frame=4), profile)
    assert report.terms["mac"].count == 4 * 500
    assert report.terms["synop"].count == pytest.approx((4 + 8) / 2 / 20 * 500)
    assert values(report.layers["1 conv"]) == pytest.approx([4 * 500 * 4.6e-12] * 3)
    # Papers put the ANN's MACs beside it, all of them, once.
    assert report.dense_twin is not None
    assert values(report.dense_twin.dynamic) == pytest.approx([1000 * 4.6e-12] * 3)


def test_a_dense_machine_simulates_every_connection_in_every_step(two_layers: Activity) -> None:
    prices = {"energy.mac": 3, "energy.layer": 100, "energy.inference": 1000, "energy.memory_bit": 0.25}
    profile = made(
        prices | {"resources.weight_bits": 32} | SURE,
        kind="gpu",
        counting='synop = "dense_mac"',
    )
    report = price(replace(two_layers, steps_per_frame=4), profile, frame_period=0.04)
    assert report.dense_equivalent
    assert report.terms["mac"].count == 4 * 2500
    joules = 10_000 * (3 + 8) * 1e-12 + 4 * 2 * 1e-10 + 1e-9
    assert values(report.steady_state.dynamic) == pytest.approx([joules] * 3)
    assert (report.steady_state.total, report.total_evidence, report.placement) == (None, None, None)
    assert report.first_frame == report.steady_state
    assert report.dense_twin is not None
    assert values(report.dense_twin.dynamic) == pytest.approx([2500 * (3 + 8) * 1e-12 + 2 * 1e-10 + 1e-9] * 3)


def test_power_over_a_frame_in_real_time(two_layers: Activity) -> None:
    powers = {
        "power.core": 3,
        "power.embedded_cpu": 100,
        "resources.cores": 2,
        "resources.chips": 2,
        "resources.neurons_per_core": 300,
    }
    evidence = {"power.core": "metered", "power.embedded_cpu": "derived"}
    report = price(two_layers, made(MINE | powers, evidence=evidence), frame_period=0.04)
    # 600 and 400 neurons at 300 a core are 2 + 2 cores, so two chips of two.
    assert report.placement is not None
    assert (report.placement.cores, report.chips, report.placement.basis) == (4, 2, "neurons alone")
    energy = report.steady_state
    assert values(energy.static) == pytest.approx([(2 * 0.01 + 4 * 0.003) * 0.04] * 3)
    assert values(energy.embedded) == pytest.approx([2 * 0.1 * 0.04] * 3)
    assert values(energy.total) == pytest.approx([1440e-12 + (0.032 + 2 * 0.1) * 0.04] * 3)
    assert report.total_evidence == "derived"


def test_an_all_in_price_is_a_total(two_layers: Activity) -> None:
    report = price(two_layers, made({"energy.synop": 2, **SURE}, scope="all_in_total"))
    assert report.steady_state.dynamic is None
    assert values(report.steady_state.total) == pytest.approx([440e-12] * 3)
    assert report.samples.dynamic is None
    assert report.samples.total is not None


def test_the_host_stands_beside_the_total(two_layers: Activity) -> None:
    report = price(two_layers, made(MINE | {"power.host": 5000}), 0.04, host_seconds=2e-3)
    energy = report.steady_state
    assert values(energy.host) == pytest.approx([0.01] * 3)
    assert energy.total == price(two_layers, made(MINE), 0.04).steady_state.total
    assert values(energy.with_host) == pytest.approx([1440e-12 + 0.01 * 0.04 + 0.01] * 3)


def test_the_host_of_a_chip_that_has_none_is_the_built_in_one(two_layers: Activity) -> None:
    host = price(two_layers, made(MINE), host_seconds=2.0).steady_state.host
    desktop = load_profile("desktop-cpu").power.host
    assert desktop is not None
    low, value, high = (2 * watts for watts in desktop.si)
    expected = [value * (low / value) ** 0.9, value, value * (high / value) ** 0.9]
    assert values(host) == pytest.approx(expected, rel=1e-4)
    assert price(two_layers, made(MINE)).steady_state.host is None


def test_intervals_are_those_of_plain_random_draws(two_layers: Activity) -> None:
    profile = made({"energy.synop": (1, 4, 5), "energy.neuron_update": (0.2, 0.3, 9), "spread.chip": 3})
    generator = np.random.default_rng(1)

    def drawn(low: float, value: float, high: float) -> np.ndarray:
        # Half of the probability on each side of the value, log-uniform.
        sides = np.where(generator.random(400_000) < 0.5, low / value, high / value)
        return value * sides ** generator.random(400_000)

    factor = np.exp(np.log(3) / (2 * 1.6448536) * generator.standard_normal(400_000))
    expected = (220 * drawn(1, 4, 5) + 1000 * drawn(0.2, 0.3, 9)) * factor * 1e-12
    found = price(two_layers, profile).steady_state.dynamic
    assert values(found) == pytest.approx(np.quantile(expected, [0.05, 0.5, 0.95]), rel=0.02)


def test_boards_differ_by_what_is_published_where_a_profile_is_silent(two_layers: Activity) -> None:
    low, middle, high = values(price(two_layers, made({"energy.synop": 2})).steady_state.dynamic)
    assert (high / low, middle) == pytest.approx((1.9, 440e-12))
    # Arithmetic has no board.
    sure = price(two_layers, made({"energy.mac": 2}, kind="dense", counting='synop = "dense_mac"'))
    assert values(sure.steady_state.dynamic) == pytest.approx([5000e-12] * 3)


def test_static_power_does_not_share_the_factor_of_events(two_layers: Activity) -> None:
    profile = made({"energy.synop": 2, "power.static": (1, 2, 4), "spread.chip": 3})
    samples = price(two_layers, profile, 0.04).samples
    assert samples.dynamic is not None
    assert samples.total is not None
    correlation = np.corrcoef(np.log(samples.dynamic), np.log(samples.total - samples.dynamic))[0, 1]
    assert abs(correlation) < 0.05


edges = st.tuples(*[st.floats(1e-3, 1e3)] * 3).map(lambda three: tuple(sorted(three)))


@given(edges, edges, edges, st.floats(1, 10))
def test_intervals_are_in_order_and_lie_between_the_extremes(
    synop: tuple[float, float, float],
    update: tuple[float, float, float],
    static: tuple[float, float, float],
    spread: float,
) -> None:
    activity = Activity((layer(synops=30, neuron_updates=50),), 1)
    profile = made(
        {
            f"energy.{name}": tuple(float(f"{e:.6f}") for e in given)
            for name, given in (("synop", synop), ("neuron_update", update))
        }
        | {"power.static": static, "spread.chip": spread}
    )
    report = price(activity, profile, 1e-3, draws=256)
    for interval in (report.steady_state.dynamic, report.steady_state.static, report.steady_state.total):
        low, middle, high = values(interval)
        assert 0 < low <= middle <= high
    most = (30 * synop[2] + 50 * update[2]) * 1e-12
    assert values(report.steady_state.dynamic)[2] <= most * spread * (1 + 1e-6)
    assert values(report.steady_state.static)[0] >= static[0] * 1e-6 * (1 - 1e-9)


@given(st.integers(1, 10**9), st.integers(1, 1000))
def test_twice_the_synops_cost_twice(synops: int, factor: int) -> None:
    def energy(count: int) -> tuple[float, float, float]:
        return values(price(Activity((layer(synops=count),), 1), profile).terms["synop"].energy)

    profile = made({"energy.synop": (1, 2, 9)})
    assert energy(synops * factor) == pytest.approx(np.multiply(factor, energy(synops)))


def test_two_runs_on_one_chip_meet_the_same_boards(two_layers: Activity) -> None:
    prices = {"energy.synop": (1, 4, 5)}
    one = price(two_layers, made(prices)).samples.dynamic
    again = price(two_layers, made(prices)).samples.dynamic
    other_chip = price(two_layers, made(prices, name="other")).samples.dynamic
    other_seed = price(two_layers, made(prices), seed=1).samples.dynamic
    assert one is not None
    np.testing.assert_array_equal(one, again)
    assert abs(np.corrcoef(one, other_chip)[0, 1]) < 0.05
    assert abs(np.corrcoef(one, other_seed)[0, 1]) < 0.05
    # One more price leaves the draws of the others as they were.
    more = price(two_layers, made(prices | {"energy.spike_out": 1})).samples.dynamic
    factor = price(two_layers, made({"energy.synop": 1})).samples.dynamic / 220e-12
    np.testing.assert_allclose(more, one + 8e-12 * factor)


def test_many_profiles_are_priced_as_one_by_one(two_layers: Activity) -> None:
    profiles = [made(MINE), made(ALL, name="other")]
    expected = tuple(price(two_layers, profile, 0.04) for profile in profiles)
    assert price_all(two_layers, profiles, 0.04) == expected


def test_the_report_is_json_with_units_in_its_keys(two_layers: Activity) -> None:
    plain = json.loads(json.dumps(price(two_layers, made(MINE), 0.04, host_seconds=1e-3).to_dict()))
    steady = plain["per_frame"]["steady_state"]
    assert steady["dynamic_joules"]["p50"] == pytest.approx(1440e-12)
    assert steady["total_joules"]["p95"] == pytest.approx(0.4e-3 + 1440e-12)
    assert plain["frame_period_seconds"] == 0.04
    assert plain["terms"]["synop"] == {
        "events_count": 220,
        "joules": pytest.approx({"p5": 440e-12, "p50": 440e-12, "p95": 440e-12}),
        "evidence": "measured",
    }
    assert plain["evidence"] == {"dynamic": "measured", "total": "measured"}
    assert plain["placement"]["basis"] == "neurons alone"
    units = ("_joules", "_seconds", "_frames_per_second", "_joule_seconds")
    assert all(key.endswith(units) for key in steady)
    assert "samples" not in plain


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ({"frame_period": 0.0}, "frame period"),
        ({"frame_period": -1.0}, "frame period"),
        ({"frame_period": float("nan")}, "frame period"),
        ({"frame_period": float("inf")}, "frame period"),
        ({"host_seconds": -1.0}, "host seconds"),
        ({"draws": 10}, "draws"),
    ],
)
def test_options_out_of_range(two_layers: Activity, option: dict[str, float], named: str) -> None:
    with pytest.raises(InputError, match=named):
        price(two_layers, made(MINE), **option)  # type: ignore[arg-type]


def test_a_run_without_frames() -> None:
    with pytest.raises(InputError, match="frames: found 0"):
        price(Activity((), 1), made(MINE))


def test_dynamic_is_what_a_meter_reads_over_idle(two_layers: Activity) -> None:
    frame = price(two_layers, made(MINE | {"power.embedded_cpu": 4}), frame_period=0.04).steady_state
    assert frame.embedded is not None
    assert frame.embedded.p50 > 0
    assert values(frame.events) == pytest.approx([1440e-12] * 3)
    assert values(frame.dynamic) == pytest.approx([1440e-12 + frame.embedded.p50] * 3)
    alone = price(two_layers, made(MINE), frame_period=0.04).steady_state
    assert alone.events == alone.dynamic
