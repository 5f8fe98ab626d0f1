"""What figures leave out, and what they say about themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.profiling import price
from tests.profiling.conftest import MakeLayer
from tests.profiling.made_profiles import SURE, made

SYNOP = {"energy.synop": 2}
DENSE = 'synop = "dense_mac"'
CORES = {"resources.cores": 2, "resources.neurons_per_core": 300}

SPIKING = (
    "neuron updates",
    "spike generation",
    "messages between cores",
    "hops between routers",
    "timestep barrier",
    "input and output",
    "embedded processors",
    "static power",
)
COVERS = {
    "neuron updates": {"energy.neuron_update": 1},
    "spike generation": {"energy.spike_out": 1},
    "messages between cores": {"energy.message": 1},
    "timestep barrier": {"energy.barrier": 1},
    "input and output": {"energy.io_value": 1},
    "embedded processors": {"power.embedded_cpu": 1},
}


def test_a_bare_profile_leaves_out_everything_but_synops(two_layers: Activity) -> None:
    assert price(two_layers, made(SYNOP)).unpriced == SPIKING


@pytest.mark.parametrize("name", COVERS)
def test_what_is_priced_is_not_left_out_and_costs_something(two_layers: Activity, name: str) -> None:
    activity = replace(two_layers, input_values=5)
    static = {"power.static": 1, **SURE}
    less = price(activity, made(SYNOP | static), 0.04)
    more = price(activity, made(SYNOP | static | COVERS[name]), 0.04)
    assert set(less.unpriced) - set(more.unpriced) == {name}
    assert less.steady_state.total is not None
    assert more.steady_state.total is not None
    assert more.steady_state.total.p50 > less.steady_state.total.p50


def test_one_core_sends_nothing_to_another(two_layers: Activity) -> None:
    one = {"resources.cores": 1, "resources.neurons_per_core": 2000}
    missing = price(two_layers, made(SYNOP | one)).unpriced
    assert not {"messages between cores", "hops between routers", "timestep barrier"} & set(missing)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("dense", {}, ("memory", "control and clock", "input and output", "static power")),
        (
            "dense",
            {"energy.memory_bit": 1, "resources.weight_bits": 8},
            ("control and clock", "input and output", "static power"),
        ),
        ("gpu", {}, ("overhead per layer", "overhead per call", "input and output", "static power")),
        (
            "cpu",
            {"energy.inference": 1, "energy.layer": 1, "power.static": 1},
            ("input and output", "static energy"),
        ),
    ],
)
def test_dense_machines(
    two_layers: Activity, kind: str, more: dict[str, float], expected: tuple[str, ...]
) -> None:
    missing = price(two_layers, made({"energy.mac": 1} | more, kind=kind, counting=DENSE)).unpriced
    assert tuple(name.removesuffix(" (no time per frame)") for name in missing) == expected


@pytest.mark.parametrize(("scope", "expected"), [("all_in_total", ()), ("all_in_dynamic", ("static power",))])
def test_an_all_in_price_leaves_less_out(two_layers: Activity, scope: str, expected: tuple[str, ...]) -> None:
    assert price(two_layers, made(SYNOP, scope=scope)).unpriced == expected


def test_links_are_left_out_where_there_is_more_than_one_chip(two_layers: Activity) -> None:
    assert "links between chips" in price(two_layers, made(SYNOP | CORES)).unpriced


def test_an_encoder_on_the_host_costs_the_chip_nothing(two_layers: Activity, make_layer: MakeLayer) -> None:
    encoder = make_layer("0 input", kind="input", neuron="delta", neuron_updates=10**6, neurons=10**6)
    prices = SYNOP | CORES | {"energy.neuron_update": 1, **SURE}
    alone = price(two_layers, made(prices))
    report = price(replace(two_layers, layers=(encoder, *two_layers.layers)), made(prices))
    assert report.steady_state == alone.steady_state
    assert report.counters == alone.counters
    assert "0 input" not in report.layers
    assert set(report.unpriced) - set(alone.unpriced) == {"encoding on the host"}
    # Fed a bias it lies on cores, and is paid for.
    fed = replace(encoder, neuron="cuba")
    paid = price(replace(two_layers, layers=(fed, *two_layers.layers)), made(prices))
    assert paid.terms["neuron_update"].count == 10**6 + 1000


@pytest.mark.parametrize(
    ("prices", "period", "said"),
    [
        (SYNOP, None, "not mapped to cores"),
        (SYNOP, None, "boards are taken to differ by a factor of 1.9"),
        (SYNOP | {"energy.message": 1}, None, "messages are a lower bound"),
        (SYNOP | {"time.step": 1000}, 1e-7, "a frame takes 0.001 ms, the next one comes after 0.0001 ms"),
        (SYNOP | {"power.static": 1}, 0.04, "no time per event is given"),
        (SYNOP | {"power.measurement_floor": 15}, 0.04, "below the 15 mW that the board's meter resolves"),
        (
            SYNOP | {"time.step": 1, "time.io_value": 1000, "power.static": 500},
            None,
            "input and output set the pace: 100 % of the energy is static",
        ),
        (SYNOP | CORES | {"resources.chips": 1}, None, "DOES NOT FIT: the neurons alone need 4 cores"),
    ],
)
def test_caveats(two_layers: Activity, prices: dict[str, float], period: float | None, said: str) -> None:
    activity = replace(two_layers, input_values=5000)
    assert any(said in caveat for caveat in price(activity, made(prices), period).caveats)
    # What is not so is not said.
    quiet = made({"energy.synop": 10**9, "time.step": 1000, "power.static": 1, **SURE})
    assert sum(said in caveat for caveat in price(activity, quiet, 0.04).caveats) == (said[:3] == "not")


def test_integer_neurons_are_not_a_chips_own(two_layers: Activity) -> None:
    """On processors they are as good as any."""
    said = "integer LIF neurons are priced as this chip's own: nobody has written a program for its cores"
    whole = replace(two_layers, layers=tuple(replace(each, neuron="ilif") for each in two_layers.layers))
    assert said in price(whole, made(SYNOP)).caveats
    assert said not in price(two_layers, made(SYNOP)).caveats
    assert said not in price(whole, made(SYNOP, kind="manycore")).caveats


def test_graded_spikes_on_a_chip_that_has_none(two_layers: Activity) -> None:
    binary = made(SYNOP, counting='synop = "nonzero_weight", graded_spikes = false')
    graded = replace(two_layers, layers=(replace(two_layers.layers[0], graded=True), two_layers.layers[1]))
    said = "the network sends graded spikes, which this chip does not have: each is priced as one spike"
    assert said in price(graded, binary).caveats
    assert said not in price(two_layers, binary).caveats
    assert said not in price(graded, made(SYNOP)).caveats


def test_one_frame_and_many_steps(two_layers: Activity) -> None:
    one = tuple(
        replace(layer, **{count: getattr(layer, count)[:1] for count in Activity.COUNTS})
        for layer in two_layers.layers
    )
    report = price(replace(two_layers, layers=one), made(SYNOP))
    assert report.steady_state == report.first_frame
    assert "one frame: the steady state is the first frame" in report.caveats
    dense = price(replace(two_layers, steps_per_frame=4), made({"energy.mac": 1}, kind="gpu", counting=DENSE))
    assert "simulated densely: every connection in each of 4 timesteps" in dense.caveats
